// Proofs that a set, queue, stack, priority queue or bag is not linearizable, checked on the history alone.
//
// All of them rest on a container that began empty, the last three on values that were added once, and on one fact:
// take a value out of a legal order, with every call that added it, removed it or asked for it, and what is left is
// legal. (What a removal returns is the oldest, newest or greatest of what is there; it stays so when others leave. A
// removal that found nothing finds nothing still. Set elements do not see each other.) So the calls of a few values
// must have an order of their own:
//  - ValuesCore: every order of them is tried. Calls that only observe may be left out. Removals of unknown outcome
//    may have removed one of these values each; of those that began before the last known call completed, the
//    earliest begun are as good as any, and no more of them than there are adds can matter.
//  - AlwaysThere: a value is there from the completion of its add to the invocation of its only removal. If the
//    values named are there in turn at every moment of a removal, it can't have found nothing, nor (priority queue)
//    less than each of them.
//  - NoBottom: among the values named, some one is on the stack at every moment from the first completion of a push,
//    p's, to the last invocation of a pop, q's. So the value pushed first is popped last. But each of them either was
//    pushed after p's push had completed, or was popped before q's pop began.
//  - Outnumbered: each value named, removed by no `ok` call, had to be gone before the call beside it completed:
//    because that one found nothing although the value was there before; or dequeued a value enqueued later; or
//    popped a value that lay below; or polled a lesser one. Only removals of unknown outcome invoked before the last
//    of these calls completed can have done it, one value each, and there are fewer of them.
//
// A cover or a count costs O(n log n), a core is exponential in its few calls. Covered by tests/containers, which also
// offers proofs drawn at random against linearizable histories.

#include <algorithm>
#include <map>
#include <optional>

#include "checker/certificate/exhaustive.hpp"
#include "checker/certificate/proofs.hpp"
#include "checker/objects/priority.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Function;
using histories::never;
using histories::no_operation;
using histories::ObjectKind;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

constexpr std::size_t largest_core = 40;

bool is_container(ObjectKind object) {
  return object == ObjectKind::queue || object == ObjectKind::stack || object == ObjectKind::priority_queue ||
         object == ObjectKind::bag;
}

bool adds(Function f) {
  return f == Function::enqueue || f == Function::push || f == Function::insert || f == Function::put ||
         f == Function::add;
}

bool removes(Function f) {
  return f == Function::dequeue || f == Function::pop || f == Function::poll || f == Function::take;
}

/// Every call of one key that may have happened, by the value it is about.
class Calls {
 public:
  struct OfValue {
    std::vector<OpId> adds, removals, others;  // `removals`: known to have returned it
  };

  Calls(const History& history, KeyId key) : history_{history} {
    for (OpId op = 0; op < history.size(); ++op) {
      if (history.key[op] != key || history.outcome[op] == Outcome::fail) continue;
      const Function f = history.function[op];
      if (removes(f) && !history.ok(op)) {
        unknown.push_back(op);
      } else if (const auto value = value_of(op)) {
        OfValue& of = by_value[*value];
        (adds(f) ? of.adds : removes(f) ? of.removals : of.others).push_back(op);
      }
    }
  }

  /// The value that a call is about; none for one that found nothing, or a read.
  std::optional<ValueId> value_of(OpId op) const {
    const ValueId value = removes(history_.function[op]) ? history_.result[op] : history_.argument[op];
    if (value == histories::null_value || value == histories::no_value) return std::nullopt;
    return value;
  }

  /// When the value that `add` added, and nothing else did, was removed: `never` if by nobody. None if that is not
  /// certain by `until`.
  std::optional<Rank> removed_at(OpId add, Rank until) const {
    const OfValue& of = by_value.at(*value_of(add));
    if (of.adds.size() != 1 || of.adds[0] != add || of.removals.size() > 1) return std::nullopt;
    if (!of.removals.empty()) return history_.invoked[of.removals[0]];
    if (unknown_before(until) != 0) return std::nullopt;
    return never;
  }

  std::size_t unknown_before(Rank until) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(unknown, [&](OpId op) { return history_.invoked[op] < until; }));
  }

  std::map<ValueId, OfValue> by_value;
  std::vector<OpId> unknown;  ///< removals of unknown outcome, in order of invocation

 private:
  const History& history_;
};

std::optional<Verification> unfit(const Claim& claim, std::span<const OpId> operations, bool set_too) {
  const History& h = claim.history;
  if (claim.verdict != Verdict::violated || claim.model != Model::linearizable)
    return refuse("it refutes linearizability only");
  if (!is_container(h.header.object) && !(set_too && h.header.object == ObjectKind::set))
    return refuse("it says nothing of this object");
  if (!h.header.specification.empty()) return refuse("it says nothing of a user's own object");
  if (h.values.is_list(h.header.initial) && !h.values.elements(h.header.initial).empty())
    return refuse("the container did not begin empty");
  if (operations.empty()) return refuse("it names no operation");
  for (const OpId op : operations) {
    if (op >= h.size() || h.outcome[op] == Outcome::fail) return refuse("an operation that did not happen");
    if (h.key[op] != h.key[operations[0]]) return refuse("operations of different keys");
  }
  return std::nullopt;
}

struct Zone {
  Rank begin, end;
};

// Whether at each moment of (from, to) one of the zones has begun and not ended.
bool covers(std::vector<Zone> zones, Rank from, Rank to) {
  std::ranges::sort(zones, {}, &Zone::begin);
  for (const Zone& zone : zones) {
    if (zone.begin > from) break;
    from = std::max(from, zone.end);
  }
  return from >= to;
}

// Whether the value that `add` added had to be gone before `because` completed.
bool had_to_be_gone(const History& h, const Calls& calls, OpId add, OpId because) {
  if (!removes(h.function[because]) || !h.ok(because)) return false;
  const auto other = calls.value_of(because);
  if (!other) return h.completed[add] < h.invoked[because];
  const auto& of_other = calls.by_value.at(*other);
  if (of_other.adds.size() != 1) return false;
  const OpId other_add = of_other.adds[0];
  switch (h.header.object) {
    case ObjectKind::queue: return h.completed[add] < h.invoked[other_add];
    case ObjectKind::stack:
      return h.completed[other_add] < h.invoked[add] && h.completed[add] < h.invoked[because];
    case ObjectKind::priority_queue:
      return objects::ranks_below(h.values, *other, *calls.value_of(add)) &&
             h.completed[add] < std::max(h.invoked[because], h.invoked[other_add]);
    default: return false;
  }
}

}  // namespace

Verification check_proof(const Claim& claim, const ValuesCore& proof) {
  const History& h = claim.history;
  if (auto bad = unfit(claim, proof.operations, true)) return *bad;
  const KeyId key = h.key[proof.operations[0]];
  if (key != proof.key) return refuse("operations of another key");
  const Calls calls{h, key};
  std::vector<SmallCall> members;
  std::vector<ValueId> values;
  for (const OpId op : proof.operations) {
    if (const auto value = calls.value_of(op)) values.push_back(*value);
    const bool only_looks = h.ok(op) && (h.function[op] == Function::contains || h.flag[op] == histories::Flag::no ||
                                         (removes(h.function[op]) && !calls.value_of(op)));
    if (only_looks) members.push_back({op, true});
  }
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
  Rank until = 0;
  std::size_t added = 0;
  for (const ValueId value : values) {
    const auto& of = calls.by_value.at(value);
    added += of.adds.size();
    for (const auto* group : {&of.adds, &of.removals, &of.others}) {
      for (const OpId op : *group) {
        const bool only_looks = h.function[op] == Function::contains || (h.ok(op) && h.flag[op] == histories::Flag::no);
        if (!only_looks) members.push_back({op, h.ok(op)});
      }
    }
  }
  if (members.size() > largest_core) return refuse("too many calls to try every order of them");
  for (const SmallCall& member : members) {
    if (member.required) until = std::max(until, h.completed[member.operation]);
  }
  for (std::size_t i = 0; i < std::min(added, calls.unknown.size()); ++i) {
    if (h.invoked[calls.unknown[i]] < until) members.push_back({calls.unknown[i], false});
  }
  const auto specification = objects::make_specification(h.header, h.values);
  switch (try_every_order(h, *specification, members, {specification->initial()}, claim.steps, claim.budget)) {
    case Exhaustive::no_order: return accept();
    case Exhaustive::some_order: return refuse("these values have a legal order");
    case Exhaustive::gave_up: return refuse("its orders are too many to try");
  }
  return refuse("the search ended without an answer");
}

Verification check_proof(const Claim& claim, const AlwaysThere& proof) {
  const History& h = claim.history;
  std::vector<OpId> all{proof.removal};
  all.insert(all.end(), proof.adds.begin(), proof.adds.end());
  if (auto bad = unfit(claim, all, false)) return *bad;
  if (!h.ok(proof.removal) || !removes(h.function[proof.removal])) return refuse("the first is no `ok` removal");
  const Calls calls{h, h.key[proof.removal]};
  const auto removed = calls.value_of(proof.removal);
  Rank from = h.invoked[proof.removal];
  if (removed) {
    if (h.header.object != ObjectKind::priority_queue) return refuse("only a priority queue says which value is next");
    const auto& own = calls.by_value.at(*removed).adds;
    if (own.size() != 1) return refuse("the value removed was not added once");
    from = std::max(from, h.invoked[own[0]]);
  }
  std::vector<Zone> zones;
  for (const OpId add : proof.adds) {
    if (!h.ok(add) || !adds(h.function[add])) return refuse(h.describe(add) + " is no `ok` add");
    const auto end = calls.removed_at(add, h.completed[proof.removal]);
    if (!end) return refuse(h.describe(add) + ": its value may have been removed otherwise");
    if (removed && !objects::ranks_below(h.values, *removed, *calls.value_of(add)))
      return refuse(h.describe(add) + ": not greater than the value removed");
    zones.push_back({h.completed[add], *end});
  }
  if (!covers(std::move(zones), from, h.completed[proof.removal]))
    return refuse("there is a moment without these values");
  return accept();
}

Verification check_proof(const Claim& claim, const NoBottom& proof) {
  const History& h = claim.history;
  if (auto bad = unfit(claim, proof.pushes, false)) return *bad;
  if (h.header.object != ObjectKind::stack) return refuse("only a stack has a bottom");
  if (h.key[proof.pushes[0]] != proof.key) return refuse("operations of another key");
  const Calls calls{h, proof.key};
  std::vector<Zone> zones;
  Rank first_push = never, last_pop = 0;
  for (const OpId push : proof.pushes) {
    if (!h.ok(push) || !adds(h.function[push])) return refuse(h.describe(push) + " is no `ok` push");
    const auto end = calls.removed_at(push, never);
    if (!end) return refuse(h.describe(push) + ": its value may have been popped otherwise");
    zones.push_back({h.completed[push], *end});
    first_push = std::min(first_push, h.completed[push]);
    last_pop = std::max(last_pop, *end);
  }
  for (const OpId push : proof.pushes) {
    const auto& pops = calls.by_value.at(*calls.value_of(push)).removals;
    const bool not_first = h.invoked[push] > first_push;
    const bool not_last = !pops.empty() && h.completed[pops[0]] < last_pop;
    if (!not_first && !not_last) return refuse(h.describe(push) + ": its value may have been the bottom");
  }
  if (!covers(std::move(zones), first_push, last_pop)) return refuse("there is a moment without these values");
  return accept();
}

Verification check_proof(const Claim& claim, const Outnumbered& proof) {
  const History& h = claim.history;
  std::vector<OpId> all;
  for (const auto& [add, because] : proof.lost) all.insert(all.end(), {add, because});
  if (auto bad = unfit(claim, all, false)) return *bad;
  if (h.key[all[0]] != proof.key) return refuse("operations of another key");
  const Calls calls{h, proof.key};
  Rank until = 0;
  std::vector<ValueId> lost;
  for (const auto& [add, because] : proof.lost) {
    if (!h.ok(add) || !adds(h.function[add])) return refuse(h.describe(add) + " is no `ok` add");
    lost.push_back(*calls.value_of(add));
    const auto& of = calls.by_value.at(lost.back());
    if (of.adds.size() != 1 || !of.removals.empty())
      return refuse(h.describe(add) + ": its value was added again or removed");
    if (!had_to_be_gone(h, calls, add, because))
      return refuse(h.describe(because) + " does not need the value of " + h.describe(add) + " gone");
    until = std::max(until, h.completed[because]);
  }
  std::ranges::sort(lost);
  if (std::ranges::adjacent_find(lost) != lost.end()) return refuse("a value is counted twice");
  if (calls.unknown_before(until) >= lost.size())
    return refuse("removals of unknown outcome are enough to explain them");
  return accept();
}

}  // namespace kasauti::checker::certificate
