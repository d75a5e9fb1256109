// From a cycle of the saturated graph to a certificate that a person can follow and a plain program can check.
//
// The graph's edges were found one after the other, and each followed from a path of earlier ones. So a derived edge
// is explained by a shortest path over edges with smaller numbers, those edges likewise, and only what is needed gets
// into the proof, premises first. Ends of values are points, no operations: a path through one goes in by a reader
// and out to a write, and that pair is a fact of its own ("the reader is before the write, which overwrites what it
// observed").
//
// Paths are found breadth first and backwards, counting edges between lanes only; once a position of a lane is
// reached, all earlier ones are. O(n + edges) for each path.

#include "checker/sequential/proof.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::checker::sequential {

namespace {

constexpr std::uint32_t no_edge = UINT32_MAX;
/// From how many nodes of a first cycle a shorter one is looked for.
constexpr std::size_t cycle_starts = 24;

class Prover {
 public:
  Prover(const Problem& problem, const Saturation& saturation, histories::Budget& budget)
      : problem_{problem}, saturation_{saturation}, edges_{saturation.edges()}, budget_{budget} {
    const Node nodes = saturation.nodes();
    begin_.assign(std::size_t{nodes} + 1, 0);
    for (const ForcedEdge& edge : edges_) ++begin_[edge.to + 1];
    for (Node node = 0; node < nodes; ++node) begin_[node + 1] += begin_[node];
    incoming_.resize(edges_.size());
    std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
    for (std::uint32_t i = 0; i < edges_.size(); ++i) incoming_[next[edges_[i].to]++] = i;
    via_.assign(nodes, no_edge);
    seen_.assign(nodes, 0);
    reached_.assign(problem.lanes(), 0);
  }

  std::optional<ForcedCycle> run() {
    std::vector<std::uint32_t> best;
    for (const Node start : starts()) {
      std::vector<std::uint32_t> path;
      if (!find_path(start, start, static_cast<std::uint32_t>(edges_.size()), path)) {
        if (budget_.stopped()) return std::nullopt;
        continue;
      }
      if (best.empty() || path.size() < best.size()) {
        best = std::move(path);
        start_ = start;
      }
    }
    if (best.empty()) return std::nullopt;
    if (!explain_premises(best)) return std::nullopt;
    proof_.cycle = facts_of(start_, best, start_);
    return std::move(proof_);
  }

 private:
  /// Operations on one cycle: among the nodes that could not be placed each has a predecessor that could not either.
  std::vector<Node> starts() {
    std::vector<std::uint8_t> unplaced(saturation_.nodes(), 0);
    for (const Node node : saturation_.unplaced()) unplaced[node] = 1;
    std::vector<std::uint8_t> walked(saturation_.nodes(), 0);
    std::vector<Node> walk;
    Node node = saturation_.unplaced().front();
    while (walked[node] == 0) {
      walked[node] = 1;
      walk.push_back(node);
      node = unplaced_predecessor(node, unplaced);
    }
    std::vector<Node> cycle{std::ranges::find(walk, node), walk.end()};
    std::erase_if(cycle, [&](Node member) { return member >= problem_.size(); });
    const std::size_t stride = cycle.size() / cycle_starts + 1;
    std::vector<Node> chosen;
    for (std::size_t i = 0; i < cycle.size(); i += stride) chosen.push_back(cycle[i]);
    return chosen;
  }

  Node unplaced_predecessor(Node node, const std::vector<std::uint8_t>& unplaced) const {
    if (node < problem_.size() && problem_.position[node] > 1 && unplaced[node - 1] != 0) return node - 1;
    for (std::uint32_t i = begin_[node]; i < begin_[node + 1]; ++i) {
      const Node from = edges_[incoming_[i]].from;
      if (unplaced[from] != 0) return from;
    }
    return node;
  }

  /// A shortest path from the operation `from` to the node `to` over edges numbered below `limit`, as those edges;
  /// what lies between them is session order. At least one edge long.
  bool find_path(Node from, Node to, std::uint32_t limit, std::vector<std::uint32_t>& path) {
    clear_search();
    queue_.push_back(to);
    seen_[to] = 1;
    touched_.push_back(to);
    const bool circle = from == to;
    if (to < problem_.size() && reach_lane(to, no_edge) && !circle && seen_[from] != 0) return true;
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      const Node node = queue_[i];
      for (std::uint32_t j = begin_[node]; j < begin_[node + 1] && incoming_[j] < limit; ++j) {
        const std::uint32_t edge = incoming_[j];
        const Node source = edges_[edge].from;
        if (!budget_.spend(spent_)) return false;
        const bool closes = source == from || (circle && source < problem_.size() && from < problem_.size() &&
                                               problem_.lane[source] == problem_.lane[from] && source > from);
        if (closes) {
          follow(edge, path);
          return true;
        }
        if (source < problem_.size()) {
          reach_lane(source, edge);
        } else if (seen_[source] == 0) {
          mark(source, edge);
        }
        if (!circle && seen_[from] != 0) {
          follow(via_[from], path);
          return true;
        }
      }
    }
    return false;
  }

  void clear_search() {
    for (const Node node : touched_) {
      seen_[node] = 0;
      via_[node] = no_edge;
    }
    for (const std::uint32_t lane : lanes_touched_) reached_[lane] = 0;
    touched_.clear();
    lanes_touched_.clear();
    queue_.clear();
  }

  void mark(Node node, std::uint32_t edge) {
    seen_[node] = 1;
    via_[node] = edge;
    touched_.push_back(node);
    queue_.push_back(node);
  }

  /// Everything in the lane up to `node` is reached, by `edge` after session order. Returns true.
  bool reach_lane(Node node, std::uint32_t edge) {
    const std::uint32_t lane = problem_.lane[node];
    const std::uint32_t position = problem_.position[node];
    if (reached_[lane] == 0) lanes_touched_.push_back(lane);
    for (std::uint32_t p = position; p > reached_[lane]; --p) {
      const Node member = problem_.lane_begin[lane] + p - 1;
      if (seen_[member] == 0) mark(member, edge);
    }
    reached_[lane] = std::max(reached_[lane], position);
    return true;
  }

  void follow(std::uint32_t edge, std::vector<std::uint32_t>& path) const {
    while (edge != no_edge) {
      path.push_back(edge);
      edge = via_[edges_[edge].to];
    }
  }

  /// Explains every derived edge that the path uses, and those that they use, premises first.
  bool explain_premises(const std::vector<std::uint32_t>& path) {
    std::vector<std::uint32_t> needed = path;
    std::vector<std::uint32_t> derived;
    while (!needed.empty()) {
      const std::uint32_t index = needed.back();
      needed.pop_back();
      if (premise_of_.contains(index)) continue;
      std::vector<std::uint32_t>& premise = premise_of_[index];
      const ForcedEdge& edge = edges_[index];
      if (edge.why == Why::overwritten) {
        if (!find_path(edge.from, edge.witness, index, premise)) return false;
      } else if (edge.why == Why::overwrites && edge.witness != from_initial) {
        if (!find_path(edge.witness, edge.to, index, premise)) return false;
      } else {
        continue;
      }
      derived.push_back(index);
      needed.insert(needed.end(), premise.begin(), premise.end());
    }
    std::ranges::sort(derived);
    for (const std::uint32_t index : derived) {
      if (edges_[index].from < problem_.size()) fact_of(index);
    }
    return true;
  }

  std::uint32_t add_fact(ForcedFact fact) {
    proof_.facts.push_back(std::move(fact));
    return static_cast<std::uint32_t>(proof_.facts.size() - 1);
  }

  OpId op(Node node) const { return problem_.operation[node]; }

  std::uint32_t fact_session(Node from, Node to) {
    const auto [entry, added] = facts_.try_emplace(std::uint64_t{from} << 32 | to);
    if (added) entry->second = add_fact({op(from), op(to), ForcedBy::session_order, histories::no_operation, {}});
    return entry->second;
  }

  /// The fact of an edge between operations, made when first asked for.
  std::uint32_t fact_of(std::uint32_t index) {
    if (const auto known = fact_of_edge_.find(index); known != fact_of_edge_.end()) return known->second;
    const ForcedEdge edge = edges_[index];
    switch (edge.why) {
      case Why::session: return fact_of_edge_[index] = fact_session(edge.from, edge.to);
      case Why::reads_from:
        return fact_of_edge_[index] =
                   add_fact({op(edge.from), op(edge.to), ForcedBy::reads_from, histories::no_operation, {}});
      case Why::overwritten: return fact_overwritten(index);
      default: return fact_of_edge_[index] = fact_overwrites(edge.from, index);
    }
  }

  std::uint32_t fact_overwritten(std::uint32_t index) {
    if (const auto known = fact_of_edge_.find(index); known != fact_of_edge_.end()) return known->second;
    const ForcedEdge edge = edges_[index];
    std::vector<std::uint32_t> premise = premise_of_.at(index);
    Node read = edge.witness;
    if (read >= problem_.size()) {  // the path's last edge goes from a reader to the end
      read = edges_[premise.back()].from;
      premise.pop_back();
    }
    std::vector<std::uint32_t> path = facts_of(edge.from, premise, read);
    return fact_of_edge_[index] = add_fact({op(edge.from), op(edge.to), ForcedBy::overwritten, op(read), std::move(path)});
  }

  /// `reader` is before what the edge leads to: the edge's source itself, or one of those whose end it is.
  std::uint32_t fact_overwrites(Node reader, std::uint32_t index) {
    const std::uint64_t name = std::uint64_t{reader} << 32 | index;
    if (const auto known = end_facts_.find(name); known != end_facts_.end()) return known->second;
    const ForcedEdge edge = edges_[index];
    std::vector<std::uint32_t> path;
    if (edge.witness != from_initial) path = facts_of(edge.witness, premise_of_.at(index), edge.to);
    return end_facts_[name] = add_fact({op(reader), op(edge.to), ForcedBy::overwrites, op(reader), std::move(path)});
  }

  /// The facts that lead along the edges from one operation to another, session order filled in.
  std::vector<std::uint32_t> facts_of(Node from, const std::vector<std::uint32_t>& path, Node to) {
    std::vector<std::uint32_t> facts;
    Node at = from;
    for (std::size_t i = 0; i < path.size(); ++i) {
      const ForcedEdge edge = edges_[path[i]];
      if (at != edge.from) facts.push_back(fact_session(at, edge.from));
      if (edge.why == Why::ends) {
        ++i;  // an end is followed by the write that overwrites
        facts.push_back(fact_overwrites(edge.from, path[i]));
        at = edges_[path[i]].to;
      } else {
        facts.push_back(fact_of(path[i]));
        at = edge.to;
      }
    }
    if (at != to) facts.push_back(fact_session(at, to));
    return facts;
  }

  const Problem& problem_;
  const Saturation& saturation_;
  const std::vector<ForcedEdge>& edges_;
  histories::Budget& budget_;
  std::uint32_t spent_ = 0;
  Node start_ = no_node;
  std::vector<std::uint32_t> begin_, incoming_;  // by node: the edges into it, by number
  std::vector<std::uint32_t> via_;               // by node: the first edge of its path
  std::vector<std::uint8_t> seen_;
  std::vector<std::uint32_t> reached_;           // by lane: the last position seen
  std::vector<Node> queue_, touched_;
  std::vector<std::uint32_t> lanes_touched_;
  boost::unordered_flat_map<std::uint32_t, std::vector<std::uint32_t>> premise_of_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> facts_, end_facts_;
  boost::unordered_flat_map<std::uint32_t, std::uint32_t> fact_of_edge_;
  ForcedCycle proof_;
};

}  // namespace

std::optional<ForcedCycle> prove_cycle(const Problem& problem, const Saturation& saturation, histories::Budget& budget) {
  return Prover{problem, saturation, budget}.run();
}

}  // namespace kasauti::checker::sequential
