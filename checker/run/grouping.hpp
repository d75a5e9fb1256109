#pragma once

#include <vector>

#include "checker/verdict.hpp"

namespace kasauti::checker::run {

/// Makes one anomaly of all that have the same name: counts and bases add up, the first example stays, and the example
/// of fewest operations, if that is another one, is kept beside it. O(operations of all examples).
[[nodiscard]] std::vector<Anomaly> grouped(const History& history, std::vector<Anomaly> anomalies);

}  // namespace kasauti::checker::run
