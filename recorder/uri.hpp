#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kasauti::recorder {

/// A store's URI: `scheme:rest?name=value&name=value`; of `scheme://a,b/path` the rest is `//a,b/path`.
struct Uri {
  std::string text;      ///< as given
  std::string scheme;
  std::string rest;      ///< between the scheme's colon and the question mark
  std::map<std::string, std::string, std::less<>> options;  ///< percent-decoded

  /// The option's value, or `otherwise`.
  [[nodiscard]] std::string option(std::string_view name, std::string_view otherwise = {}) const;
  /// A complaint if there is an option beside these, else empty.
  [[nodiscard]] std::string unknown_option(const std::vector<std::string_view>& known) const;
};

/// Nullopt if there is no scheme; `problem` then says what was expected.
[[nodiscard]] std::optional<Uri> parse_uri(std::string_view text, std::string& problem);

/// A length of time as "250us", "5ms", "1.5s", "2m", "1h"; a bare number is seconds. Nullopt if it is none or negative.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);
/// The decimal number in its bounds, else nullopt.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text, std::int64_t low, std::int64_t high);

}  // namespace kasauti::recorder
