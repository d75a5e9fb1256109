// Locks and semaphores of which some holds are left out.
//
// Question: which acquires and releases of a linearizable history may go together? Take a witness. Each acquire is
// matched with the release that gives its permit back as brackets match. Between the two at least its own permit is
// out, so that without both of them never fewer than none are, nor more than there are permits: the rest is legal. (A
// refused call saw how many were out; where there is one, nothing goes.) Where nothing is ever released, any acquire
// may go alone.
//
// Whoever looks for the core of a violated history has no witness, but the beginning of one: go through the
// completions in order, and let each call take effect at its own unless it did earlier. An acquire that finds no
// permit needs some release that has begun before it, a release that finds none out some acquire; of those that have
// begun, the one that completes first is as good as any, as another can still be taken later, and calls of unknown
// outcome are the last choice. So if there is a legal order at all, there is one that begins like this, and what is
// matched within that beginning may go. O(n log n). Tested by brute force: tests/minimize/rewritten.cpp.

#include <algorithm>
#include <functional>
#include <queue>

#include "checker/minimize/projections.hpp"

namespace kasauti::checker::minimize {

namespace {

using enum histories::Function;
using histories::Flag;
using histories::Outcome;
using histories::Rank;

/// Calls of one kind that have begun and not taken effect, the first to complete on top.
using Waiting = std::priority_queue<std::pair<Rank, OpId>, std::vector<std::pair<Rank, OpId>>, std::greater<>>;

}  // namespace

void Projection::find_holds(std::int64_t permits) {
  const History& h = history_;
  std::vector<std::pair<Rank, OpId>> completions;
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.ok(op) && h.flag[op] == Flag::no) return;
    if (h.ok(op)) completions.emplace_back(h.completed[op], op);
  }
  if (h.key_count() != 1 || h.ties_in_process) return;
  of_ = Of::holds;
  bool released = false;
  for (OpId op = 0; op < h.size(); ++op) released |= h.function[op] == release && h.outcome[op] != Outcome::fail;
  for (OpId op = 0; op < h.size() && !released; ++op) holds_.emplace_back(op, op);
  part_count_ = holds_.size();
  if (!released) return;
  std::ranges::sort(completions);
  Waiting acquires, releases;
  std::vector<bool> placed(h.size(), false);
  std::vector<OpId> held;  // those whose permit is out, the last one behind
  const auto place = [&](OpId op) {
    placed[op] = true;
    if (h.function[op] == acquire) return held.push_back(op);
    holds_.emplace_back(held.back(), op);
    held.pop_back();
  };
  OpId next = 0;
  for (const auto& [end, op] : completions) {
    for (; next < h.size() && h.invoked[next] < end; ++next) {
      if (h.outcome[next] == Outcome::fail) continue;
      (h.function[next] == acquire ? acquires : releases).emplace(h.completed[next], next);
    }
    if (placed[op]) continue;
    const bool acquires_now = h.function[op] == acquire;
    if (acquires_now ? std::ssize(held) == permits : held.empty()) {
      Waiting& others = acquires_now ? releases : acquires;
      while (!others.empty() && (others.top().first < end || placed[others.top().second])) others.pop();
      if (others.empty()) break;
      place(others.top().second);
      others.pop();
    }
    place(op);
  }
  std::ranges::sort(holds_);
  part_count_ = holds_.size();
}

void Projection::keep_holds(const std::vector<bool>& kept, std::vector<bool>& gone) const {
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i]) gone[holds_[i].first] = gone[holds_[i].second] = true;
  }
}

}  // namespace kasauti::checker::minimize
