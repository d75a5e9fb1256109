#pragma once

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::run {

/// Asks the engine of a model. `unknown: unsupported` where there is none.
[[nodiscard]] Judgement run_engine(Model model, const History& history, unsigned threads, histories::Budget& budget);

/// Which implications between models (checker/model.hpp) can be relied on for a history (DESIGN §5): none where calls
/// of a session overlap or stamps of one process tie; and where the store's own versions decide the session guarantees,
/// none that has one of these on either side, as versions may be at odds with any other order.
class Lattice {
 public:
  /// O(n), and O(n log n) where the history has versions.
  explicit Lattice(const History& history);
  [[nodiscard]] bool implies(Model stronger, Model weaker) const;
  [[nodiscard]] bool complete() const { return sequential_sessions_ && !by_versions_; }

 private:
  bool sequential_sessions_ = true;
  bool by_versions_ = false;
};

/// Whether all implications can be relied on.
[[nodiscard]] bool lattice_applies(const History& history);

}  // namespace kasauti::checker::run
