// kasauti explain: the verdict as a text that one reads from the first line to the last.

#include "checker/report/explain.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "checker/minimize/minimize.hpp"
#include "checker/report/faults.hpp"
#include "checker/report/lanes.hpp"
#include "checker/report/proof_words.hpp"

namespace kasauti::checker::report {

namespace {

using histories::History;
using histories::Outcome;

constexpr std::size_t shown_of_a_witness = 12;

std::string summary_of(Model model) {
  const auto row = std::ranges::find(models(), model, &ModelRow::model);
  return row == models().end() ? "" : std::string{row->summary};
}

std::string count(std::size_t number, std::string_view one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

void introduce(const run::Result& result, std::string& out) {
  const History& h = result.read.history;
  const auto unknown = static_cast<std::size_t>(std::ranges::count(h.outcome, Outcome::info));
  const auto failed = static_cast<std::size_t>(std::ranges::count(h.outcome, Outcome::fail));
  out += fmt::format("{} records {} on a {} by {}", result.file, count(h.size(), "operation"),
                     histories::name_of(h.header.object),
                     h.process_name.size() == 1 ? "1 process" : fmt::format("{} processes", h.process_name.size()));
  if (h.sessions_given) out += fmt::format(" in {}", count(h.session_name.size(), "session"));
  if (h.key_count() > 1) out += fmt::format(", on {} keys", h.key_count());
  out += '.';
  if (unknown != 0) out += fmt::format(" Nobody knows whether {} of them took effect.", unknown);
  if (failed != 0) out += fmt::format(" {} of them failed, which means that they certainly did not happen.", failed);
  out += fmt::format("\nAssumed: {}; initial value {}.\n",
                     h.invoked_time.empty() ? "events happened in the order of their lines"
                         : "events happened in the order of their times",
                     h.values.to_json(h.header.initial));
}

void list(const std::vector<std::string>& lines, std::string& out) {
  for (std::size_t i = 0; i < lines.size(); ++i) out += fmt::format("  {}. {}.\n", i + 1, lines[i]);
}

void tell_core(const minimize::Minimized& smaller, std::string& out) {
  const Model model = smaller.judgement.model;
  const bool real_time = model == Model::linearizable || model == Model::k_atomic || model == Model::delta_atomic;
  const bool sessions = model == Model::sequential || model == Model::per_key_sequential;
  const auto edges = proof_words(smaller.history, smaller.judgement.certificate);
  if (!edges.empty()) {
    out += "\nThe reasons, one by one:\n";
    list(edges, out);
  }
  if (!real_time && !sessions) return;
  const auto order = furthest_order(smaller.history, sessions);
  if (order.empty()) return;
  out += "\nOf all their orders, the one that gets furthest:\n";
  list(order, out);
}

void tell_others(const History& whole, const minimize::Minimized& smaller, std::string& out) {
  const std::size_t others = whole.size() - smaller.origins.size();
  if (others == 0) return;
  std::vector<bool> keys(whole.key_count(), false);
  for (const OpId op : smaller.origins) keys[whole.key[op]] = true;
  std::size_t elsewhere = 0;
  for (OpId op = 0; op < whole.size(); ++op) elsewhere += keys[whole.key[op]] ? 0U : 1U;
  out += fmt::format("\nThe other {} may be ignored", count(others, "operation"));
  if (elsewhere != 0) out += fmt::format(", {} of them on other keys", elsewhere);
  out += ": leaving them out can't have made this violation.\n";
  if (!smaller.detail.empty()) out += fmt::format("Perhaps fewer would be enough: {}.\n", smaller.detail);
}

// A long reason is told step by step further below.
void name_anomalies(const minimize::Minimized& smaller, std::string& out) {
  constexpr std::size_t long_reason = 400;
  const bool steps = !proof_words(smaller.history, smaller.judgement.certificate).empty();
  std::vector<std::string_view> told;
  for (const Anomaly& anomaly : smaller.judgement.anomalies) {
    if (std::ranges::find(told, anomaly.reason) != told.end()) {
      out += fmt::format("\n{}: for the same reason.\n", anomaly.name);
    } else if (steps && anomaly.reason.size() > long_reason) {
      out += fmt::format("\n{}: these {} contradict each other.\n", anomaly.name,
                         count(anomaly.operations.size(), "operation"));
    } else {
      out += fmt::format("\n{}: {}.\n", anomaly.name, anomaly.reason);
    }
    told.push_back(anomaly.reason);
  }
}

bool exhausted(const Judgement& judgement) {
  return judgement.cause == Cause::time || judgement.cause == Cause::memory || judgement.cause == Cause::steps;
}

// False, and nothing told, if no violation was found after all: of a history that a limit left undecided.
bool tell_violation(const run::Result& result, const run::ModelResult& model, const run::Options& options,
                    std::string& out) {
  const History& h = result.read.history;
  const Judgement& judgement = model.judgement;
  minimize::Options how;
  how.model = judgement.model;
  how.threads = options.threads;
  how.limits = options.limits;
  how.weaken = false;
  const minimize::Minimized smaller = minimize::minimize(h, how, &judgement);
  if (!smaller.violated) return false;
  out += fmt::format("\nIt violates {}. Demanded is: {}.\n", name_of(judgement.model), summary_of(judgement.model));
  if (judgement.verdict == Verdict::unknown) {
    out += fmt::format("The whole could not be decided ({}), but a part of it shows this.\n", name_of(judgement.cause));
  }
  name_anomalies(smaller, out);
  const bool one = smaller.history.size() == 1;
  out += fmt::format("\n{} {} of its {} {} enough, one column a process:\n\n", one ? "This" : "These",
                     count(smaller.history.size(), "operation"), h.size(), one ? "is" : "are");
  std::vector<OpId> all(smaller.history.size());
  for (OpId op = 0; op < all.size(); ++op) all[op] = op;
  out += lanes(smaller.history, all);
  for (const std::string& words : smaller.rewritten) out += fmt::format("Simplified: {}.\n", words);
  tell_core(smaller, out);
  out += smaller.verified ? "\nThe proof was checked apart from the search that found it.\n"
      : "\nThis rests on the search alone: no proof was short enough to check it apart.\n";
  if (const histories::Fault* fault = nearest_fault(h, smaller.origins); fault != nullptr) {
    out += fmt::format("The nearest fault: {}.\n", describe(h, *fault));
  }
  tell_others(h, smaller, out);
  if (judgement.anomalies.size() > 1) {
    out += fmt::format("\nIt is one of {} anomalies; kasauti check --report json lists them.\n",
        judgement.anomalies.size());
  }
  return true;
}

void tell_orders(const History& h, const Orders& proof, std::string& out) {
  for (const Order& order : proof.orders) {
    if (order.operations.empty()) continue;
    const std::size_t shown = std::min(order.operations.size(), shown_of_a_witness);
    out += "\nThere is an order of ";
    switch (order.scope) {
      case Scope::whole: out += "all operations"; break;
      case Scope::key:
        out += h.key_name[order.id] == histories::no_value ? "all operations"
            : fmt::format("the operations on {}", h.values.to_json(h.key_name[order.id]));
        break;
      case Scope::session: out += fmt::format("what session {} saw", h.values.to_json(h.session_name[order.id])); break;
    }
    out += shown < order.operations.size() ? fmt::format(" that explains every answer; its first {}:\n", shown)
        : " that explains every answer:\n";
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < shown; ++i) lines.push_back(h.describe(order.operations[i]));
    list(lines, out);
    const auto others = proof.orders.size() - 1;
    const std::string_view each = order.scope == Scope::key ? "other key" : "other session";
    if (others != 0) out += fmt::format("  and so for {}.\n", count(others, each));
    return;
  }
}

void tell_holding(const History& h, const run::ModelResult& model, std::string& out) {
  if (const Orders* orders = std::get_if<Orders>(&model.judgement.certificate.proof)) tell_orders(h, *orders, out);
  if (model.certified != run::Certified::verified) return;
  out += "The witness was checked apart from the search that found it.\n";
}

void tell_rest(const run::Result& result, const run::ModelResult& model, std::string& out) {
  const Judgement& judgement = model.judgement;
  const std::string_view name = name_of(judgement.model);
  if (judgement.verdict == Verdict::unknown) {
    out += fmt::format("\nWhether it satisfies {} is unknown ({}): {}.\n", name, name_of(judgement.cause),
        judgement.detail);
    return;
  }
  const bool holds = judgement.verdict == Verdict::holds;
  out += fmt::format("\nIt {} {}: {}.\n", holds ? "satisfies" : "violates", name, summary_of(judgement.model));
  if (model.implied_by) out += fmt::format("That follows from {}.\n", name_of(*model.implied_by));
  else if (holds) tell_holding(result.read.history, model, out);
  else out += fmt::format("Why: kasauti explain {} --model {}\n", result.file, name);
}

}  // namespace

std::string explain(const run::Result& result, const run::Options& options) {
  std::string out;
  if (result.out_of_budget) out += fmt::format("{} could not be read within the limits.\n", result.file);
  else introduce(result, out);
  bool shown = false;
  for (const run::ModelResult& model : result.models) {
    const bool violated = model.judgement.verdict == Verdict::violated && !model.implied_by;
    const bool told = !shown && (violated || exhausted(model.judgement)) && tell_violation(result, model, options, out);
    if (!told) tell_rest(result, model, out);
    shown |= told;
  }
  if (!shown) out += "\nThis is about what was recorded, and says nothing of what was not.\n";
  return out;
}

}  // namespace kasauti::checker::report
