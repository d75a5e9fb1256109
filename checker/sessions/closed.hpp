#pragma once

#include "checker/causal/findings.hpp"
#include "checker/causal/outcome.hpp"
#include "checker/sessions/versions.hpp"

namespace kasauti::checker::sessions {

/// Judges all four guarantees at once with closed visibility, by versions where they decide. Adds anomalies; what it
/// returns shows that it holds if there are none.
[[nodiscard]] Arbitration judge_closed(const causal::Relations& relations, const Versions& versions,
                                       causal::Outcome& outcome, histories::Budget& budget);

}  // namespace kasauti::checker::sessions
