// --report text: for people. The verdict first, then what it rests on, the anomalies in words, and what to do next.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "checker/report/classes.hpp"
#include "checker/report/faults.hpp"
#include "checker/report/lanes.hpp"
#include "checker/report/reporter.hpp"

namespace kasauti::checker::report {

namespace {

using histories::History;
using histories::Outcome;
using histories::Severity;

/// Of one kind of anomaly, and of all kinds, so many are shown; the others are counted.
constexpr std::size_t shown_of_a_name = 1;
constexpr std::size_t shown_of_a_rule = 2;

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string plural(std::uint64_t count, std::string_view one, std::string_view many) {
  return grouped(count) + " " + std::string{count == 1 ? one : many};
}

void heading(const run::Result& result, std::string& out) {
  const History& h = result.read.history;
  const auto unknowns = static_cast<std::uint64_t>(std::ranges::count(h.outcome, Outcome::info));
  const auto failed = static_cast<std::uint64_t>(std::ranges::count(h.outcome, Outcome::fail));
  out += fmt::format("{}: {} of a {}, {}", result.file, plural(h.size(), "operation", "operations"),
                     histories::name_of(h.header.object), plural(h.process_name.size(), "process", "processes"));
  if (h.key_count() > 1) out += ", " + plural(h.key_count(), "key", "keys");
  if (unknowns != 0) out += ", " + grouped(unknowns) + " of unknown outcome";
  if (failed != 0) out += ", " + grouped(failed) + " failed";
  out += '\n';
  out += fmt::format("  assumed: format {}, {}, initial value {}", result.read.format,
                     h.invoked_time.empty() ? "events in the order of their lines" : "events in the order of their times",
                     h.values.to_json(h.header.initial));
  if (!h.header.given) out += ", object told by its operations";
  out += '\n';
}

void policy_findings(const run::Result& result, std::string& out) {
  for (const histories::Finding& found : result.policy_findings) {
    out += result.policy_file;
    if (found.line != 0) out += fmt::format(":{}:{}", found.line, found.column);
    out += fmt::format(": warning: {} [{}]\n", found.message, found.rule);
  }
}

void findings(const run::Result& result, std::string& out) {
  std::map<std::string_view, std::size_t> of_rule;
  std::size_t left_out = 0;
  for (const histories::Finding& found : result.read.findings) {
    if (found.severity != Severity::error && ++of_rule[found.rule] > shown_of_a_rule) {
      ++left_out;
      continue;
    }
    const char* severity = found.severity == Severity::error ? "error" : found.severity == Severity::warning ? "warning" : "note";
    out += result.file;
    if (found.line != 0) out += fmt::format(":{}:{}", found.line, std::max(found.column, 1U));
    out += fmt::format(": {}: {} [{}]\n", severity, found.message, found.rule);
  }
  if (left_out != 0) out += fmt::format("  … and {} like these; kasauti lint shows all\n", left_out);
}

std::string verdict_text(const run::ModelResult& model) {
  const Judgement& judgement = model.judgement;
  switch (judgement.verdict) {
    case Verdict::holds: return "holds";
    case Verdict::violated: return "VIOLATED";
    case Verdict::unknown: return fmt::format("unknown: {}", checker::name_of(judgement.cause));
  }
  return {};
}

void model_line(const run::ModelResult& model, std::string& out) {
  out += fmt::format("  {:<22}{}", checker::name_of(model.judgement.model), verdict_text(model));
  if (model.implied_by) {
    out += fmt::format("  (follows from {})", checker::name_of(*model.implied_by));
  } else if (model.certified == run::Certified::verified) {
    out += "  (certificate verified)";
  } else if (model.certified == run::Certified::search_alone) {
    out += "  (rests on the search alone: no proof was short enough to verify)";
  }
  if (!model.judgement.detail.empty()) out += "  " + model.judgement.detail;
  out += '\n';
}

/// ", 5 of them within the fault window partition 12.4–18 s".
void within_faults(const History& h, const Anomaly& anomaly, std::string& out) {
  auto windows = fault_windows(h);
  if (windows.empty() || anomaly.occurrences.empty()) return;
  const std::uint64_t within = count_within(h, anomaly.occurrences, windows);
  std::erase_if(windows, [](const FaultWindow& window) { return window.count == 0; });
  if (windows.empty()) {
    out += ", none of them within a fault window";
  } else if (windows.size() == 1) {
    out += fmt::format(", {} of them within the fault window {}", grouped(within), describe(h, windows.front()));
  } else {
    const FaultWindow& most = *std::ranges::max_element(windows, {}, &FaultWindow::count);
    out += fmt::format(", {} of them within {} fault windows ({} in {})", grouped(within), windows.size(),
                       grouped(most.count), describe(h, most));
  }
}

/// Where the operations ran, as far as the lanes don't show it: a line an operation.
void places(const History& h, const std::vector<OpId>& operations, std::string& out) {
  const bool nodes = !h.node.empty();
  if (!nodes && !h.sessions_given) return;
  for (const OpId op : operations) {
    std::string place;
    if (nodes && h.node[op] != histories::no_value) place += ", node " + h.values.to_json(h.node[op]);
    if (h.sessions_given) place += ", session " + h.values.to_json(h.session_name[h.session[op]]);
    if (!place.empty()) out += fmt::format("  line {}{}\n", h.invoked_line[op], place);
  }
}

void anomaly_text(const History& h, const Anomaly& anomaly, std::string& out) {
  out += '\n' + anomaly.name;
  if (anomaly.at_risk != 0) {
    out += fmt::format(": {} of {} at risk", grouped(anomaly.count), plural(anomaly.at_risk, "operation", "operations"));
    if (anomaly.sessions > 1) out += fmt::format(", in {} sessions", grouped(anomaly.sessions));
  } else if (anomaly.count > 1) {
    out += fmt::format(": {} times, in {}", grouped(anomaly.count), plural(anomaly.sessions, "session", "sessions"));
  }
  within_faults(h, anomaly, out);
  out += '\n';
  out += "  " + anomaly.reason + ".\n\n";
  out += lanes(h, anomaly.operations);
  places(h, anomaly.operations, out);
  if (!anomaly.smallest.empty()) {
    out += "\n  the one that is easiest to read:\n" + lanes(h, anomaly.smallest);
    places(h, anomaly.smallest, out);
  }
  if (const histories::Fault* fault = nearest_fault(h, anomaly.operations)) out += "  nearest fault: " + describe(h, *fault) + "\n";
}

/// Those that some model's verdict rests on, or else those that only the real-time order of the writes shows.
void anomalies(const run::Result& result, bool relative, std::string& out) {
  std::vector<std::pair<std::string, std::size_t>> seen;
  std::vector<const std::vector<Anomaly>*> all;
  for (const run::ModelResult& model : result.models) all.push_back(&model.judgement.anomalies);
  for (const run::ClassResult& each : result.classes) all.push_back(&each.anomalies);
  const auto wanted = [&](const Anomaly& anomaly) { return anomaly.relative == relative; };
  const auto any = [&](const std::vector<Anomaly>* list) { return std::ranges::any_of(*list, wanted); };
  if (relative && std::ranges::any_of(all, any))
    out += "\nonly relative to the real-time order of the writes (no verdict above rests on these):\n";
  for (const std::vector<Anomaly>* list : all) {
    for (const Anomaly& anomaly : *list) {
      if (!wanted(anomaly)) continue;
      const auto known = std::ranges::find(seen, anomaly.name, &std::pair<std::string, std::size_t>::first);
      if (known != seen.end() && ++known->second > shown_of_a_name) continue;
      if (known == seen.end()) seen.emplace_back(anomaly.name, 1);
      anomaly_text(result.read.history, anomaly, out);
    }
  }
  for (const auto& [name, count] : seen) {
    if (count > shown_of_a_name) out += fmt::format("\n… and {} more of {} (--report json lists all)\n", count - shown_of_a_name, name);
  }
}

void statistics(const run::Result& result, std::string& out) {
  out += "\npass                          seconds   resident\n";
  for (const run::Pass& pass : result.passes) {
    out += fmt::format("{:<26}{:>11.4f}{:>8} MB\n", pass.name, pass.seconds, pass.resident_bytes >> 20U);
  }
  for (const run::ModelResult& model : result.models) {
    for (const std::string& method : model.judgement.methods) {
      out += fmt::format("{}: {}\n", checker::name_of(model.judgement.model), method);
    }
  }
  out += fmt::format("peak memory: {} MB; {} bytes read\n", result.peak_bytes >> 20U, grouped(result.read.bytes));
}

}  // namespace

void write_text(const run::Result& result, const ReportOptions& options, std::string& out) {
  if (result.bad_input) {
    findings(result, out);
    return;
  }
  if (!result.out_of_budget) heading(result, out);
  else out += result.file + "\n";
  findings(result, out);
  policy_findings(result, out);
  for (const run::ModelResult& model : result.models) model_line(model, out);
  class_table(result, out);
  anomalies(result, false, out);
  anomalies(result, true, out);
  if (options.stats) statistics(result, out);
  if (result.verdict == Verdict::violated && result.classes.empty()) {
    out += fmt::format("\nnext: kasauti explain {}\n", result.file);
  }
}

}  // namespace kasauti::checker::report
