#pragma once

#include <cstdint>
#include <vector>

#include "checker/policy/policy.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::policy {

inline constexpr std::uint32_t no_class = UINT32_MAX;

/// Which rules of a policy fit an operation.
struct RuleUse {
  std::vector<std::uint32_t> taken;   ///< by operation the rule that gives it its class, or no_class
  std::vector<bool> fits;             ///< by rule, whether it fits any operation
};
[[nodiscard]] RuleUse rules_of(const Policy& policy, const histories::History& history);

/// By operation, the class that it belongs to (an index in Policy::classes), or no_class. O(n + keys · rules).
[[nodiscard]] std::vector<std::uint32_t> classes_of(const Policy& policy, const histories::History& history);

/// The level that an operation asked for, as an interned value; no_value if that is not recorded.
[[nodiscard]] inline histories::ValueId level_of(const histories::History& history, histories::OpId op) {
  return history.level.empty() ? histories::no_value : history.level[op];
}

}  // namespace kasauti::checker::policy
