// Staleness: regular and safe registers (regular.cpp), least k and least Δ (measure.cpp).
//
// k-atomic and delta-atomic are measures, and as verdicts they ask whether the register is atomic, k = 1 and Δ = 0:
// that is linearizability, whose engines and certificates answer. What is added is by how much the answer fails.

#include "checker/staleness/staleness.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checker/linearizable/linearizable.hpp"
#include "checker/staleness/clusters.hpp"
#include "checker/staleness/overtaken.hpp"
#include "checker/staleness/regular.hpp"
#include "checker/staleness/units.hpp"

namespace kasauti::checker::staleness {

namespace {

using histories::Budget;
using histories::no_operation;

std::vector<OpId> example(const Overtaken& overtaken) {
  std::vector<OpId> operations{overtaken.by, overtaken.shown, overtaken.read};
  std::ranges::sort(operations);
  operations.erase(std::ranges::unique(operations).begin(), operations.end());
  return operations;
}

/// "7 reads": the first of those that are stale by themselves, the one that is easiest to read, and how bad the worst.
std::optional<Anomaly> stale_reads(const History& history, Model which, Budget& budget) {
  const auto overtaken = overtaken_reads(history, budget);
  if (!overtaken || overtaken->reads.empty()) return std::nullopt;
  const Overtaken& first = overtaken->reads.front();
  const auto versions = [](const Overtaken& each) { return each.versions; };
  const auto late = [&](const Overtaken& each) { return stale_for(history, each); };
  const auto reach = [](const Overtaken& each) { return std::max(each.read, each.by) - std::min(each.read, each.by); };
  const Overtaken& oldest = *std::ranges::max_element(overtaken->reads, {}, versions);
  const Overtaken& latest = *std::ranges::max_element(overtaken->reads, {}, late);
  const Overtaken& closest = *std::ranges::min_element(overtaken->reads, {}, reach);
  const bool timed = !history.invoked_time.empty();
  Anomaly anomaly;
  anomaly.name = "StaleRead";
  anomaly.models = {which};
  anomaly.operations = example(first);
  if (closest.read != first.read) anomaly.smallest = example(closest);
  anomaly.count = overtaken->reads.size();
  anomaly.at_risk = overtaken->at_risk;
  for (const Overtaken& each : overtaken->reads) anomaly.occurrences.push_back(each.read);
  std::vector<histories::SessionId> sessions;
  for (const OpId read : anomaly.occurrences) sessions.push_back(history.session[read]);
  std::ranges::sort(sessions);
  anomaly.sessions = static_cast<std::uint64_t>(std::ranges::unique(sessions).begin() - sessions.begin());
  anomaly.reason = fmt::format("{} is stale by {}{}: the value of {} was there when it was invoked, and that began when "
                               "the value it returned was there already",
                               history.describe(first.read), in_versions(first.versions),
                               timed ? ", for " + in_units(late(first)) : "", history.describe(first.by));
  if (overtaken->reads.size() > 1) {
    anomaly.reason += fmt::format("; the oldest is stale by {} ({})", in_versions(oldest.versions),
                                  history.describe(oldest.read));
    if (timed) {
      anomaly.reason += fmt::format(", the latest for {} ({})", in_units(late(latest)), history.describe(latest.read));
    }
  }
  return anomaly;
}

/// Where no read is stale by itself: the operations that contradict each other.
Anomaly contradiction(const History& history, Model which, std::vector<OpId> operations, const std::string& by) {
  Anomaly anomaly;
  anomaly.name = "StaleRead";
  anomaly.models = {which};
  anomaly.operations = std::move(operations);
  anomaly.reason = by;
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.ok(op) && access_of(history, op).observed != histories::no_value) ++anomaly.at_risk;
  }
  return anomaly;
}

std::string reason(const History& history, const Budget& budget) {
  if (budget.stopped()) return "a limit was reached before it was found; raise --timeout or --memory";
  return why_not_measured(history);
}

void tell_k(const History& history, Judgement& judgement, Budget& budget) {
  auto least = least_k(history, budget);
  if (!least) {
    judgement.detail = "not 1-atomic; the least k is not known: " + reason(history, budget);
    return;
  }
  if (least->bounded && least->at_most < 2) {
    judgement.detail = "not 1-atomic, but only by the order of calls of one process at the same stamp";
    return;
  }
  std::vector<OpId> clash = least->proof.core;
  if (clash.empty() && least->read != no_operation) clash = {least->read};
  // What forces nothing is refuted as linearizable: the certificate of that stays.
  if (!least->bounded || least->at_least > 1) judgement.certificate = {std::move(least->proof)};
  least->at_least = std::max<std::uint64_t>(least->at_least, 2);
  judgement.measure =
      Measure{static_cast<std::int64_t>(least->at_least), static_cast<std::int64_t>(least->at_most), true};
  if (!least->bounded) {
    judgement.measure = Measure{0, 0, false};
    judgement.detail = "not k-atomic for any k: a read ended before its write began";
    return;
  }
  judgement.detail = least->at_least == least->at_most
                         ? fmt::format("least k = {}", least->at_least)
                         : fmt::format("least k between {} and {}", least->at_least, least->at_most);
  std::ranges::sort(clash);
  auto counted = stale_reads(history, judgement.model, budget);
  judgement.anomalies = {counted ? *std::move(counted)
                                 : contradiction(history, judgement.model, std::move(clash),
                                                 "some read is not of the last version: " + judgement.detail)};
}

void tell_delta(const History& history, Judgement& judgement, Budget& budget) {
  auto least = least_delta(history, budget);
  if (!least) {
    judgement.detail = "not atomic; the least Δ is not known: " +
                       (history.invoked_time.empty() ? "the history has no times" : reason(history, budget));
    return;
  }
  if (!least->bounded) {
    judgement.measure = Measure{0, 0, false};
    judgement.detail = "not Δ-atomic for any Δ: a read ended before its write began";
    return;
  }
  judgement.detail = fmt::format("least Δ = {} ns", least->nanoseconds);
  if (least->nanoseconds == 0) {
    judgement.detail = "not atomic, but only by the order of events at the same stamp";
    return;
  }
  judgement.measure = Measure{least->nanoseconds, least->nanoseconds, true};
  judgement.certificate = {std::move(least->proof)};
  auto counted = stale_reads(history, judgement.model, budget);
  if (!counted) {
    counted = contradiction(history, judgement.model, least->clash,
                            "reads have to be moved back by " + in_units(least->nanoseconds) + " for these to fit");
  }
  judgement.anomalies = {*std::move(counted)};
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
    const bool versions = which == Model::k_atomic;
    judgement.detail = versions ? "least k = 1" : "least Δ = 0 ns";
    judgement.measure = versions ? Measure{1, 1, true} : Measure{0, 0, true};
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

std::string why_not_measured(const History& history) {
  if (!is_plain_register(history)) return "versions are counted for registers and maps without append";
  return unclear_origin(history);
}

void tell_how_stale(const History& history, Anomaly& anomaly) {
  if (anomaly.name != "StaleRead" || anomaly.operations.empty() || !is_plain_register(history)) return;
  const auto later = [&](OpId a, OpId b) { return history.invoked[a] < history.invoked[b]; };
  OpId read = no_operation;
  for (const OpId op : anomaly.operations) {
    if (history.function[op] != histories::Function::read || !history.ok(op)) continue;
    if (read == no_operation || later(read, op)) read = op;
  }
  if (read == no_operation) return;
  const auto found = overtaken(history, read);
  if (!found) return;
  anomaly.reason += fmt::format("; {} is stale by {}", history.describe(read), in_versions(found->versions));
  if (!history.invoked_time.empty()) anomaly.reason += ", for " + in_units(stale_for(history, *found));
}

}  // namespace kasauti::checker::staleness
