#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "histories/budget.hpp"
#include "histories/builder.hpp"

namespace kasauti::histories::formats {

/// Gives a file's events to a builder. What is wrong becomes a finding of the builder. Reading stops early, without a
/// finding, when the budget (may be null) is exhausted.
class Reader {
 public:
  virtual ~Reader() = default;
  /// `text` is followed by `padding` readable bytes. Readers that go by lines get the file in pieces, each of whole
  /// lines but for the last one; others get all of it at once. False if there is no point in going on.
  virtual bool read(std::string_view text, bool last) = 0;
};

/// A history format: one file of this folder each, and one row in formats().
///
/// `write`, null where a format can't be written, appends the whole history to `out`.
struct Format {
  std::string_view name;
  std::string_view summary;
  bool by_lines;
  bool (*sniff)(std::string_view beginning);
  std::unique_ptr<Reader> (*open)(HistoryBuilder& builder, Budget* budget);
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

/// A builder that has found this many errors is fed no further.
inline constexpr std::size_t too_many_errors = 1000;

bool sniff_json_lines(std::string_view beginning);
std::unique_ptr<Reader> open_json_lines(HistoryBuilder& builder, Budget* budget);
void write_json_lines(const History& history, std::string& out);

bool sniff_json(std::string_view beginning);
std::unique_ptr<Reader> open_json(HistoryBuilder& builder, Budget* budget);

bool sniff_jepsen_log(std::string_view beginning);
std::unique_ptr<Reader> open_jepsen_log(HistoryBuilder& builder, Budget* budget);

bool sniff_edn(std::string_view beginning);
std::unique_ptr<Reader> open_edn(HistoryBuilder& builder, Budget* budget);
void write_edn(const History& history, std::string& out);

}  // namespace kasauti::histories::formats
