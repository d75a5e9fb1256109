#pragma once

#include "checker/causal/outcome.hpp"
#include "checker/sessions/versions.hpp"

namespace kasauti::checker::sessions {

/// Judges monotonic writes or writes-follow-reads where versions order the writes of some key (versions.any()): is
/// there one order of all writes that agrees with the guarantee and with the versions? Adds an anomaly, or returns the
/// order. O(n).
[[nodiscard]] CausalOrder judge_write_order(const causal::Relations& relations, const Versions& versions, Model which,
                                            causal::Outcome& outcome, histories::Budget& budget);

}  // namespace kasauti::checker::sessions
