#pragma once

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::causal {

struct Options {
  unsigned threads = 1;
};

/// Judges one of the causal models or PRAM: `causal`, `causal_convergent` (Bouajjani, Enea, Guerraoui, Hamza, POPL
/// 2017), `causal_memory` (Ahamad et al. 1995, as there), `pram` (Lipton & Sandberg 1988). Definitions: docs/models.md.
///
/// For registers, compare-and-set registers, maps without append, and sets; lists can be refuted; else `unknown:
/// unsupported`. A read whose value several operations may have written leaves a choice, which is searched for
/// (cases.cpp): `unknown: precondition` if that takes too many attempts. Else O(n·k) with k sessions.
[[nodiscard]] Judgement check_causal(const histories::History& history, Model which, const Options& options,
                                     histories::Budget& budget);

}  // namespace kasauti::checker::causal
