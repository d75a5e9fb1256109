#pragma once

#include <cstdint>
#include <vector>

#include "checker/objects/specification.hpp"
#include "histories/budget.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::certificate {

using histories::History;
using histories::OpId;

/// A call as the exhaustive search sees it.
struct SmallCall {
  OpId operation = histories::no_operation;
  bool required = true;  ///< else it may be left out
};

enum class Exhaustive : std::uint8_t { some_order, no_order, gave_up };

/// Tries every order of the calls that respects History::precedes, from each of the initial states; remembers where it
/// has been and nothing else. The verifier's own search: plain on purpose, and independent of the engine it checks.
[[nodiscard]] Exhaustive try_every_order(const History& history, const objects::Specification& specification,
                                         const std::vector<SmallCall>& calls, const std::vector<objects::State>& initial,
                                         std::uint64_t steps, histories::Budget* budget = nullptr);

}  // namespace kasauti::checker::certificate
