#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/linearizable/answer.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::linearizable {

/// What one thread needs again for every key, so that ten thousand small keys don't allocate ten thousand times.
struct ZoneScratch {
  std::vector<std::uint32_t> cluster_of;  ///< by ValueId; UINT32_MAX between two calls
};

/// Decides one key of a register or map by its zones. nullopt where they don't apply: other operations than read and
/// write, a value written twice or equal to the initial one, or calls of one process with equal stamps that block
/// every order. `operations`: those of the key, from index::Keys. O(n log n).
[[nodiscard]] std::optional<KeyAnswer> decide_by_zones(const History& history, std::span<const OpId> operations,
                                                       ZoneScratch& scratch, histories::Budget& budget);

}  // namespace kasauti::checker::linearizable
