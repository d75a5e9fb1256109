#pragma once

#include "checker/causal/outcome.hpp"
#include "checker/causal/relations.hpp"

namespace kasauti::checker::sessions {

/// Judges read-your-writes or monotonic reads: adds at most one anomaly, and returns the orders that show that it
/// holds. `undecided` is set if a session's calls overlap with equal time stamps, for which this method is not exact.
[[nodiscard]] SessionOrders judge_guarantee(const causal::Relations& relations, Model which, causal::Outcome& outcome,
                                            bool& undecided, histories::Budget& budget);

}  // namespace kasauti::checker::sessions
