#pragma once

#include <vector>

#include "checker/causal/outcome.hpp"
#include "checker/causal/relations.hpp"

namespace kasauti::checker::sessions {

/// A read that returned `older`, although `newer` was visible to it and began only after `older` had completed.
struct LateRead {
  histories::OpId older = histories::no_operation;
  histories::OpId newer = histories::no_operation;
  histories::OpId seen_by = histories::no_operation;  ///< the session's earlier read of `newer`, if that made it visible
  histories::OpId read = histories::no_operation;
};

/// Fills in the operations and the reason.
void tell_late(const histories::History& history, const LateRead& late, Anomaly& anomaly);

/// Adds the reads that are late in the closed reading of visibility, but for those `known` already, as one anomaly
/// relative to the real-time order of the writes. `order` is a causal order of all operations. O(n·k) with k chains.
void add_late_closed(const causal::Relations& relations, const std::vector<histories::OpId>& order,
                     const std::vector<bool>& known, causal::Outcome& outcome, histories::Budget& budget);

}  // namespace kasauti::checker::sessions
