#pragma once

#include <cstdint>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::policy {

using histories::History;
using histories::OpId;

/// What becomes of an operation in a sub-history.
enum class Part : std::uint8_t {
  left_out,
  weakened,  ///< it may have taken effect at any time after its invocation, or never, and is in no session's order
  kept,
};

struct Subhistory {
  History history;
  std::vector<OpId> origin;     ///< by operation of `history`: which one of the whole it is
  std::uint64_t weakened = 0;
};

/// The operations of `whole` that `parts` keeps, with their order, lines, keys and processes. O(n) and a copy of the
/// values.
[[nodiscard]] Subhistory subhistory_of(const History& whole, const std::vector<Part>& parts);

}  // namespace kasauti::checker::policy
