#pragma once

#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::convergence {

using histories::History;
using histories::OpId;

/// What concerns the final value of one key.
struct FinalKey {
  std::vector<OpId> writes;    ///< all that change something, the failed ones too
  std::vector<OpId> reads;     ///< `ok` reads of the final phase
  std::vector<OpId> distinct;  ///< of those the first of each result
  OpId late_write = histories::no_operation;  ///< an acknowledged one that had not completed when some final read began
};

/// Whether the final read of a key may show this.
struct Kept {
  bool possible = false;
  OpId source = histories::no_operation;  ///< a register's write that explains it; none: the initial value, or another object
  OpId lost = histories::no_operation;    ///< an acknowledged write that it lost
  OpId failed = histories::no_operation;  ///< a failed write of what it shows
};

/// Registers, maps, sets, lists and counters.
[[nodiscard]] bool can_converge(const histories::Header& header);
/// By KeyId. O(n log n).
[[nodiscard]] std::vector<FinalKey> final_keys(const History& history);
[[nodiscard]] Kept may_keep(const History& history, const FinalKey& key, OpId read);
/// Whether what the read shows may owe something to a write of unknown outcome.
[[nodiscard]] bool may_come_late(const History& history, const FinalKey& key, OpId read);
/// Whether the last final reads of all processes agree.
[[nodiscard]] bool agree_at_last(const History& history, const FinalKey& key);
/// A write of a register that began after the one kept had completed, else no_operation.
[[nodiscard]] OpId overwritten_in_real_time(const History& history, const FinalKey& key, OpId kept);

}  // namespace kasauti::checker::convergence
