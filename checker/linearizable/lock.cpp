// Locks and semaphores: holds and releases as late as they can be.
//
// All acquires are as good as each other, and so are all releases. Go through the completions in order and let each
// call take effect at its own, unless it did earlier. When an acquire finds no permit left, some release that has
// begun must have come before it; when a release finds none out, some acquire. The one that completes first is the
// best to take, as any other can still be taken later; a call of unknown outcome is the last choice, and is left out
// if it is never needed. If there is none, too many are held (or released), and mostly a count shows it: at the
// completion of some call of the other kind at least so many of ours had taken effect, for each permit that came back
// had been taken; add those that lie wholly behind it; and not enough of the others had begun.
//
// O(n log n). No answer where a call was refused, as that tells when nothing was left. Complete else, but for
// refutations that need more than one such count. Covered by tests/containers against brute force.

#include <algorithm>
#include <functional>
#include <queue>

#include <boost/unordered/unordered_flat_set.hpp>
#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Flag;
using histories::Function;
using histories::never;
using histories::no_operation;
using histories::ObjectKind;
using histories::Rank;

constexpr std::string_view method = "holds";

/// Calls of one kind that have begun and not taken effect, the first to complete on top.
using Waiting = std::priority_queue<std::pair<Rank, OpId>, std::vector<std::pair<Rank, OpId>>, std::greater<>>;

class Holds {
 public:
  Holds(const History& history, std::span<const OpId> operations, std::int64_t permits)
      : history_{history}, operations_{operations}, permits_{permits} {}

  std::optional<KeyAnswer> decide(Budget& budget);

 private:
  bool is_acquire(OpId op) const { return history_.function[op] == Function::acquire; }
  std::optional<KeyAnswer> refute(OpId until) const;

  const History& history_;
  std::span<const OpId> operations_;
  std::int64_t permits_;
};

// Looks for the call since whose completion the counts don't add up.
std::optional<KeyAnswer> Holds::refute(OpId until) const {
  const bool acquires = is_acquire(until);
  const Rank end = history_.completed[until];
  std::vector<Rank> begun, others_done;  // ours that completed by then; completions of the others
  std::vector<OpId> others;
  std::int64_t others_begun = 0;
  for (const OpId op : operations_) {
    if (is_acquire(op) == acquires) {
      if (history_.completed[op] <= end) begun.push_back(history_.invoked[op]);
      continue;
    }
    if (history_.invoked[op] < end) ++others_begun;
    if (history_.completed[op] < end) others.push_back(op);
  }
  std::ranges::sort(others, {}, [&](OpId op) { return history_.completed[op]; });
  const std::int64_t most = others_begun + (acquires ? permits_ : 0);
  OpId since = no_operation;
  bool found = static_cast<std::int64_t>(begun.size()) > most;
  for (std::size_t i = 0; i < others.size() && !found; ++i) {
    const auto behind = begun.end() - std::ranges::upper_bound(begun, history_.completed[others[i]]);
    const std::int64_t ours_before = static_cast<std::int64_t>(i + 1) - (acquires ? 0 : permits_);
    found = ours_before + behind > most;
    since = others[i];
  }
  if (!found) return std::nullopt;
  std::vector<OpId> operations{until};
  if (since != no_operation) operations.push_back(since);
  return refuted(method, {TooManyHeld{until, since}}, acquires ? "HeldTwice" : "ReleasedUnheld", std::move(operations),
                 fmt::format("{}: {}", history_.describe(until),
                             acquires ? "more were held than there are permits, whatever releases had begun"
                                      : "more were released than had been acquired"));
}

std::optional<KeyAnswer> Holds::decide(Budget& budget) {
  std::vector<std::pair<Rank, OpId>> completions;
  for (const OpId op : operations_) {
    if (history_.ok(op) && history_.flag[op] == Flag::no) return std::nullopt;
    if (history_.ok(op)) completions.emplace_back(history_.completed[op], op);
  }
  std::ranges::sort(completions);
  Waiting acquires, releases;
  boost::unordered_flat_set<OpId> early;  // took effect before their completion
  KeyAnswer answer;
  std::int64_t out = 0;
  std::size_t next = 0;
  std::uint32_t local = 0;
  for (const auto& [end, op] : completions) {
    if (!budget.spend(local)) return std::nullopt;
    for (; next < operations_.size() && history_.invoked[operations_[next]] < end; ++next) {
      const OpId begun = operations_[next];
      (is_acquire(begun) ? acquires : releases).emplace(history_.completed[begun], begun);
    }
    if (early.erase(op) != 0) continue;
    const bool acquires_now = is_acquire(op);
    if (acquires_now ? out == permits_ : out == 0) {
      Waiting& others = acquires_now ? releases : acquires;
      while (!others.empty() && others.top().first < end) others.pop();
      if (others.empty()) return refute(op);
      if (history_.ok(others.top().second)) early.insert(others.top().second);
      answer.witness.push_back(others.top().second);
      others.pop();
      out += acquires_now ? -1 : 1;
    }
    answer.witness.push_back(op);
    out += acquires_now ? 1 : -1;
  }
  answer.verdict = Verdict::holds;
  answer.method = method;
  return answer;
}

}  // namespace

std::optional<KeyAnswer> decide_lock(const History& history, std::span<const OpId> operations, Budget& budget) {
  if (history.ties_in_process || !budget.may_allocate(operations.size() * 48)) return std::nullopt;
  const bool lock = history.header.object == ObjectKind::lock;
  return Holds{history, operations, lock ? 1 : history.header.permits}.decide(budget);
}

}  // namespace kasauti::checker::linearizable
