#pragma once

#include <span>
#include <string>
#include <vector>

#include "checker/causal/graph.hpp"
#include "checker/causal/relations.hpp"
#include "checker/certificate/causal_proofs.hpp"
#include "checker/verdict.hpp"

namespace kasauti::checker::causal {

/// What a run found against a model, gathered into one judgement. The first proof added is the certificate.
class Outcome {
 public:
  /// Takes up the reads of values that nobody wrote, which violate every model.
  Outcome(Model model, const Relations& relations);

  /// `anomaly` needs its name, count, base and sessions; its models, operations and reason are derived from the proof.
  void add(Anomaly anomaly, ForcedOrder proof);
  /// For what is an anomaly only relative to the real-time order of the writes: it goes along with any verdict.
  void add_relative(Anomaly anomaly);
  /// For an anomaly that is told in full and rests on a search.
  void add_by_search(Anomaly anomaly);
  [[nodiscard]] bool violated() const { return !anomalies_.empty(); }

  /// violated if anything was found; else unknown if the budget is exhausted, or if reads could not be judged; else
  /// holds.
  [[nodiscard]] Judgement finish(Certificate witness, const histories::Budget& budget);
  [[nodiscard]] Judgement finish_unknown(Cause cause, std::string detail);

 private:
  [[nodiscard]] Judgement conclude(Certificate witness, const histories::Budget& budget);
  void add_unexplained(bool failed, std::string name, std::string reason);

  Model model_;
  const Relations& relations_;
  std::vector<Anomaly> anomalies_;
  std::vector<Anomaly> relative_;
  Certificate certificate_;
};

/// The models of the causal family, PRAM and the sessions that an anomaly of this name violates.
[[nodiscard]] std::vector<Model> models_against(std::string_view anomaly);

/// The number of different sessions among the operations.
[[nodiscard]] std::uint64_t session_count(const History& history, std::vector<OpId> operations);

/// A path as links of a proof; its conflicts become derived orders that are added to `proof`.
[[nodiscard]] std::vector<Link> links(const Relations& relations, std::span<const GraphEdge> path, ForcedOrder& proof,
                                      histories::Budget& budget);

/// The proof in words, one clause for each link of its end and what that rests on.
[[nodiscard]] std::string in_words(const History& history, const ForcedOrder& proof);

}  // namespace kasauti::checker::causal
