#pragma once

#include <vector>

#include "histories/history.hpp"

// What refutes the linearizability of a container, as data. checker/certificate/verify_containers.cpp says why each
// proves it.

namespace kasauti::checker {

/// A few values of a set, queue, stack, priority queue or bag whose calls alone have no order.
struct ValuesCore {
  histories::KeyId key = 0;
  std::vector<histories::OpId> operations;  ///< name the values; those that only observe count themselves
};

/// A removal that could happen at no moment of its interval: one of these values was always there, and it must not
/// be.
struct AlwaysThere {
  histories::OpId removal = histories::no_operation;
  std::vector<histories::OpId> adds;  ///< of the values that are there, one after the other
};

/// Values of a stack that are never all gone in between, but of which none can have lain below all others.
struct NoBottom {
  histories::KeyId key = 0;
  std::vector<histories::OpId> pushes;
};

/// Values that must have been removed before others, though nobody is known to have removed them, and are more than
/// the removals of unknown outcome that could have.
struct Outnumbered {
  struct Lost {
    histories::OpId add = histories::no_operation;      ///< of a value that no `ok` operation removed
    histories::OpId because = histories::no_operation;  ///< the removal that needs it gone
  };
  histories::KeyId key = 0;
  std::vector<Lost> lost;
};

/// Answers of a list, a growing set, a fetch-and-add, unique ids or a fenced lock that contradict each other, or the
/// real-time order.
struct OrderClash {
  histories::KeyId key = 0;
  histories::OpId a = histories::no_operation;         ///< alone impossible, or to be before b
  histories::OpId b = histories::no_operation;
  histories::OpId evidence = histories::no_operation;  ///< the read that orders two additions
};

/// A counter's read of what the additions around it can't have made, from the initial value or from an earlier read.
struct OutOfBounds {
  histories::OpId read = histories::no_operation;
  histories::OpId since = histories::no_operation;  ///< an earlier read; none: the initial value
};

/// More permits of a lock or semaphore acquired (or released) than there can have been.
struct TooManyHeld {
  histories::OpId until = histories::no_operation;  ///< counted up to its completion: an acquire, or a release
  histories::OpId since = histories::no_operation;  ///< from the end of this call of the other kind; none: the start
};

/// What gets of a map's key returned, whose puts and appends write unique strings, contradicts itself or real time.
///
/// `reads` alone: one that no puts and appends can make, or two that can't both be right. One edge: its end must come
/// before its beginning on their base, or saw the initial value without it. Two edges: two bases that precede each
/// other.
struct ConcatenationClash {
  /// `from` completed before `to` was invoked.
  struct Edge {
    histories::OpId from = histories::no_operation;
    histories::OpId to = histories::no_operation;
  };
  histories::KeyId key = 0;
  std::vector<histories::OpId> reads;
  std::vector<Edge> edges;
  histories::OpId before = histories::no_operation;  ///< only what happened before this call was invoked is looked at
};

/// Why one call on a set comes before another.
enum class SetReason : std::uint8_t {
  real_time,  ///< it completed before the other was invoked
  seen,       ///< it added what the other found
  kept,       ///< it found what the other removed
  not_yet,    ///< it did not find what the other added, and that was not removed by then
  gone,       ///< it removed what the other did not find, though it had been there
  nobody,     ///< the one edge of its circle: it found what nobody added
};

struct SetEdge {
  histories::OpId from = histories::no_operation;
  histories::OpId to = histories::no_operation;
  SetReason reason = SetReason::real_time;
  histories::OpId evidence = histories::no_operation;  ///< found the element: behind a `not_yet`, or before a `gone`
};

/// Calls on a set, whole reads among them, that must precede each other in a circle.
struct SetCycle {
  histories::KeyId key = 0;
  std::vector<SetEdge> edges;
};

/// An acquire of a lock or semaphore that was refused though a permit was left at every moment of it, or a release
/// though one was out.
struct FalseRefusal {
  histories::OpId refused = histories::no_operation;
  histories::OpId since = histories::no_operation;  ///< counted from the end of this call; none: from the start
};

}  // namespace kasauti::checker
