#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "checker/sequential/problem.hpp"

namespace kasauti::checker::sequential {

/// In which order operations are asked for.
enum class Turn : std::uint8_t {
  invoked,    ///< by when they were invoked
  observed,   ///< by when they had completed, a write by when somebody had observed it, if that was earlier
  completed,  ///< by when they had completed
};

/// The earliest of the lanes' next operations, as a tree of winners. Equal turns: the lower lane.
class Turns {
 public:
  explicit Turns(std::uint32_t lanes) : leaves_{std::bit_ceil(std::max(lanes, 1U))}, best_(2 * std::size_t{leaves_}) {
    for (std::uint32_t lane = 0; lane < leaves_; ++lane) best_[leaves_ + lane] = {histories::never, lane};
    for (std::uint32_t i = leaves_ - 1; i > 0; --i) best_[i] = std::min(best_[2 * i], best_[2 * i + 1]);
  }

  void set(std::uint32_t lane, histories::Rank turn) {
    std::uint32_t i = leaves_ + lane;
    best_[i].first = turn;
    for (i /= 2; i > 0; i /= 2) best_[i] = std::min(best_[2 * i], best_[2 * i + 1]);
  }

  [[nodiscard]] std::pair<histories::Rank, std::uint32_t> earliest() const { return best_[1]; }

 private:
  std::uint32_t leaves_;
  std::vector<std::pair<histories::Rank, std::uint32_t>> best_;
};

/// `to` waits for `from`.
struct Lesson {
  Node from;
  Node to;
  std::uint32_t next_out, next_in;  // of the same `from`, of the same `to`
  bool certain;
  bool dropped;
};

/// Why the next operation of a lane has to wait.
struct Wait {
  enum class For : std::uint8_t { nothing, source, observer, lesson } why = For::nothing;
  Node on = no_node;
  std::uint32_t lesson = UINT32_MAX;
};

/// Operations placed one after the other, each where it is legal, and taken back in reverse; see demand.cpp. Of a
/// problem whose sources are known.
class Placement {
 public:
  Placement(const Problem& problem, Turn turn);

  [[nodiscard]] std::size_t size() const { return placed_.size(); }
  /// By lane: how many operations are placed.
  [[nodiscard]] const std::vector<std::uint32_t>& progress() const { return progress_; }
  /// Also those that have been taken back.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::vector<OpId> order() const;
  /// The lane whose next operation has the earliest turn; the turn is histories::never if all are placed.
  [[nodiscard]] std::pair<histories::Rank, std::uint32_t> earliest() const { return turns_.earliest(); }

  [[nodiscard]] bool is_placed(Node node) const { return problem_.position[node] <= progress_[problem_.lane[node]]; }
  /// The next operation of a lane, no_node at its end.
  [[nodiscard]] Node head(std::uint32_t lane) const {
    const Node node = problem_.lane_begin[lane] + progress_[lane];
    return node < problem_.lane_begin[lane + 1] ? node : no_node;
  }
  /// How many were placed before it, if it is placed.
  [[nodiscard]] std::uint32_t placed_at(Node node) const { return placed_at_[node]; }
  /// The write whose value the operation's key has now; problem.size() and more: the initial value.
  [[nodiscard]] Node write_before(Node node) const { return value_[problem_.key[node]]; }
  /// How far apart the turns of two writes are: the nearer, the more doubtful is their order.
  [[nodiscard]] histories::Rank distance(Node first, Node second) const {
    return turn_[second] > turn_[first] ? turn_[second] - turn_[first] : 0;
  }

  /// Why the next operation of a lane has to wait, if it has to.
  [[nodiscard]] Wait wait_of(Node node);
  void place(Node node);
  void take_back_from(std::size_t count);

  [[nodiscard]] const Lesson& lesson(std::uint32_t number) const { return lessons_[number]; }
  /// From now on `to`, which is not placed, waits for `from`.
  void learn(Node from, Node to, bool certain);
  void drop(std::uint32_t lesson);
  /// Drops all lessons that are not certain, about operations that are not placed.
  void drop_conjectures();

 private:
  struct Placed {
    Node node;
    std::uint32_t value_before;
  };

  [[nodiscard]] std::uint32_t value_observed(Node node) const;
  void prepare_observers();
  void prepare_turns(Turn turn);
  void show_turn(std::uint32_t lane);

  const Problem& problem_;
  Turns turns_;
  std::vector<histories::Rank> turn_;                       // by node
  std::vector<std::uint32_t> observers_begin_, observers_;  // by value: who observed it
  std::vector<std::uint32_t> missing_, first_missing_;      // by value: observers not placed, and a bound of the first
  std::vector<std::uint32_t> value_;                        // by key
  std::vector<std::uint32_t> waiting_, first_out_, first_in_;  // by node: lessons about it
  std::vector<Lesson> lessons_;
  std::vector<std::uint32_t> progress_;                     // by lane: operations placed
  std::vector<std::uint32_t> placed_at_;
  std::vector<Placed> placed_;
  std::uint64_t total_ = 0;
};

}  // namespace kasauti::checker::sequential
