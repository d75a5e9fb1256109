// FIFO queues with distinct values: is there a legal order, and which?
//
// Two values a and b clash if a was enqueued before b (in real time) and b dequeued before a. Henzinger, Sezgin and
// Vafeiadis (CONCUR 2013) show that, beside what is wrong with one value alone, a clash of two or an empty answer
// that was never possible is all that can be wrong with a queue; the construction below is another proof. Let y be
// the value left whose enqueue completes first and x the one whose dequeue does. If x's enqueue began before y's
// completed, x may come first: nothing left precedes its enqueue or its dequeue. Else y precedes x; if y's dequeue
// began before x's completed, y may come first by the same argument; else y and x clash. So each step emits a value
// or ends with a counterexample of two values. Enqueues and dequeues in this order, each as early as what stands
// before it allows, are a witness.
//
// A dequeue that found nothing takes effect at a moment at which no value is there for certain (contents.hpp); values
// are cut into those before and those after it, which never hurts: those with all calls on one side of the moment
// stay there, and one whose enqueue and dequeue both overlap it may go to either. Dequeues of unknown outcome remove
// values that must be gone: a that was enqueued before b, b dequeued, a by nobody. Too few of them is a refutation,
// and exact; beside empty answers they are given away greedily, and if that does not lead to an order there is no
// answer.
//
// O(n log n) for the sorts. Sound: a witness is checked against every interval before it is given, and refutations
// are proofs of two values, of a cover, or of a count. Complete without empty answers, and without dequeues of
// unknown outcome. Covered by tests/containers: all small histories and random larger ones against brute force, with
// every certificate verified.

#include <algorithm>

#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/moments.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::no_operation;

constexpr std::string_view method = "queue";

class Queue {
 public:
  Queue(const History& history, Contents contents) : history_{history}, contents_{std::move(contents)} {}

  std::optional<KeyAnswer> decide();

 private:
  std::vector<Need> needs() const;
  void split();
  bool order_values(std::size_t from, std::size_t to);
  bool schedule();
  KeyAnswer clash(std::uint32_t first, std::uint32_t second) const;

  const History& history_;
  Contents contents_;
  std::vector<Place> slots_;              ///< of the empty answers, ascending
  std::vector<Place> cuts_;               ///< the same, once each
  std::vector<std::uint32_t> by_enqueue_, by_dequeue_;  ///< items by segment between cuts, then by completion
  std::vector<std::size_t> segments_;     ///< where each segment ends in these
  std::vector<std::uint32_t> order_;
  std::vector<bool> emitted_;
  std::optional<KeyAnswer> answer_;
};

// What must be gone: a value enqueued before one that was dequeued, and one that was there when nothing was found.
std::vector<Need> Queue::needs() const {
  struct Limit {
    Place deadline = UINT32_MAX;
    OpId because = no_operation;
  };
  std::vector<Limit> from(static_cast<std::size_t>(contents_.end) + 2);  // of what begins at or behind a place
  for (const Item& item : contents_.items) {
    if (item.removal != no_operation) from[item.add_begin] = {item.removal_end, item.removal};
  }
  for (const Spot& empty : contents_.empties) from[empty.begin] = {empty.end, empty.operation};
  for (std::size_t place = from.size() - 1; place-- > 0;) {
    if (from[place + 1].deadline < from[place].deadline) from[place] = from[place + 1];
  }
  std::vector<Need> needs;
  for (std::uint32_t i = 0; i < contents_.items.size(); ++i) {
    const Item& item = contents_.items[i];
    if (item.removal != no_operation || from[item.add_end].because == no_operation) continue;
    needs.push_back({i, from[item.add_end].because, from[item.add_end].deadline});
  }
  return needs;
}

// Sorts the values into the segments between cuts: each to the one in which its dequeue can first take effect.
void Queue::split() {
  const std::size_t count = contents_.items.size();
  std::vector<std::uint32_t> segment(count);
  std::vector<std::size_t> sizes(cuts_.size() + 1, 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto cut = std::ranges::lower_bound(cuts_, contents_.items[i].removal_begin) - cuts_.begin();
    segment[i] = static_cast<std::uint32_t>(cut);
    ++sizes[segment[i]];
  }
  by_enqueue_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) by_enqueue_[i] = i;
  by_dequeue_ = by_enqueue_;
  std::ranges::sort(by_enqueue_, {}, [&](std::uint32_t i) {
    return std::uint64_t{segment[i]} << 32 | contents_.items[i].add_end;
  });
  std::ranges::sort(by_dequeue_, {}, [&](std::uint32_t i) {
    return std::uint64_t{segment[i]} << 32 | contents_.items[i].removal_end;
  });
  std::size_t end = 0;
  for (const std::size_t size : sizes) segments_.push_back(end += size);
}

bool Queue::order_values(std::size_t from, std::size_t to) {
  const std::vector<Item>& items = contents_.items;
  std::size_t enqueue = from, dequeue = from;
  for (std::size_t left = to - from; left > 0; --left) {
    while (emitted_[by_enqueue_[enqueue]]) ++enqueue;
    while (emitted_[by_dequeue_[dequeue]]) ++dequeue;
    const std::uint32_t y = by_enqueue_[enqueue], x = by_dequeue_[dequeue];
    std::uint32_t next = x;
    if (items[y].add_end < items[x].add_begin) {
      next = y;
      if (items[x].removal_end < items[y].removal_begin) {
        // Where a dequeue of unknown outcome was given to one of them, that is no proof.
        const bool known = items[x].removal != no_operation && history_.ok(items[x].removal) &&
                           items[y].removal != no_operation && history_.ok(items[y].removal);
        if (known) answer_ = clash(y, x);
        return false;
      }
    }
    emitted_[next] = true;
    order_.push_back(next);
  }
  return true;
}

KeyAnswer Queue::clash(std::uint32_t first, std::uint32_t second) const {
  const Item& a = contents_.items[first];
  const Item& b = contents_.items[second];
  const std::vector<OpId> operations{a.add, b.add, a.removal, b.removal};
  std::string reason = fmt::format("{} was first, for {} began later, but {} completed before {} began",
                                   history_.describe(a.add), history_.describe(b.add), history_.describe(b.removal),
                                   history_.describe(a.removal));
  return refuted(method, {ValuesCore{history_.key[a.add], operations}}, "OutOfOrder", operations, std::move(reason));
}

// Enqueues and dequeues in the order of their values, each as early as possible, with the empty answers at their
// cuts.
bool Queue::schedule() {
  struct Placed {
    Moment moment;
    OpId operation;
  };
  std::vector<Placed> enqueues, dequeues;
  enqueues.reserve(order_.size());
  dequeues.reserve(order_.size());
  Moment enqueue = 0, dequeue = 0;
  std::size_t position = 0;
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
    if (segment > 0) {
      if (std::max(enqueue, dequeue) > at_cut(cuts_[segment - 1])) return false;
      enqueue = dequeue = behind_cut(cuts_[segment - 1]);
    }
    for (; position < segments_[segment]; ++position) {
      const Item& item = contents_.items[order_[position]];
      enqueue = std::max(enqueue, in_slot(item.add_begin));
      if (slot_of(enqueue) >= item.add_end) return false;
      enqueues.push_back({enqueue, item.add});
      if (item.removal == no_operation) continue;
      dequeue = std::max({dequeue, enqueue, in_slot(item.removal_begin)});
      if (slot_of(dequeue) >= item.removal_end) return false;
      dequeues.push_back({dequeue, item.removal});
    }
  }
  std::vector<OpId>& witness = answer_.emplace().witness;
  witness.reserve(enqueues.size() + dequeues.size() + contents_.empties.size());
  auto next_dequeue = dequeues.begin();
  std::size_t next_empty = 0;
  const auto up_to = [&](Moment moment) {
    for (; next_dequeue != dequeues.end() && next_dequeue->moment < moment; ++next_dequeue) {
      witness.push_back(next_dequeue->operation);
    }
  };
  const auto empties_up_to = [&](Moment moment) {
    for (; next_empty < slots_.size() && at_cut(slots_[next_empty]) < moment; ++next_empty) {
      up_to(at_cut(slots_[next_empty]));
      witness.push_back(contents_.empties[next_empty].operation);
    }
  };
  for (const Placed& placed : enqueues) {
    empties_up_to(placed.moment);
    up_to(placed.moment);
    witness.push_back(placed.operation);
  }
  empties_up_to(UINT64_MAX);
  up_to(UINT64_MAX);
  answer_->verdict = Verdict::holds;
  answer_->method = method;
  return true;
}

std::optional<KeyAnswer> Queue::decide() {
  if (contents_.clash) return std::move(contents_.clash);
  if (auto refutation = meet_needs(history_, contents_, needs())) return refutation;
  EmptySlots empties = place_empties(history_, contents_, method);
  if (empties.refutation) return std::move(empties.refutation);
  if (empties.undecided) return std::nullopt;
  slots_ = std::move(empties.slots);
  cuts_ = slots_;
  cuts_.erase(std::ranges::unique(cuts_).begin(), cuts_.end());
  split();
  order_.reserve(contents_.items.size());
  emitted_.resize(contents_.items.size(), false);
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
    if (!order_values(segment == 0 ? 0 : segments_[segment - 1], segments_[segment])) return std::move(answer_);
  }
  if (!schedule()) return std::nullopt;
  return std::move(answer_);
}

}  // namespace

std::optional<KeyAnswer> decide_queue(const History& history, std::span<const OpId> operations, Budget& budget) {
  auto contents = contents_of(history, operations, budget);
  if (!contents) return std::nullopt;
  return Queue{history, *std::move(contents)}.decide();
}

}  // namespace kasauti::checker::linearizable
