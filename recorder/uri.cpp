#include "recorder/uri.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace kasauti::recorder {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    out += coded ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (coded) i += 2;
  }
  return out;
}

}  // namespace

std::string Uri::option(std::string_view name, std::string_view otherwise) const {
  const auto found = options.find(name);
  return found == options.end() ? std::string{otherwise} : found->second;
}

std::string Uri::unknown_option(const std::vector<std::string_view>& known) const {
  for (const auto& [name, value] : options) {
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string names;
    for (const std::string_view each : known) names += (names.empty() ? "" : ", ") + std::string{each};
    return "no option is called \"" + name + "\"; " + scheme + ": takes " + names;
  }
  return {};
}

std::optional<Uri> parse_uri(std::string_view text, std::string& problem) {
  Uri uri;
  uri.text = text;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    problem = "\"" + std::string{text} +
              "\" is no store: a URI such as sim:linearizable or redis://127.0.0.1:6379 is expected";
    return std::nullopt;
  }
  uri.scheme = text.substr(0, colon);
  const std::size_t question = text.find('?', colon);
  uri.rest =
      percent_decoded(text.substr(colon + 1, question == std::string_view::npos ? question : question - colon - 1));
  std::string_view options = question == std::string_view::npos ? std::string_view{} : text.substr(question + 1);
  while (!options.empty()) {
    const std::size_t end = std::min(options.find('&'), options.size());
    const std::string_view pair = options.substr(0, end);
    options.remove_prefix(std::min(end + 1, options.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string name = percent_decoded(pair.substr(0, equals));
    const std::string value = equals == std::string_view::npos ? "" : percent_decoded(pair.substr(equals + 1));
    if (!uri.options.emplace(name, value).second) {
      problem = "the option \"" + name + "\" is given twice";
      return std::nullopt;
    }
  }
  return uri;
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || !std::isfinite(number) || number < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  double scale = 0;
  if (unit == "ns") scale = 1;
  else if (unit == "us") scale = 1e3;
  else if (unit == "ms") scale = 1e6;
  else if (unit == "s" || unit.empty()) scale = 1e9;
  else if (unit == "m") scale = 60e9;
  else if (unit == "h") scale = 3600e9;
  if (scale == 0 || number * scale > 9e18) return std::nullopt;
  return std::chrono::nanoseconds{static_cast<std::int64_t>(std::llround(number * scale))};
}

std::optional<std::int64_t> parse_integer(std::string_view text, std::int64_t low, std::int64_t high) {
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size() || number < low || number > high) return std::nullopt;
  return number;
}

}  // namespace kasauti::recorder
