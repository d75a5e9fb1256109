#pragma once

#include <string>

#include "checker/run/run.hpp"

namespace kasauti::checker::report {

/// In prose: what the history is, and of the first model that it violates in which words, shown on the few operations
/// that are enough; for a history that holds, what that rests on. `options` are those of the run, whose time limit
/// bounds the minimisation too. Deterministic, but for where that limit strikes.
[[nodiscard]] std::string explain(const run::Result& result, const run::Options& options);

}  // namespace kasauti::checker::report
