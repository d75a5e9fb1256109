#pragma once

#include <cstdint>
#include <vector>

#include "checker/sequential/problem.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sequential {

/// Why one operation comes before another in every legal order.
enum class Why : std::uint8_t {
  session,      ///< a link
  reads_from,   ///< `to` observed what `from` wrote
  ends,         ///< `from` observes a value, `to` is the end of that value: a point in the order, no operation
  overwritten,  ///< `from` writes before the end of what `to` wrote, hence before `to` (witness: that end)
  overwrites,   ///< `from` observes a value, or is its end, and `to` writes after that value was written (witness: by whom)
};

struct ForcedEdge {
  Node from;
  Node to;
  Why why;
  Node witness;  ///< overwritten: the end; overwrites: the write, or from_initial; else no_node
};

enum class Saturated : std::uint8_t { consistent, cyclic, exhausted };

/// The orders that reads-from forces upon the operations of a problem; see saturation.cpp.
class Saturation {
 public:
  Saturation(const Problem& problem, histories::Budget& budget);

  /// Whether clocks for all nodes fit into the memory that the budget has left.
  [[nodiscard]] bool fits() const;
  /// Derives edges until no rule gives another. Without clocks only those that can be told without.
  [[nodiscard]] Saturated run(bool with_clocks);

  /// Operations, and behind them the ends of values that several operations observed.
  [[nodiscard]] Node nodes() const { return static_cast<Node>(ended_.size()); }
  [[nodiscard]] const std::vector<ForcedEdge>& edges() const { return edges_; }
  /// What is after all operations that observed the value: one of them or a point; no_node if there is none.
  [[nodiscard]] Node end_of(Node write) const { return end_[write]; }
  /// After `cyclic`: the nodes on cycles and those behind them.
  [[nodiscard]] const std::vector<Node>& unplaced() const { return unplaced_; }
  [[nodiscard]] bool has_clocks() const { return !clocks_.empty(); }
  /// Whether the operation `a` is before the node `b`, or is b. Needs clocks.
  [[nodiscard]] bool reaches(Node a, Node b) const {
    return clocks_[std::size_t{b} * problem_.lanes() + problem_.lane[a]] >= problem_.position[a];
  }
  [[nodiscard]] std::size_t rounds() const { return rounds_; }

 private:
  struct Run {  // the writes of one key in one lane
    std::uint32_t lane, begin, end;
  };

  void collect_writes();
  void collect_ends();
  void add_end(Node source, Node& end);
  void add_edge(const ForcedEdge& edge);
  [[nodiscard]] bool start_clocks();
  [[nodiscard]] Saturated round();
  [[nodiscard]] bool join(Node into, Node from);
  void place(Node node);
  void release(Node from, Node to);
  void order_before_overwritten(Node end, Node write);
  void order_after_ends(Node write);
  [[nodiscard]] bool ended_before(Node source, Node write) const;
  [[nodiscard]] Node last_write(const Run& run, std::uint32_t position) const;

  const Problem& problem_;
  histories::Budget& budget_;
  std::uint32_t spent_ = 0;
  std::size_t rounds_ = 0;

  std::vector<Node> writes_;              // by key, then lane, in the lane's order
  std::vector<Run> runs_;                 // by key
  std::vector<std::uint32_t> run_begin_;  // by key, in runs_
  std::vector<Node> end_;                 // by operation
  std::vector<Node> ended_;               // by node: the write whose value it ends
  std::vector<Node> readers_;             // of values with an end that is no operation: the last in each lane
  std::vector<std::uint32_t> reader_begin_;  // by end

  std::vector<ForcedEdge> edges_, found_;
  std::vector<std::uint32_t> first_edge_, next_edge_;  // forward stars
  std::vector<std::uint32_t> indegree_, waiting_;
  std::vector<std::uint32_t> clocks_;     // by node and lane: the last position that is before it, or it
  std::vector<std::uint8_t> changed_;
  std::vector<Node> order_, unplaced_;
  std::vector<std::uint32_t> placed_at_;  // by node, in order_
  std::vector<Node> readers_here_, exchanges_here_, dominated_here_;
};

}  // namespace kasauti::checker::sequential
