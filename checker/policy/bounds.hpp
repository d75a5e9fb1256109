#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::policy {

/// What was found of one bound of staleness. Operations are those of the history that was judged.
struct BoundResult {
  Verdict verdict = Verdict::unknown;
  Cause cause = Cause::none;
  std::string detail;
  std::vector<Anomaly> anomalies;
  std::optional<Measure> measure;   ///< what was found, if it could be
  Certificate certificate;          ///< of the measure, unless the history is linearizable
};

/// Whether each read is among the last `most` versions. `atomic` is the certified judgement about linearizability.
[[nodiscard]] BoundResult within_versions(const History& history, std::uint64_t most, const Judgement& atomic,
                                          histories::Budget& budget);
/// Whether reads are stale by no more than so many ns.
[[nodiscard]] BoundResult within_time(const History& history, std::int64_t most, const Judgement& atomic,
                                      histories::Budget& budget);

}  // namespace kasauti::checker::policy
