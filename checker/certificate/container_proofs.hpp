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

}  // namespace kasauti::checker
