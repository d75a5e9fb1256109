#pragma once

#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker {

/// holds (regular, safe): for every observation of a register, a write that it may have returned. An observation is
/// an `ok` read or the value that a successful compare-and-set found.
struct ReadSources {
  struct Entry {
    histories::OpId observer = histories::no_operation;
    histories::OpId source = histories::no_operation;  ///< no_operation: the initial value
  };
  std::vector<Entry> entries;  ///< for `safe` those that overlap a write may be missing
};

/// violated (regular, safe): this observation can have come from no write: each of its value was overwritten by a
/// write that lies in real time between the two, or began after the observation had ended.
struct StaleObservation {
  histories::OpId observer = histories::no_operation;
};

/// holds (convergent): for every key with a final read, one of those reads and the write whose value they all returned.
struct FinalSources {
  std::vector<ReadSources::Entry> entries;
};

/// violated (convergent): two final reads of one key (or object) that differ, and no write of unknown outcome
/// explains it.
struct FinalClash {
  histories::OpId first = histories::no_operation;
  histories::OpId second = histories::no_operation;
};

/// violated (convergent): what this final read returned is no value that a store could have kept: it lost an
/// acknowledged write, or nobody wrote it.
struct FinalLoss {
  histories::OpId read = histories::no_operation;
};

}  // namespace kasauti::checker
