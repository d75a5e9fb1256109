// Sets: element by element.
//
// Where nobody read the whole set, its elements don't see each other, so that each is an object of its own and the
// set has a legal order iff each element has one (Herlihy & Wing 1990, theorem 1). The orders of all are merged by
// the moments of their calls.
//
// An element added once, and removed at most once, is out, then in, then out again. What found it in (contains, a
// repeated add) lies between the add and the removal. So the add comes before a* at the latest, the first completion
// of the add, of what found it in, and of the removal; the removal behind r* at the earliest, the last invocation
// among the same. If r* lies before a*, both happen at one moment, with what found it in between them. Else the
// element was there for certain from a* to r*, and what found it out must not lie within. A removal of unknown
// outcome counts if nobody else removed it; of several the one that began first. An add of unknown outcome that
// nobody saw is left out. Exact; at most five calls refute.
//
// An element added more than once goes to the search alone, which is much less than all of them together. Sets that
// only grow and are read whole: known_order.cpp. Other whole reads: set_reads.cpp. O(n log n) beside the search.
// Covered by tests/containers against brute force.

#include <algorithm>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/problem.hpp"
#include "checker/linearizable/search.hpp"
#include "checker/linearizable/set_elements.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Flag;
using histories::Function;
using histories::never;
using histories::no_operation;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

constexpr std::string_view method = "set";
constexpr std::uint64_t most_steps = 200'000;
/// A refutation names every call that changed the element; beyond this it is left to the search of the whole.
constexpr std::size_t most_calls_of_an_element = 30;

/// Moments: twice the rank of an event; odd ones lie between two events.
using Moment = std::uint64_t;
constexpr Moment right_after(Rank rank) { return 2 * Moment{rank} + 1; }
constexpr Moment right_before(Rank rank) { return 2 * Moment{rank} - 1; }

enum Phase : std::uint64_t { still_out, adds, in, removals, out_again };

/// What a call of known outcome says of its element.
enum class Role : std::uint8_t { adds, removes, found_in, found_out };

Role role_of(const History& history, OpId op) {
  const bool no = history.ok(op) && history.flag[op] == Flag::no;
  switch (history.function[op]) {
    case Function::add: return no ? Role::found_in : Role::adds;
    case Function::remove: return no ? Role::found_out : Role::removes;
    default: return no ? Role::found_out : Role::found_in;
  }
}

class Set {
 public:
  Set(const History& history, Budget& budget) : history_{history}, budget_{budget} {}

  std::optional<KeyAnswer> decide(std::span<const OpId> operations);

 private:
  bool decide_element(std::span<const OpId> calls);
  bool search_element(std::span<const OpId> calls);
  bool refute(std::vector<OpId> operations, std::string reason);
  void place(Moment moment, Phase phase, OpId op) { placed_.emplace_back(moment << 3 | phase, op); }

  const History& history_;
  Budget& budget_;
  std::vector<std::pair<std::uint64_t, OpId>> placed_;
  std::optional<KeyAnswer> refutation_;
};

bool Set::refute(std::vector<OpId> operations, std::string reason) {
  std::erase(operations, no_operation);
  std::ranges::sort(operations);
  operations.erase(std::ranges::unique(operations).begin(), operations.end());
  const KeyId key = history_.key[operations[0]];
  refutation_ = refuted(method, {ValuesCore{key, operations}}, "WrongMembership", operations, std::move(reason));
  return false;
}

// Places the calls of one element, or refutes, or neither: then there is no answer.
bool Set::decide_element(std::span<const OpId> calls) {
  OpId add = no_operation, removal = no_operation, first_end = no_operation, last_begin = no_operation;
  OpId first_out = no_operation, witness_in = no_operation;
  std::size_t changes = 0, additions = 0, known_removals = 0;
  for (const OpId op : calls) {
    const Role role = role_of(history_, op);
    changes += role == Role::adds || role == Role::removes ? 1 : 0;
    if (role == Role::adds) {
      ++additions;
      add = op;
    } else if (role == Role::removes && history_.ok(op)) {
      ++known_removals;
      removal = op;
    } else if (role == Role::removes) {
      if (removal == no_operation) removal = op;
    } else if (role == Role::found_in) {
      witness_in = op;
      if (first_end == no_operation || history_.completed[op] < history_.completed[first_end]) first_end = op;
      if (last_begin == no_operation || history_.invoked[op] > history_.invoked[last_begin]) last_begin = op;
    } else if (first_out == no_operation) {
      first_out = op;
    }
  }
  if (additions > 1) return search_element(calls);
  if (changes > most_calls_of_an_element) return false;
  const OpId seen = known_removals > 0 ? removal : witness_in;
  if (known_removals > 1) {
    std::vector<OpId> both{add};
    for (const OpId op : calls) {
      if (role_of(history_, op) == Role::removes && history_.ok(op)) both.push_back(op);
    }
    return refute(both, fmt::format("{}: it was added at most once and removed before",
                                    history_.describe(both.back())));
  }
  if (add == no_operation && seen != no_operation) {
    return refute({seen}, fmt::format("{}: nobody added it", history_.describe(seen)));
  }
  if (add == no_operation || (!history_.ok(add) && seen == no_operation)) {
    for (const OpId op : calls) {
      if (role_of(history_, op) == Role::found_out) place(right_after(history_.invoked[op]), still_out, op);
    }
    return true;
  }
  // a* and r*, and the calls that they are of.
  OpId before = add, behind = add;
  const auto ends_first = [&](OpId op) {
    if (op != no_operation && history_.completed[op] < history_.completed[before]) before = op;
  };
  const auto begins_last = [&](OpId op) {
    if (op != no_operation && history_.invoked[op] > history_.invoked[behind]) behind = op;
  };
  ends_first(first_end);
  ends_first(removal);
  begins_last(last_begin);
  begins_last(removal);
  const Rank a = history_.completed[before];
  const Rank r = removal == no_operation ? never : history_.invoked[behind];
  if (a < history_.invoked[add]) {
    return refute({add, before}, fmt::format("{}, before it was added", history_.describe(before)));
  }
  if (removal != no_operation && history_.completed[removal] < r) {
    return refute({add, removal, behind}, fmt::format("{}, after it was removed", history_.describe(behind)));
  }
  const bool there = a < r;
  const Moment in_from = there ? right_before(a) : right_after(r);
  for (const OpId op : calls) {
    const Moment begin = right_after(history_.invoked[op]);
    const Role role = role_of(history_, op);
    if (op == add) place(in_from, adds, op);
    else if (op == removal) place(right_after(r), removals, op);
    else if (role == Role::found_in) place(std::max(begin, in_from), in, op);
    else if (role != Role::found_out) continue;
    else if (begin <= in_from) place(begin, still_out, op);
    else if (r == never || (there && history_.completed[op] < r)) {
      return refute({add, removal, before, behind, op, last_begin},
                    fmt::format("{}, while it was there", history_.describe(op)));
    } else place(std::max(begin, right_after(r)), out_again, op);
  }
  return true;
}

// An element that was added more than once.
bool Set::search_element(std::span<const OpId> calls) {
  const auto specification = objects::make_specification(history_.header, history_.values);
  const SearchResult found =
      search(make_problem(history_, calls, *specification), *specification, {{}, most_steps, 0}, budget_);
  if (found.verdict == Verdict::violated && calls.size() <= most_calls_of_an_element) {
    return refute({calls.begin(), calls.end()}, "no order of the calls on this element is legal");
  }
  if (found.verdict != Verdict::holds) return false;
  Rank now = 0;
  for (const OpId op : found.witness) {
    now = std::max(now, history_.invoked[op]);
    place(right_after(now), still_out, op);
  }
  return true;
}

std::optional<KeyAnswer> Set::decide(std::span<const OpId> operations) {
  if (history_.ties_in_process || begins_with_something(history_)) return std::nullopt;
  // The calls of each element stand together, in order of invocation.
  boost::unordered_flat_map<ValueId, std::uint32_t> element_of;
  std::vector<std::pair<std::uint32_t, OpId>> by_element;
  by_element.reserve(operations.size());
  for (const OpId op : operations) {
    const auto next = static_cast<std::uint32_t>(element_of.size());
    by_element.emplace_back(element_of.try_emplace(history_.argument[op], next).first->second, op);
  }
  std::ranges::sort(by_element);
  std::vector<OpId> calls;
  std::uint32_t local = 0;
  for (std::size_t from = 0; from < by_element.size();) {
    calls.clear();
    const std::uint32_t element = by_element[from].first;
    for (; from < by_element.size() && by_element[from].first == element; ++from) {
      calls.push_back(by_element[from].second);
    }
    if (!budget_.spend(local, static_cast<std::uint32_t>(calls.size()))) return std::nullopt;
    if (!decide_element(calls)) return std::move(refutation_);
  }
  std::ranges::stable_sort(placed_, {}, &std::pair<std::uint64_t, OpId>::first);
  KeyAnswer answer;
  answer.verdict = Verdict::holds;
  answer.method = method;
  answer.witness.reserve(placed_.size());
  for (const auto& [when, op] : placed_) answer.witness.push_back(op);
  return answer;
}

}  // namespace

std::optional<KeyAnswer> decide_set(const History& history, std::span<const OpId> operations, Budget& budget) {
  if (auto grown = decide_growing_set(history, operations, budget)) return grown;
  if (!budget.may_allocate(operations.size() * 64)) return std::nullopt;
  const auto is_read = [&](OpId op) { return history.function[op] == Function::read; };
  if (std::ranges::any_of(operations, is_read)) return decide_read_set(history, operations, budget);
  return Set{history, budget}.decide(operations);
}

}  // namespace kasauti::checker::linearizable
