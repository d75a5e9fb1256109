#pragma once

#include "checker/certificate/sequential_proofs.hpp"
#include "checker/verdict.hpp"

namespace kasauti::checker::sequential {

/// CyclicCO, WriteCORead or WriteCOInitRead (Bouajjani et al. 2017) where the circle is one of these, else
/// NotSequential.
[[nodiscard]] std::string name_of_cycle(const ForcedCycle& proof);

/// The anomaly that a circle of forced orders shows, named and told step by step.
[[nodiscard]] Anomaly explain_cycle(const History& history, Model model, const ForcedCycle& proof);

/// An operation observed a value that no operation that may have happened wrote: ThinAirRead, or FailedWriteRead if a
/// failed one wrote it.
[[nodiscard]] Anomaly explain_thin_air(const History& history, Model model, OpId read);

/// No legal order exists, and only the search says so.
[[nodiscard]] Anomaly explain_search(const History& history, Model model, const std::vector<histories::KeyId>& keys,
                                     std::uint64_t visited);

}  // namespace kasauti::checker::sequential
