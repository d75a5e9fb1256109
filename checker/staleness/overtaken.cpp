// Which reads are stale by themselves, by how many versions and for how long?
//
// The least k and the least Δ say how stale the worst is; a report wants to count. A read is overtaken by every write
// that was invoked after the read's value was certainly there, and whose own value was certainly there when the read
// was invoked: those lie between in every order. Values are gone through from the one that was there last to the one
// that was there first; the writes invoked after that moment are then in a tree by when their value was there, and the
// first of them is kept. O(n log n). Not every history that is stale has such a read: two reads may only contradict
// each other. Test: tests/staleness/overtaken.cpp, against the definition.

#include "checker/staleness/overtaken.hpp"

#include <algorithm>

#include "checker/staleness/counts.hpp"

namespace kasauti::checker::staleness {

namespace {

using histories::no_operation;

void add_of_key(const History& history, const std::vector<Cluster>& clusters, std::vector<Overtaken>& found) {
  const std::vector<Span> spans = spans_of(history, clusters);
  std::vector<std::size_t> by_begun(spans.size());
  for (std::size_t i = 0; i < spans.size(); ++i) by_begun[i] = i;
  std::ranges::sort(by_begun, std::greater{}, [&](std::size_t i) { return spans[i].begun; });
  Counts counts{spans.size()};
  std::size_t first = spans.size();  // of those in the tree, the first that was there
  std::size_t next = 0;
  for (std::size_t i = spans.size(); i-- > 0;) {
    for (; next < by_begun.size() && spans[by_begun[next]].begun > spans[i].visible; ++next) {
      counts.add(by_begun[next]);
      first = std::min(first, by_begun[next]);
    }
    if (first == spans.size() || spans[i].latest <= spans[first].visible) continue;
    for (const OpId read : clusters[spans[i].cluster].reads) {
      const auto after = std::ranges::lower_bound(spans, std::uint64_t{history.invoked[read]} + 2, {}, &Span::visible);
      const std::uint64_t versions = counts.below(static_cast<std::size_t>(after - spans.begin()));
      if (versions != 0) found.push_back({read, clusters[spans[first].cluster].write, spans[first].first, versions});
    }
  }
}

}  // namespace

std::optional<OvertakenReads> overtaken_reads(const History& history, histories::Budget& budget) {
  if (!is_plain_register(history)) return std::nullopt;
  const index::Keys keys{history, true};
  OvertakenReads all;
  for (histories::KeyId key = 0; key < keys.size(); ++key) {
    const auto clusters = clusters_of(history, keys.operations(key));
    if (!clusters || !budget.poll()) return std::nullopt;
    add_of_key(history, *clusters, all.reads);
    for (const Cluster& cluster : *clusters) all.at_risk += cluster.reads.size();
  }
  std::ranges::sort(all.reads, {}, &Overtaken::read);
  return all;
}

std::optional<Overtaken> overtaken(const History& history, OpId read) {
  const ValueId value = access_of(history, read).observed;
  const bool initial = value == history.header.initial;
  std::size_t writers = initial ? 1 : 0;
  histories::Rank there = histories::never;  // its value certainly was, from this completion on
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.key[op] != history.key[read] || history.outcome[op] == histories::Outcome::fail) continue;
    const Access access = access_of(history, op);
    writers += access.written == value ? 1 : 0;
    if (access.written == value || access.observed == value) there = std::min(there, history.completed[op]);
  }
  if (writers != 1) return std::nullopt;
  Overtaken found{read, no_operation, no_operation, 0};
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.key[op] != history.key[read] || access_of(history, op).written == histories::no_value) continue;
    if (history.completed[op] >= history.invoked[read] || (!initial && history.invoked[op] <= there)) continue;
    if (history.outcome[op] != histories::Outcome::ok) continue;
    ++found.versions;
    if (found.by == no_operation || history.completed[op] < history.completed[found.by]) found.by = found.shown = op;
  }
  if (found.versions == 0) return std::nullopt;
  return found;
}

std::int64_t stale_for(const History& history, const Overtaken& overtaken) {
  if (history.invoked_time.empty()) return 0;
  return history.invoked_time[overtaken.read] - history.completed_time[overtaken.shown];
}

}  // namespace kasauti::checker::staleness
