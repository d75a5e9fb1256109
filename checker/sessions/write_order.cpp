// Monotonic writes and writes-follow-reads, each alone, by the store's versions.
//
// Question: is there an order of all writes that agrees with the versions on each key that they decide, and in which
// each write comes after its session's earlier ones (monotonic writes), or after what its session had read before
// (writes-follow-reads; Terry et al. 1994)?
//
// Method: a graph in which each operation stands twice. As a *write* it leads to the next write by version, and into
// the sessions: for monotonic writes to what follows it in its own, for writes-follow-reads to its readers. As a
// *passage* it leads on along its session, and to itself as a write. So a path from write to write is a chain of what
// the guarantee and the versions say, and no more: session order counts only behind a write, or behind a read. The
// order exists iff there is no circle. Shown is the shortest of the first few; counted are writes whose version is
// below that of an earlier write of the key, or of what was read, in the same session, against all that have such.
//
// Cost: O(n). Sound and complete. Tested by tests/sessions/versions.cpp against the definition.

#include "checker/sessions/write_order.hpp"

#include <algorithm>
#include <utility>

namespace kasauti::checker::sessions {

using causal::Conflict;
using causal::Outcome;
using causal::Relations;
using histories::Budget;
using histories::no_operation;

namespace {

using Node = std::uint32_t;

class WriteGraph {
 public:
  WriteGraph(const Relations& relations, const Versions& versions, bool follow_reads)
      : relations_{relations}, follow_reads_{follow_reads}, newer_(relations.size(), no_operation),
        waits_for_(2 * relations.size(), 0), edges_{versions.order()} {
    for (const Conflict& edge : edges_) newer_[edge.from] = edge.to;
  }

  /// All writes in order; fewer if there is a circle.
  std::vector<OpId> order(Budget& budget) {
    for (OpId op = 0; op < relations_.size(); ++op) {
      each_edge(write(op), [&](Node to) { ++waits_for_[to]; });
      each_edge(passage(op), [&](Node to) { ++waits_for_[to]; });
    }
    std::vector<Node> ready;
    std::vector<OpId> placed;
    for (Node node = static_cast<Node>(waits_for_.size()); node-- > 0;) {
      if (waits_for_[node] == 0) ready.push_back(node);
    }
    std::uint32_t spent = 0;
    while (!ready.empty() && budget.spend(spent)) {
      const Node node = ready.back();
      ready.pop_back();
      if (is_write(node) && relations_.writes(op_of(node))) placed.push_back(op_of(node));
      each_edge(node, [&](Node to) {
        if (--waits_for_[to] == 0) ready.push_back(to);
      });
    }
    return placed;
  }

  /// A circle, after order() found that there is one: each has a step by version.
  std::vector<Link> circle(Budget& budget) {
    const std::size_t most_starts = std::clamp<std::size_t>(1'000'000 / (relations_.size() + 1), 1, 100);
    std::vector<Link> best;
    std::size_t starts = 0;
    std::uint32_t spent = 0;
    for (const Conflict& edge : edges_) {
      if (waits_for_[write(edge.from)] == 0 || waits_for_[write(edge.to)] == 0) continue;
      if (!budget.spend(spent, 1000) || ++starts > most_starts) break;
      std::vector<Link> found = around(edge);
      if (!found.empty() && (best.empty() || found.size() < best.size())) best = std::move(found);
    }
    return best;
  }

 private:
  static Node passage(OpId op) { return 2 * op; }
  static Node write(OpId op) { return 2 * op + 1; }
  static bool is_write(Node node) { return node % 2 == 1; }
  static OpId op_of(Node node) { return node / 2; }

  template <class Visit>
  void each_edge(Node node, const Visit& visit) const {
    const OpId op = op_of(node);
    if (!relations_.takes_part(op) || (is_write(node) && !relations_.writes(op))) return;
    if (is_write(node) && newer_[op] != no_operation) visit(write(newer_[op]));
    if (is_write(node) && follow_reads_) {
      for (OpId reader = relations_.first_reader(op); reader != no_operation; reader = relations_.next_reader(reader))
        visit(passage(reader));
      return;
    }
    if (!is_write(node) && relations_.writes(op)) visit(write(op));
    if (const OpId next = relations_.next_in_chain(op); next != no_operation) visit(passage(next));
    for (const OpId next : relations_.other_successors(op)) visit(passage(next));
  }

  /// The shortest way back from the newer write of an edge to the older one.
  std::vector<Link> around(const Conflict& edge) const {
    std::vector<Node> from(waits_for_.size(), UINT32_MAX);
    std::vector<Node> queue{write(edge.to)};
    from[queue.front()] = queue.front();
    for (std::size_t i = 0; i < queue.size() && from[write(edge.from)] == UINT32_MAX; ++i) {
      each_edge(queue[i], [&](Node to) {
        if (waits_for_[to] == 0 || from[to] != UINT32_MAX) return;
        from[to] = queue[i];
        queue.push_back(to);
      });
    }
    if (from[write(edge.from)] == UINT32_MAX) return {};
    std::vector<Node> path{write(edge.from)};
    while (path.back() != write(edge.to)) path.push_back(from[path.back()]);
    std::ranges::reverse(path);
    std::vector<Link> links{{edge.from, edge.to, Force::version, 0}};
    for (std::size_t i = 1; i < path.size(); ++i) add(links, path[i - 1], path[i]);
    return links;
  }

  void add(std::vector<Link>& links, Node from, Node to) const {
    if (op_of(from) == op_of(to)) return;
    const bool by_version = is_write(from) && is_write(to);
    const bool by_read = !by_version && is_write(from) && follow_reads_;
    const Force force = by_version ? Force::version : by_read ? Force::reads_from : Force::session_order;
    if (force == Force::session_order && links.back().force == force) {
      links.back().to = op_of(to);
    } else {
      links.push_back({op_of(from), op_of(to), force, 0});
    }
  }

  const Relations& relations_;
  bool follow_reads_;
  std::vector<OpId> newer_;              // by write, the next by version
  std::vector<std::uint32_t> waits_for_;  // by node
  std::vector<Conflict> edges_;
};

/// Writes below what their session had written or read of their key, as far as chains show them.
void count(const Relations& relations, const Versions& versions, bool follow_reads, Anomaly& anomaly) {
  const histories::History& h = relations.history();
  std::vector<OpId> greatest(h.key_count(), no_operation);
  std::vector<OpId> below;
  std::uint64_t at_risk = 0;
  for (std::uint32_t chain = 0; chain < relations.chain_count(); ++chain) {
    const auto raise = [&](OpId write) {
      OpId& best = greatest[h.key[write]];
      if (best == no_operation || versions.of(best) < versions.of(write)) best = write;
    };
    for (const OpId op : relations.chain_operations(chain)) {
      if (!versions.decide(h.key[op])) continue;
      if (follow_reads && relations.has_source_write(op)) raise(relations.source(op));
      if (!relations.writes(op)) continue;
      if (const OpId best = greatest[h.key[op]]; best != no_operation) {
        ++at_risk;
        if (versions.of(op) < versions.of(best)) below.push_back(op);
      }
      if (!follow_reads) raise(op);
    }
    for (const OpId op : relations.chain_operations(chain)) greatest[h.key[op]] = no_operation;
  }
  anomaly.at_risk = at_risk;
  anomaly.count = std::max<std::uint64_t>(1, below.size());
  anomaly.sessions = std::max<std::uint64_t>(1, causal::session_count(h, std::move(below)));
}

}  // namespace

CausalOrder judge_write_order(const Relations& relations, const Versions& versions, Model which, Outcome& outcome,
                              Budget& budget) {
  const bool follow_reads = which == Model::writes_follow_reads;
  WriteGraph graph{relations, versions, follow_reads};
  std::vector<OpId> order = graph.order(budget);
  std::size_t writes = 0;
  for (OpId op = 0; op < relations.size(); ++op) writes += relations.writes(op) ? 1 : 0;
  if (order.size() == writes || budget.stopped()) return {std::move(order)};
  ForcedOrder proof;
  proof.end = graph.circle(budget);
  if (proof.end.empty()) return {};
  Anomaly anomaly;
  anomaly.name = follow_reads ? "WritesFollowReads" : "MonotonicWrites";
  count(relations, versions, follow_reads, anomaly);
  outcome.add(std::move(anomaly), std::move(proof));
  return {};
}

}  // namespace kasauti::checker::sessions
