#pragma once

#include <cstdint>
#include <vector>

#include "histories/subset.hpp"

namespace kasauti::checker::policy {

using histories::Fate;
using histories::History;
using histories::OpId;

struct Subhistory {
  History history;
  std::vector<OpId> origin;     ///< by operation of `history`: which one of the whole it is
  std::uint64_t weakened = 0;
};

/// The operations of `whole` that are not gone. Those that are weakened may have taken effect at any time after their
/// invocation, or never, and are in no session's order. O(n).
[[nodiscard]] Subhistory subhistory_of(const History& whole, const std::vector<Fate>& fates);

}  // namespace kasauti::checker::policy
