#pragma once

#include <span>
#include <vector>

#include "histories/budget.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::sequential {

using histories::History;
using histories::OpId;
using histories::ValueId;

/// One operation with what it shows of its register and leaves behind.
struct Access {
  OpId operation = histories::no_operation;
  std::uint32_t key = 0;
  ValueId observed = histories::no_value;      ///< the value that it found, if that is known (or would be, had it happened)
  ValueId written = histories::no_value;
  std::uint32_t source = UINT32_MAX;           ///< the index of the write observed, or a mark of problem.hpp
  bool optional = false;                       ///< may be left out of the order
  bool dropped = false;                        ///< need not be in any order
};

struct ReadsFrom {
  std::vector<Access> accesses;                ///< in order of invocation
  OpId thin_air = histories::no_operation;     ///< the first to observe what nobody wrote
};

/// Whether values are written and read back as they are: a register, a compare-and-set register, a map.
[[nodiscard]] bool is_register(const histories::Header& header);

/// Who read from whom. Where several writes (or a write and the initial value) have one value, its readers' source is
/// `from_anyone`. For objects that are no registers all sources are unknown. Meaningless
/// once the budget has run out. O(n) expected.
[[nodiscard]] ReadsFrom reads_from(const History& history, std::span<const OpId> operations,
                                   std::span<const std::uint32_t> local_key, std::uint32_t key_count,
                                   histories::Budget& budget);

}  // namespace kasauti::checker::sequential
