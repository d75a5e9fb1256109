#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/minimize/projections.hpp"
#include "checker/model.hpp"
#include "histories/history.hpp"
#include "histories/subset.hpp"

namespace kasauti::checker::minimize {

/// Later moments at which a linearizable history may be taken to begin. beginnings.cpp says why. Of objects whose
/// answers tell the whole state, or whose state is a count of holds; of histories on one key.
class Beginnings {
 public:
  /// `history` must outlive it. O(n log n).
  Beginnings(const History& history, Model model);

  /// Operations at which it may begin, the one invoked first in front.
  [[nodiscard]] const std::vector<OpId>& candidates() const { return candidates_; }
  /// The history from there on; with `end`, only its operations that were invoked before that rank. Where `strict`,
  /// none if some answer shows what was written before that, and would now seem to be written by nobody. O(n).
  [[nodiscard]] std::optional<Rewritten> from(OpId first, histories::Rank end = histories::never,
                                              bool strict = true) const;
  /// What was done, in words for the reader of the smaller history.
  [[nodiscard]] std::string in_words(OpId first) const;

 private:
  [[nodiscard]] bool tells_state(OpId op) const;
  [[nodiscard]] bool only_observes(OpId op) const;
  void collect_keys();
  void index_sources();
  template <class Visit>
  void each_seen(OpId op, const Visit& visit) const;
  bool mend_sources(std::vector<histories::Fate>& fates, OpId first, histories::Rank end) const;

  const History& history_;
  bool holds_ = false;              ///< a lock or semaphore: any acquire is a candidate
  std::vector<histories::ValueId> keys_;  ///< of transactions, sorted
  std::vector<OpId> candidates_;
  boost::unordered_flat_map<histories::ValueId, std::vector<OpId>> writers_;  ///< by element or value: who wrote it
};

}  // namespace kasauti::checker::minimize
