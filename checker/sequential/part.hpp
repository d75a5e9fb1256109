#pragma once

#include <cstdint>
#include <vector>

#include "checker/certificate/sequential_proofs.hpp"
#include "checker/objects/specification.hpp"
#include "checker/sequential/problem.hpp"
#include "checker/sequential/sequential.hpp"
#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sequential {

/// What decided a component, or was the last to try.
enum class By : std::uint8_t { nothing, thin_air, lists, demand, saturation, search };

enum class Effort : std::uint8_t {
  read,    ///< only what reads of whole lists tell
  little,  ///< all methods, the search for a moment only
  all,     ///< the search to its end
};

/// What is known of one component.
struct Part {
  Verdict verdict = Verdict::unknown;
  By by = By::nothing;
  std::vector<OpId> order;           ///< holds
  ForcedCycle cycle;                 ///< violated by saturation or lists
  bool cycle_told = false;
  OpId thin_air = histories::no_operation;
  std::uint64_t visited = 0;         ///< how long demand or search took
  std::size_t placed = 0;            ///< the most operations that the search placed
};

/// Judges one component by all methods in turn. Unknown if the effort or the budget was not enough.
[[nodiscard]] Part judge_part(const Problem& problem, const objects::Specification& specification,
                              const Options& options, Effort effort, histories::Budget& budget);

}  // namespace kasauti::checker::sequential
