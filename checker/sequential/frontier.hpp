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
  std::uint64_t visited = 0;        ///< how long it took: choices tried, or frontiers known to be dead, or operations
  std::size_t deepest = 0;          ///< the most operations that some attempt placed
};

/// Searches the frontiers of a problem for a legal order, a little: gives up, `exhausted`, once it has gone back
/// `retreats` times, or when the budget has run out. `forced`, if given, must hold in all legal orders.
[[nodiscard]] FrontierResult try_frontiers(const Problem& problem, const objects::Specification& specification,
                                           const Saturation* forced, std::uint64_t retreats, histories::Budget& budget);

/// Searches to the end, or until the budget has run out; see frontier.cpp. The same at any number of threads.
[[nodiscard]] FrontierResult search_frontiers(const Problem& problem, const objects::Specification& specification,
                                              const Saturation* forced, unsigned threads, histories::Budget& budget);

}  // namespace kasauti::checker::sequential
