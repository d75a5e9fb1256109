#pragma once

#include <cstdint>
#include <vector>

#include "checker/objects/specification.hpp"
#include "checker/sequential/problem.hpp"
#include "checker/sequential/saturation.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sequential {

enum class Found : std::uint8_t { order, none, exhausted };

struct FrontierResult {
  Found found = Found::exhausted;
  std::vector<OpId> order;          ///< legal, if there is one
  std::uint64_t visited = 0;        ///< frontiers where a choice was made
  std::size_t deepest = 0;          ///< the most operations that some attempt placed
};

/// Searches the frontiers of a problem for a legal order; see frontier.cpp. `forced`, if given, must hold in all of
/// them. Gives up, `exhausted`, when the budget is, or once it has gone back `retreats` times.
[[nodiscard]] FrontierResult search_frontiers(const Problem& problem, const objects::Specification& specification,
                                              const Saturation* forced, std::uint64_t retreats, histories::Budget& budget);

}  // namespace kasauti::checker::sequential
