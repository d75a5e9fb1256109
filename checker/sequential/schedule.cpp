// A witness for histories in which much is concurrent, where the search would go astray.
//
// Operations are placed one after the other, as in the search (frontier.cpp). But each time a write goes first among
// those of its key that are left, what that means is added to the forced order: all who observe it come before the
// next writes of the key in every lane; and the rules of saturation.cpp tell what follows from it at once. If a cycle
// follows, the choice was wrong; it is taken back, and the write waits until another write of its key has gone first,
// for one has to. So choices are judged by their consequences and not by their dead ends, and hardly any has to be
// revisited. Where none is left it gives up: that proves nothing, and the search goes on from the start.
//
// Cost: O(n k), and for each write the operations whose clocks change with it, times k: those near it, for what lies
// further on is behind it already. Sound: the order is replayed by the verifier as any other. Tests:
// tests/sequential/larger.cpp.

#include "checker/sequential/schedule.hpp"

#include <algorithm>

namespace kasauti::checker::sequential {

namespace {

using histories::Rank;

/// How many of the most recent values with observers left are looked at to choose the next write.
constexpr std::size_t awaited_values = 4;

class Scheduler {
 public:
  Scheduler(const Problem& problem, Saturation& saturation, histories::Budget& budget)
      : problem_{problem}, saturation_{saturation}, budget_{budget} {
    waiting_.assign(saturation.nodes(), 0);
    for (const ForcedEdge& edge : saturation.edges()) ++waiting_[edge.to];
    placed_.assign(saturation.nodes(), 0);
    progress_.assign(problem.lanes(), 0);
    unread_.assign(problem.size(), 0);
    initial_unread_.assign(problem.key_count, 0);
    current_.assign(problem.key_count, from_initial);
    written_.assign(problem.key_count, 1);
    rejected_.assign(problem.size(), 0);
    for (Node node = 0; node < problem.size(); ++node) {
      const Node source = problem.source[node];
      if (source < problem.size()) ++unread_[source];
      if (source == from_initial) ++initial_unread_[problem.key[node]];
    }
    order_.reserve(problem.size());
  }

  std::optional<std::vector<OpId>> run() {
    for (std::uint32_t lane = 0; lane < problem_.lanes(); ++lane) awake_.push_back(lane);
    place_reads();
    while (order_.size() < problem_.size()) {
      if (!place_a_write()) return std::nullopt;
      place_reads();
    }
    return std::move(order_);
  }

 private:
  [[nodiscard]] Node head(std::uint32_t lane) const {
    const Node node = problem_.lane_begin[lane] + progress_[lane];
    return node < problem_.lane_begin[lane + 1] ? node : no_node;
  }

  std::uint32_t& unread(std::uint32_t key, Node source) {
    return source == from_initial ? initial_unread_[key] : unread_[source];
  }

  void place_reads() {
    while (!awake_.empty()) {
      const std::uint32_t lane = awake_.back();
      awake_.pop_back();
      const Node node = head(lane);
      if (node != no_node && problem_.writes[node] == 0 && waiting_[node] == 0) place(node);
    }
  }

  void place(Node node) {
    order_.push_back(problem_.operation[node]);
    const std::uint32_t key = problem_.key[node];
    if (problem_.source[node] != no_node) --unread(key, problem_.source[node]);
    if (problem_.writes[node] != 0) {
      current_[key] = node;
      ++written_[key];
      if (unread_[node] != 0) awaited_.push_back(node);
    }
    ++progress_[problem_.lane[node]];
    awake_.push_back(problem_.lane[node]);
    release(node);
  }

  void release(Node node) {
    placed_[node] = 1;
    saturation_.each_successor(node, [&](Node to) {
      if (--waiting_[to] != 0) return;
      if (to >= problem_.size()) {
        release(to);
      } else if (head(problem_.lane[to]) == to) {
        awake_.push_back(problem_.lane[to]);
      }
    });
  }

  /// The best write that may go next and whose consequences are consistent.
  bool place_a_write() {
    while (!awaited_.empty() && unread_[awaited_.back()] == 0) awaited_.pop_back();
    for (;;) {
      if (!budget_.spend(spent_, 1 + problem_.lanes() / 8)) return false;
      Node best = no_node;
      std::pair<std::size_t, Rank> best_rank;
      for (std::uint32_t lane = 0; lane < problem_.lanes(); ++lane) {
        const Node node = head(lane);
        if (node == no_node || waiting_[node] != 0 || !may_go(node)) continue;
        const std::pair rank{urgency_of(node), problem_.history->invoked[problem_.operation[node]]};
        if (best == no_node || rank < best_rank) {
          best = node;
          best_rank = rank;
        }
      }
      if (best == no_node) return false;
      if (assume_next(best)) {
        place(best);
        return true;
      }
      rejected_[best] = written_[problem_.key[best]];
    }
  }

  [[nodiscard]] bool may_go(Node node) {
    const std::uint32_t key = problem_.key[node];
    const Node current = current_[key];
    return rejected_[node] != written_[key] && unread(key, current) == (problem_.source[node] == current ? 1U : 0U);
  }

  [[nodiscard]] std::size_t urgency_of(Node node) const {
    const std::size_t count = std::min(awaited_values, awaited_.size());
    for (std::size_t i = 0; i < count; ++i) {
      const Node write = awaited_[awaited_.size() - 1 - i];
      if (unread_[write] != 0 && saturation_.reaches(node, saturation_.end_of(write))) return i;
    }
    return awaited_values;
  }

  /// Every observer of the write is before the writes of the key that are left.
  bool assume_next(Node write) {
    const Node end = saturation_.end_of(write);
    if (end == no_node) return true;
    assumptions_.clear();
    saturation_.each_next_write(problem_.key[write], progress_, [&](Node other) {
      const bool behind = end < problem_.size() && saturation_.reaches(end, other);
      if (other != write && other != end && !behind) assumptions_.push_back({end, other, Why::overwrites, write});
    });
    if (assumptions_.empty()) return true;
    const std::size_t before = saturation_.edges().size();
    if (!saturation_.assume(assumptions_)) return false;
    for (std::size_t i = before; i < saturation_.edges().size(); ++i) {
      if (placed_[saturation_.edges()[i].from] == 0) ++waiting_[saturation_.edges()[i].to];
    }
    return true;
  }

  const Problem& problem_;
  Saturation& saturation_;
  histories::Budget& budget_;
  std::uint32_t spent_ = 0;
  std::vector<std::uint32_t> waiting_, progress_, unread_, initial_unread_;
  std::vector<Node> current_;
  std::vector<std::uint32_t> written_;   // by key: writes placed, and one
  std::vector<std::uint32_t> rejected_;  // by write: written_ when it was found that another has to go first
  std::vector<std::uint8_t> placed_;
  std::vector<Node> awaited_;
  std::vector<std::uint32_t> awake_;
  std::vector<ForcedEdge> assumptions_;
  std::vector<OpId> order_;
};

}  // namespace

bool can_schedule(const Problem& problem) {
  for (Node node = 0; node < problem.size(); ++node) {
    const Node source = problem.source[node];
    if (problem.optional[node] != 0 || source == from_anyone) return false;
    if (source == no_node && problem.writes[node] == 0) return false;
  }
  return true;
}

std::optional<std::vector<OpId>> schedule(const Problem& problem, Saturation& saturation, histories::Budget& budget) {
  return Scheduler{problem, saturation, budget}.run();
}

}  // namespace kasauti::checker::sequential
