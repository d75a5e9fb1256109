// Fenced locks: the lock, and each resource that checks tokens, alone.
//
// A write shows its token to a resource; what acquires returned has no part in it. So the lock and its resources don't
// see each other, and the whole has a legal order iff each part has one (Herlihy & Wing 1990, theorem 1). The orders
// of the parts are merged by their moments. The lock is a lock whose acquires come in the order of their tokens
// (lock.cpp); where that gives no answer, a search of the lock's own calls looks for an order.
//
// Of a resource, writes that were accepted come in the order of their tokens, equal ones in any, each as early as
// those before it allow; if one had completed by then, the two are the refutation. A refused write needs an accepted
// one with a greater token before its completion: the first of the next greater token, or a write of unknown outcome,
// of which the one that can be in first is as good as any. Let w be such a one, taken for r. Had an accepted write of a
// greater token completed before w began, r would have needed no other; and of two that are taken neither comes too
// late for the other's refused write, for then both would have taken the same. So this is exact.
//
// O(n log n). Covered by tests/containers against brute force.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/holds.hpp"
#include "checker/linearizable/problem.hpp"
#include "checker/linearizable/search.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Flag;
using histories::Function;
using histories::never;
using histories::no_operation;
using histories::Rank;
using histories::ValueId;

constexpr std::string_view method = "tokens";
constexpr std::uint64_t most_steps = 200'000;

/// The writes of one resource.
class Resource {
 public:
  explicit Resource(const History& history) : history_{history} {}

  void add(OpId op) {
    if (!history_.ok(op)) unknown_.push_back({token(op), op});
    else if (history_.flag[op] == Flag::no) refused_.push_back(op);
    else accepted_.push_back({token(op), op});
  }
  /// holds, with a witness; or violated.
  KeyAnswer decide();

 private:
  struct Write {
    std::int64_t token;
    OpId operation;
    Rank earliest = 0;  ///< of an accepted write, the greatest invocation up to here; else when it can be in
  };
  struct Placed {
    Rank moment;
    bool refused;
    OpId operation;
  };

  std::int64_t token(OpId op) const {
    return history_.values.integer(history_.values.elements(history_.argument[op])[1]);
  }
  std::optional<KeyAnswer> order_accepted();
  void order_unknown();
  Rank reach_below(std::int64_t token) const;
  bool place_refused(OpId op);

  const History& history_;
  std::vector<Write> accepted_, unknown_;  // by token
  std::vector<OpId> refused_;
  std::vector<std::size_t> first_in_;      // by place in unknown_: the one at or behind it that can be in first
  std::vector<bool> used_;                 // likewise
  std::vector<Placed> placed_;
};

std::optional<KeyAnswer> Resource::order_accepted() {
  std::ranges::sort(accepted_, {}, [](const Write& write) { return std::pair{write.token, write.operation}; });
  OpId latest = no_operation;  // of lesser tokens, the one invoked last
  for (std::size_t from = 0, to = 0; from < accepted_.size(); from = to) {
    OpId latest_here = latest;
    for (; to < accepted_.size() && accepted_[to].token == accepted_[from].token; ++to) {
      const OpId op = accepted_[to].operation;
      if (latest != no_operation && history_.completed[op] < history_.invoked[latest]) {
        return refuted(method, {OrderClash{history_.key[op], latest, op, no_operation}}, "StaleTokenAccepted",
                       {latest, op},
                       fmt::format("{} was accepted though {}, with a greater token, had been before",
                                   history_.describe(latest), history_.describe(op)));
      }
      if (latest_here == no_operation || history_.invoked[op] > history_.invoked[latest_here]) latest_here = op;
      accepted_[to].earliest = history_.invoked[latest_here];
    }
    latest = latest_here;
  }
  return std::nullopt;
}

// Until when some accepted write of a lesser token may not have begun.
Rank Resource::reach_below(std::int64_t token) const {
  const auto place = std::ranges::lower_bound(accepted_, token, {}, &Write::token);
  return place == accepted_.begin() ? 0 : std::prev(place)->earliest;
}

void Resource::order_unknown() {
  std::ranges::sort(unknown_, {}, [](const Write& write) { return std::pair{write.token, write.operation}; });
  used_.assign(unknown_.size(), false);
  first_in_.resize(unknown_.size());
  for (std::size_t i = unknown_.size(); i-- > 0;) {
    Write& write = unknown_[i];
    write.earliest = std::max(history_.invoked[write.operation], reach_below(write.token));
    const bool better_behind = i + 1 < unknown_.size() && unknown_[first_in_[i + 1]].earliest < write.earliest;
    first_in_[i] = better_behind ? first_in_[i + 1] : i;
  }
}

bool Resource::place_refused(OpId op) {
  const std::int64_t own = token(op);
  const Rank end = history_.completed[op];
  const auto next = std::ranges::upper_bound(accepted_, own, {}, &Write::token);
  Rank moment = never;
  if (next != accepted_.end()) {
    // Of equal tokens the first to be invoked comes first, so its `earliest` is the least.
    moment = next->earliest;
  }
  if (moment >= end) {
    const auto unknown = std::ranges::upper_bound(unknown_, own, {}, &Write::token);
    if (unknown == unknown_.end()) return false;
    const std::size_t best = first_in_[static_cast<std::size_t>(unknown - unknown_.begin())];
    moment = unknown_[best].earliest;
    if (moment >= end) return false;
    used_[best] = true;
  }
  placed_.push_back({std::max(moment, history_.invoked[op]), true, op});
  return true;
}

KeyAnswer Resource::decide() {
  if (auto clash = order_accepted()) return *std::move(clash);
  order_unknown();
  for (const OpId op : refused_) {
    if (place_refused(op)) continue;
    return refuted(method, {OrderClash{history_.key[op], op, no_operation, no_operation}}, "FreshTokenRefused", {op},
                   fmt::format("{}, but no write with a greater token can have been accepted before it completed",
                               history_.describe(op)));
  }
  for (std::size_t i = 0; i < unknown_.size(); ++i) {
    if (used_[i]) accepted_.push_back(unknown_[i]);
  }
  std::ranges::sort(accepted_, {}, [](const Write& write) { return std::pair{write.token, write.operation}; });
  Rank now = 0;
  for (const Write& write : accepted_) {
    now = std::max(now, history_.invoked[write.operation]);
    placed_.push_back({now, false, write.operation});
  }
  std::ranges::stable_sort(placed_, {}, [](const Placed& each) { return std::pair{each.moment, each.refused}; });
  KeyAnswer answer;
  answer.verdict = Verdict::holds;
  for (const Placed& each : placed_) answer.witness.push_back(each.operation);
  return answer;
}

std::optional<KeyAnswer> decide_acquires(const History& history, std::span<const OpId> calls, Budget& budget) {
  const HoldRules rules{1, true};
  if (auto decided = decide_holds(history, calls, rules, budget)) return decided;
  const auto specification = objects::make_specification(history.header, history.values);
  SearchResult found =
      search(make_problem(history, calls, *specification), *specification, {{}, most_steps, 0}, budget);
  if (found.verdict != Verdict::holds) return std::nullopt;
  KeyAnswer answer;
  answer.verdict = Verdict::holds;
  answer.witness = std::move(found.witness);
  return answer;
}

}  // namespace

std::optional<KeyAnswer> decide_fenced_lock(const History& history, std::span<const OpId> operations,
                                            Budget& budget) {
  if (history.ties_in_process || !budget.may_allocate(operations.size() * 64)) return std::nullopt;
  std::vector<OpId> calls;
  std::map<ValueId, Resource> resources;
  for (const OpId op : operations) {
    if (history.function[op] == Function::write) {
      resources.try_emplace(history.values.elements(history.argument[op])[0], history).first->second.add(op);
    } else {
      // No token can follow the greatest number, so that one is never given.
      if (history.values.is_integer(history.result[op]) && history.values.integer(history.result[op]) == INT64_MAX)
        return std::nullopt;
      calls.push_back(op);
    }
  }
  std::vector<std::pair<Rank, OpId>> merged;
  const auto merge = [&](const std::vector<OpId>& order) {
    Rank now = 0;
    for (const OpId op : order) merged.emplace_back(now = std::max(now, history.invoked[op]), op);
  };
  for (auto& [resource, writes] : resources) {
    if (budget.stopped()) return std::nullopt;
    KeyAnswer answer = writes.decide();
    if (answer.verdict == Verdict::violated) return answer;
    merge(answer.witness);
  }
  auto answer = decide_acquires(history, calls, budget);
  if (!answer || answer->verdict == Verdict::violated) return answer;
  merge(answer->witness);
  std::ranges::stable_sort(merged, {}, &std::pair<Rank, OpId>::first);
  answer->witness.clear();
  for (const auto& [moment, op] : merged) answer->witness.push_back(op);
  answer->method = method;
  return answer;
}

}  // namespace kasauti::checker::linearizable
