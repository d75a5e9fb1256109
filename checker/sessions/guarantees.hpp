#pragma once

#include "checker/causal/outcome.hpp"
#include "checker/causal/relations.hpp"
#include "checker/sessions/versions.hpp"

namespace kasauti::checker::sessions {

struct GuaranteeFindings {
  SessionOrders orders;          ///< they show that it holds, if no anomaly was added
  bool undecided = false;        ///< a session's calls overlap with equal time stamps: this method is not exact there
  std::vector<bool> late_reads;  ///< by operation: an anomaly relative to the real-time order of the writes only
};

/// Judges read-your-writes or monotonic reads, by versions where they decide: adds at most one anomaly, and one that is
/// relative to the real-time order of the writes.
[[nodiscard]] GuaranteeFindings judge_guarantee(const causal::Relations& relations, const Versions& versions,
                                                Model which, causal::Outcome& outcome, histories::Budget& budget);

}  // namespace kasauti::checker::sessions
