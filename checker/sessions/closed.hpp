#pragma once

#include "checker/causal/findings.hpp"
#include "checker/causal/outcome.hpp"

namespace kasauti::checker::sessions {

/// Judges all four guarantees at once with closed visibility. Adds anomalies; what it returns shows that it holds if
/// there are none.
[[nodiscard]] Arbitration judge_closed(const causal::Relations& relations, causal::Outcome& outcome,
                                       histories::Budget& budget);

}  // namespace kasauti::checker::sessions
