#pragma once

#include "checker/policy/policy.hpp"
#include "checker/run/run.hpp"

namespace kasauti::checker::policy {

/// Judges each class of a policy's operations by what it was promised, and fills `result.classes`, in the policy's
/// order; behind them the operations of no class, by `options.models` or else by what the header's workload promises,
/// or counted as uncovered.
void judge(const Policy& policy, run::Result& result, const run::Options& options, histories::Budget& budget);

}  // namespace kasauti::checker::policy
