#pragma once

#include <optional>
#include <vector>

#include "checker/sequential/problem.hpp"
#include "checker/sequential/saturation.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sequential {

/// Whether every operation is a plain read or write, or a compare-and-set that succeeded, with a known source, so that
/// schedule() may be asked.
[[nodiscard]] bool can_schedule(const Problem& problem);

/// A legal order, found without going back; nullopt if it got stuck, which proves nothing. See schedule.cpp. Leaves
/// assumptions in the saturation, which needs clocks.
[[nodiscard]] std::optional<std::vector<OpId>> schedule(const Problem& problem, Saturation& saturation,
                                                        histories::Budget& budget);

}  // namespace kasauti::checker::sequential
