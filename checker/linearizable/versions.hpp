#pragma once

#include <optional>
#include <span>

#include "checker/linearizable/answer.hpp"
#include "checker/objects/specification.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::linearizable {

/// Tries the order that the store's own versions tell. It is an order of the operations given, or there is no answer:
/// versions are claims, so they never refute. O(n log n) and the replay.
[[nodiscard]] std::optional<KeyAnswer> decide_by_versions(const histories::History& history,
                                                          std::span<const OpId> operations,
                                                          const objects::Specification& specification,
                                                          histories::Budget& budget);

}  // namespace kasauti::checker::linearizable
