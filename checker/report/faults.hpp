#pragma once

#include <string>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::report {

/// The last fault that began before the last of these operations did, or else the first one after it; null if none was recorded.
[[nodiscard]] const histories::Fault* nearest_fault(const histories::History& history,
                                                    const std::vector<histories::OpId>& operations);

/// `partition "n1" at 12.4 s (line 93)`.
[[nodiscard]] std::string describe(const histories::History& history, const histories::Fault& fault);

}  // namespace kasauti::checker::report
