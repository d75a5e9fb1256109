// Proofs about objects whose answers order what happened, and about counters, checked on the history alone.
//
//  - OrderClash, list or set whose values were added once and never removed: it only grows, a list at its end. So an
//    addition comes before a read that has its value, a read without the value before the addition, a smaller read
//    before one that includes it, and of two additions the one that some read has without the other, or (list) before
//    the other. Two reads of which neither includes the other, a value in a read that nobody added, or such a pair in
//    the wrong real-time order, is impossible.
//  - OrderClash, fetch-and-add of positive numbers: of two calls the one that returned less came before; the other
//    then returned at least that and the amount. What a call returned is the initial value or what another one left.
//    Ids: none is returned twice. Fenced locks: verify_locks.cpp.
//  - OutOfBounds: a counter's read differs from an earlier one by at least what was added for certain in between, and
//    all negative additions that may have been, and at most by the same with all positive ones.
//
// O(n) each. Covered by tests/containers, which also offers proofs drawn at random against linearizable histories.

#include <algorithm>
#include <cstdlib>

#include <boost/unordered/unordered_flat_set.hpp>

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

std::optional<Verification> unfit(const Claim& claim, std::initializer_list<OpId> operations) {
  const History& h = claim.history;
  if (claim.verdict != Verdict::violated || claim.model != Model::linearizable)
    return refuse("it refutes linearizability only");
  if (!h.header.specification.empty()) return refuse("it says nothing of a user's own object");
  for (const OpId op : operations) {
    if (op == no_operation) continue;
    if (op >= h.size() || h.outcome[op] == Outcome::fail) return refuse("an operation that did not happen");
    if (h.key[op] != h.key[*operations.begin()]) return refuse("operations of different keys");
  }
  return std::nullopt;
}

/// The calls of one key that may have happened.
template <class Visit>
void for_each_call(const History& h, KeyId key, const Visit& visit) {
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.key[op] == key && h.outcome[op] != Outcome::fail) visit(op);
  }
}

std::span<const ValueId> elements(const History& h, OpId read) {
  if (!h.values.is_list(h.result[read])) return {};
  return h.values.elements(h.result[read]);
}

/// A list or set that only grows.
class Growing {
 public:
  explicit Growing(const History& history) : h_{history}, list_{history.header.object == ObjectKind::list} {}

  bool is_add(OpId op) const { return h_.function[op] == (list_ ? Function::append : Function::add); }
  bool is_read(OpId op) const { return h_.function[op] == Function::read && h_.ok(op); }
  std::size_t place(OpId read, ValueId value) const {
    return static_cast<std::size_t>(std::ranges::find(elements(h_, read), value) - elements(h_, read).begin());
  }
  bool has(OpId read, OpId add) const { return place(read, h_.argument[add]) < elements(h_, read).size(); }
  bool includes(OpId larger, OpId smaller) const {
    const auto all = elements(h_, larger), some = elements(h_, smaller);
    if (list_) return some.size() <= all.size() && std::ranges::equal(some, all.first(some.size()));
    const boost::unordered_flat_set<ValueId> members(all.begin(), all.end());
    return std::ranges::all_of(some, [&](ValueId value) { return members.contains(value); });
  }
  bool comes_before(OpId a, OpId b, OpId evidence) const {
    if (is_add(a) && is_read(b)) return has(b, a);
    if (is_read(a) && is_add(b)) return !has(a, b);
    if (is_read(a) && is_read(b)) return includes(b, a) && !includes(a, b);
    if (!is_add(a) || !is_add(b) || evidence == no_operation || !is_read(evidence) || !has(evidence, a)) return false;
    return !has(evidence, b) || (list_ && place(evidence, h_.argument[a]) < place(evidence, h_.argument[b]));
  }

 private:
  const History& h_;
  bool list_;
};

Verification check_growing(const History& h, const OrderClash& proof) {
  const Growing object{h};
  if (h.values.is_list(h.header.initial) && !h.values.elements(h.header.initial).empty())
    return refuse("it did not begin empty");
  boost::unordered_flat_set<ValueId> added;
  bool fit = true;
  for_each_call(h, h.key[proof.a], [&](OpId op) {
    if (object.is_add(op)) fit = added.insert(h.argument[op]).second && fit;
    fit = fit && h.function[op] != Function::remove;
  });
  if (!fit) return refuse("a value was added twice, or removed");
  if (proof.b == no_operation) {
    if (!object.is_read(proof.a)) return refuse("no read alone is named");
    boost::unordered_flat_set<ValueId> seen;
    for (const ValueId value : elements(h, proof.a)) {
      const bool again = !seen.insert(value).second && h.header.object == ObjectKind::list;
      if (again || !added.contains(value)) return accept();
    }
    return refuse("every value of the read was added");
  }
  if (object.is_read(proof.a) && object.is_read(proof.b) && !object.includes(proof.a, proof.b) &&
      !object.includes(proof.b, proof.a))
    return accept();
  if (!object.comes_before(proof.a, proof.b, proof.evidence)) return refuse("nothing orders the two operations");
  if (!h.precedes(proof.b, proof.a)) return refuse("real time does not contradict their order");
  return accept();
}

Verification check_fetch_add(const History& h, const OrderClash& proof) {
  constexpr std::int64_t largest = std::int64_t{1} << 61;
  const auto amount = [&](OpId op) { return h.values.integer(h.argument[op]); };
  const auto before = [&](OpId op) { return h.values.integer(h.result[op]); };
  bool fit = h.ok(proof.a) && (proof.b == no_operation || h.ok(proof.b)), unknown = false;
  for_each_call(h, h.key[proof.a], [&](OpId op) {
    fit = fit && amount(op) > 0 && amount(op) <= largest;
    if (h.ok(op)) fit = fit && before(op) <= largest && before(op) >= -largest;
    else unknown = true;
  });
  if (!fit) return refuse("an amount that is not positive, or a number too large");
  const std::int64_t initial = h.values.is_integer(h.header.initial) ? h.values.integer(h.header.initial) : 0;
  const std::int64_t returned = before(proof.a);
  if (proof.b != no_operation) {
    if (proof.a == proof.b) return refuse("one operation is named twice");
    if (before(proof.b) <= returned && returned < before(proof.b) + amount(proof.b)) return accept();
    if (returned < before(proof.b) && h.precedes(proof.b, proof.a)) return accept();
    return refuse("what the two returned does not contradict itself");
  }
  if (returned < initial) return accept();
  if (returned == initial || unknown) return refuse("the value may have been reached");
  bool reached = false;
  for_each_call(h, h.key[proof.a], [&](OpId op) { reached = reached || before(op) + amount(op) == returned; });
  return reached ? refuse("another operation left this value") : accept();
}

}  // namespace

Verification check_proof(const Claim& claim, const OrderClash& proof) {
  const History& h = claim.history;
  if (proof.a == no_operation) return refuse("it names no operation");
  if (auto bad = unfit(claim, {proof.a, proof.b, proof.evidence})) return *bad;
  if (h.key[proof.a] != proof.key) return refuse("operations of another key");
  switch (h.header.object) {
    case ObjectKind::list:
    case ObjectKind::set: return check_growing(h, proof);
    case ObjectKind::fetch_add: return check_fetch_add(h, proof);
    case ObjectKind::ids:
      if (proof.b != no_operation && proof.a != proof.b && h.ok(proof.a) && h.ok(proof.b) &&
          h.result[proof.a] == h.result[proof.b])
        return accept();
      return refuse("these ids differ");
    case ObjectKind::fenced_lock: return check_tokens(claim, proof);
    default: return refuse("it says nothing of this object");
  }
}

Verification check_proof(const Claim& claim, const OutOfBounds& proof) {
  const History& h = claim.history;
  if (proof.read == no_operation) return refuse("it names no operation");
  if (auto bad = unfit(claim, {proof.read, proof.since})) return *bad;
  if (h.header.object != ObjectKind::counter) return refuse("it says nothing of this object");
  const auto is_read = [&](OpId op) { return h.ok(op) && h.function[op] == Function::read; };
  if (!is_read(proof.read)) return refuse("it names no read");
  std::int64_t from = h.values.is_integer(h.header.initial) ? h.values.integer(h.header.initial) : 0;
  const bool from_start = proof.since == no_operation;
  if (!from_start) {
    if (!is_read(proof.since) || h.completed[proof.since] >= h.invoked[proof.read])
      return refuse("the other is no earlier read");
    from = h.values.integer(h.result[proof.since]);
  }
  std::int64_t least = 0, most = 0;
  bool overflow = false;
  for_each_call(h, h.key[proof.read], [&](OpId op) {
    if (h.function[op] == Function::read) return;
    const std::int64_t amount = h.function[op] == Function::increment ? 1 : h.values.integer(h.argument[op]);
    if (h.invoked[op] > h.completed[proof.read]) return;
    if (!from_start && h.completed[op] < h.invoked[proof.since]) return;
    const bool sure = h.ok(op) && h.completed[op] < h.invoked[proof.read] &&
                      (from_start || h.invoked[op] > h.completed[proof.since]);
    if (sure || amount < 0) overflow |= __builtin_add_overflow(least, amount, &least);
    if (sure || amount > 0) overflow |= __builtin_add_overflow(most, amount, &most);
  });
  std::int64_t difference = 0;
  overflow |= __builtin_sub_overflow(h.values.integer(h.result[proof.read]), from, &difference);
  if (overflow) return refuse("sums beyond 64 bits");
  if (difference >= least && difference <= most) return refuse("the additions can have made this");
  return accept();
}

}  // namespace kasauti::checker::certificate
