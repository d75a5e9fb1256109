// Proofs about locks, semaphores and fenced locks, checked on the history alone. Refused calls change nothing, so the
// counts are of the others.
//
//  - TooManyHeld: by the end of a call `since` that releases, as many acquires had taken effect as releases had
//    completed; those that lie wholly behind it, up to the completion of `until`, come on top; of the permits so
//    taken, only as many can have come back as releases had begun. More than the permits left over are too many.
//    Likewise for releases, with those acquired but for the permits. Where acquires return tokens, those of lesser
//    tokens than `until` had taken effect before it, completed or not; and those of greater tokens than one that had
//    not begun had not.
//  - FalseRefusal: at the end of `since` at most all permits were out, at the start none. At a moment of the refused
//    acquire, what was out then, with all acquires that may have taken effect between and without the releases that
//    lie wholly between, is the most that can be out. If at every moment that is less than there are permits, the
//    acquire can't have found none. Likewise the least that can be out, for a release: none at the end of `since`.
//  - OrderClash, fenced lock: two acquires never return one token; of two the one that returned less came first.
//    Writes of one resource that were accepted come in the order of their tokens. A write can't have been refused if
//    every write that may have shown the resource a greater token was invoked, or had to come behind an accepted one
//    that was invoked, after the refused one's completion.
//
// O(n log n) each. Covered by tests/containers, which also offers proofs drawn at random against linearizable
// histories.

#include <algorithm>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Flag;
using histories::Function;
using histories::never;
using histories::no_operation;
using histories::ObjectKind;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

/// The calls of one key, as a lock sees them.
struct LockCalls {
  LockCalls(const Claim& claim, OpId first) : h{claim.history} {
    const ObjectKind object = h.header.object;
    tokens = object == ObjectKind::fenced_lock;
    permits = object == ObjectKind::semaphore ? h.header.permits : 1;
    const bool fits = object == ObjectKind::lock || object == ObjectKind::semaphore || tokens;
    if (claim.verdict != Verdict::violated || claim.model != Model::linearizable || !fits ||
        !h.header.specification.empty() || first >= h.size())
      return;
    usable = true;
    for (OpId op = 0; op < h.size(); ++op) {
      if (h.key[op] != h.key[first] || h.outcome[op] == Outcome::fail) continue;
      if (h.function[op] == Function::write) writes.push_back(op);
      else if (!refused(op)) (h.function[op] == Function::acquire ? acquires : releases).push_back(op);
    }
  }

  [[nodiscard]] bool refused(OpId op) const { return h.ok(op) && h.flag[op] == Flag::no; }
  [[nodiscard]] bool has(OpId op, OpId other) const {
    return op < h.size() && h.key[op] == h.key[other] && h.outcome[op] != Outcome::fail;
  }
  /// What an acquire returned or a write showed.
  [[nodiscard]] std::int64_t token(OpId op) const {
    return h.values.integer(h.function[op] == Function::write ? h.values.elements(h.argument[op])[1] : h.result[op]);
  }
  [[nodiscard]] ValueId resource(OpId write) const { return h.values.elements(h.argument[write])[0]; }

  const History& h;
  bool usable = false, tokens = false;
  std::int64_t permits = 1;
  std::vector<OpId> acquires, releases, writes;  ///< those that were not refused, and all writes
};

Verification check_acquires(const LockCalls& calls, OpId a, OpId b) {
  const History& h = calls.h;
  const auto returned = [&](OpId op) { return h.ok(op) && !calls.refused(op); };
  if (a == b || !returned(a) || !returned(b)) return refuse("no two acquires that returned tokens");
  if (calls.token(a) == calls.token(b)) return accept();
  if (calls.token(a) < calls.token(b) && h.precedes(b, a)) return accept();
  return refuse("the tokens are in order");
}

Verification check_accepted(const LockCalls& calls, OpId a, OpId b) {
  const History& h = calls.h;
  const auto accepted = [&](OpId op) { return h.ok(op) && !calls.refused(op); };
  if (!accepted(a) || !accepted(b) || calls.resource(a) != calls.resource(b))
    return refuse("no two accepted writes of one resource");
  if (calls.token(a) < calls.token(b) && h.precedes(b, a)) return accept();
  return refuse("the tokens are in order");
}

Verification check_refused_write(const LockCalls& calls, OpId write) {
  const History& h = calls.h;
  if (!calls.refused(write)) return refuse("no refused write is named");
  const Rank end = h.completed[write];
  // The least token of which an accepted write was invoked too late: greater ones can't have been shown either.
  std::int64_t too_late = INT64_MAX;
  for (const OpId op : calls.writes) {
    const bool counts = h.ok(op) && !calls.refused(op) && calls.resource(op) == calls.resource(write);
    if (counts && h.invoked[op] > end) too_late = std::min(too_late, calls.token(op));
  }
  for (const OpId op : calls.writes) {
    if (calls.refused(op) || calls.resource(op) != calls.resource(write)) continue;
    const bool in_time = h.invoked[op] < end && calls.token(op) <= too_late;
    if (in_time && calls.token(op) > calls.token(write)) return refuse(h.describe(op) + " may have come before it");
  }
  return accept();
}

}  // namespace

Verification check_tokens(const Claim& claim, const OrderClash& proof) {
  const LockCalls calls{claim, proof.a};
  if (!calls.usable || !calls.tokens) return refuse("it says nothing of this object");
  const History& h = claim.history;
  const bool is_write = h.function[proof.a] == Function::write;
  if (proof.b == no_operation)
    return is_write ? check_refused_write(calls, proof.a) : refuse("one acquire alone proves nothing");
  if (h.function[proof.b] != h.function[proof.a]) return refuse("it names calls of different kinds");
  if (is_write) return check_accepted(calls, proof.a, proof.b);
  if (h.function[proof.a] != Function::acquire) return refuse("it names a release");
  return check_acquires(calls, proof.a, proof.b);
}

Verification check_proof(const Claim& claim, const TooManyHeld& proof) {
  const LockCalls calls{claim, proof.until};
  if (!calls.usable) return refuse("it says nothing of this object, or names no operation");
  const History& h = claim.history;
  const bool from_start = proof.since == no_operation;
  const Function kind = h.function[proof.until];
  const Rank end = h.completed[proof.until];
  if (kind == Function::write || !h.ok(proof.until) || calls.refused(proof.until))
    return refuse("the call it ends with did not complete, or was refused");
  if (!from_start && (!calls.has(proof.since, proof.until) || h.function[proof.since] == kind ||
                      h.function[proof.since] == Function::write || h.completed[proof.since] >= end))
    return refuse("the call it begins with is none of the other kind that completed before");
  const Rank begin = from_start ? 0 : h.completed[proof.since];
  const bool acquires = kind == Function::acquire;
  std::int64_t unbegun = INT64_MAX;  // the least token of an acquire that had not begun by the end
  for (const OpId op : calls.acquires) {
    if (calls.tokens && h.ok(op) && h.invoked[op] > end) unbegun = std::min(unbegun, calls.token(op));
  }
  std::int64_t ours = 0, others_done = 0, others_begun = 0;
  for (const OpId op : acquires ? calls.acquires : calls.releases) {
    const bool lesser = acquires && calls.tokens && h.ok(op) && calls.token(op) < calls.token(proof.until);
    if ((h.completed[op] <= end || lesser) && (from_start || h.invoked[op] > begin)) ++ours;
  }
  for (const OpId op : acquires ? calls.releases : calls.acquires) {
    const bool too_late = !acquires && calls.tokens && h.ok(op) && calls.token(op) > unbegun;
    if (h.invoked[op] < end && !too_late) ++others_begun;
    if (!from_start && h.completed[op] <= begin) ++others_done;
  }
  const std::int64_t least = from_start ? ours : others_done - (acquires ? 0 : calls.permits) + ours;
  if (least <= others_begun + (acquires ? calls.permits : 0)) return refuse("the counts add up");
  return accept();
}

Verification check_proof(const Claim& claim, const FalseRefusal& proof) {
  const LockCalls calls{claim, proof.refused};
  if (!calls.usable) return refuse("it says nothing of this object, or names no operation");
  const History& h = claim.history;
  if (!calls.refused(proof.refused) || h.function[proof.refused] == Function::write)
    return refuse("no refused acquire or release is named");
  const Rank begin = h.invoked[proof.refused], end = h.completed[proof.refused];
  const bool from_start = proof.since == no_operation;
  if (!from_start && (!calls.has(proof.since, proof.refused) || h.completed[proof.since] >= begin))
    return refuse("the call it begins with did not complete before");
  const Rank from = from_start ? 0 : h.completed[proof.since];
  const bool of_acquire = h.function[proof.refused] == Function::acquire;
  // What brings the refusal about may have happened as early as can be, what stands against it as late.
  std::vector<std::pair<Rank, int>> events;
  for (const OpId op : of_acquire ? calls.acquires : calls.releases) {
    if (from_start || h.completed[op] > from) events.emplace_back(h.invoked[op], 1);
  }
  for (const OpId op : of_acquire ? calls.releases : calls.acquires) {
    if (h.ok(op) && (from_start || h.invoked[op] > from)) events.emplace_back(h.completed[op], -1);
  }
  std::ranges::sort(events);
  const std::int64_t needed = of_acquire ? calls.permits : 0;
  std::int64_t most = of_acquire && !from_start ? calls.permits : 0;
  std::size_t next = 0;
  for (; next < events.size() && events[next].first < begin; ++next) most += events[next].second;
  for (bool now = true; now || (next < events.size() && events[next].first < end); now = false) {
    if (!now) most += events[next++].second;
    if (most >= needed) return refuse("there may have been a moment for the refusal");
  }
  return accept();
}

}  // namespace kasauti::checker::certificate
