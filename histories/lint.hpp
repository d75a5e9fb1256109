#pragma once

#include <vector>

#include "histories/finding.hpp"
#include "histories/history.hpp"

namespace kasauti::histories {

/// What deserves a warning in a history that was read without errors: the warnings of DESIGN §3 about its meaning, each
/// named in rules(). They are in the order of the rules and then of the lines. Of each rule at most
/// HistoryBuilder::finding_limit findings are given, and then one that counts the rest.
/// O(n log n); O(n) but for sessions of several processes.
[[nodiscard]] std::vector<Finding> lint(const History& history);

/// No completed observation at all, so that every verdict but "unknown" would be empty: no `ok` operation returned
/// anything. Observations are reads of all kinds, removals from a queue and the like, generated ids, tokens,
/// fetch-and-adds, transactions that read, and everything with a `"result"` or that succeeds only in some states:
/// cas, contains, book, acquire.
[[nodiscard]] bool is_vacuous(const History& history);

}  // namespace kasauti::histories
