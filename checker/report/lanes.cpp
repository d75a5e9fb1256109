#include "checker/report/lanes.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kasauti::checker::report {

namespace {

using histories::History;
using histories::never;
using histories::OpId;
using histories::Outcome;
using histories::ProcessId;
using histories::Rank;

struct Row {
  Rank rank;
  OpId op;
  bool completion;
};

constexpr std::size_t widest_cell = 34;

std::string shortened(std::string text) {
  if (width_of(text) <= widest_cell) return text;
  std::size_t end = 0;
  for (std::size_t width = 0; width < widest_cell - 1; ++width) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  }
  return text.substr(0, end) + "…";
}

std::string call_text(const History& h, OpId op) {
  std::string text{name_of(h.header.object, h.function[op])};
  if (h.key_name[h.key[op]] != histories::no_value) text += " " + h.values.to_json(h.key_name[h.key[op]]);
  if (h.argument[op] != histories::no_value) text += " " + h.values.to_json(h.argument[op]);
  return shortened("┌ " + text);
}

std::string return_text(const History& h, OpId op) {
  if (h.outcome[op] == Outcome::fail) return "└ failed";
  std::string text = "└ ok";
  if (h.flag[op] == histories::Flag::no) text = "└ false";
  if (h.result[op] != histories::no_value) text = "└ " + h.values.to_json(h.result[op]);
  return shortened(text);
}

void pad(std::string& out, const std::string& text, std::size_t width) {
  out += text;
  const std::size_t used = width_of(text);
  if (used < width) out.append(width - used, ' ');
}

}  // namespace

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string lanes(const History& h, std::vector<OpId> operations, std::size_t most_rows) {
  std::ranges::sort(operations);
  const auto repeated = std::ranges::unique(operations);
  operations.erase(repeated.begin(), repeated.end());
  std::vector<Row> rows;
  std::vector<ProcessId> processes;
  for (const OpId op : operations) {
    rows.push_back({h.invoked[op], op, false});
    if (h.completed[op] != never) rows.push_back({h.completed[op], op, true});
    if (std::ranges::find(processes, h.process[op]) == processes.end()) processes.push_back(h.process[op]);
  }
  std::ranges::sort(rows, {}, &Row::rank);
  const std::size_t left_out = rows.size() > most_rows ? rows.size() - most_rows : 0;
  rows.resize(rows.size() - left_out);

  std::vector<std::size_t> widths;
  std::string out = "  line    ";
  for (const ProcessId process : processes) {
    const std::string title = "process " + h.values.to_json(h.process_name[process]);
    std::size_t width = width_of(title);
    for (const Row& row : rows) {
      if (h.process[row.op] == process) width = std::max(width, width_of(row.completion ? return_text(h, row.op) : call_text(h, row.op)));
    }
    widths.push_back(width + 2);
    pad(out, title, widths.back());
  }
  while (out.ends_with(' ')) out.pop_back();
  out += '\n';
  std::vector<bool> open(processes.size(), false);
  for (const Row& row : rows) {
    out += fmt::format("  {:<8}", row.completion ? h.completed_line[row.op] : h.invoked_line[row.op]);
    for (std::size_t i = 0; i < processes.size(); ++i) {
      std::string cell;
      if (h.process[row.op] == processes[i]) {
        cell = row.completion ? return_text(h, row.op) : call_text(h, row.op);
        open[i] = !row.completion;
      } else if (open[i]) {
        cell = "│";
      }
      pad(out, cell, widths[i]);
    }
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  }
  if (std::ranges::find(open, true) != open.end()) out += "          (│ at the end: of unknown outcome, or still open)\n";
  if (left_out != 0) out += fmt::format("  … and {} further events\n", left_out);
  return out;
}

}  // namespace kasauti::checker::report
