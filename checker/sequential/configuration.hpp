#pragma once

#include <compare>
#include <cstdint>
#include <utility>
#include <vector>

#include "checker/objects/specification.hpp"
#include "checker/sequential/problem.hpp"
#include "checker/sequential/saturation.hpp"
#include "checker/sequential/states.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sequential {

/// One way to go on from a configuration; the least is the most promising.
struct Move {
  std::uint32_t urgency;
  histories::Rank rank;
  std::uint32_t lane;
  std::uint32_t state;  ///< of its key, after it

  friend auto operator<=>(const Move&, const Move&) = default;
};

/// How far each lane has come and the states of the keys, with the way back: what the search goes through, see
/// frontier.cpp. Not thread-safe.
class Configuration {
 public:
  Configuration(const Problem& problem, const objects::Specification& specification, const Saturation* forced,
                histories::Budget& budget);

  [[nodiscard]] bool complete() const { return required_left_ == 0; }
  [[nodiscard]] std::size_t placed() const { return placed_; }
  [[nodiscard]] std::vector<OpId> order() const;

  /// A point to which undo_to() leads back.
  [[nodiscard]] std::size_t mark() const { return steps_.size(); }
  void undo_to(std::size_t mark);
  /// Places every observer that can be placed, until none can.
  void place_observers();
  /// What may come next, observers aside; valid until the next call.
  [[nodiscard]] std::vector<Move>& moves();
  void make(const Move& move);
  /// As make(), after undo_to(): all lanes are to be looked at again when their key changes.
  void make_after_undo(const Move& move);

  /// Words that tell what can follow, and their hash. Equal ones have the same continuations.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::size_t width() const { return progress_.size() + stateful_keys_.size(); }
  [[nodiscard]] std::uint32_t word(std::size_t i) const {
    return i < progress_.size() ? progress_[i] : state_[stateful_keys_[i - progress_.size()]];
  }

 private:
  /// Undone in reverse.
  struct Step {
    enum class Kind : std::uint8_t { placed, awaited, settled } kind;
    std::uint32_t subject;       // a node; of the others a key
    std::uint32_t state_before;  // placed: the key's state; the others: the write that is awaited
    Node current_before;         // placed: the write whose value the key had
  };

  void prepare_order();
  void prepare_operations();
  void prepare_memory();
  [[nodiscard]] histories::Operation operation_of(Node node) const {
    return problem_.history->operation(problem_.operation[node]);
  }
  [[nodiscard]] Node head(std::uint32_t lane) const {
    const Node node = problem_.lane_begin[lane] + progress_[lane];
    return node < problem_.lane_begin[lane + 1] ? node : no_node;
  }
  [[nodiscard]] std::uint32_t& unread(std::uint32_t key, Node source) {
    return source == from_initial ? initial_unread_[key] : unread_[source];
  }
  [[nodiscard]] std::uint32_t state_after(Node node, std::size_t variant);
  [[nodiscard]] bool blocked(Node node);
  void place(Node node, std::uint32_t state);
  void release(Node node);
  void hold(Node node);
  void move_lane(std::uint32_t lane, int by);
  void set_state(std::uint32_t key, std::uint32_t state);
  void wake(std::uint32_t lane) { awake_.push_back(lane); }
  void settle_awaited();
  [[nodiscard]] std::uint32_t urgency_of(Node node) const;

  const Problem& problem_;
  const objects::Specification& specification_;
  const Saturation* forced_;
  histories::Budget& budget_;
  States states_;
  std::uint32_t spent_ = 0;

  std::vector<std::uint32_t> successor_begin_, successors_;
  std::vector<std::uint32_t> waiting_;          // by node: predecessors not yet placed, those in its lane aside
  std::vector<std::uint8_t> observes_, overwrites_, stateful_;
  std::vector<std::uint32_t> tried_state_, tried_result_;  // by node: the last state asked about, the state after
  std::vector<std::uint8_t> several_;           // by node: that was one of several
  std::vector<std::uint32_t> unread_, initial_unread_;  // by write, by key: observers not yet placed

  std::vector<std::uint32_t> progress_;         // by lane: operations placed
  std::vector<std::uint32_t> state_;            // by key
  std::vector<Node> current_;                   // by key: the write whose value it has
  std::vector<std::pair<std::uint32_t, Node>> awaited_;  // values with observers left, and some without
  std::size_t placed_ = 0;
  std::size_t required_left_ = 0;
  std::vector<Step> steps_;
  std::vector<Move> moves_;
  std::vector<std::uint32_t> awake_;            // lanes whose head may be an observer that became legal
  std::vector<std::vector<std::uint32_t>> watchers_;  // by key: lanes whose head waits for another state

  std::vector<std::uint32_t> stateful_keys_;
  std::uint64_t hash_ = 0;
};

}  // namespace kasauti::checker::sequential
