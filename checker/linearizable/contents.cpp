// What is known of each value of a container, before any engine orders anything.
//
// Values added once are known by their calls. Three things are decided here, on one value alone: it can't be removed
// twice, nor without having been added, nor before its add began. What else is exact and done once for all engines:
//  - a value whose add has unknown outcome and that no `ok` call removed is dropped: take it with all its calls out
//    of any legal order, and the order stays legal, for a container only ever says what is on top, or that nothing is
//    there;
//  - an add of unknown outcome whose value was removed did happen, before that removal completed. O(n log n). Covered
//    by tests/containers.

#include "checker/linearizable/contents.hpp"

#include <algorithm>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::never;
using histories::no_operation;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

bool adds(Function function) {
  return function == Function::enqueue || function == Function::push || function == Function::insert ||
         function == Function::put;
}

/// Places of a key's events: invocations come sorted, completions are sorted here.
class Places {
 public:
  Places(const History& history, std::span<const OpId> operations) : history_{history} {
    for (const OpId op : operations) {
      if (history.completed[op] != never) completions_.push_back(history.completed[op]);
    }
    if (!std::ranges::is_sorted(completions_)) std::ranges::sort(completions_);
    end_ = static_cast<Place>(operations.size() + completions_.size());
    begin_.resize(operations.size());
    std::size_t completed = 0;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const Rank rank = history.invoked[operations[i]];
      while (completed < completions_.size() && completions_[completed] < rank) ++completed;
      begin_[i] = static_cast<Place>(i + completed);
      invocations_.push_back(rank);
    }
  }

  Place end() const { return end_; }
  Place begin_of(std::size_t position) const { return begin_[position]; }
  Place end_of(OpId op) const {
    const Rank rank = history_.completed[op];
    if (rank == never) return end_;
    const auto completed = std::ranges::lower_bound(completions_, rank) - completions_.begin();
    const auto invoked = std::ranges::lower_bound(invocations_, rank) - invocations_.begin();
    return static_cast<Place>(completed + invoked);
  }

 private:
  const History& history_;
  std::vector<Rank> completions_, invocations_;
  std::vector<Place> begin_;
  Place end_ = 0;
};

KeyAnswer clash(const History& history, std::vector<OpId> operations, std::string_view anomaly, std::string reason) {
  std::ranges::sort(operations);
  return refuted("one value", {ValuesCore{history.key[operations[0]], operations}}, anomaly, operations,
                 std::move(reason));
}

// A value's own calls, before they are tightened; nullopt if nothing is wrong with them.
std::optional<KeyAnswer> clash_of(const History& history, const Item& item) {
  if (item.removal == no_operation) return std::nullopt;
  const std::string removal = history.describe(item.removal);
  if (item.add == no_operation) {
    return clash(history, {item.removal}, "ThinAirRemoval", fmt::format("{}: nobody added this value", removal));
  }
  if (item.removal_end < item.add_begin) {
    return clash(history, {item.add, item.removal}, "RemovedBeforeAdded",
                 fmt::format("{} completed before {} began", removal, history.describe(item.add)));
  }
  return std::nullopt;
}

}  // namespace

bool begins_with_something(const History& history) {
  return history.values.is_list(history.header.initial) && !history.values.elements(history.header.initial).empty();
}

KeyAnswer refuted(std::string_view method, Certificate proof, std::string_view anomaly, std::vector<OpId> operations,
                  std::string reason) {
  KeyAnswer answer;
  answer.verdict = Verdict::violated;
  answer.method = method;
  answer.refutation = std::move(proof);
  answer.anomaly.name = anomaly;
  std::ranges::sort(operations);
  operations.erase(std::ranges::unique(operations).begin(), operations.end());
  answer.anomaly.operations = std::move(operations);
  answer.anomaly.reason = std::move(reason);
  return answer;
}

std::optional<Contents> contents_of(const History& history, std::span<const OpId> operations, Budget& budget) {
  if (history.ties_in_process || begins_with_something(history) || !history.header.specification.empty()) {
    return std::nullopt;
  }
  if (!budget.may_allocate(operations.size() * 64)) return std::nullopt;
  const Places places{history, operations};
  Contents contents;
  contents.end = places.end();
  std::vector<Item>& items = contents.items;
  items.reserve(operations.size() / 2 + 1);
  boost::unordered_flat_map<ValueId, std::uint32_t> item_of;
  item_of.reserve(operations.size() / 2 + 1);
  std::uint32_t local = 0;
  for (std::size_t position = 0; position < operations.size(); ++position) {
    if (!budget.spend(local)) return std::nullopt;
    const OpId op = operations[position];
    const Spot spot{op, places.begin_of(position), places.end_of(op)};
    const bool is_add = adds(history.function[op]);
    if (!is_add && !history.ok(op)) {
      contents.unknown.push_back(spot);
      continue;
    }
    if (!is_add && history.result[op] == histories::null_value) {
      contents.empties.push_back(spot);
      continue;
    }
    const ValueId value = is_add ? history.argument[op] : history.result[op];
    const auto [entry, inserted] = item_of.try_emplace(value, static_cast<std::uint32_t>(items.size()));
    if (inserted) items.push_back({no_operation, no_operation, 0, 0, contents.end + 1, contents.end + 1});
    Item& item = items[entry->second];
    if (is_add) {
      if (item.add != no_operation) return std::nullopt;
      item.add = op;
      item.add_begin = spot.begin;
      item.add_end = spot.end;
      continue;
    }
    if (item.removal != no_operation) {
      // Found now, reported only if no later add makes two of this value.
      if (!contents.clash) {
        std::vector<OpId> calls{item.removal, op};
        if (item.add != no_operation) calls.push_back(item.add);
        contents.clash = clash(history, calls, "RemovedTwice",
                               fmt::format("{} and {} removed one value that was added once",
                                           history.describe(item.removal),
                                           history.describe(op)));
      }
      continue;
    }
    item.removal = op;
    item.removal_begin = spot.begin;
    item.removal_end = spot.end;
  }
  contents.any_unknown = !contents.unknown.empty();
  for (const Item& item : items) {
    if (!contents.clash) contents.clash = clash_of(history, item);
  }
  if (contents.clash) return contents;
  std::erase_if(items, [&](const Item& item) { return item.removal == no_operation && !history.ok(item.add); });
  for (Item& item : items) {
    item.add_end = std::min(item.add_end, item.removal_end);
    item.removal_begin = std::max(item.removal_begin, item.add_begin);
  }
  return contents;
}

std::vector<Place> free_slots(const Contents& contents, bool with_unremoved) {
  std::vector<Place> next(static_cast<std::size_t>(contents.end) + 2, 0);
  for (const Item& item : contents.items) {
    if (!item.certain() || (!with_unremoved && item.removal == no_operation)) continue;
    ++next[item.add_end];
    --next[item.removal_begin];
  }
  Place there = 0;  // by wrapping sums, as the differences above are stored
  for (Place& slot : next) slot = there += slot;
  Place free = contents.end + 1;
  for (Place slot = contents.end + 1; slot-- > 0;) {
    if (next[slot] == 0) free = slot;
    next[slot] = free;
  }
  next[contents.end + 1] = contents.end + 1;
  return next;
}

void remove_by(Contents& contents, std::uint32_t item_number, const Spot& removal) {
  Item& item = contents.items[item_number];
  item.removal = removal.operation;
  item.removal_begin = std::max(removal.begin, item.add_begin);
  item.removal_end = contents.end;
}

std::optional<KeyAnswer> meet_needs(const History& history, Contents& contents, std::vector<Need> needs) {
  std::ranges::sort(needs, {}, [](const Need& need) { return std::pair{need.deadline, need.item}; });
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (i < contents.unknown.size() && contents.unknown[i].begin < needs[i].deadline) {
      remove_by(contents, needs[i].item, contents.unknown[i]);
      continue;
    }
    Outnumbered proof;
    proof.key = history.key[needs[i].because];
    std::vector<OpId> operations;
    for (std::size_t j = 0; j <= i; ++j) {
      proof.lost.push_back({contents.items[needs[j].item].add, needs[j].because});
      if (j < 20) operations.insert(operations.end(), {proof.lost[j].add, proof.lost[j].because});
    }
    std::string reason = fmt::format("{} needs the value of {} gone, and nobody removed it",
                                     history.describe(needs[i].because), history.describe(proof.lost.back().add));
    if (i > 0) {
      reason += fmt::format("; {} values must be gone by then, and only {} removals of unknown outcome had begun",
                            i + 1, i);
    }
    return refuted("lost values", {std::move(proof)}, "LostValue", std::move(operations), std::move(reason));
  }
  contents.unknown.erase(contents.unknown.begin(),
                         contents.unknown.begin() + static_cast<std::ptrdiff_t>(needs.size()));
  return std::nullopt;
}

EmptySlots place_empties(const History& history, Contents& contents, std::string_view method) {
  EmptySlots placed;
  if (contents.empties.empty()) return placed;
  const bool may_be_removed = contents.any_unknown;
  const std::vector<Place> free = free_slots(contents, !may_be_removed);
  std::vector<std::uint32_t> unremoved;
  for (std::uint32_t i = 0; may_be_removed && i < contents.items.size(); ++i) {
    if (contents.items[i].removal == no_operation) unremoved.push_back(i);
  }
  std::ranges::sort(unremoved, {}, [&](std::uint32_t item) { return contents.items[item].add_end; });
  std::size_t gone = 0, used = 0;
  for (const Spot& empty : contents.empties) {
    const Place slot = free[empty.begin];
    placed.slots.push_back(slot);
    if (slot < empty.end) {
      // Values that nobody is known to have removed, and that are there by then, go to removals of unknown outcome.
      for (; gone < unremoved.size() && contents.items[unremoved[gone]].add_end <= slot; ++gone, ++used) {
        if (used == contents.unknown.size() || contents.unknown[used].begin > slot) {
          placed.undecided = true;
          return placed;
        }
        remove_by(contents, unremoved[gone], contents.unknown[used]);
      }
      continue;
    }
    std::vector<std::uint32_t> covers;
    for (std::uint32_t i = 0; i < contents.items.size(); ++i) {
      const Item& item = contents.items[i];
      const bool sure = item.removal == no_operation ? !may_be_removed : history.ok(item.removal);
      if (sure && item.certain()) covers.push_back(i);
    }
    // Values given to removals of unknown outcome may be what stands in the way; then nothing is proved.
    placed.refutation = refuted_by_cover(history, contents, method, empty.operation, empty.begin, empty.end, covers);
    placed.undecided = !placed.refutation;
    return placed;
  }
  contents.unknown.erase(contents.unknown.begin(), contents.unknown.begin() + static_cast<std::ptrdiff_t>(used));
  return placed;
}

std::optional<KeyAnswer> refuted_by_cover(const History& history, const Contents& contents, std::string_view method,
                                          OpId removal, Place from, Place to, std::span<const std::uint32_t> covers) {
  std::vector<std::uint32_t> sorted(covers.begin(), covers.end());
  std::ranges::sort(sorted, {}, [&](std::uint32_t item) { return contents.items[item].add_end; });
  AlwaysThere proof;
  proof.removal = removal;
  std::size_t next = 0;
  while (from < to) {
    std::uint32_t longest = UINT32_MAX;
    for (; next < sorted.size() && contents.items[sorted[next]].add_end <= from; ++next) {
      const Item& item = contents.items[sorted[next]];
      if (longest == UINT32_MAX || item.removal_begin > contents.items[longest].removal_begin) longest = sorted[next];
    }
    if (longest == UINT32_MAX || contents.items[longest].removal_begin <= from) return std::nullopt;
    proof.adds.push_back(contents.items[longest].add);
    from = contents.items[longest].removal_begin;
  }
  std::vector<OpId> operations{removal};
  for (std::size_t i = 0; i < proof.adds.size() && i < 20; ++i) operations.push_back(proof.adds[i]);
  const bool empty = history.result[removal] == histories::null_value;
  std::string reason = fmt::format("{}, but at every moment of it {} value was there", history.describe(removal),
                                   empty ? "some" : "a greater");
  if (!proof.adds.empty()) reason += ", the first of them by " + history.describe(proof.adds.front());
  return refuted(method, {std::move(proof)}, empty ? "FalselyEmpty" : "NotTheGreatest", std::move(operations),
                 std::move(reason));
}

KeyAnswer late_adds(const Contents& contents, std::string_view method, std::span<const std::uint32_t> order,
                    std::span<const Place> removal_slots, std::span<const Place> empty_slots) {
  // Within a slot: removals, each with its add where that is not earlier; empty answers; adds that end with the slot.
  enum Phase : std::uint64_t { removals = 0, empties = 1, adds_at_end = 2 };
  const auto key = [](Place slot, Phase phase, std::size_t position) {
    return std::uint64_t{slot} << 32 | phase << 30 | position;
  };
  std::vector<std::pair<std::uint64_t, OpId>> timed;
  timed.reserve(2 * order.size() + empty_slots.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Item& item = contents.items[order[i]];
    const Place slot = removal_slots[i];
    if (slot >= item.add_end) {
      timed.emplace_back(key(item.add_end - 1, adds_at_end, i), item.add);
    } else {
      timed.emplace_back(key(slot, removals, 2 * i), item.add);
    }
    if (slot < contents.end) timed.emplace_back(key(slot, removals, 2 * i + 1), item.removal);
  }
  for (std::size_t i = 0; i < empty_slots.size(); ++i) {
    timed.emplace_back(key(empty_slots[i], empties, i), contents.empties[i].operation);
  }
  std::ranges::sort(timed);
  KeyAnswer answer;
  answer.verdict = Verdict::holds;
  answer.method = method;
  answer.witness.reserve(timed.size());
  for (const auto& [when, op] : timed) answer.witness.push_back(op);
  return answer;
}

}  // namespace kasauti::checker::linearizable
