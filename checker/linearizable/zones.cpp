// Zones: is a register on which all writes write distinct values linearizable?
//
// Gibbons & Korach, "Testing Shared Memories", SIAM J. Comput. 26(4), 1997. The operations on one value form a cluster:
// its write and the reads that returned it. In a legal order nothing stands between them, so clusters are ordered as
// wholes. With f the least completion in a cluster and s its greatest invocation, cluster A must precede B iff f(A) <
// s(B). The initial value is a cluster whose write completed before everything. A write of unknown outcome that nobody
// read is dropped (it may never have happened); one that was read happened, and completes at infinity.
//
// YES by construction: while clusters remain, emit one whose s is before every other f. Let M have the least f and N
// the second least. If neither M nor the cluster with the least s can be emitted, then f(N) < s(M) and f(M) < s(N): M
// and N must precede each other, which is the proof of NO, an edge each way. (So a circle of clusters always contains
// one of two.) A read that completed before its write was invoked, and a value that nobody wrote, are the other two
// ways to fail.
//
// Sound and complete for real-time order. Calls of one process whose stamps tie are ordered too (History::previous):
// such an edge may forbid an order that real time allows; a witness is then looked for that respects it, and if there
// is none the question is left to the search. Cost: O(n) and one sort of the clusters by f.
//
// Covered by tests/linearizable: every small history against brute force, random larger ones against the search.

#include "checker/linearizable/zones.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "checker/linearizable/emission.hpp"
#include "checker/linearizable/thin_air.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::never;
using histories::no_operation;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

constexpr std::uint32_t none = UINT32_MAX;

struct Cluster : Zone {
  OpId write = no_operation;      // none for the initial value
  OpId first_completed = no_operation;
  OpId last_invoked = no_operation;
  std::uint32_t size = 0;         // operations in it; 0: a write that never happened, or an unread initial value
};

class Zones {
 public:
  Zones(const History& history, std::span<const OpId> operations, ZoneScratch& scratch, histories::Budget& budget)
      : history_{history}, operations_{operations}, of_{scratch.cluster_of}, budget_{budget} {
    if (of_.size() < history.values.size()) of_.resize(history.values.size(), none);
  }
  ~Zones() {
    for (const OpId op : operations_) {
      if (history_.function[op] == Function::write) of_[history_.argument[op]] = none;
    }
    of_[history_.header.initial] = none;
  }
  Zones(const Zones&) = delete;
  Zones& operator=(const Zones&) = delete;

  std::optional<KeyAnswer> decide();

 private:
  bool make_clusters();
  std::optional<KeyAnswer> add_reads();
  void touch(Cluster& cluster, OpId op) const;
  bool emit();
  bool emit_with_ties();
  KeyAnswer witness() const;
  KeyAnswer clash() const;
  ValueId value_of(OpId op) const {
    return history_.function[op] == Function::write ? history_.argument[op] : history_.result[op];
  }
  KeyAnswer refute(Certificate certificate, std::string name, std::vector<OpId> shown, std::string reason) const;
  void count_stale_reads(KeyAnswer& answer) const;

  const History& history_;
  std::span<const OpId> operations_;
  std::vector<std::uint32_t>& of_;
  histories::Budget& budget_;
  std::vector<Cluster> clusters_;           // [0] is the initial value's
  std::vector<std::uint32_t> order_;        // the clusters in the order in which they were emitted
  std::uint32_t clash_a_ = 0, clash_b_ = 0;
};

// False where zones don't apply.
bool Zones::make_clusters() {
  clusters_.emplace_back();
  clusters_[0].f = 0;
  of_[history_.header.initial] = 0;
  for (const OpId op : operations_) {
    const Function function = history_.function[op];
    if (function == Function::read) continue;
    if (function != Function::write) return false;
    std::uint32_t& cluster = of_[history_.argument[op]];
    if (cluster != none) return false;
    cluster = static_cast<std::uint32_t>(clusters_.size());
    clusters_.emplace_back();
    clusters_.back().write = op;
    if (history_.ok(op)) touch(clusters_.back(), op);
  }
  return true;
}

void Zones::touch(Cluster& cluster, OpId op) const {
  const Stamp completed = stamp(history_.completed[op]);
  const Stamp invoked = stamp(history_.invoked[op]);
  ++cluster.size;
  if (completed < cluster.f || cluster.first_completed == no_operation) {
    cluster.first_completed = op;
    cluster.f = std::min(cluster.f, completed);
  }
  if (invoked >= cluster.s) {
    cluster.s = invoked;
    cluster.last_invoked = op;
  }
}

KeyAnswer Zones::refute(Certificate certificate, std::string name, std::vector<OpId> shown, std::string reason) const {
  KeyAnswer answer;
  answer.verdict = Verdict::violated;
  answer.refutation = std::move(certificate);
  answer.method = "zones";
  std::ranges::sort(shown);
  const auto repeated = std::ranges::unique(shown);
  shown.erase(repeated.begin(), repeated.end());
  answer.anomaly.name = std::move(name);
  answer.anomaly.models = {Model::linearizable};
  answer.anomaly.operations = std::move(shown);
  answer.anomaly.reason = std::move(reason);
  return answer;
}

// Puts each read into its cluster; an answer if one of them is wrong by itself.
std::optional<KeyAnswer> Zones::add_reads() {
  for (const OpId op : operations_) {
    if (history_.function[op] != Function::read) continue;
    const std::uint32_t index = of_[history_.result[op]];
    if (index == none) return unwritten_read(history_, op, "zones");
    Cluster& cluster = clusters_[index];
    if (index != 0 && history_.precedes(op, cluster.write)) {
      const auto reason = history_.completed[op] < history_.invoked[cluster.write] ? Reason::real_time : Reason::process_order;
      return refute({ClusterCycle{history_.key[op], {{op, cluster.write, reason}}}}, "FutureRead", {op, cluster.write},
                    fmt::format("{} completed before the write of its value was invoked: {}", history_.describe(op),
                                history_.describe(cluster.write)));
    }
    if (index != 0 && cluster.size == 0) touch(cluster, cluster.write);  // of unknown outcome, but it was read
    touch(cluster, op);
  }
  return std::nullopt;
}

// The order of the clusters, or false and the two that clash.
bool Zones::emit() {
  std::vector<std::pair<Stamp, std::uint32_t>> by_f, by_s;
  for (std::uint32_t i = 0; i < clusters_.size(); ++i) {
    if (clusters_[i].size == 0) continue;
    by_f.emplace_back(clusters_[i].f, i);
  }
  // Going back through the operations meets the clusters in falling order of s.
  by_s.reserve(by_f.size());
  for (auto op = operations_.rbegin(); op != operations_.rend(); ++op) {
    const std::uint32_t index = of_[value_of(*op)];
    if (clusters_[index].last_invoked == *op && clusters_[index].size != 0) by_s.emplace_back(clusters_[index].s, index);
  }
  std::ranges::reverse(by_s);
  std::ranges::sort(by_f);
  Emission emission = emit_zones(clusters_, by_f, by_s);
  order_ = std::move(emission.order);
  clash_a_ = emission.a;
  clash_b_ = emission.b;
  return !emission.clash;
}

// The same with the order of calls of one process whose stamps tie. False if there is no such order of the clusters.
bool Zones::emit_with_ties() {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  std::vector<OpId> last(history_.process_name.size(), no_operation);
  for (const OpId op : operations_) {
    OpId& before = last[history_.process[op]];
    const std::uint32_t to = of_[value_of(op)];
    if (before != no_operation && history_.completed[before] > history_.invoked[op]) {
      const std::uint32_t from = of_[value_of(before)];
      // A write that never happened stands nowhere.
      if (from != to && clusters_[from].size != 0 && clusters_[to].size != 0) edges.emplace_back(from, to);
    }
    if (history_.ok(op)) before = op;
  }
  std::ranges::sort(edges);
  std::vector<std::uint32_t> blockers(clusters_.size(), 0);
  for (const auto& [from, to] : edges) ++blockers[to];

  std::vector<std::pair<Stamp, std::uint32_t>> by_f, by_s;
  for (std::uint32_t i = 0; i < clusters_.size(); ++i) {
    if (clusters_[i].size == 0) continue;
    by_f.emplace_back(clusters_[i].f, i);
    by_s.emplace_back(clusters_[i].s, i);
  }
  std::ranges::sort(by_f);
  std::ranges::sort(by_s);
  std::vector<bool> emitted(clusters_.size(), false);
  std::vector<std::uint32_t> ready;
  order_.clear();
  std::size_t least_f = 0;
  std::size_t least_s = 0;
  const auto put = [&](std::uint32_t index) {
    emitted[index] = true;
    order_.push_back(index);
    for (auto edge = std::ranges::lower_bound(edges, std::pair{index, 0U}); edge != edges.end() && edge->first == index; ++edge) {
      if (--blockers[edge->second] == 0) ready.push_back(edge->second);
    }
  };
  const auto may_go = [&](std::uint32_t index, Stamp least) {
    return !emitted[index] && blockers[index] == 0 && clusters_[index].s <= least;
  };
  std::uint32_t polled = 0;
  while (order_.size() < by_f.size()) {
    if (!budget_.spend(polled, 4)) return false;
    while (emitted[by_f[least_f].second]) ++least_f;
    const std::uint32_t m = by_f[least_f].second;
    const Stamp least = clusters_[m].f;
    for (; least_s < by_s.size() && by_s[least_s].first <= least; ++least_s) ready.push_back(by_s[least_s].second);
    std::uint32_t next = none;
    while (!ready.empty() && next == none) {
      const std::uint32_t index = ready.back();
      ready.pop_back();
      // One that real time still blocks comes back through by_s, one that a tie blocks through put().
      if (may_go(index, least)) next = index;
    }
    if (next == none) {
      std::size_t second = least_f + 1;
      while (second < by_f.size() && emitted[by_f[second].second]) ++second;
      if (blockers[m] == 0 && (second == by_f.size() || clusters_[m].s <= by_f[second].first)) next = m;
    }
    if (next == none) return false;
    put(next);
  }
  return true;
}

KeyAnswer Zones::witness() const {
  KeyAnswer answer;
  answer.verdict = Verdict::holds;
  answer.method = "zones";
  std::vector<std::uint32_t> place(clusters_.size(), 0);
  std::uint32_t total = 0;
  for (const std::uint32_t index : order_) {
    place[index] = total;
    total += clusters_[index].size;
  }
  answer.witness.resize(total);
  for (const std::uint32_t index : order_) {
    if (index != 0) answer.witness[place[index]++] = clusters_[index].write;
  }
  // Reads of one value stand in the order of their invocations, which respects real time and ties.
  for (const OpId op : operations_) {
    if (history_.function[op] == Function::read) answer.witness[place[of_[history_.result[op]]]++] = op;
  }
  return answer;
}

KeyAnswer Zones::clash() const {
  const bool swap = clash_b_ == 0;
  const Cluster& a = clusters_[swap ? clash_b_ : clash_a_];
  const Cluster& b = clusters_[swap ? clash_a_ : clash_b_];
  const KeyId key = history_.key[operations_.front()];
  const auto text = [&](OpId op) { return history_.describe(op); };
  const auto value = [&](const Cluster& cluster) {
    return history_.values.to_json(cluster.write == no_operation ? history_.header.initial : history_.argument[cluster.write]);
  };
  ClusterCycle cycle{key, {}};
  std::string reason;
  std::vector<OpId> shown;
  if (a.write == no_operation) {
    // The initial value is older than every write: the one edge back is enough.
    cycle.edges = {{b.first_completed, a.last_invoked, Reason::real_time}};
    shown = {b.write, b.first_completed, a.last_invoked};
    reason = fmt::format("{} returned the initial value, but {} had completed before", text(a.last_invoked), text(b.first_completed));
  } else {
    cycle.edges = {{a.first_completed, b.last_invoked, Reason::real_time}, {b.first_completed, a.last_invoked, Reason::real_time}};
    shown = {a.write, a.first_completed, a.last_invoked, b.write, b.first_completed, b.last_invoked};
    reason = fmt::format(
        "value {0} comes before value {1}, because {2} completed before {3} was invoked; and {1} comes before {0}, because {4} "
        "completed before {5} was invoked",
        value(a), value(b), text(a.first_completed), text(b.last_invoked), text(b.first_completed), text(a.last_invoked));
  }
  const bool by_write = history_.function[b.first_completed] == Function::write ||
                        (a.write != no_operation && history_.function[a.first_completed] == Function::write);
  return refute({std::move(cycle)}, by_write ? "StaleRead" : "NewOldInversion", std::move(shown), std::move(reason));
}

// Reads that returned a value which a later write had replaced for certain: its own write completed before one was
// invoked that completed before the read was invoked. A count for the report; the verdict rests on the clash alone.
void Zones::count_stale_reads(KeyAnswer& answer) const {
  struct End {
    Rank completed;
    Rank invoked;
  };
  std::vector<End> writes;
  for (const OpId op : operations_) {
    if (history_.function[op] == Function::write && history_.ok(op)) writes.push_back({history_.completed[op], history_.invoked[op]});
  }
  std::ranges::sort(writes, {}, &End::completed);
  std::size_t next = 0;
  Stamp newest = 0;  // the latest invocation among the writes that completed so far
  std::uint64_t stale = 0;
  std::uint64_t reads = 0;
  std::vector<histories::SessionId> sessions;
  for (const OpId op : operations_) {
    if (history_.function[op] != Function::read) continue;
    ++reads;
    for (; next < writes.size() && writes[next].completed < history_.invoked[op]; ++next) {
      newest = std::max(newest, stamp(writes[next].invoked));
    }
    const std::uint32_t index = of_[history_.result[op]];
    if (index == none) continue;
    const OpId write = clusters_[index].write;
    const Stamp replaced = write == no_operation ? 0 : stamp(history_.completed[write]);
    if (newest <= replaced) continue;
    ++stale;
    sessions.push_back(history_.session[op]);
    if (answer.anomaly.name == "StaleRead") answer.anomaly.occurrences.push_back(op);
  }
  answer.anomaly.at_risk = reads;
  if (answer.anomaly.name != "StaleRead") return;
  std::ranges::sort(sessions);
  const auto repeated = std::ranges::unique(sessions);
  answer.anomaly.count = std::max<std::uint64_t>(stale, 1);
  answer.anomaly.sessions = std::max<std::size_t>(sessions.size() - repeated.size(), 1);
}

std::optional<KeyAnswer> Zones::decide() {
  if (!make_clusters()) return std::nullopt;
  if (auto answer = add_reads()) return answer;
  if (budget_.stopped()) return std::nullopt;
  const bool orderly = emit();
  if (!orderly) {
    KeyAnswer answer = clash();
    count_stale_reads(answer);
    return answer;
  }
  if (history_.ties_in_process && !emit_with_ties()) return std::nullopt;
  return witness();
}

}  // namespace

std::optional<KeyAnswer> decide_by_zones(const History& history, std::span<const OpId> operations, ZoneScratch& scratch,
                                         histories::Budget& budget) {
  return Zones{history, operations, scratch, budget}.decide();
}

}  // namespace kasauti::checker::linearizable
