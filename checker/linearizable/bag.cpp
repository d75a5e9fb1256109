// Bags: is there a legal order, and which?
//
// Where no take found the bag empty, values don't matter to each other, and equal ones are as good as each other: put
// all as early as possible, of unknown outcome too, and take all as late as possible. A take then finds its value
// iff, for each k, the take of it that completes as the k-th is not without k puts of it that began before. Takes of
// unknown outcome are left out. Exact, duplicates included; a value that fails is a refutation on its own.
//
// Where some take found nothing, values put once are treated as in a priority queue without priorities: a take takes
// effect as early as it can, a put as late, and the empty answer at a moment at which no value is there for certain
// (contents.hpp). Exact without takes of unknown outcome; with them, those are given away greedily, and where that
// does not lead to an order there is no answer. Duplicates beside empty answers are left to the search.
//
// O(n log n). Covered by tests/containers against brute force.

#include <algorithm>
#include <numeric>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::no_operation;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

constexpr std::string_view method = "bag";
/// A refutation names every call of the value; beyond this it could not be verified.
constexpr std::size_t most_calls_of_a_value = 30;

std::optional<KeyAnswer> refute_value(const History& history, std::span<const OpId> operations, OpId take) {
  std::vector<OpId> calls;
  for (const OpId op : operations) {
    const bool put = history.function[op] == Function::put;
    if ((put ? history.argument[op] : history.result[op]) == history.result[take]) calls.push_back(op);
  }
  if (calls.size() > most_calls_of_a_value) return std::nullopt;
  return refuted(method, {ValuesCore{history.key[take], calls}}, "ThinAirRemoval", calls,
                 fmt::format("{}: every put of this value that began before had been taken already",
                             history.describe(take)));
}

std::optional<KeyAnswer> without_empties(const History& history, std::span<const OpId> operations, Budget& budget) {
  std::vector<std::pair<Rank, OpId>> timed;
  timed.reserve(operations.size());
  for (const OpId op : operations) {
    const bool put = history.function[op] == Function::put;
    if (put || history.ok(op)) timed.emplace_back(put ? history.invoked[op] : history.completed[op], op);
  }
  std::ranges::sort(timed);
  boost::unordered_flat_map<ValueId, std::uint32_t> there;
  KeyAnswer answer;
  answer.witness.reserve(timed.size());
  std::uint32_t local = 0;
  for (const auto& [when, op] : timed) {
    if (!budget.spend(local)) return std::nullopt;
    answer.witness.push_back(op);
    if (history.function[op] == Function::put) {
      ++there[history.argument[op]];
    } else if (auto& count = there[history.result[op]]; count-- == 0) {
      return refute_value(history, operations, op);
    }
  }
  answer.verdict = Verdict::holds;
  answer.method = method;
  return answer;
}

}  // namespace

std::optional<KeyAnswer> decide_bag(const History& history, std::span<const OpId> operations, Budget& budget) {
  const bool any_empty = std::ranges::any_of(operations, [&](OpId op) {
    return history.function[op] == Function::take && history.ok(op) && history.result[op] == histories::null_value;
  });
  if (!any_empty && !begins_with_something(history) && !history.ties_in_process) {
    return without_empties(history, operations, budget);
  }
  auto contents = contents_of(history, operations, budget);
  if (!contents) return std::nullopt;
  if (contents->clash) return std::move(contents->clash);
  EmptySlots empties = place_empties(history, *contents, method);
  if (empties.refutation) return std::move(empties.refutation);
  if (empties.undecided) return std::nullopt;
  std::vector<std::uint32_t> order(contents->items.size());
  std::iota(order.begin(), order.end(), 0U);
  std::vector<Place> slots;
  slots.reserve(order.size());
  for (const Item& item : contents->items) {
    slots.push_back(item.removal == no_operation ? contents->end : item.removal_begin);
  }
  return late_adds(*contents, method, order, slots, empties.slots);
}

}  // namespace kasauti::checker::linearizable
