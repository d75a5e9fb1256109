#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/minimize/facets.hpp"
#include "checker/model.hpp"
#include "histories/budget.hpp"
#include "histories/history.hpp"
#include "histories/subset.hpp"

namespace kasauti::checker::minimize {

/// Which operations of a history may be left out together, so that a history that holds goes on holding for the model.
/// steps.cpp says why. `history` must outlive it. Making it costs O(n log n).
class Steps {
 public:
  Steps(const History& history, Model model);

  /// Closures look at no more than so many pairs of operations.
  [[nodiscard]] std::uint64_t pairs() const { return facets_.pairs(); }
  /// From here on closures end early, with too few marks, once the budget is exhausted. It must outlive this.
  void poll(histories::Budget& budget) { budget_ = &budget; }

  /// Marks what must go if `seed` goes. `dropped` is closed already, or empty of marks.
  void close_dropped(std::vector<bool>& dropped, std::span<const OpId> seed) const;
  /// Marks what must stay if `seed` stays, likewise.
  void close_kept(std::vector<bool>& kept, std::span<const OpId> seed) const;

  /// Leaving it out asks nothing of the other operations: a read and its like, and what failed.
  [[nodiscard]] bool only_observes(OpId op) const { return facets_.writes(op).empty(); }
  /// Weakening it to `info` is sound, and says less: it is `ok` and more than an observation.
  [[nodiscard]] bool weakens(OpId op) const;
  /// A prefix of the history holds if the history does.
  [[nodiscard]] bool cuts() const { return model_ == Model::linearizable; }
  /// What is left of the events before a rank: calls that are open there are weakened, or gone where they only observe.
  /// Of a value that was seen before it was written, the write is left.
  [[nodiscard]] std::vector<histories::Fate> prefix(histories::Rank end) const;

 private:
  enum class Before : std::uint8_t { real_time, session, nothing };  ///< what orders operations in every witness

  static Before before_of(Model model);
  [[nodiscard]] bool forces(OpId gone, const Facet& wrote, OpId other, const Facet& saw) const;
  [[nodiscard]] bool precedes(OpId a, OpId b) const;
  [[nodiscard]] bool overlap(OpId a, OpId b) const;
  [[nodiscard]] bool overwritten(OpId write, OpId before, KeyId key) const;
  void index_overwriters();
  void count_sources();
  [[nodiscard]] bool has_source(const Facet& saw) const;
  [[nodiscard]] OpId source_for(const Facet& saw) const;
  void keep_sources(std::vector<histories::Fate>& fates) const;

  /// The definite writes of one key (of one session, where only sessions order): the latest invocation among those that
  /// completed by some rank.
  struct Overwriters {
    std::vector<histories::Rank> completed;       ///< ascending
    std::vector<histories::Rank> latest_invoked;  ///< among those up to here
  };

  [[nodiscard]] bool may_go_on(std::uint32_t units) const;

  const History& history_;
  Model model_;
  Before before_;
  histories::Budget* budget_ = nullptr;
  mutable std::uint32_t polled_ = 0;
  Facets facets_;
  boost::unordered_flat_map<std::uint64_t, Overwriters> overwriters_;  ///< by key and session
  /// What was written, by key and value: how many operations wrote it. The initial value counts as nobody's.
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> sources_;
};

}  // namespace kasauti::checker::minimize
