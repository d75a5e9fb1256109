#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::linearizable {

/// Fetch-and-adds of positive amounts whose outcome is unknown, to make up a sum with. Those of one amount are as good
/// as each other but for when they began, so the earliest goes first.
class Unfinished {
 public:
  /// Of the operations those of unknown outcome; all amounts are positive.
  Unfinished(const histories::History& history, std::span<const histories::OpId> operations);

  [[nodiscard]] bool empty() const { return waiting_.empty(); }

  /// Which sums up to `most` can be made by those that began before `end` and were not used yet. O(most × amounts);
  /// sums beyond largest_sum are not looked at. `end` never falls from one call to the next.
  [[nodiscard]] const std::vector<bool>& sums(std::int64_t most, histories::Rank end);

  /// Uses up calls for a sum that the last answer of sums() has. Of the ways to do it one with many of the great
  /// amounts: small ones are the more useful later.
  void use(std::int64_t sum, const std::function<void(histories::OpId)>& place);

  static constexpr std::int64_t largest_sum = 1 << 16;

 private:
  struct Amount {
    std::int64_t amount;
    std::vector<histories::OpId> calls;  ///< in order of invocation
    std::size_t begun = 0, taken = 0;
    [[nodiscard]] std::size_t available() const { return begun - taken; }
  };
  const histories::History& history_;
  std::vector<Amount> waiting_;             // by amount
  std::vector<std::vector<bool>> makes_;    // by how many amounts, the least ones first: the sums that these make
};

}  // namespace kasauti::checker::linearizable
