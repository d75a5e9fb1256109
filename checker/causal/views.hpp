#pragma once

#include "checker/causal/outcome.hpp"

namespace kasauti::checker::causal {

/// Judges the view of every session, for causal memory (`causal`; session order and reads-from must have no cycle) or
/// PRAM. Adds at most one anomaly, and returns the views' hints. `undecided` names a session whose calls overlap in
/// too many ways, if there is one.
[[nodiscard]] SessionViews judge_views(const Relations& relations, bool causal, unsigned threads, Outcome& outcome,
                                       std::string& undecided, histories::Budget& budget);

}  // namespace kasauti::checker::causal
