#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/model.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::minimize {

using histories::History;
using histories::OpId;

/// A history made from another one by more than leaving operations out.
struct Rewritten {
  History history;
  std::vector<OpId> origins;  ///< by its operations, their numbers in the other one
};

/// How much a history says, beside how many operations: the elements of its arguments and answers.
[[nodiscard]] std::size_t told(const History& history);

/// What can be left out of the operations of a history, and of their answers, so that a history that holds goes on
/// holding: elements of lists and sets, keys of transactions, accounts of a bank (projections.cpp says why), single
/// fetch-and-adds and unseen additions (additions.cpp), holds of locks and semaphores (holds.cpp).
class Projection {
 public:
  /// `history` must outlive it. O(size of the history).
  Projection(const History& history, Model model);

  /// How many parts there are; none where nothing can be projected.
  [[nodiscard]] std::size_t parts() const { return part_count_; }
  /// The history of the parts that are kept; `kept` has one entry a part. O(size of the history).
  [[nodiscard]] Rewritten keep(const std::vector<bool>& kept) const;
  /// What was done, in words for the reader of the smaller history.
  [[nodiscard]] std::string_view in_words() const;

 private:
  enum class Of : std::uint8_t { nothing, elements, keys, accounts, additions, holds, unseen };

  void find_elements();
  void find_keys();
  void find_accounts();
  void find_additions();
  void find_unseen();
  void find_holds(std::int64_t permits);
  [[nodiscard]] bool keeps(const std::vector<bool>& kept, std::uint64_t name) const;
  [[nodiscard]] std::uint64_t account(histories::ValueId name) const;
  void keep_elements(const std::vector<bool>& kept, History& edited, std::vector<bool>& gone) const;
  void keep_keys(const std::vector<bool>& kept, History& edited, std::vector<bool>& gone) const;
  void keep_accounts(const std::vector<bool>& kept, History& edited, std::vector<bool>& gone) const;
  void keep_additions(const std::vector<bool>& kept, History& edited, std::vector<bool>& gone) const;
  void keep_unseen(const std::vector<bool>& kept, std::vector<bool>& gone) const;
  void keep_holds(const std::vector<bool>& kept, std::vector<bool>& gone) const;

  const History& history_;
  Of of_ = Of::nothing;
  std::size_t part_count_ = 0;
  std::vector<std::uint64_t> names_;  ///< of the parts, sorted: key and element, or a key, or an account
  std::vector<OpId> additions_;       ///< fetch-and-adds by what they returned; additions that no read saw
  std::vector<std::pair<OpId, OpId>> holds_;  ///< an acquire and its release
};

}  // namespace kasauti::checker::minimize
