// Which order do the values that were read force upon the operations?
//
// Sequential consistency of registers is NP-complete even where every value has one writer (Gibbons & Korach 1997),
// but two rules find nearly every violation, and the order that they leave guides the search to a witness where there
// is one. They are the saturation of Biswas & Enea ("On the complexity of checking transactional consistency", OOPSLA
// 2019) and Zennou et al. ("Checking causal consistency of distributed databases", 2019), for single operations.
// Write w → r where r observed what w wrote, and u for another write of the same key:
//   u before r  ⇒  u before w   (else u would have overwritten w before r observed it),
//   w before u  ⇒  r before u   (likewise; always, where r observed the initial value).
// A compare-and-set that succeeded observes w and is the next write after it, so it takes r's place in both rules,
// and all others that observe w come before it.
//
// The observers of one value that has several are joined at its *end*, a point after them all and before the next
// write: both rules then look at ends alone. Every node has a vector clock over the lanes; in each lane only the last
// write before a node matters, since the others precede that one. A round visits the nodes in topological order,
// joins clocks and applies the rules where a clock changed; the edges found join the graph for the next round. O(n k)
// memory, and O(n k log n) time for a round over all nodes with k lanes; later rounds pay for what changes. Rounds
// are few (3 to 10 in the benchmarks).
//
// Sound: each edge holds in every legal order, so a cycle refutes (proof.cpp turns it into a certificate).
// Incomplete: no cycle does not mean that there is an order. Tests: tests/sequential compares with brute force and
// with the search alone.

#include "checker/sequential/saturation.hpp"

#include <algorithm>

namespace kasauti::checker::sequential {

namespace {

constexpr std::uint32_t no_edge = UINT32_MAX;
using histories::Budget;

/// Words of clocks that are set up between two looks at the budget.
constexpr std::size_t clock_piece = std::size_t{1} << 22;
/// The memory that clocks may take where no limit was given.
constexpr std::uint64_t default_clock_bytes = std::uint64_t{4} << 30;

}  // namespace

Saturation::Saturation(const Problem& problem, histories::Budget& budget) : problem_{problem}, budget_{budget} {
  const Node n = problem.size();
  end_.assign(n, no_node);
  ended_.assign(n, no_node);
  indegree_.assign(n, 0);
  first_edge_.assign(n, no_edge);
  for (Node node = 0; node < n; ++node) indegree_[node] = problem.position[node] > 1 ? 1 : 0;
  for (const Link& link : problem.links) add_edge({link.from, link.to, Why::session, no_node});
  for (Node node = 0; node < n; ++node) {
    const Node source = problem.source[node];
    if (source < n && problem.optional[node] == 0) add_edge({source, node, Why::reads_from, no_node});
  }
  collect_writes();
  collect_ends();
}

bool Saturation::fits() const {
  const std::uint64_t bytes = std::uint64_t{nodes()} * problem_.lanes() * sizeof(std::uint32_t);
  const std::uint64_t limit = budget_.limits().bytes;
  return limit == 0 ? bytes <= default_clock_bytes : histories::resident_bytes() + bytes <= limit;
}

Saturated Saturation::run(bool with_clocks) {
  if (nodes() > Budget::poll_every && !budget_.poll()) return Saturated::exhausted;
  if (with_clocks && !start_clocks()) return Saturated::exhausted;
  changed_.assign(nodes(), 1);
  placed_at_.assign(nodes(), 0);
  for (;;) {
    const Saturated result = round();
    if (result != Saturated::consistent || found_.empty()) return result;
    for (const ForcedEdge& edge : found_) {
      add_edge(edge);
      changed_[edge.from] = 1;
    }
    found_.clear();
  }
}

void Saturation::add_edge(const ForcedEdge& edge) {
  next_edge_.push_back(first_edge_[edge.from]);
  first_edge_[edge.from] = static_cast<std::uint32_t>(edges_.size());
  edges_.push_back(edge);
  ++indegree_[edge.to];
}

// Nodes are numbered lane by lane, so writes in order of nodes fall into runs by themselves once sorted by key.
void Saturation::collect_writes() {
  const auto counts = [&](Node node) { return problem_.writes[node] != 0 && problem_.optional[node] == 0; };
  std::vector<std::uint32_t> begin(problem_.key_count + 1, 0);
  for (Node node = 0; node < problem_.size(); ++node) {
    if (counts(node)) ++begin[problem_.key[node] + 1];
  }
  for (std::uint32_t key = 0; key < problem_.key_count; ++key) begin[key + 1] += begin[key];
  writes_.resize(begin.back());
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  for (Node node = 0; node < problem_.size(); ++node) {
    if (counts(node)) writes_[next[problem_.key[node]]++] = node;
  }
  run_begin_.push_back(0);
  for (std::uint32_t key = 0; key < problem_.key_count; ++key) {
    for (std::uint32_t i = begin[key]; i < begin[key + 1]; ++i) {
      const std::uint32_t lane = problem_.lane[writes_[i]];
      if (i == begin[key] || runs_.back().lane != lane) runs_.push_back({lane, i, i});
      runs_.back().end = i + 1;
    }
    run_begin_.push_back(static_cast<std::uint32_t>(runs_.size()));
  }
}

void Saturation::collect_ends() {
  const Node n = problem_.size();
  const auto slot_of = [&](Node node) -> std::size_t {
    const Node source = problem_.source[node];
    if (problem_.optional[node] != 0) return SIZE_MAX;
    return source < n ? source : source == from_initial ? std::size_t{n} + problem_.key[node] : SIZE_MAX;
  };
  std::vector<std::uint32_t> begin(std::size_t{n} + problem_.key_count + 1, 0);
  for (Node node = 0; node < n; ++node) {
    if (const auto slot = slot_of(node); slot != SIZE_MAX) ++begin[slot + 1];
  }
  for (std::size_t slot = 0; slot + 1 < begin.size(); ++slot) begin[slot + 1] += begin[slot];
  std::vector<Node> observers(begin.back());
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  for (Node node = 0; node < n; ++node) {
    if (const auto slot = slot_of(node); slot != SIZE_MAX) observers[next[slot]++] = node;
  }
  reader_begin_.push_back(0);
  for (std::size_t slot = 0; slot + 1 < begin.size(); ++slot) {
    readers_here_.clear();
    exchanges_here_.clear();
    for (std::uint32_t i = begin[slot]; i < begin[slot + 1]; ++i) {
      const Node node = observers[i];
      if (problem_.writes[node] != 0) {
        exchanges_here_.push_back(node);
      } else if (!readers_here_.empty() && problem_.lane[readers_here_.back()] == problem_.lane[node]) {
        readers_here_.back() = node;
      } else {
        readers_here_.push_back(node);
      }
    }
    if (slot < n) {
      add_end(static_cast<Node>(slot), end_[slot]);
      if (end_[slot] != no_node) ended_[end_[slot]] = static_cast<Node>(slot);
      continue;
    }
    Node end = no_node;
    add_end(from_initial, end);
    if (end == no_node) continue;
    const std::size_t key = slot - n;
    for (std::uint32_t run = run_begin_[key]; run < run_begin_[key + 1]; ++run) {
      const Node first = writes_[runs_[run].begin];
      if (first != end) add_edge({end, first, Why::overwrites, from_initial});
    }
  }
}

void Saturation::add_end(Node source, Node& end) {
  if (!exchanges_here_.empty()) {
    end = exchanges_here_.front();
    for (const Node reader : readers_here_) add_edge({reader, end, Why::overwrites, source});
    if (exchanges_here_.size() > 1) {
      add_edge({end, exchanges_here_[1], Why::overwrites, source});
      add_edge({exchanges_here_[1], end, Why::overwrites, source});
    }
  } else if (readers_here_.size() == 1) {
    end = readers_here_.front();
  } else if (!readers_here_.empty()) {
    end = nodes();
    ended_.push_back(no_node);
    indegree_.push_back(0);
    first_edge_.push_back(no_edge);
    for (const Node reader : readers_here_) add_edge({reader, end, Why::ends, no_node});
    readers_.insert(readers_.end(), readers_here_.begin(), readers_here_.end());
    reader_begin_.push_back(static_cast<std::uint32_t>(readers_.size()));
  }
}

bool Saturation::start_clocks() {
  // Piece by piece, for the first touch of so much memory takes its time.
  const std::size_t words = std::size_t{nodes()} * problem_.lanes();
  clocks_.clear();
  clocks_.reserve(words);
  while (clocks_.size() < words) {
    clocks_.resize(std::min(words, clocks_.size() + clock_piece), 0);
    if (words > clock_piece && !budget_.poll()) return false;
  }
  for (Node node = 0; node < problem_.size(); ++node) {
    clocks_[std::size_t{node} * problem_.lanes() + problem_.lane[node]] = problem_.position[node];
  }
  return true;
}

Saturated Saturation::round() {
  ++rounds_;
  waiting_ = indegree_;
  order_.clear();
  order_.reserve(nodes());
  for (Node node = 0; node < nodes(); ++node) {
    if (waiting_[node] == 0) order_.push_back(node);
  }
  for (std::size_t i = 0; i < order_.size(); ++i) {
    if (!budget_.spend(spent_, 1 + problem_.lanes() / 16)) return Saturated::exhausted;
    placed_at_[order_[i]] = static_cast<std::uint32_t>(i);
    place(order_[i]);
  }
  if (order_.size() == nodes()) return Saturated::consistent;
  for (Node node = 0; node < nodes(); ++node) {
    if (waiting_[node] != 0) unplaced_.push_back(node);
  }
  return Saturated::cyclic;
}

void Saturation::place(Node node) {
  const bool operation = node < problem_.size();
  if (has_clocks() && changed_[node] != 0) {
    if (ended_[node] != no_node) order_before_overwritten(node, ended_[node]);
    if (operation && problem_.writes[node] != 0 && problem_.optional[node] == 0) order_after_ends(node);
  }
  if (operation && node + 1 < problem_.lane_begin[problem_.lane[node] + 1]) release(node, node + 1);
  for (std::uint32_t edge = first_edge_[node]; edge != no_edge; edge = next_edge_[edge]) release(node, edges_[edge].to);
  changed_[node] = 0;
}

void Saturation::release(Node from, Node to) {
  if (has_clocks() && changed_[from] != 0 && join(to, from)) changed_[to] = 1;
  if (--waiting_[to] == 0) order_.push_back(to);
}

bool Saturation::join(Node into, Node from) {
  const std::uint32_t lanes = problem_.lanes();
  std::uint32_t* target = clocks_.data() + std::size_t{into} * lanes;
  const std::uint32_t* other = clocks_.data() + std::size_t{from} * lanes;
  std::uint32_t difference = 0;
  for (std::uint32_t lane = 0; lane < lanes; ++lane) {
    const std::uint32_t later = std::max(target[lane], other[lane]);
    difference |= later ^ target[lane];
    target[lane] = later;
  }
  return difference != 0;
}

/// The last write of the run whose position is at most `position`, else no_node.
Node Saturation::last_write(const Run& run, std::uint32_t position) const {
  const auto begin = writes_.begin() + run.begin;
  const auto end = writes_.begin() + run.end;
  const auto after = std::partition_point(begin, end, [&](Node write) { return problem_.position[write] <= position; });
  return after == begin ? no_node : *std::prev(after);
}

void Saturation::order_before_overwritten(Node end, Node write) {
  const std::uint32_t* clock = clocks_.data() + std::size_t{end} * problem_.lanes();
  const std::uint32_t key = problem_.key[write];
  dominated_here_.clear();
  for (std::uint32_t i = run_begin_[key]; i < run_begin_[key + 1]; ++i) {
    const Run& run = runs_[i];
    const bool own = end < problem_.size() && problem_.lane[end] == run.lane;
    const Node other = last_write(run, own ? problem_.position[end] - 1 : clock[run.lane]);
    if (other != no_node && other != write && !reaches(other, write)) dominated_here_.push_back(other);
  }
  // The latest first: it often is behind the others, and then orders them too.
  std::ranges::sort(dominated_here_, [&](Node a, Node b) { return placed_at_[a] > placed_at_[b]; });
  for (const Node other : dominated_here_) {
    if (reaches(other, write)) continue;
    found_.push_back({other, write, Why::overwritten, end});
    if (join(write, other)) changed_[write] = 1;
  }
}

void Saturation::order_after_ends(Node write) {
  const std::uint32_t* clock = clocks_.data() + std::size_t{write} * problem_.lanes();
  const std::uint32_t key = problem_.key[write];
  for (std::uint32_t i = run_begin_[key]; i < run_begin_[key + 1]; ++i) {
    const Run& run = runs_[i];
    const bool own = problem_.lane[write] == run.lane;
    const Node source = last_write(run, own ? problem_.position[write] - 1 : clock[run.lane]);
    if (source == no_node || end_[source] == no_node || end_[source] == write) continue;
    if (!ended_before(source, write)) found_.push_back({end_[source], write, Why::overwrites, source});
  }
}

bool Saturation::ended_before(Node source, Node write) const {
  const Node end = end_[source];
  const Node n = problem_.size();
  if (end < n) return reaches(end, write);
  return std::all_of(readers_.begin() + reader_begin_[end - n], readers_.begin() + reader_begin_[end - n + 1],
                     [&](Node reader) { return reaches(reader, write); });
}

}  // namespace kasauti::checker::sequential
