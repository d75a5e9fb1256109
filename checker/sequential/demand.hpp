#pragma once

#include <cstdint>
#include <vector>

#include "checker/sequential/problem.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sequential {

enum class Demanded : std::uint8_t {
  order,   ///< a legal one was found
  stuck,   ///< nothing was found, nothing is proven
  circle,  ///< what reads-from forces is a circle: there is no legal order
};

struct DemandResult {
  Demanded outcome = Demanded::stuck;
  std::vector<OpId> order;        ///< legal, if one was found
  std::vector<std::uint32_t> progress;  ///< circle: how many operations of each lane were placed when it showed
  std::uint64_t conflicts = 0;    ///< choices that were taken back
};

/// Whether every operation is a plain read or write, or a compare-and-set that succeeded, with a known source, so that
/// order_by_demand() may be asked.
[[nodiscard]] bool sources_known(const Problem& problem);

/// A legal order of a problem whose sources are known, built by demand and mended at conflicts; see demand.cpp. The
/// same at any number of threads. `stuck` also once the budget has run out. O(n) memory, without clocks.
[[nodiscard]] DemandResult order_by_demand(const Problem& problem, unsigned threads, histories::Budget& budget);

}  // namespace kasauti::checker::sequential
