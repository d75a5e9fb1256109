#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::histories {

/// What becomes of an operation in a smaller history.
enum class Fate : std::uint8_t {
  gone,
  kept,
  weakened,  ///< kept, but nobody knows any longer how it ended: `info`, without a result
};

/// The history of the operations that are not gone. `fates` has one entry an operation.
///
/// Order, processes, sessions, keys, nodes, times and the lines of the file stay those of the original; ranks, and the
/// numbers of operations, processes, sessions, keys and values are given anew, densely. Of the faults there stay those
/// named "final", those among the events that are left, and the last one before them. O(operations of the original +
/// size of what is left).
[[nodiscard]] History subset(const History& history, std::span<const Fate> fates);

/// The numbers that the operations of such a subset have in the original: entry i is operation i of the subset.
[[nodiscard]] std::vector<OpId> origins(std::span<const Fate> fates);

}  // namespace kasauti::histories
