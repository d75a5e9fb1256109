#include "checker/staleness/units.hpp"

#include <fmt/format.h>

namespace kasauti::checker::staleness {

std::string in_units(std::int64_t nanoseconds) {
  const auto number = static_cast<double>(nanoseconds);
  if (nanoseconds < 10'000) return fmt::format("{} ns", nanoseconds);
  if (nanoseconds < 10'000'000) return fmt::format("{:.6g} µs", number / 1e3);
  if (nanoseconds < 10'000'000'000) return fmt::format("{:.6g} ms", number / 1e6);
  return fmt::format("{:.6g} s", number / 1e9);
}

std::string in_versions(std::uint64_t versions) {
  return fmt::format("{} version{}", versions, versions == 1 ? "" : "s");
}

}  // namespace kasauti::checker::staleness
