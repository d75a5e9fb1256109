// What a violation of sequential consistency looks like, in words.

#include "checker/sequential/explain.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace kasauti::checker::sequential {

namespace {

using histories::Function;
using histories::KeyId;
using histories::Outcome;

/// Premises that are told in full; what lies deeper is in the certificate.
constexpr std::size_t told_premises = 4;

std::string why(const History& history, const ForcedCycle& proof, const ForcedFact& fact, std::size_t depth);

std::string by_way_of(const History& history, const ForcedCycle& proof, const std::vector<std::uint32_t>& path,
                      std::size_t depth) {
  std::string text;
  for (const std::uint32_t step : path) {
    const ForcedFact& fact = proof.facts[step];
    if (fact.by == ForcedBy::session_order || fact.by == ForcedBy::reads_from) continue;
    if (depth >= told_premises) return text + ", and so on (see the certificate)";
    text += "; there " + why(history, proof, fact, depth + 1);
  }
  return text;
}

std::string why(const History& history, const ForcedCycle& proof, const ForcedFact& fact, std::size_t depth) {
  const auto from = history.describe(fact.from);
  const auto to = history.describe(fact.to);
  switch (fact.by) {
    case ForcedBy::session_order: return fmt::format("{} is before {} in their session", from, to);
    case ForcedBy::reads_from: return fmt::format("{} is before {}, which returned its value", from, to);
    case ForcedBy::overwritten:
      return fmt::format("{} is before {}: it comes before {}, which still found the other's value{}", from, to,
                         history.describe(fact.read), by_way_of(history, proof, fact.path, depth));
    case ForcedBy::listed:
      return fmt::format("{} is before {}: {} lists them in this order", from, to, history.describe(fact.read));
    case ForcedBy::unlisted: return fmt::format("{} is before {}, whose value it did not list", from, to);
    default:
      if (fact.path.empty()) return fmt::format("{} is before {}: it still found the initial value", from, to);
      return fmt::format("{} is before {}: it found the value that the other overwrites{}", from, to,
                         by_way_of(history, proof, fact.path, depth));
  }
}

std::size_t sessions_of(const History& history, const std::vector<OpId>& operations) {
  std::vector<histories::SessionId> sessions;
  for (const OpId op : operations) sessions.push_back(history.session[op]);
  std::ranges::sort(sessions);
  sessions.erase(std::unique(sessions.begin(), sessions.end()), sessions.end());
  return sessions.size();
}

}  // namespace

std::string name_of_cycle(const ForcedCycle& proof) {
  std::size_t derived = 0;
  bool initial = false;
  bool causal = true;
  for (const std::uint32_t step : proof.cycle) {
    const ForcedFact& fact = proof.facts[step];
    if (fact.by == ForcedBy::session_order || fact.by == ForcedBy::reads_from) continue;
    if (fact.by == ForcedBy::listed || fact.by == ForcedBy::unlisted) return "NotSequential";
    ++derived;
    initial |= fact.path.empty();
    for (const std::uint32_t premise : fact.path) causal &= proof.facts[premise].by <= ForcedBy::reads_from;
  }
  if (derived == 0) return "CyclicCO";
  if (derived > 1 || !causal) return "NotSequential";
  return initial ? "WriteCOInitRead" : "WriteCORead";
}

Anomaly explain_cycle(const History& history, Model model, const ForcedCycle& proof) {
  Anomaly anomaly;
  anomaly.name = name_of_cycle(proof);
  anomaly.models = {model};
  for (const std::uint32_t step : proof.cycle) {
    const ForcedFact& fact = proof.facts[step];
    anomaly.operations.push_back(fact.from);
    if (fact.read != histories::no_operation) anomaly.operations.push_back(fact.read);
    if (!anomaly.reason.empty()) anomaly.reason += "; ";
    anomaly.reason += why(history, proof, fact, 0);
  }
  anomaly.reason += ": a circle, so no order fits";
  std::ranges::sort(anomaly.operations);
  anomaly.operations.erase(std::unique(anomaly.operations.begin(), anomaly.operations.end()), anomaly.operations.end());
  anomaly.sessions = sessions_of(history, anomaly.operations);
  return anomaly;
}

Anomaly explain_thin_air(const History& history, Model model, OpId read) {
  Anomaly anomaly;
  anomaly.models = {model};
  anomaly.name = "ThinAirRead";
  anomaly.operations = {read};
  anomaly.reason = history.describe(read) + " found a value that nobody wrote";
  const auto observed =
      history.function[read] == Function::cas ? history.values.elements(history.argument[read])[0] : history.result[read];
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.outcome[op] != Outcome::fail || history.key[op] != history.key[read]) continue;
    const bool writes = (history.function[op] == Function::write && history.argument[op] == observed) ||
                        (history.function[op] == Function::cas && history.values.elements(history.argument[op])[1] == observed);
    if (!writes) continue;
    anomaly.name = "FailedWriteRead";
    anomaly.operations.push_back(op);
    anomaly.reason = fmt::format("{} found what only {} would have written", history.describe(read), history.describe(op));
    break;
  }
  std::ranges::sort(anomaly.operations);
  return anomaly;
}

Anomaly explain_search(const History& history, Model model, const std::vector<KeyId>& keys, std::uint64_t visited) {
  Anomaly anomaly;
  anomaly.name = "NotSequential";
  anomaly.models = {model};
  std::vector<bool> among(history.key_count(), false);
  for (const KeyId key : keys) among[key] = true;
  for (OpId op = 0; op < history.size(); ++op) {
    if (among[history.key[op]] && history.outcome[op] != Outcome::fail) anomaly.operations.push_back(op);
  }
  anomaly.sessions = sessions_of(history, anomaly.operations);
  anomaly.reason = fmt::format("none of the orders of these {} operations that respect their sessions is legal ({} choices tried)",
                               anomaly.operations.size(), visited);
  return anomaly;
}

}  // namespace kasauti::checker::sequential
