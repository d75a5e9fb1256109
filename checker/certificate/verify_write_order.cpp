// Witnesses of monotonic writes and writes-follow-reads, each alone, where the store's versions order some writes.
//
// The proof is an order of all writes that happened. It has to agree with the versions (versions.cpp), and to have each
// write after its session's earlier ones, or after what its session had read before it and what it read itself (Terry
// et al. 1994). So along each row of a session the latest place of what a later write must follow is carried along.
//
// Cost: O(n log n).

#include <algorithm>

#include "checker/certificate/causal_checks.hpp"
#include "checker/certificate/session_past.hpp"
#include "checker/certificate/versions.hpp"

namespace kasauti::checker::certificate {

Verification check_write_order(const Claim& claim, const std::vector<OpId>& order, const ReadsFrom& reads) {
  const History& h = claim.history;
  const bool follow_reads = claim.model == Model::writes_follow_reads;
  std::vector<std::uint32_t> place(h.size(), 0);  // from 1
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (!reads.in_range(order[i]) || !reads.writes(order[i]) || place[order[i]] != 0)
      return refuse("the order names a write twice, or no write that happened");
    place[order[i]] = static_cast<std::uint32_t>(i + 1);
  }
  if (!StoreVersions{h, reads}.agree(order)) return refuse("an order goes against the store's versions");
  const auto source = [&](OpId op) { return reads.reads(op) && reads.has_writer(op) ? place[reads.writer(op)] : 0; };
  const SessionRows rows{h, reads};
  std::vector<std::uint32_t> latest(h.size(), 0);  // by operation in a row: what those up to it ask of later writes
  for (std::uint32_t row = 0; row < rows.count(); ++row) {
    std::uint32_t so_far = 0;
    for (const OpId op : rows.operations(row)) {
      so_far = std::max(so_far, follow_reads ? source(op) : place[op]);
      latest[op] = so_far;
    }
  }
  std::vector<OpId> before;
  for (OpId op = 0; op < h.size(); ++op) {
    if (!reads.writes(op)) continue;
    if (place[op] == 0) return refuse("the order lacks " + h.describe(op));
    before.clear();
    rows.predecessors(op, before);
    std::uint32_t bound = follow_reads ? source(op) : 0;
    for (const OpId each : before) bound = std::max(bound, latest[each]);
    if (bound > place[op]) return refuse("the order has " + h.describe(op) + " too early");
  }
  return accept();
}

}  // namespace kasauti::checker::certificate
