#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "histories/budget.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::sequential {

using histories::History;
using histories::OpId;
using histories::ValueId;

/// An operation's number within a problem: lane by lane, in each lane's order.
using Node = std::uint32_t;

inline constexpr Node no_node = UINT32_MAX;
/// In place of the write that an operation observed: the initial value; a value with several possible writers.
inline constexpr Node from_initial = UINT32_MAX - 1;
inline constexpr Node from_anyone = UINT32_MAX - 2;

/// `from` is before `to` in the session order, and no lane says so.
struct Link {
  Node from;
  Node to;
};

/// The operations that one search has to order, as columns.
///
/// A *lane* is a chain of the session order: a whole session, unless its calls overlap or one of them is of unknown
/// outcome. What the lanes leave out of the session order, the links add.
struct Problem {
  const History* history = nullptr;
  std::uint32_t key_count = 0;
  std::vector<OpId> operation;
  std::vector<std::uint32_t> key;         ///< dense, from 0
  std::vector<Node> source;               ///< the write observed, no_node where nothing is, or one of the two marks above
  std::vector<std::uint8_t> writes;       ///< leaves a value behind (registers only)
  std::vector<std::uint8_t> optional;     ///< of unknown outcome, and nobody proves that it happened
  std::vector<std::uint32_t> lane;
  std::vector<std::uint32_t> position;    ///< within the lane, from 1
  std::vector<Node> lane_begin;           ///< one entry more than lanes
  std::vector<Link> links;
  OpId thin_air = histories::no_operation;  ///< an operation that observed what nobody wrote, if there is one

  [[nodiscard]] Node size() const { return static_cast<Node>(operation.size()); }
  [[nodiscard]] std::uint32_t lanes() const { return static_cast<std::uint32_t>(lane_begin.size() - 1); }
};

/// Reads-from, then lanes. `local_key` is indexed by KeyId. O(n) but for sessions whose calls overlap, where it is
/// O(n c) with c calls at once. Empty once the budget has run out.
///
/// An operation of unknown outcome is left out where its value was observed by none: taken out of a legal order it
/// leaves a legal order, for whoever is between it and the next write observed nothing of it. (Not so where a refused
/// compare-and-set or an append is on the key: there it stays, and may or may not be in the order.) It is taken as
/// done where its value was observed and nobody else wrote it.
[[nodiscard]] Problem make_problem(const History& history, std::span<const OpId> operations,
                                   std::span<const std::uint32_t> local_key, std::uint32_t key_count,
                                   histories::Budget& budget);

}  // namespace kasauti::checker::sequential
