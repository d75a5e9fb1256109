// Thousands of anomalies, a few kinds: engines that look at each key by itself find each kind again and again. A report
// is read by people, who want how many there are, the first, and the one that is easiest to read.
// Test: tests/staleness/grouping.cpp.

#include "checker/run/grouping.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kasauti::checker::run {

namespace {

/// The easier example has fewer operations; of as many, those that lie closer together in the history.
std::pair<std::size_t, OpId> effort(const std::vector<OpId>& operations) {
  if (operations.empty()) return {SIZE_MAX, 0};
  const auto [least, greatest] = std::ranges::minmax(operations);
  return {operations.size(), greatest - least};
}

const std::vector<OpId>& easiest(const Anomaly& anomaly) {
  return anomaly.smallest.empty() ? anomaly.operations : anomaly.smallest;
}

/// What showed each of those counted; where it was not kept, what showed the only one.
void keep_occurrence(Anomaly& anomaly) {
  if (anomaly.occurrences.empty() && anomaly.count == 1 && !anomaly.operations.empty()) {
    anomaly.occurrences.push_back(anomaly.operations.back());
  }
}

void add(Anomaly& all, Anomaly one) {
  keep_occurrence(one);
  if (effort(easiest(one)) < effort(easiest(all))) all.smallest = easiest(one);
  if (!one.operations.empty() && !all.operations.empty() && one.operations.front() < all.operations.front()) {
    if (all.smallest.empty()) all.smallest = all.operations;
    all.operations = std::move(one.operations);
    all.reason = std::move(one.reason);
  }
  all.count += one.count;
  all.at_risk += one.at_risk;
  all.occurrences.insert(all.occurrences.end(), one.occurrences.begin(), one.occurrences.end());
  all.sessions = std::max(all.sessions, one.sessions);
}

/// In how many sessions, where each occurrence is known; at least as many as in one of the examples otherwise.
void count_sessions(const History& history, Anomaly& anomaly) {
  if (anomaly.occurrences.size() != anomaly.count) return;
  std::vector<SessionId> sessions;
  for (const OpId op : anomaly.occurrences) sessions.push_back(history.session[op]);
  std::ranges::sort(sessions);
  anomaly.sessions = static_cast<std::uint64_t>(std::ranges::unique(sessions).begin() - sessions.begin());
}

/// Engines that judge key by key count the reads of the keys that fail; at risk were those of all.
void complete_base(const History& history, Anomaly& anomaly) {
  if (anomaly.name != "StaleRead" || anomaly.at_risk == 0) return;
  std::uint64_t reads = 0;
  for (OpId op = 0; op < history.size(); ++op) {
    reads += history.ok(op) && history.function[op] == histories::Function::read ? 1 : 0;
  }
  anomaly.at_risk = std::max(anomaly.at_risk, reads);
}

}  // namespace

std::vector<Anomaly> grouped(const History& history, std::vector<Anomaly> anomalies) {
  std::vector<Anomaly> kinds;
  for (Anomaly& anomaly : anomalies) {
    const auto same = [&](const Anomaly& other) {
      return std::tie(other.name, other.models, other.relative) ==
             std::tie(anomaly.name, anomaly.models, anomaly.relative);
    };
    const auto kind = std::ranges::find_if(kinds, same);
    if (kind == kinds.end()) {
      kinds.push_back(std::move(anomaly));
      keep_occurrence(kinds.back());
    } else {
      add(*kind, std::move(anomaly));
    }
  }
  for (Anomaly& kind : kinds) {
    std::ranges::sort(kind.occurrences);
    count_sessions(history, kind);
    complete_base(history, kind);
    if (kind.smallest == kind.operations) kind.smallest.clear();
  }
  return kinds;
}

}  // namespace kasauti::checker::run
