#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "histories/budget.hpp"
#include "histories/builder.hpp"

namespace kasauti::histories::formats {

/// A history format: one file of this folder each, and one row in formats().
///
/// `read` gives every event to the builder; `text` is followed by `padding` readable bytes. What is wrong becomes a finding
/// of the builder. Reading stops early, without a finding, when the budget (may be null) is exhausted.
/// `write`, null where a format can't be written, appends the whole history to `out`.
struct Format {
  std::string_view name;
  std::string_view summary;
  bool (*sniff)(std::string_view beginning);
  void (*read)(std::string_view text, HistoryBuilder& builder, Budget* budget);
  void (*write)(const History& history, std::string& out);
};

/// Bytes that must be readable, whatever they hold, behind the text given to `read`.
inline constexpr std::size_t padding = 64;
/// A line longer than this is an error, not read.
inline constexpr std::size_t longest_line = std::size_t{64} << 20;
/// Lists within lists beyond this depth are an error.
inline constexpr int deepest_nesting = 64;

/// Every format, in the order in which they are sniffed.
[[nodiscard]] const std::vector<Format>& formats();
/// Null if there is no such format.
[[nodiscard]] const Format* format_named(std::string_view name);

bool sniff_json_lines(std::string_view beginning);
void read_json_lines(std::string_view text, HistoryBuilder& builder, Budget* budget);
void write_json_lines(const History& history, std::string& out);

}  // namespace kasauti::histories::formats
