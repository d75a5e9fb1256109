#pragma once

#include <functional>

#include "checker/causal/relations.hpp"
#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::causal {

/// Judges a model when it is said who read from whom. With reads left unsettled the answer is `violated`, which then
/// stands whatever they returned, or `unknown: precondition`.
using Decide = std::function<Judgement(const Relations& relations)>;

/// Judges a model over all sources of open reads: it holds if some choice of them makes it hold. Exact while few
/// choices have to be tried, else `unknown: precondition` (cases.cpp). Where no read is open, one call of `decide`.
[[nodiscard]] Judgement judge_sources(Sources& sources, Model model, const Decide& decide, histories::Budget& budget);

}  // namespace kasauti::checker::causal
