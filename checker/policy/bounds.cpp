// Staleness bounds: is the least k, or the least Δ, of a history within what was promised?
//
// A linearizable history has k = 1 and Δ = 0, which needs no measuring and carries a certificate. Otherwise the
// measures of checker/staleness tell; the least k may be known between two bounds only, and where the promise lies
// between them the answer is unknown. A read of what nobody wrote is within no bound.
// Cost: that of the measures. Tested in tests/policy/judge.cpp.

#include "checker/policy/bounds.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checker/staleness/staleness.hpp"

namespace kasauti::checker::policy {

namespace {

using histories::Budget;
using histories::Exhausted;

BoundResult within(std::string detail) { return {Verdict::holds, Cause::none, std::move(detail), {}, {}, {}}; }

BoundResult beyond(const History& history, Model measure, std::vector<OpId> operations, std::string detail) {
  Anomaly anomaly;
  anomaly.name = "StaleRead";
  anomaly.models = {measure};
  anomaly.reason = detail;
  for (const OpId op : operations) anomaly.reason += "; " + history.describe(op);
  anomaly.operations = std::move(operations);
  return {Verdict::violated, Cause::none, std::move(detail), {std::move(anomaly)}, {}, {}};
}

BoundResult open(const Budget& budget, Cause cause, std::string detail) {
  switch (budget.exhausted()) {
    case Exhausted::time: cause = Cause::time; break;
    case Exhausted::memory: cause = Cause::memory; break;
    case Exhausted::steps: cause = Cause::steps; break;
    case Exhausted::no: break;
  }
  return {Verdict::unknown, cause, std::move(detail), {}, {}, {}};
}

/// A read of what nobody wrote, if the judgement about linearizability found one.
const Anomaly* thin_air(const Judgement& atomic) {
  const auto found = std::ranges::find(atomic.anomalies, "ThinAirRead", &Anomaly::name);
  return found == atomic.anomalies.end() ? nullptr : &*found;
}

std::string seconds(std::int64_t nanoseconds) {
  return fmt::format("{:.9g} s", static_cast<double>(nanoseconds) / 1e9);
}

/// Why a measure can't be told, with the lines that show it.
BoundResult not_measured(const History& history, const Budget& budget, std::string_view measure) {
  const std::string why = staleness::why_not_measured(history);
  return open(budget, Cause::precondition, fmt::format("the least {} can't be told: {}", measure, why));
}

BoundResult judge_versions(const History& history, std::uint64_t most, const Judgement& atomic, const Budget& budget,
                           const staleness::LeastK& least) {
  std::vector<OpId> reads;
  if (least.read != histories::no_operation) reads.push_back(least.read);
  if (!least.bounded) return beyond(history, Model::k_atomic, reads, "a read ended before its write began");
  const std::uint64_t at_least = std::max<std::uint64_t>(least.at_least, atomic.verdict == Verdict::violated ? 2 : 1);
  if (at_least > most) {
    return beyond(history, Model::k_atomic, reads,
                  fmt::format("not every read is among the last {} versions: that takes at least {}", most, at_least));
  }
  if (least.at_most > most) {
    return open(budget, Cause::steps,
                fmt::format("the least k is between {} and {}, and no more could be told", at_least, least.at_most));
  }
  return within(at_least == least.at_most ? fmt::format("least k = {}", at_least)
                                          : fmt::format("least k between {} and {}", at_least, least.at_most));
}

}  // namespace

BoundResult within_versions(const History& history, std::uint64_t most, const Judgement& atomic, Budget& budget) {
  if (atomic.verdict == Verdict::holds) {
    BoundResult found = within("least k = 1");
    found.measure = Measure{1, 1, true};
    return found;
  }
  if (const Anomaly* read = thin_air(atomic)) {
    return beyond(history, Model::k_atomic, read->operations, "a read returned what nobody wrote, which is no version");
  }
  auto least = staleness::least_k(history, budget);
  if (!least) return not_measured(history, budget, "k");
  BoundResult found = judge_versions(history, most, atomic, budget, *least);
  found.measure = Measure{static_cast<std::int64_t>(least->at_least), static_cast<std::int64_t>(least->at_most),
                          least->bounded};
  if (!least->bounded || least->at_least > 1) found.certificate = {std::move(least->proof)};
  return found;
}

BoundResult within_time(const History& history, std::int64_t most, const Judgement& atomic, Budget& budget) {
  if (atomic.verdict == Verdict::holds) {
    BoundResult found = within("least Δ = 0 s");
    found.measure = Measure{0, 0, true};
    return found;
  }
  if (const Anomaly* read = thin_air(atomic)) {
    return beyond(history, Model::delta_atomic, read->operations, "a read returned what nobody wrote");
  }
  if (history.invoked_time.empty()) {
    return open(budget, Cause::precondition, "the least Δ can't be told: the history has no times");
  }
  auto least = staleness::least_delta(history, budget);
  if (!least) return not_measured(history, budget, "Δ");
  if (!least->bounded) return beyond(history, Model::delta_atomic, least->clash, "a read ended before its write began");
  BoundResult found = least->nanoseconds <= most
                          ? within("least Δ = " + seconds(least->nanoseconds))
                          : beyond(history, Model::delta_atomic, least->clash,
                                   fmt::format("stale by {}, at most {} was promised", seconds(least->nanoseconds),
                                               seconds(most)));
  found.measure = Measure{least->nanoseconds, least->nanoseconds, true};
  if (least->nanoseconds > 0) found.certificate = {std::move(least->proof)};
  return found;
}

}  // namespace kasauti::checker::policy
