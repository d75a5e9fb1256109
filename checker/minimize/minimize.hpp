#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/verdict.hpp"
#include "histories/budget.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::minimize {

struct Options {
  Model model = Model::linearizable;
  unsigned threads = 1;
  histories::Limits limits;        ///< of the whole minimisation; `steps` is of each trial
  bool weaken = true;              ///< weaken operations to `info` where that keeps the violation
};

/// A history that is violated for the same reasons as a larger one.
struct Minimized {
  /// Else no violation was found, and nothing else is set but `judgement`, of the whole.
  bool violated = false;
  History history;                 ///< the smaller one
  std::vector<OpId> origins;       ///< by its operations, their numbers in the whole
  Judgement judgement;             ///< of the smaller one
  bool verified = false;           ///< the verifier accepts its certificate; else it rests on the search alone
  bool minimal = false;            ///< every further sound step was tried, and makes the violation disappear
  std::uint64_t trials = 0;        ///< smaller histories that were judged
  std::string detail;              ///< why it is not minimal, else empty
  /// What was done beside leaving operations out and weakening them, in words: answers may then say less than those
  /// that were recorded, and the initial value may be another one.
  std::vector<std::string> rewritten;
};

/// Finds a small violated history inside a violated one, by sound steps only (steps.hpp, projections.hpp,
/// beginnings.hpp). `known`, if not null, is the judgement of the whole history for this model, whose anomalies are the
/// first guess. Where that is unknown, a violation is looked for in small parts of it. When a limit is reached, the
/// smallest so far is returned. Never throws but for lack of memory. Deterministic, but for where a limit strikes.
[[nodiscard]] Minimized minimize(const History& history, const Options& options, const Judgement* known = nullptr);

}  // namespace kasauti::checker::minimize
