#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "checker/staleness/spans.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::staleness {

/// Whether the values of one key have an order in which every read is among the last k versions. See the .cpp.
class OrderSearch {
 public:
  enum class Answer : std::uint8_t { yes, no, gave_up };

  /// `spans` by visible(); none is visible before it begun. k > 0.
  OrderSearch(std::span<const Span> spans, std::uint64_t k, histories::Budget& budget);

  /// Gives up after so many placements of a value, or when the budget is exhausted.
  [[nodiscard]] Answer run(std::uint64_t most_steps);

  /// Placements so far, long walks counted too.
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  /// After yes: the indices of the spans' clusters in order.
  [[nodiscard]] std::vector<std::uint32_t> order() const;
  /// After no: indices of spans that were looked at where the search failed. They alone have no order.
  [[nodiscard]] std::vector<std::uint32_t> looked_at() const;

 private:
  using Index = std::uint32_t;
  using Key = std::pair<std::uint64_t, std::uint64_t>;

  /// A value placed, with what is needed to take it back.
  struct Frame {
    Index value;
    Index frontier;         // before it
    std::uint64_t pending;  // before it
    Key placed;             // before it
    std::vector<Index> candidates;
    std::size_t next = 0;
  };

  Answer epoch(std::uint64_t most_steps);
  Answer from(Index root, std::uint64_t limit, std::uint64_t most_steps);
  bool descend(Index value);
  bool place(Index value, Frame& frame);
  void take_back(const Frame& frame);
  [[nodiscard]] bool too_many_wait(Index value);
  [[nodiscard]] std::vector<Index> candidates() const;
  [[nodiscard]] Key state() const;

  std::span<const Span> spans_;
  std::uint64_t k_;
  histories::Budget& budget_;
  std::uint32_t polled_ = 0;
  std::uint64_t steps_ = 0;
  Index end_;                            // the sentinel of both lists
  std::vector<Index> next_, previous_;   // values not placed yet, by visible
  std::vector<Index> later_, earlier_;   // likewise, by begun
  std::vector<bool> placed_;
  std::vector<std::uint64_t> deadline_;  // of those that wait
  Index frontier_ = 0;                   // those before it that are not placed wait: they have a deadline
  std::uint64_t waiting_ = 0;
  Key hash_{};                           // of what was placed since the epoch began
  std::vector<Index> order_;
  std::vector<Frame> frames_;
  boost::unordered_flat_set<Key> dead_;  // states of this epoch from which nothing leads on
  std::vector<bool> seen_;
  std::vector<Index> seen_list_;
};

}  // namespace kasauti::checker::staleness
