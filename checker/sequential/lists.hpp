#pragma once

#include <vector>

#include "checker/certificate/sequential_proofs.hpp"
#include "checker/sequential/problem.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sequential {

enum class Listed : std::uint8_t {
  order,       ///< a legal one
  cycle,       ///< there is none
  unsuitable,  ///< not such lists, or the budget has run out
};

struct ListResult {
  Listed outcome = Listed::unsuitable;
  std::vector<OpId> order;
  ForcedCycle cycle;
};

/// Decides lists that begin empty, are read whole and whose values are appended once each; see lists.cpp. O(n), and the
/// length of all different reads.
[[nodiscard]] ListResult order_lists(const Problem& problem, histories::Budget& budget);

}  // namespace kasauti::checker::sequential
