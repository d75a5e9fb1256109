#include "checker/cli/quantities.hpp"

#include <charconv>
#include <cmath>
#include <utility>

namespace kasauti::checker::cli {

namespace {

// The number at the front, and what follows it.
std::optional<std::pair<double, std::string_view>> split(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
  return std::pair{number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

}  // namespace

std::optional<double> seconds_from(std::string_view text) {
  const auto parts = split(text);
  if (!parts || parts->first <= 0) return std::nullopt;
  static constexpr std::pair<std::string_view, double> units[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"m", 60}, {"min", 60}, {"h", 3600}};
  for (const auto& [unit, factor] : units) {
    if (parts->second == unit) return parts->first * factor;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> bytes_from(std::string_view text) {
  const auto parts = split(text);
  if (!parts || parts->first <= 0) return std::nullopt;
  std::string_view unit = parts->second;
  double factor = 1;
  static constexpr std::pair<char, double> units[] = {{'K', 1024.0}, {'M', 1048576.0}, {'G', 1073741824.0}, {'T', 1099511627776.0}};
  for (const auto& [letter, size] : units) {
    if (unit.empty() || (unit.front() != letter && unit.front() != letter + 32)) continue;
    factor = size;
    unit.remove_prefix(1);
    break;
  }
  if (!unit.empty() && unit != "B" && !(factor > 1 && unit == "iB")) return std::nullopt;
  const double bytes = parts->first * factor;
  if (bytes < 1 || bytes > 1e18) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::optional<double> share_from(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  const double share = parts->second == "%" ? parts->first / 100 : parts->first;
  if ((!parts->second.empty() && parts->second != "%") || share < 0 || share > 1) return std::nullopt;
  return share;
}

}  // namespace kasauti::checker::cli
