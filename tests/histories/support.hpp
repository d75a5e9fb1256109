#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include "histories/history.hpp"
#include "histories/read.hpp"

namespace kasauti::histories::test {

inline const std::filesystem::path corpus = std::filesystem::path{KASAUTI_SOURCE_DIR} / "histories" / "corpus";
inline const std::filesystem::path shared_corpora =
    std::filesystem::path{KASAUTI_SOURCE_DIR} / ".." / "shared" / "corpora";

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The files of a folder, in the order of their names.
inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// The path without anything behind the first dot of its name.
inline std::filesystem::path stem_of(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return path.parent_path() / name.substr(0, name.find('.'));
}

inline std::string places(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& f : findings) text += fmt::format("{}:{} {}\n", f.line, f.column, f.rule);
  return text;
}

inline std::string messages(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& f : findings) text += fmt::format("{}:{} {}: {}\n", f.line, f.column, f.rule, f.message);
  return text;
}

inline ReadResult read_text(std::string_view text, std::string format = {}) {
  ReadOptions options;
  options.format = std::move(format);
  return read_history_text(text, options);
}

inline History good(std::string_view text, BuildOptions build = {}) {
  ReadOptions options;
  options.build = build;
  ReadResult result = read_history_text(text, options);
  INFO(messages(result.findings));
  REQUIRE(result.ok);
  return std::move(result.history);
}

/// Everything that a history says, in words, so that two histories with different tables of values can be compared.
/// Lines of the file are left out.
inline std::string story(const History& h) {
  const auto name = [&h](ValueId id) { return id == no_value ? std::string{"-"} : h.values.to_json(id); };
  std::string text = fmt::format("{} initial {} permits {} meta {} workload {} store {}\n", name_of(h.header.object),
                                 h.values.to_json(h.header.initial), h.header.permits, h.header.meta,
                                     h.header.workload, h.header.store);
  const auto optional = [&](const std::vector<ValueId>& column, OpId op) { return column.empty() ? "-"
      : name(column[op]); };
  for (OpId op = 0; op < h.size(); ++op) {
    text += fmt::format("{} {} process {} session {} key {} argument {} result {} flag {} ranks {} {} node {} "
                        "version {} level {} error {}",
                        static_cast<int>(h.function[op]), static_cast<int>(h.outcome[op]),
                            name(h.process_name[h.process[op]]),
                        name(h.session_name[h.session[op]]), name(h.key_name[h.key[op]]), name(h.argument[op]),
                            name(h.result[op]),
                        static_cast<int>(h.flag[op]), h.invoked[op], h.completed[op], optional(h.node, op),
                            optional(h.version, op),
                        optional(h.level, op), optional(h.error, op));
    if (!h.invoked_time.empty()) text += fmt::format(" times {} {}", h.invoked_time[op], h.completed_time[op]);
    if (!h.final_phase.empty() && h.final_phase[op]) text += " final";
    text += '\n';
  }
  for (const Fault& f : h.faults) text += fmt::format("fault {} {} at {} rank {}\n", f.name, name(f.value), f.time,
      f.rank);
  return text;
}

/// A text in which ^ stands before the place where something is wrong; `place` is that place as "line:column".
struct Marked {
  explicit Marked(std::string_view marked) {
    const std::size_t mark = marked.find('^');
    REQUIRE(mark != std::string_view::npos);
    text = std::string{marked.substr(0, mark)} + std::string{marked.substr(mark + 1)};
    const std::string before = text.substr(0, mark);
    const std::size_t line_end = before.rfind('\n');
    place = fmt::format("{}:{}", std::ranges::count(before, '\n') + 1, line_end == std::string::npos ? mark + 1
        : mark - line_end);
  }
  std::string text, place;
};

/// Whether reading the text finds just this rule, at the mark.
inline void check_finds(std::string_view marked, std::string_view rule, const std::string& format = {}) {
  const Marked expected{marked};
  INFO(marked.substr(0, 500));
  CHECK(places(read_text(expected.text, format).findings) == fmt::format("{} {}\n", expected.place, rule));
}

/// One event of the native format; `more` is put behind its value.
inline std::string event(std::string_view process, std::string_view type, std::string_view f,
    std::string_view value = "null",
                         std::string_view more = "") {
  return fmt::format("{{\"process\":{},\"type\":\"{}\",\"f\":\"{}\",\"value\":{}{}}}\n", process, type, f, value, more);
}
inline std::string at(std::int64_t time) { return fmt::format(",\"time\":{}", time); }

}  // namespace kasauti::histories::test
