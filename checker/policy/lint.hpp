#pragma once

#include <vector>

#include "checker/policy/policy.hpp"
#include "histories/finding.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::policy {

/// Warnings about a policy in view of a history: what of it can't have been meant. Their lines and columns are those of
/// the policy file. In the order of the file; one of the whole history (line 0) last. O(n · rules that fit a key).
[[nodiscard]] std::vector<histories::Finding> lint(const Policy& policy, const histories::History& history);

}  // namespace kasauti::checker::policy
