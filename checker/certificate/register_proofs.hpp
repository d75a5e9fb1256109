#pragma once

#include <vector>

#include "histories/history.hpp"

// What refutes the linearizability of a register with compare-and-set, as data. checker/certificate/verify_chains.cpp
// says why each proves it.

namespace kasauti::checker {

/// What is wrong with the chains of values that successful compare-and-sets link.
enum class ChainFault : std::uint8_t {
  rootless,       ///< [op]: it wrote or exchanged a value that stems from none that was written
  fork,           ///< [op, op]: two exchanges of one value that was there once
  inverted,       ///< [op, op]: the first completed before the second was invoked, but its value stems from there
  initial_again,  ///< [op, op]: behind the first, the second is of the initial value's chain
  crossing,       ///< [a, b, c, d]: a completed before b was invoked, c before d; a and d are of one chain, b and c too
  refused,        ///< [op, refused, op]: the refused exchange expected a value that was there all the while; if it is
                  ///< the initial one, the first of the three is left out
};

/// Operations of a register whose writes and exchanges all leave values of their own.
struct ChainClash {
  histories::KeyId key = 0;
  ChainFault fault = ChainFault::rootless;
  std::vector<histories::OpId> operations;
};

}  // namespace kasauti::checker
