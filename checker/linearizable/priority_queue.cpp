// Priority queues with distinct values: is there a legal order, and which?
//
// A value is polled at a moment at which no greater one is there; lesser ones don't matter to it. So take the values
// from the greatest to the least. Each greater value is there for certain from the end of its insert to the beginning
// of its poll: its zone. The poll takes effect in the first slot of its interval that is in no zone of a greater
// value; if there is none, these zones are a refutation (AlwaysThere in the certificate's words). That each value for
// itself finds a slot is enough: let every insert take effect as late as it can, right before its end or its poll.
// Suppose a lesser value w is polled in a slot between the insert and the poll of v. That slot is in no zone of a
// value greater than w, hence in none of those greater than v, and v could have been polled there, at the latest; so
// it lies before v's poll began, and not in v's zone, hence before the end of v's insert, which takes effect after
// it. A poll that found nothing is one of a value less than all.
//
// Slots covered by a zone never become free again, so that the next free slot is found by union-find: O(n log n) for
// the sort by value, else nearly linear. Polls of unknown outcome go to values that must be gone, the earliest
// deadline first (exact when they are too few); where that does not lead to an order there is no answer.
//
// Sound: refutations are proofs. Complete without polls of unknown outcome. Covered by tests/containers against brute
// force.

#include <algorithm>
#include <numeric>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/moments.hpp"
#include "checker/objects/priority.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::no_operation;

constexpr std::string_view method = "priority queue";

/// The slots in no zone yet.
class FreeSlots {
 public:
  explicit FreeSlots(Place end) : next_(static_cast<std::size_t>(end) + 2) {
    std::iota(next_.begin(), next_.end(), Place{0});
  }

  Place at_or_behind(Place slot) {
    while (next_[slot] != slot) {
      next_[slot] = next_[next_[slot]];
      slot = next_[slot];
    }
    return slot;
  }
  /// Covers [from, to).
  void cover(Place from, Place to) {
    for (Place slot = at_or_behind(from); slot < to; slot = at_or_behind(slot)) next_[slot] = slot + 1;
  }

 private:
  std::vector<Place> next_;
};

class PriorityQueue {
 public:
  PriorityQueue(const History& history, Contents contents) : history_{history}, contents_{std::move(contents)} {}

  std::optional<KeyAnswer> decide();

 private:
  void sort_values();
  std::vector<Need> needs() const;
  std::optional<KeyAnswer> refute(OpId removal, Place from, Place to, std::size_t greater) const;

  const History& history_;
  Contents contents_;
  std::vector<std::uint32_t> greatest_first_;
};

void PriorityQueue::sort_values() {
  const auto& items = contents_.items;
  const auto& values = history_.values;
  greatest_first_.resize(items.size());
  std::iota(greatest_first_.begin(), greatest_first_.end(), 0U);
  const auto value = [&](std::uint32_t item) { return history_.argument[items[item].add]; };
  const bool integers =
      std::ranges::all_of(greatest_first_, [&](std::uint32_t i) { return values.is_integer(value(i)); });
  if (integers) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> keyed;
    keyed.reserve(items.size());
    for (const std::uint32_t i : greatest_first_) keyed.emplace_back(values.integer(value(i)), i);
    std::ranges::sort(keyed, std::greater{});
    for (std::size_t i = 0; i < keyed.size(); ++i) greatest_first_[i] = keyed[i].second;
  } else {
    std::ranges::sort(greatest_first_, [&](std::uint32_t a, std::uint32_t b) {
      return objects::ranks_below(values, value(b), value(a));
    });
  }
}

// What must be gone: a value that was there before a lesser one could be polled.
std::vector<Need> PriorityQueue::needs() const {
  if (!contents_.any_unknown) return {};
  Deadlines polled{contents_.end + 2};
  for (const Spot& empty : contents_.empties) polled.lower(empty.begin, empty.end, empty.operation);
  std::vector<Need> needs;
  for (std::size_t i = greatest_first_.size(); i-- > 0;) {
    const Item& item = contents_.items[greatest_first_[i]];
    if (item.removal != no_operation) {
      polled.lower(item.removal_begin, item.removal_end, item.removal);
      continue;
    }
    const auto [deadline, because] = polled.behind(item.add_end);
    if (because != no_operation) needs.push_back({greatest_first_[i], because, deadline});
  }
  return needs;
}

// Refuted if the first `greater` values cover the interval for certain.
std::optional<KeyAnswer> PriorityQueue::refute(OpId removal, Place from, Place to, std::size_t greater) const {
  std::vector<std::uint32_t> covers;
  for (std::size_t i = 0; i < greater; ++i) {
    const Item& item = contents_.items[greatest_first_[i]];
    const bool sure = item.removal == no_operation ? !contents_.any_unknown : history_.ok(item.removal);
    if (sure && item.certain()) covers.push_back(greatest_first_[i]);
  }
  return refuted_by_cover(history_, contents_, method, removal, from, to, covers);
}

std::optional<KeyAnswer> PriorityQueue::decide() {
  if (contents_.clash) return std::move(contents_.clash);
  sort_values();
  if (auto refutation = meet_needs(history_, contents_, needs())) return refutation;
  FreeSlots free{contents_.end};
  std::vector<Place> slots(greatest_first_.size(), contents_.end), empty_slots;
  for (std::size_t i = 0; i < greatest_first_.size(); ++i) {
    const Item& item = contents_.items[greatest_first_[i]];
    if (item.removal != no_operation) {
      slots[i] = free.at_or_behind(item.removal_begin);
      if (slots[i] >= item.removal_end) {
        if (!history_.ok(item.removal)) return std::nullopt;
        return refute(item.removal, item.removal_begin, item.removal_end, i);
      }
    }
    if (item.certain()) free.cover(item.add_end, item.removal_begin);
  }
  for (const Spot& empty : contents_.empties) {
    empty_slots.push_back(free.at_or_behind(empty.begin));
    if (empty_slots.back() >= empty.end) return refute(empty.operation, empty.begin, empty.end, greatest_first_.size());
  }
  return late_adds(contents_, method, greatest_first_, slots, empty_slots);
}

}  // namespace

std::optional<KeyAnswer> decide_priority_queue(const History& history, std::span<const OpId> operations,
                                               Budget& budget) {
  auto contents = contents_of(history, operations, budget);
  if (!contents) return std::nullopt;
  return PriorityQueue{history, *std::move(contents)}.decide();
}

}  // namespace kasauti::checker::linearizable
