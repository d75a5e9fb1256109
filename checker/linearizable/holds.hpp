#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "checker/linearizable/engines.hpp"

namespace kasauti::checker::linearizable {

/// How permits are given.
struct HoldRules {
  std::int64_t permits = 1;
  bool tokens = false;  ///< every acquire returns a greater number than those before
};

/// Decides acquires and releases, refused ones among them. No other operation may be among them.
[[nodiscard]] std::optional<KeyAnswer> decide_holds(const History& history, std::span<const OpId> operations,
                                                    const HoldRules& rules, Budget& budget);

}  // namespace kasauti::checker::linearizable
