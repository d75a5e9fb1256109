// Which values of a stack must have been popped by calls of unknown outcome, and by when.
//
// A value is there for certain from the end of its push to the beginning of its pop: its zone. Take popped values whose
// zones follow one another without a gap, and a value x that nobody is known to have popped, pushed while they last and
// after the first of them had been. They and x are never all off the stack, so one of them all was pushed first and is
// popped last. It can't be x, which was pushed after the first; so x is popped before the last of them is. The deadline
// of x is the least that any such chain gives, a bottleneck: chains are made by adding the popped values in the order
// of the ends of their pops, until one reaches from x back to before its push began.
//
// The stack's engine gives pops of unknown outcome to these values, the earliest deadline first. What can't be met
// refutes nothing here: a proof names two values, and chains have more. Union-find over the stretches of time, with the
// waiting values of each run of covered stretches in a heap, the smaller merged into the larger. Covered by
// tests/containers.

#include "checker/linearizable/stack_needs.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace kasauti::checker::linearizable {

namespace {

using histories::no_operation;

/// For heaps with the value in front whose push began last.
struct Earlier {
  const Contents& contents;
  bool operator()(std::uint32_t a, std::uint32_t b) const {
    return std::pair{contents.items[a].add_begin, a} < std::pair{contents.items[b].add_begin, b};
  }
};

/// Covered slots, as runs without a gap.
class Runs {
 public:
  Runs(const Contents& contents, std::size_t slots)
      : contents_{contents}, covered_(slots, false), run_of_(slots), next_(slots + 1), left_(slots) {
    std::iota(run_of_.begin(), run_of_.end(), 0U);
    std::iota(next_.begin(), next_.end(), 0U);
    std::iota(left_.begin(), left_.end(), 0U);
    waiting_.resize(slots);
    for (std::uint32_t i = 0; i < contents.items.size(); ++i) {
      const Item& item = contents.items[i];
      if (item.removal == no_operation && item.add_end < slots) waiting_[item.add_end].push_back(i);
    }
    for (auto& heap : waiting_) std::ranges::make_heap(heap, Earlier{contents_});
  }

  void cover(Place from, Place to) {
    for (Place slot = find(next_, from); slot < to; slot = find(next_, slot)) {
      covered_[slot] = true;
      next_[slot] = slot + 1;
      if (slot > 0 && covered_[slot - 1]) join(slot - 1, slot);
      if (slot + 1 < covered_.size() && covered_[slot + 1]) join(slot, slot + 1);
    }
  }

  /// Tells of every value that waits in the run at `slot` and was pushed after the run began; it waits no longer.
  template <class Visit>
  void release(Place slot, const Visit& visit) {
    const std::uint32_t run = find(run_of_, slot);
    auto& heap = waiting_[run];
    while (!heap.empty() && contents_.items[heap.front()].add_begin > left_[run]) {
      visit(heap.front());
      std::ranges::pop_heap(heap, Earlier{contents_});
      heap.pop_back();
    }
  }

 private:
  static std::uint32_t find(std::vector<std::uint32_t>& parents, std::uint32_t of) {
    while (parents[of] != of) of = parents[of] = parents[parents[of]];
    return of;
  }

  void join(Place a, Place b) {
    std::uint32_t into = find(run_of_, a), from = find(run_of_, b);
    const Place left = std::min(left_[into], left_[from]);
    if (waiting_[into].size() < waiting_[from].size()) std::swap(into, from);
    for (const std::uint32_t item : waiting_[from]) {
      waiting_[into].push_back(item);
      std::ranges::push_heap(waiting_[into], Earlier{contents_});
    }
    waiting_[from] = {};
    run_of_[from] = into;
    left_[into] = left;
  }

  const Contents& contents_;
  std::vector<bool> covered_;
  std::vector<std::uint32_t> run_of_, next_;
  std::vector<Place> left_;                           // by run: its first slot
  std::vector<std::vector<std::uint32_t>> waiting_;   // by run: values whose push ends in it
};

}  // namespace

std::vector<Need> chained_needs(const Contents& contents) {
  std::vector<std::uint32_t> popped;
  for (std::uint32_t i = 0; i < contents.items.size(); ++i) {
    if (contents.items[i].removal != no_operation && contents.items[i].certain()) popped.push_back(i);
  }
  std::ranges::sort(popped, {}, [&](std::uint32_t i) { return contents.items[i].removal_end; });
  Runs runs{contents, static_cast<std::size_t>(contents.end) + 1};
  std::vector<Need> needs;
  for (const std::uint32_t i : popped) {
    const Item& item = contents.items[i];
    runs.cover(item.add_end, std::min(item.removal_begin, contents.end + 1));
    runs.release(item.add_end, [&](std::uint32_t lost) { needs.push_back({lost, item.removal, item.removal_end}); });
  }
  return needs;
}

}  // namespace kasauti::checker::linearizable
