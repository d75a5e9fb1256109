// The graph of session order, reads-from and conflicts: orders, components, and the short paths that reports show.
//
// Edges of the first two kinds are never stored: they are read off the relations. All walks are iterative, since a
// chain may be as long as the history. Orders and components cost O(n + edges); a path one breadth-first walk; a short
// cycle up to a few hundred of them inside its component. Tested by tests/causal through every verdict and
// certificate.

#include "checker/causal/graph.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>

namespace kasauti::checker::causal {

using histories::Budget;

Conflicts::Conflicts(std::vector<Conflict> edges, std::size_t operations) : begin_(operations + 1, 0) {
  for (const Conflict& edge : edges) ++begin_[edge.from + 1];
  for (std::size_t i = 0; i < operations; ++i) begin_[i + 1] += begin_[i];
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  edges_.resize(edges.size());
  for (const Conflict& edge : edges) edges_[next[edge.from]++] = edge;
}

bool EdgesFrom::next(const Relations& relations, const Conflicts* conflicts, GraphEdge& edge) {
  edge.from = op_;
  edge.read = no_operation;
  if (stage_ == 0) {
    stage_ = 1;
    edge.kind = GraphEdge::Kind::session;
    edge.to = relations.next_in_chain(op_);
    if (edge.to != no_operation) return true;
  }
  if (stage_ == 1) {
    const auto successors = relations.other_successors(op_);
    edge.kind = GraphEdge::Kind::session;
    if (index_ < successors.size()) {
      edge.to = successors[index_++];
      return true;
    }
    stage_ = 2;
    index_ = 0;
  }
  if (stage_ == 2) {
    edge.kind = GraphEdge::Kind::source;
    if (reader_ != no_operation) {
      edge.to = reader_;
      reader_ = relations.next_reader(reader_);
      return true;
    }
    stage_ = 3;
  }
  if (conflicts == nullptr) return false;
  const auto edges = conflicts->from(op_);
  if (index_ >= edges.size()) return false;
  edge.kind = GraphEdge::Kind::conflict;
  edge.to = edges[index_].to;
  edge.read = edges[index_].read;
  ++index_;
  return true;
}

std::vector<OpId> topological_order(const Relations& relations, const Conflicts* conflicts, Budget& budget) {
  const auto n = static_cast<OpId>(relations.size());
  std::vector<std::uint32_t> waits_for(n, 0);
  for (OpId op = 0; op < n; ++op) {
    if (!relations.takes_part(op)) continue;
    waits_for[op] += relations.previous_in_chain(op) != no_operation ? 1 : 0;
    waits_for[op] += static_cast<std::uint32_t>(relations.other_predecessors(op).size());
    waits_for[op] += relations.has_source_write(op) ? 1 : 0;
  }
  if (conflicts != nullptr) {
    for (const Conflict& edge : conflicts->edges()) ++waits_for[edge.to];
  }
  std::vector<OpId> order;
  order.reserve(n);
  std::vector<OpId> ready;
  std::uint32_t spent = 0;
  for (OpId op = 0; op < n; ++op) {
    if (relations.takes_part(op) && waits_for[op] == 0) ready.push_back(op);
    while (!ready.empty()) {
      const OpId taken = ready.back();
      ready.pop_back();
      order.push_back(taken);
      if (!budget.spend(spent)) return order;
      EdgesFrom edges{relations, taken};
      for (GraphEdge edge; edges.next(relations, conflicts, edge);) {
        // Later operations are met when their turn comes.
        if (--waits_for[edge.to] == 0 && edge.to <= op) ready.push_back(edge.to);
      }
    }
  }
  return order;
}

Components components(const Relations& relations, const Conflicts* conflicts, Budget& budget) {
  const auto n = static_cast<OpId>(relations.size());
  Components result;
  result.of.assign(n, Components::none);
  // Tarjan's numbers: 0 not met yet; `done` once its component is known.
  constexpr std::uint32_t done = UINT32_MAX;
  std::vector<std::uint32_t> number(n, 0);
  std::vector<std::uint32_t> low(n, 0);
  std::vector<OpId> open;
  std::vector<EdgesFrom> walk;
  std::uint32_t counter = 0;
  std::uint32_t spent = 0;
  const auto enter = [&](OpId op) {
    number[op] = low[op] = ++counter;
    open.push_back(op);
    walk.emplace_back(relations, op);
  };
  for (OpId root = 0; root < n; ++root) {
    if (!relations.takes_part(root) || number[root] != 0) continue;
    enter(root);
    while (!walk.empty()) {
      if (!budget.spend(spent)) return result;
      const OpId op = walk.back().operation();
      GraphEdge edge;
      if (walk.back().next(relations, conflicts, edge)) {
        if (number[edge.to] == 0) {
          enter(edge.to);
        } else if (number[edge.to] != done) {
          low[op] = std::min(low[op], number[edge.to]);
        }
        continue;
      }
      walk.pop_back();
      if (!walk.empty()) low[walk.back().operation()] = std::min(low[walk.back().operation()], low[op]);
      if (low[op] != number[op]) continue;
      auto first = open.end();
      do --first;
      while (*first != op);
      if (open.end() - first > 1) {
        for (auto member = first; member != open.end(); ++member) {
          result.of[*member] = static_cast<std::uint32_t>(result.members.size());
        }
        result.members.emplace_back(first, open.end());
        std::ranges::sort(result.members.back());
      }
      for (auto member = first; member != open.end(); ++member) number[*member] = done;
      open.erase(first, open.end());
    }
  }
  return result;
}

namespace {

/// Adds an edge to a path; session order is transitive, so that a run of it becomes one edge.
void extend(std::vector<GraphEdge>& path, const GraphEdge& edge) {
  if (!path.empty() && path.back().kind == GraphEdge::Kind::session && edge.kind == GraphEdge::Kind::session) {
    path.back().to = edge.to;
  } else {
    path.push_back(edge);
  }
}

}  // namespace

std::vector<GraphEdge> causal_path(const Relations& relations, OpId from, OpId to, Budget& budget) {
  // Going on along a session costs nothing, everything else costs one: a breadth-first walk with two levels.
  std::vector<GraphEdge> into(relations.size());
  std::vector<std::uint32_t> distance(relations.size(), UINT32_MAX);
  std::deque<OpId> queue{from};
  distance[from] = 0;
  std::uint32_t spent = 0;
  while (!queue.empty()) {
    const OpId op = queue.front();
    queue.pop_front();
    if (op == to && op != from) break;
    EdgesFrom edges{relations, op};
    for (GraphEdge edge; edges.next(relations, nullptr, edge);) {
      if (!budget.spend(spent)) return {};
      const bool goes_on = edge.kind == GraphEdge::Kind::session && op != from &&
                           into[op].kind == GraphEdge::Kind::session;
      const std::uint32_t cost = distance[op] + (goes_on ? 0 : 1);
      if (cost >= distance[edge.to]) continue;
      distance[edge.to] = cost;
      into[edge.to] = edge;
      if (goes_on) {
        queue.push_front(edge.to);
      } else {
        queue.push_back(edge.to);
      }
    }
  }
  if (from == to || distance[to] == UINT32_MAX) return {};
  std::vector<GraphEdge> reversed;
  for (OpId op = to; op != from; op = into[op].from) reversed.push_back(into[op]);
  std::vector<GraphEdge> path;
  for (auto edge = reversed.rbegin(); edge != reversed.rend(); ++edge) extend(path, *edge);
  return path;
}

std::vector<GraphEdge> short_cycle(const Relations& relations, const Conflicts* conflicts, const Components& components,
                                   std::uint32_t component, Budget& budget) {
  constexpr std::size_t starts = 300;
  constexpr std::uint64_t steps_allowed = 20'000'000;
  std::vector<GraphEdge> best;
  std::vector<GraphEdge> into(relations.size());
  std::vector<std::uint32_t> seen(relations.size(), 0);
  std::uint32_t round = 0;
  std::uint64_t steps = 0;
  std::uint32_t spent = 0;
  std::size_t tried = 0;
  for (const OpId start : components.members[component]) {
    if (++tried > starts || steps > steps_allowed) break;
    std::vector<OpId> queue{start};
    ++round;
    bool closed = false;
    for (std::size_t head = 0; head < queue.size() && !closed; ++head) {
      EdgesFrom edges{relations, queue[head]};
      for (GraphEdge edge; !closed && edges.next(relations, conflicts, edge);) {
        ++steps;
        if (!budget.spend(spent)) return best;
        if (components.of[edge.to] != component || seen[edge.to] == round) continue;
        seen[edge.to] = round;
        into[edge.to] = edge;
        queue.push_back(edge.to);
        closed = edge.to == start;
      }
    }
    if (!closed) continue;
    std::vector<GraphEdge> reversed{into[start]};
    while (reversed.back().from != start) reversed.push_back(into[reversed.back().from]);
    std::vector<GraphEdge> cycle;
    for (auto edge = reversed.rbegin(); edge != reversed.rend(); ++edge) extend(cycle, *edge);
    if (best.empty() || cycle.size() < best.size()) best = std::move(cycle);
  }
  return best;
}

}  // namespace kasauti::checker::causal
