#pragma once

#include <vector>

#include "checker/causal/sources.hpp"

namespace kasauti::checker::causal {

/// A likely source for every open read (also of operations of unknown outcome), by operation; no_operation for all
/// others. Right for most stores that keep their promises (guess.cpp). `sources` must be listed. O(n) expected.
[[nodiscard]] std::vector<OpId> likely_sources(const Sources& sources);

}  // namespace kasauti::checker::causal
