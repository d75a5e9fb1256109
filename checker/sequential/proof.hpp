#pragma once

#include <optional>

#include "checker/certificate/sequential_proofs.hpp"
#include "checker/sequential/saturation.hpp"

namespace kasauti::checker::sequential {

/// A short proof that the problem has no legal order, after the saturation found a cycle; nullopt if the budget ran
/// out.
[[nodiscard]] std::optional<ForcedCycle> prove_cycle(const Problem& problem, const Saturation& saturation,
                                                     histories::Budget& budget);

}  // namespace kasauti::checker::sequential
