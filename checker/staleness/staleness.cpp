// Staleness: regular and safe registers (regular.cpp), least k and least Δ (measure.cpp).
//
// k-atomic and delta-atomic are measures, and as verdicts they ask whether the register is atomic, k = 1 and Δ = 0:
// that is linearizability, whose engines and certificates answer. What is added is by how much the answer fails.

#include "checker/staleness/staleness.hpp"

#include <fmt/format.h>

#include "checker/linearizable/linearizable.hpp"
#include "checker/staleness/clusters.hpp"
#include "checker/staleness/regular.hpp"

namespace kasauti::checker::staleness {

namespace {

using histories::Budget;
using histories::no_operation;

std::string in_units(std::int64_t nanoseconds) {
  if (nanoseconds < 10'000) return fmt::format("{} ns", nanoseconds);
  if (nanoseconds < 10'000'000) return fmt::format("{} µs", static_cast<double>(nanoseconds) / 1e3);
  return fmt::format("{} ms", static_cast<double>(nanoseconds) / 1e6);
}

Anomaly stale_read(const History& history, Model which, std::vector<OpId> operations, const std::string& by) {
  Anomaly anomaly;
  anomaly.name = "StaleRead";
  anomaly.models = {which};
  anomaly.operations = std::move(operations);
  anomaly.reason = by;
  for (const OpId op : anomaly.operations) anomaly.reason += "; " + history.describe(op);
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.ok(op) && access_of(history, op).observed != histories::no_value) ++anomaly.at_risk;
  }
  return anomaly;
}

void tell_k(const History& history, Judgement& judgement, Budget& budget) {
  const auto least = least_k(history, budget);
  if (!least) {
    judgement.detail = "not 1-atomic; the least k is not known, as some value has several writers or the budget ran out";
    return;
  }
  std::vector<OpId> reads;
  if (least->read != no_operation) reads.push_back(least->read);
  if (!least->bounded) {
    judgement.detail = "not k-atomic for any k: a read ended before its write began";
  } else if (least->at_least == least->at_most) {
    judgement.detail = fmt::format("least k = {}", least->at_least);
  } else {
    judgement.detail = fmt::format("least k between {} and {}", std::max<std::uint64_t>(2, least->at_least), least->at_most);
  }
  judgement.anomalies = {stale_read(history, judgement.model, std::move(reads), judgement.detail)};
}

void tell_delta(const History& history, Judgement& judgement, Budget& budget) {
  const auto least = least_delta(history, budget);
  if (!least) {
    judgement.detail = history.invoked_time.empty()
                           ? "not atomic; the least Δ is not known, as the history has no times"
                           : "not atomic; the least Δ is not known, as some value has several writers or the budget ran out";
    return;
  }
  judgement.detail = least->bounded ? fmt::format("least Δ = {} ns", least->nanoseconds)
                                    : "not Δ-atomic for any Δ: a read ended before its write began";
  const std::string by = least->bounded ? "stale by " + in_units(least->nanoseconds) : judgement.detail;
  judgement.anomalies = {stale_read(history, judgement.model, least->clash, by)};
}

Judgement check_measure(const History& history, Model which, const Options& options, Budget& budget) {
  Judgement judgement;
  if (options.linearizable != nullptr) {
    judgement = *options.linearizable;
  } else {
    judgement = linearizable::check(history, {linearizable::Engine::automatic, options.threads}, budget);
  }
  judgement.model = which;
  for (Anomaly& anomaly : judgement.anomalies) anomaly.models = {which};
  if (judgement.verdict == Verdict::holds) {
    judgement.detail = which == Model::k_atomic ? "least k = 1" : "least Δ = 0 ns";
  }
  if (judgement.verdict != Verdict::violated) return judgement;
  if (which == Model::k_atomic) {
    tell_k(history, judgement, budget);
  } else {
    tell_delta(history, judgement, budget);
  }
  return judgement;
}

}  // namespace

Judgement check_staleness(const History& history, Model which, const Options& options, Budget& budget) {
  if (!is_plain_register(history)) {
    return unknown(which, Cause::unsupported, "staleness is defined here for registers and maps without append");
  }
  if (which == Model::regular || which == Model::safe) return check_regular(history, which, budget);
  return check_measure(history, which, options, budget);
}

}  // namespace kasauti::checker::staleness
