#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/staleness/spans.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::staleness {

/// A read that is stale in every order: writes lie between its own and it.
struct Overtaken {
  OpId read = histories::no_operation;
  OpId by = histories::no_operation;   ///< of those writes the one whose value was certainly there first
  OpId shown = histories::no_operation;  ///< what had completed when that value was there: `by`, or a read of it
  std::uint64_t versions = 0;          ///< how many such writes there are
};

struct OvertakenReads {
  std::vector<Overtaken> reads;        ///< by operation
  std::uint64_t at_risk = 0;           ///< completed reads
};

/// Every read that is stale on its own account. nullopt where some value has several writers or none, or the budget ran
/// out. O(n log n).
[[nodiscard]] std::optional<OvertakenReads> overtaken_reads(const History& history, histories::Budget& budget);

/// Whether this one read is stale by itself, and by how much, of writes counted as there once they had completed.
/// nullopt if it is not, or several may have written what it returned. O(n).
[[nodiscard]] std::optional<Overtaken> overtaken(const History& history, OpId read);

/// For how long before the read was invoked the newer value had certainly been there, in ns; 0 without times.
[[nodiscard]] std::int64_t stale_for(const History& history, const Overtaken& overtaken);

}  // namespace kasauti::checker::staleness
