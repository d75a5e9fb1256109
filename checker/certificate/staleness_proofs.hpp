#pragma once

#include <cstdint>
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

/// violated (k-atomic), with the least k enclosed: not (at_least - 1)-atomic, but at_most-atomic. All writes of a key
/// concerned are of different values, none of them the initial one.
struct StaleVersions {
  std::uint64_t at_least = 2;
  std::uint64_t at_most = 0;                    ///< 0: not known, or there is none
  /// For at_most: an order of the operations of each key in which each read is among the last at_most versions.
  std::vector<std::vector<histories::OpId>> orders;
  /// For at_least: a read, invoked when the values of all these writes were certainly there, which were all invoked
  /// after its own value was. If there are none, the read ended before its write began, and no k will do.
  histories::OpId read = histories::no_operation;
  std::vector<histories::OpId> between;
  /// Or, where that many can't be shown: operations of one key, which alone are not (at_least - 1)-atomic.
  std::vector<histories::OpId> core;
};

/// violated (delta-atomic): atomic once the invocation of each read is moved back by `nanoseconds`, and not by less.
/// All writes of a key are of different values.
struct StaleTime {
  /// A cluster is a write and the reads of its value. One of its operations has completed at `first`, another begins
  /// (reads moved back by one ns less than `nanoseconds`) at `last`.
  struct Extent {
    histories::OpId first = histories::no_operation;  ///< no_operation: the initial value
    histories::OpId last = histories::no_operation;
  };
  std::int64_t nanoseconds = 0;
  std::vector<std::vector<histories::OpId>> orders;   ///< one a key, legal, of real time once reads were moved back
  Extent one, other;                                  ///< each comes before the other
};

}  // namespace kasauti::checker
