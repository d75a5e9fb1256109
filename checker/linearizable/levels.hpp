#pragma once

#include <cstdint>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::linearizable {

/// A call of a lower level must come before one of a higher level.
struct Leveled {
  std::uint32_t level;
  histories::OpId operation;
};

/// The calls by levels; or two of which the earlier must come before the later, which had completed before it began.
struct LevelOrder {
  std::vector<histories::OpId> witness;
  histories::OpId earlier = histories::no_operation, later = histories::no_operation;
  std::uint32_t level = 0;  ///< of the earlier one
};

/// The order by levels, and within one by invocation. O(n log n).
[[nodiscard]] LevelOrder order_levels(const histories::History& history, std::vector<Leveled> operations);

}  // namespace kasauti::checker::linearizable
