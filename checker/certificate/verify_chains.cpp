// Proofs about a register with compare-and-set (exchanges) on which every write and exchange leaves a value of its
// own, checked on the history alone.
//
// Each value is then written once, if at all. A value was there for certain if a completed operation wrote, read,
// exchanged or left it, or if one that an exchange made of it was: for that exchange, though nobody may have seen it
// complete, was the only one to leave its value. From each value that was there, going back from what an exchange
// left to what it expected leads to its root. Values of one root follow each other with nothing but reads of them in
// between, in the order of these steps, so that they are a chain. Hence:
//  - rootless: a value that was there must have a root that somebody wrote, or the initial value;
//  - fork: two exchanges of one value can't both have found it;
//  - inverted: of two operations of one chain the one whose value comes later in it can't come first; nor can a read
//    come before the write of its own value;
//  - initial_again: the chain of the initial value comes before every other;
//  - crossing: of two chains not each can come before the other;
//  - refused: an exchange that found another value than v can't have taken effect between an operation that wrote or
//    read v and one that read or exchanged v.
//
// O(n) each. Covered by tests/linearizable (chains), which also offers proofs drawn at random against linearizable
// histories.

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Flag;
using histories::Function;
using histories::no_operation;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;

class ChainCheck {
 public:
  ChainCheck(const Claim& claim, const ChainClash& proof) : h_{claim.history}, claim_{claim}, proof_{proof} {}

  Verification run() {
    const ObjectKind object = h_.header.object;
    const bool fits = object == ObjectKind::reg || object == ObjectKind::cas_register || object == ObjectKind::kv;
    if (claim_.verdict != Verdict::violated || claim_.model != Model::linearizable)
      return refuse("it refutes linearizability only");
    if (!fits || !h_.header.specification.empty()) return refuse("it says nothing of this object");
    if (!learn()) return refuse("an operation that is no read, write or exchange, or a value that was left twice");
    for (const OpId op : proof_.operations) {
      if (op >= h_.size() || h_.key[op] != proof_.key || h_.outcome[op] == Outcome::fail)
        return refuse("an operation of another key, or one that did not happen");
    }
    return holds() ? accept() : refuse("the operations named do not clash in this way");
  }

 private:
  [[nodiscard]] bool reads(OpId op) const { return h_.function[op] == Function::read; }
  [[nodiscard]] bool refused(OpId op) const {
    return h_.function[op] == Function::cas && h_.ok(op) && h_.flag[op] == Flag::no;
  }
  [[nodiscard]] bool exchanges(OpId op) const { return h_.function[op] == Function::cas && !refused(op); }
  [[nodiscard]] ValueId expected(OpId cas) const { return h_.values.elements(h_.argument[cas])[0]; }
  /// What the register holds right after the operation.
  [[nodiscard]] ValueId value_of(OpId op) const {
    if (reads(op)) return h_.result[op];
    return h_.function[op] == Function::write ? h_.argument[op] : h_.values.elements(h_.argument[op])[1];
  }

  // Who wrote each value, and which values were there for certain. False where the proof can't apply.
  bool learn() {
    std::vector<ValueId> found;
    for (OpId op = 0; op < h_.size(); ++op) {
      if (h_.key[op] != proof_.key || h_.outcome[op] == Outcome::fail || refused(op)) continue;
      const Function f = h_.function[op];
      if (f != Function::read && f != Function::write && f != Function::cas) return false;
      if (f != Function::read && (value_of(op) == h_.header.initial || !writer_.try_emplace(value_of(op), op).second))
        return false;
      if (h_.ok(op)) found.push_back(value_of(op));
    }
    while (!found.empty()) {
      const ValueId value = found.back();
      found.pop_back();
      if (!there_.insert(value).second) continue;
      const auto writer = writer_.find(value);
      if (writer != writer_.end() && exchanges(writer->second)) found.push_back(expected(writer->second));
    }
    return true;
  }

  [[nodiscard]] bool happened(OpId op) const {
    return !refused(op) && (h_.ok(op) || (!reads(op) && there_.contains(value_of(op))));
  }

  /// The root of a value's chain and the steps from there; no value where there is none.
  struct Origin {
    ValueId root = histories::no_value;
    std::size_t steps = 0;
  };
  [[nodiscard]] Origin origin(ValueId value) const {
    for (std::size_t steps = 0; steps <= writer_.size(); ++steps) {
      if (value == h_.header.initial) return {value, steps};
      const auto writer = writer_.find(value);
      if (writer == writer_.end()) return {};
      if (!exchanges(writer->second)) return {value, steps};
      value = expected(writer->second);
    }
    return {};
  }

  [[nodiscard]] bool ends_before(OpId a, OpId b) const { return h_.ok(a) && h_.completed[a] < h_.invoked[b]; }

  [[nodiscard]] bool inverted(OpId late, OpId early) const {
    const Origin of_late = origin(value_of(late)), of_early = origin(value_of(early));
    if (of_late.root == histories::no_value || of_late.root != of_early.root) return false;
    const bool behind = of_late.steps > of_early.steps ||
                        (of_late.steps == of_early.steps && reads(late) && !reads(early));
    return behind && ends_before(late, early);
  }

  [[nodiscard]] bool crossing(OpId a, OpId b, OpId c, OpId d) const {
    const ValueId first = origin(value_of(a)).root, second = origin(value_of(b)).root;
    if (first == histories::no_value || second == histories::no_value || first == second) return false;
    return origin(value_of(c)).root == second && origin(value_of(d)).root == first && ends_before(a, b) &&
           ends_before(c, d);
  }

  [[nodiscard]] bool wrongly_refused(OpId since, OpId refusal, OpId until) const {
    if (!refused(refusal) || !happened(until) || !ends_before(refusal, until)) return false;
    const ValueId value = expected(refusal);
    const bool observes = reads(until) ? h_.result[until] == value : exchanges(until) && expected(until) == value;
    if (!observes) return false;
    if (since == no_operation) return value == h_.header.initial;
    return happened(since) && value_of(since) == value && ends_before(since, refusal);
  }

  [[nodiscard]] bool holds() const {
    const auto& ops = proof_.operations;
    if (proof_.fault == ChainFault::refused) {
      if (ops.size() == 2) return wrongly_refused(no_operation, ops[0], ops[1]);
      return ops.size() == 3 && wrongly_refused(ops[0], ops[1], ops[2]);
    }
    if (!std::ranges::all_of(ops, [&](OpId op) { return happened(op); })) return false;
    switch (proof_.fault) {
      case ChainFault::rootless: return ops.size() == 1 && origin(value_of(ops[0])).root == histories::no_value;
      case ChainFault::fork:
        return ops.size() == 2 && ops[0] != ops[1] && exchanges(ops[0]) && exchanges(ops[1]) &&
               expected(ops[0]) == expected(ops[1]);
      case ChainFault::inverted: return ops.size() == 2 && inverted(ops[0], ops[1]);
      case ChainFault::initial_again:
        return ops.size() == 2 && ends_before(ops[0], ops[1]) && origin(value_of(ops[0])).root != h_.header.initial &&
               origin(value_of(ops[1])).root == h_.header.initial;
      case ChainFault::crossing: return ops.size() == 4 && crossing(ops[0], ops[1], ops[2], ops[3]);
      case ChainFault::refused: break;
    }
    return false;
  }

  const History& h_;
  const Claim& claim_;
  const ChainClash& proof_;
  boost::unordered_flat_map<ValueId, OpId> writer_;
  boost::unordered_flat_set<ValueId> there_;
};

}  // namespace

Verification check_proof(const Claim& claim, const ChainClash& proof) { return ChainCheck{claim, proof}.run(); }

}  // namespace kasauti::checker::certificate
