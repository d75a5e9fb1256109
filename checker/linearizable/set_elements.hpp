#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/linearizable/answer.hpp"
#include "histories/budget.hpp"
#include "histories/history.hpp"

// A set's elements, each added once, and what the calls say of them.

namespace kasauti::checker::linearizable {

using histories::History;
using histories::OpId;
using histories::Rank;

using ElementId = std::uint32_t;

/// An element with the calls that put it in and took it out. Places are places among the key's operations.
struct Element {
  static constexpr std::uint32_t none = UINT32_MAX;
  std::uint32_t add = none;
  std::uint32_t removal = none;      ///< the `ok` one, else of those of unknown outcome the first to be invoked
  bool one_removal = true;           ///< no other call can have removed it
  Rank first_end = histories::never; ///< the least completion among its add and what found it
  Rank last_begin = 0;               ///< the greatest invocation among what found it
  std::uint32_t first_found = none, last_found = none;  ///< of which calls these are
};

/// What a call found: a whole read all its elements and no others, any other observer one element or its absence.
struct Observation {
  bool observes = false;
  bool whole = false;
  bool found = false;                ///< not of a whole read
  std::uint32_t first = 0, count = 0;  ///< of a whole read: into SetCalls::members; else `first` is the element
};

struct SetCalls {
  std::vector<Element> elements;
  std::vector<ElementId> members;    ///< of whole reads, sorted; equal reads share theirs
  std::vector<Observation> calls;    ///< by place
  std::vector<ElementId> changes;    ///< by place: what an add or remove is about
  std::optional<KeyAnswer> clash;    ///< found, though nobody added it; or removed twice

  [[nodiscard]] std::span<const ElementId> read(const Observation& observation) const {
    return {members.data() + observation.first, observation.count};
  }
};

/// Nullopt where an element was added more than once, the set did not begin empty, or calls of one process have equal
/// stamps. O(n) and the sizes of different reads.
[[nodiscard]] std::optional<SetCalls> set_calls_of(const History& history, std::span<const OpId> operations);

/// Violated: calls that must precede each other in a circle.
[[nodiscard]] KeyAnswer set_cycle(const History& history, std::vector<SetEdge> edges);

/// Decides one key of a set of which every element was added once, by its elements and whole reads. No answer where
/// calls might be ordered in another way than that tried.
[[nodiscard]] std::optional<KeyAnswer> decide_read_set(const History& history, std::span<const OpId> operations,
                                                       histories::Budget& budget);

}  // namespace kasauti::checker::linearizable
