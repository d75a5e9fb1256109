#pragma once

#include <cstdint>
#include <string>

namespace kasauti::checker::staleness {

/// "250 ns", "1.5 ms": for people.
[[nodiscard]] std::string in_units(std::int64_t nanoseconds);
/// "1 version", "3 versions".
[[nodiscard]] std::string in_versions(std::uint64_t versions);

}  // namespace kasauti::checker::staleness
