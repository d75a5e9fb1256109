#pragma once

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::convergence {

/// Whether, after the declared final phase began, all reads of a key agree, and nothing acknowledged is lost; see
/// convergence.cpp.
///
/// `unknown: precondition` where no final phase is declared, none of its reads completed, writes went on in it, or a
/// write of unknown outcome explains the difference; `unknown: unsupported` for objects other than registers, maps,
/// sets, lists and counters. A judgement that holds may carry anomalies: what was lost only by the real-time order of
/// the writes.
[[nodiscard]] Judgement check_convergent(const History& history, histories::Budget& budget);

}  // namespace kasauti::checker::convergence
