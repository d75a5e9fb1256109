#pragma once

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::run {

/// Asks the engine of a model. `unknown: unsupported` where there is none.
[[nodiscard]] Judgement run_engine(Model model, const History& history, unsigned threads, histories::Budget& budget);

/// Whether the implications between models can be relied on for this history: each session's calls follow one another, and no
/// stamps of one process tie (DESIGN §5); and the session guarantees are not judged by the store's own versions, which may be at odds
/// with any other order. O(n), and O(n log n) where the history has versions.
[[nodiscard]] bool lattice_applies(const History& history);

}  // namespace kasauti::checker::run
