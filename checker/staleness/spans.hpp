#pragma once

#include <cstdint>
#include <vector>

#include "checker/staleness/clusters.hpp"

namespace kasauti::checker::staleness {

/// What counts of a value for the order of the versions: when its write began, when it was certainly there, and until
/// when it was still read. Ranks, shifted so that the initial value's write comes before all.
struct Span {
  std::uint64_t begun = 0;                      ///< invocation of the write
  std::uint64_t visible = 1;                    ///< the least completion of the write and the reads
  std::uint64_t latest = 0;                     ///< the greatest invocation of a read; 0: never read
  OpId first = histories::no_operation;         ///< what completed at `visible`
  OpId last = histories::no_operation;          ///< the read invoked at `latest`
  std::uint32_t cluster = 0;                    ///< index among the clusters it was made of
};

/// One span a cluster, by `visible`. O(n log n).
[[nodiscard]] std::vector<Span> spans_of(const History& history, const std::vector<Cluster>& clusters);

/// The order of a key's operations in which its values come as `order` says (indices of clusters), and each read stands
/// as early as real time and its write let it. O(n log n).
[[nodiscard]] std::vector<OpId> with_reads(const History& history, const std::vector<Cluster>& clusters,
                                           const std::vector<std::uint32_t>& order);

}  // namespace kasauti::checker::staleness
