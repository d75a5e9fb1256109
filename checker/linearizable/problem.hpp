#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/objects/specification.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::linearizable {

using histories::History;
using histories::OpId;

/// One operation of a search problem.
struct Call {
  OpId operation = histories::no_operation;
  std::uint32_t kind = 0;   ///< operations with equal function, argument and result are of one kind
  bool required = true;     ///< false: it may be left out, and has no completion
};

/// An event in real-time order: an invocation, or the completion of a required call.
struct CallEvent {
  std::uint32_t call = 0;
  bool completion = false;
};

/// A question for the search: calls of one key in real-time order, and where the object begins.
///
/// Kinds and events are all that the search looks at; it never sees an operation twice.
struct Problem {
  std::vector<Call> calls;                       ///< in order of invocation
  std::vector<CallEvent> events;
  std::vector<histories::Operation> kinds;
  std::vector<objects::State> initial;           ///< any of these
  std::vector<std::uint32_t> previous;           ///< by call: the one that must come before it though stamps tie, or UINT32_MAX;
                                                 ///< empty where there is none
};

/// The problem of one key: all of its operations, from the object's initial state. O(n log n).
[[nodiscard]] Problem make_problem(const History& history, std::span<const OpId> operations,
                                   const objects::Specification& specification);

/// A part of it. Operations whose `included[i]` is false are left out; one that is included and not required may be
/// left out by an order, or stand anywhere after its invocation with what it returned.
[[nodiscard]] Problem make_part(const History& history, std::span<const OpId> operations, const std::vector<bool>& included,
                                const std::vector<bool>& required, std::vector<objects::State> initial);

}  // namespace kasauti::checker::linearizable
