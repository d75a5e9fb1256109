// Locks and semaphores: holds and releases as late as they can be.
//
// All acquires are as good as each other, and so are all releases. Go through the completions in order and let each
// call take effect at its own, unless it did earlier. When an acquire finds no permit left, some release that has
// begun must have come before it; when a release finds none out, some acquire. The one that completes first is the
// best to take, as any other can still be taken later; a call of unknown outcome is the last choice, and is left out
// if it is never needed. Where acquires return tokens, the next one by token is taken, and before an acquire takes
// effect all those of lesser tokens do; one of unknown outcome needs a token that is free.
//
// A refused acquire takes effect at the first moment of its interval at which no permit is left, a refused release
// when none is out. If there was none, acquires (or releases) that have begun are taken at its completion, until there
// is one.
//
// If there is nothing to take, too many are held (or released), and mostly a count shows it: at the completion of some
// call of the other kind at least so many of ours had taken effect, for each permit that came back had been taken; add
// those that lie wholly behind it; and not enough of the others had begun. A like count shows that a permit was left at
// every moment of a refused acquire (or out, of a refused release).
//
// O(n log n). No answer where no such count is found. Without unknown outcomes, refused calls of a semaphore with more
// than one permit apart, the order is found if there is one. Covered by tests/containers against brute force.

#include <algorithm>
#include <functional>
#include <queue>

#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/holds.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Flag;
using histories::Function;
using histories::never;
using histories::no_operation;
using histories::ObjectKind;
using histories::Rank;

constexpr std::string_view method = "holds";
/// Of the calls that completed before a refused one, so many are tried as the beginning of a count.
constexpr std::size_t most_beginnings = 64;

/// Calls of one kind that have begun, by their place among the operations, the first to complete on top.
using Begun = std::priority_queue<std::pair<Rank, std::uint32_t>, std::vector<std::pair<Rank, std::uint32_t>>,
                                  std::greater<>>;

class Holds {
 public:
  Holds(const History& history, std::span<const OpId> operations, const HoldRules& rules)
      : history_{history}, operations_{operations}, rules_{rules}, done_(operations.size(), false) {}

  std::optional<KeyAnswer> decide(Budget& budget);

 private:
  bool is_acquire(OpId op) const { return history_.function[op] == Function::acquire; }
  bool refused(OpId op) const { return history_.ok(op) && history_.flag[op] == Flag::no; }
  std::int64_t token(OpId op) const { return history_.values.integer(history_.result[op]); }
  bool sort_tokens();
  void begin(std::uint32_t place);
  bool complete(std::uint32_t place);
  bool acquire(std::uint32_t place);
  bool take_acquire();
  bool take_release();
  bool make_room() { return out_ < rules_.permits || (out_ > 0 && take_release()); }
  void perform(std::uint32_t place);
  void settle(std::vector<std::uint32_t>& waiting);
  void refute(OpId until);
  void refute_refusal(OpId refusal);
  bool never_possible(OpId refusal, OpId since) const;

  const History& history_;
  std::span<const OpId> operations_;
  const HoldRules& rules_;
  std::vector<bool> done_;
  Begun acquires_, releases_;                                // with tokens: only acquires of unknown outcome
  std::vector<std::uint32_t> by_token_;
  std::size_t next_token_ = 0;                               // into it
  std::int64_t least_token_ = INT64_MIN;                     // that the next acquire may return
  std::vector<std::uint32_t> refused_acquires_, refused_releases_;  // that have found no moment so far
  std::int64_t out_ = 0;
  Rank now_ = 0;
  KeyAnswer answer_;
  std::optional<KeyAnswer> refutation_;
};

// The acquires in the order of their tokens; false if two are equal.
bool Holds::sort_tokens() {
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    const OpId op = operations_[i];
    if (is_acquire(op) && history_.ok(op) && !refused(op)) by_token_.push_back(i);
  }
  std::ranges::sort(by_token_, {}, [&](std::uint32_t i) { return token(operations_[i]); });
  for (std::size_t i = 1; i < by_token_.size(); ++i) {
    const OpId a = operations_[by_token_[i - 1]], b = operations_[by_token_[i]];
    if (token(a) != token(b)) continue;
    refutation_ = refuted(method, {OrderClash{history_.key[a], a, b, no_operation}}, "DuplicateToken", {a, b},
                          fmt::format("{} and {} returned the same token", history_.describe(a), history_.describe(b)));
    return false;
  }
  return true;
}

void Holds::settle(std::vector<std::uint32_t>& waiting) {
  for (const std::uint32_t place : waiting) {
    if (done_[place]) continue;
    done_[place] = true;
    answer_.witness.push_back(operations_[place]);
  }
  waiting.clear();
}

void Holds::perform(std::uint32_t place) {
  const OpId op = operations_[place];
  done_[place] = true;
  answer_.witness.push_back(op);
  out_ += is_acquire(op) ? 1 : -1;
  if (out_ == rules_.permits) settle(refused_acquires_);
  if (out_ == 0) settle(refused_releases_);
  if (!rules_.tokens || !is_acquire(op)) return;
  least_token_ = history_.ok(op) ? token(op) + 1 : least_token_ + 1;
  if (history_.ok(op)) ++next_token_;
}

void Holds::begin(std::uint32_t place) {
  const OpId op = operations_[place];
  if (refused(op)) {
    auto& waiting = is_acquire(op) ? refused_acquires_ : refused_releases_;
    waiting.push_back(place);
    if (out_ == (is_acquire(op) ? rules_.permits : 0)) settle(waiting);
  } else if (!is_acquire(op)) {
    releases_.emplace(history_.completed[op], place);
  } else if (!rules_.tokens || !history_.ok(op)) {
    acquires_.emplace(history_.completed[op], place);
  }
}

bool Holds::take_release() {
  while (!releases_.empty() && done_[releases_.top().second]) releases_.pop();
  if (releases_.empty()) return false;
  perform(releases_.top().second);
  return true;
}

bool Holds::take_acquire() {
  const bool known_left = rules_.tokens && next_token_ < by_token_.size();
  if (known_left) {
    const std::uint32_t next = by_token_[next_token_];
    if (history_.invoked[operations_[next]] < now_) return perform(next), true;
    if (least_token_ >= token(operations_[next])) return false;
  }
  while (!acquires_.empty() && done_[acquires_.top().second]) acquires_.pop();
  if (acquires_.empty()) return false;
  perform(acquires_.top().second);
  return true;
}

// An acquire completes, and with tokens all before it must have taken effect.
bool Holds::acquire(std::uint32_t place) {
  while (rules_.tokens && by_token_[next_token_] != place) {
    const OpId earlier = operations_[by_token_[next_token_]], op = operations_[place];
    if (history_.invoked[earlier] > now_) {
      refutation_ = refuted(method, {OrderClash{history_.key[op], earlier, op, no_operation}}, "OutOfOrder",
                            {earlier, op},
                            fmt::format("{} returned a greater token than {}, which began later",
                                        history_.describe(op), history_.describe(earlier)));
      return false;
    }
    if (!make_room()) return false;
    perform(by_token_[next_token_]);
  }
  if (!make_room()) return false;
  perform(place);
  return true;
}

bool Holds::complete(std::uint32_t place) {
  const OpId op = operations_[place];
  if (done_[place]) return true;
  bool possible = true;
  if (refused(op)) {
    while (possible && !done_[place]) possible = is_acquire(op) ? take_acquire() : take_release();
    if (!possible) refute_refusal(op);
    return possible;
  }
  possible = is_acquire(op) ? acquire(place) : out_ > 0 || take_acquire();
  if (possible && !done_[place]) perform(place);
  if (!possible && !refutation_) refute(op);
  return possible;
}

// Looks for the call since whose completion the counts don't add up.
void Holds::refute(OpId until) {
  const bool acquires = is_acquire(until);
  const Rank end = history_.completed[until];
  // The acquires of greater tokens than one that had not begun by then had not taken effect either.
  std::int64_t least_unbegun = INT64_MAX;
  for (const std::uint32_t place : by_token_) {
    if (history_.invoked[operations_[place]] > end) least_unbegun = std::min(least_unbegun, token(operations_[place]));
  }
  const auto came_before = [&](OpId op) {
    const bool by_token = acquires && rules_.tokens && history_.ok(op) && token(op) < token(until);
    return history_.completed[op] <= end || by_token;
  };
  std::vector<Rank> begun;  // ours that took effect by then
  std::vector<OpId> others;
  std::int64_t others_begun = 0;
  for (const OpId op : operations_) {
    if (refused(op)) continue;
    if (is_acquire(op) == acquires) {
      if (came_before(op)) begun.push_back(history_.invoked[op]);
      continue;
    }
    const bool too_late = rules_.tokens && !acquires && history_.ok(op) && token(op) > least_unbegun;
    if (history_.invoked[op] < end && !too_late) ++others_begun;
    if (history_.completed[op] < end) others.push_back(op);
  }
  std::ranges::sort(others, {}, [&](OpId op) { return history_.completed[op]; });
  const std::int64_t most = others_begun + (acquires ? rules_.permits : 0);
  OpId since = no_operation;
  bool found = static_cast<std::int64_t>(begun.size()) > most;
  for (std::size_t i = 0; i < others.size() && !found; ++i) {
    const auto behind = begun.end() - std::ranges::upper_bound(begun, history_.completed[others[i]]);
    const std::int64_t ours_before = static_cast<std::int64_t>(i + 1) - (acquires ? 0 : rules_.permits);
    found = ours_before + behind > most;
    since = others[i];
  }
  if (!found) return;
  std::vector<OpId> operations{until};
  if (since != no_operation) operations.push_back(since);
  refutation_ = refuted(method, {TooManyHeld{until, since}}, acquires ? "HeldTwice" : "ReleasedUnheld",
                        std::move(operations),
                        fmt::format("{}: {}", history_.describe(until),
                                    acquires ? "more were held than there are permits, whatever releases had begun"
                                             : "more were released than had been acquired"));
}

// Whether counts from the completion of `since` on, or from the start, leave a permit at every moment of a refused
// acquire; or leave one out at every moment of a refused release.
bool Holds::never_possible(OpId refusal, OpId since) const {
  const bool acquires = is_acquire(refusal);
  const Rank from = since == no_operation ? 0 : history_.completed[since];
  const bool from_start = since == no_operation;
  // Of our kind all that may have taken effect count, of the other kind those that surely did.
  std::int64_t ours = acquires && !from_start ? rules_.permits : 0, others = 0;
  std::vector<std::pair<Rank, std::int64_t>> steps;
  for (const OpId op : operations_) {
    if (refused(op)) continue;
    const bool our_kind = is_acquire(op) == acquires;
    const Rank when = our_kind ? history_.invoked[op] : history_.completed[op];
    const bool counts = from_start || (our_kind ? history_.completed[op] : history_.invoked[op]) > from;
    if (!counts || when > history_.completed[refusal]) continue;
    if (when < history_.invoked[refusal]) ++(our_kind ? ours : others);
    else steps.emplace_back(when, our_kind ? 1 : -1);
  }
  std::ranges::sort(steps);
  const std::int64_t enough = acquires ? rules_.permits : 0;
  std::int64_t most = ours - others;
  if (most >= enough) return false;
  return std::ranges::all_of(steps, [&](const auto& step) { return (most += step.second) < enough; });
}

void Holds::refute_refusal(OpId refusal) {
  std::vector<OpId> before;
  for (const OpId op : operations_) {
    if (history_.completed[op] < history_.invoked[refusal]) before.push_back(op);
  }
  std::ranges::sort(before, std::greater{}, [&](OpId op) { return history_.completed[op]; });
  if (before.size() > most_beginnings) before.resize(most_beginnings);
  before.insert(before.begin(), no_operation);
  const auto since = std::ranges::find_if(before, [&](OpId op) { return never_possible(refusal, op); });
  if (since == before.end()) return;
  std::vector<OpId> operations{refusal};
  if (*since != no_operation) operations.push_back(*since);
  refutation_ = refuted(method, {FalseRefusal{refusal, *since}}, "FalseRefusal", std::move(operations),
                        fmt::format("{}, but at every moment of it {}", history_.describe(refusal),
                                    is_acquire(refusal) ? "a permit was left" : "one was held"));
}

std::optional<KeyAnswer> Holds::decide(Budget& budget) {
  if (rules_.tokens && !sort_tokens()) return std::move(refutation_);
  std::vector<std::pair<Rank, std::uint32_t>> completions;
  completions.reserve(operations_.size());
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (history_.ok(operations_[i])) completions.emplace_back(history_.completed[operations_[i]], i);
  }
  std::ranges::sort(completions);
  answer_.witness.reserve(completions.size());
  std::uint32_t next = 0, local = 0;
  for (const auto& [end, place] : completions) {
    if (!budget.spend(local)) return std::nullopt;
    for (; next < operations_.size() && history_.invoked[operations_[next]] < end; ++next) begin(next);
    now_ = end;
    if (!complete(place)) return std::move(refutation_);
  }
  answer_.verdict = Verdict::holds;
  answer_.method = method;
  return std::move(answer_);
}

}  // namespace

std::optional<KeyAnswer> decide_holds(const History& history, std::span<const OpId> operations, const HoldRules& rules,
                                      Budget& budget) {
  return Holds{history, operations, rules}.decide(budget);
}

std::optional<KeyAnswer> decide_lock(const History& history, std::span<const OpId> operations, Budget& budget) {
  if (history.ties_in_process || !budget.may_allocate(operations.size() * 64)) return std::nullopt;
  const bool lock = history.header.object == ObjectKind::lock;
  return decide_holds(history, operations, {lock ? 1 : history.header.permits, false}, budget);
}

}  // namespace kasauti::checker::linearizable
