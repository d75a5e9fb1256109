// The table of a policy's classes, for people: declared, promised and observed side by side, then what settled each
// verdict.

#include "checker/report/classes.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace kasauti::checker::report {

namespace {

using Row = std::array<std::string, 6>;

std::string joined(const std::vector<std::string>& words) {
  return words.empty() ? "-" : fmt::format("{}", fmt::join(words, ", "));
}

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string promise(const run::ClassResult& each) {
  std::vector<std::string> parts;
  if (each.promised) parts.emplace_back(checker::name_of(*each.promised));
  if (each.tolerate > 0) parts.back() += fmt::format(" but for {:.4g} %", each.tolerate * 100);
  if (each.most_versions) parts.push_back(fmt::format("k ≤ {}", *each.most_versions));
  if (each.most_nanoseconds) {
    parts.push_back(fmt::format("Δ ≤ {:.9g} s", static_cast<double>(*each.most_nanoseconds) / 1e9));
  }
  if (!each.demanded.empty()) parts.push_back("level " + each.demanded);
  return joined(parts);
}

std::string observed(const run::ClassResult& each) {
  std::vector<std::string> names;
  for (const Model model : each.observed) names.emplace_back(checker::name_of(model));
  if (each.versions && each.versions->bounded) {
    const Measure& k = *each.versions;
    names.push_back(k.at_least == k.at_most ? fmt::format("k = {}", k.at_least)
                                            : fmt::format("{} ≤ k ≤ {}", k.at_least, k.at_most));
  }
  if (each.nanoseconds && each.nanoseconds->bounded) {
    names.push_back(fmt::format("Δ = {:.9g} s", static_cast<double>(each.nanoseconds->at_least) / 1e9));
  }
  return joined(names) + (each.undecided.empty() ? "" : fmt::format(" ({} undecided)", each.undecided.size()));
}

std::string verdict(const run::ClassResult& each) {
  switch (each.verdict) {
    case Verdict::holds: return each.tolerated ? "holds, tolerated" : "holds";
    case Verdict::violated: return "VIOLATED";
    case Verdict::unknown: return fmt::format("unknown: {}", checker::name_of(each.cause));
  }
  return {};
}

/// Letters as shown, not bytes: the table has a few letters beyond ASCII.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text,
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void table(const std::vector<Row>& rows, std::string& out) {
  std::array<std::size_t, 6> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const Row& row : rows) {
    out += ' ';
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += ' ' + row[i];
      if (i + 1 != row.size()) out.append(widths[i] - width(row[i]) + 1, ' ');
    }
    out += '\n';
  }
}

}  // namespace

void class_table(const run::Result& result, std::string& out) {
  if (result.classes.empty()) return;
  std::vector<Row> rows = {{"class", "operations", "declared", "promised", "observed", "verdict"}};
  for (const run::ClassResult& each : result.classes) {
    rows.push_back({each.name, std::to_string(each.operations), joined(each.declared), promise(each), observed(each),
        verdict(each)});
  }
  table(rows, out);
  for (const run::ClassResult& each : result.classes) {
    if (!each.detail.empty()) out += fmt::format("  {} ({}): {}\n", each.name, each.selects, each.detail);
    if (each.weakened != 0) {
      out += fmt::format("  {}: {} of weaker classes to its keys: judged as if nobody knew when it took effect\n",
          each.name, counted(each.weakened, "write"));
    }
  }
  if (result.uncovered != 0) {
    out += fmt::format("  uncovered: {} in no class, not judged; --model says what was promised\n",
        counted(result.uncovered, "operation"));
  }
}

}  // namespace kasauti::checker::report
