// A circle of calls on a set, each of which must come before the next, checked on the history alone.
//
// All is about elements that were added once, so that each is out, then in, then out for good. A call that found an
// element (a read that has it, contains, an add or remove that says that it was there) lies between its add and its
// removal; one that did not find it lies before the add or behind the removal. Hence the edges:
//  - seen: the add of an element comes before what found it;
//  - kept: what found an element comes before its removal, if there is but one that can have removed it;
//  - not_yet: what did not find an element comes before its add, if no removal of it can have been before: all were
//    invoked after its completion, or something found the element that was invoked after its completion;
//  - gone: the removal of an element comes before what did not find it, if something that found (or added) the element
//    had completed before; and if there is but one removal;
//  - nobody: nothing found what was never added.
// A call of unknown outcome that stands in such a circle took effect: an add, because something found its element; a
// removal, because its element was there, and gone later (the edge behind it can be no other).
//
// O(n) for each edge. Covered by tests/containers, which also offers proofs drawn at random against linearizable
// histories.

#include <algorithm>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Flag;
using histories::Function;
using histories::no_operation;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;

class CycleCheck {
 public:
  CycleCheck(const Claim& claim, const SetCycle& proof) : claim_{claim}, h_{claim.history}, proof_{proof} {}

  Verification run() const {
    if (claim_.verdict != Verdict::violated || claim_.model != Model::linearizable)
      return refuse("it refutes linearizability only");
    if (h_.header.object != ObjectKind::set || !h_.header.specification.empty())
      return refuse("it says nothing of this object");
    if (h_.values.is_list(h_.header.initial) && !h_.values.elements(h_.header.initial).empty())
      return refuse("the set did not begin empty");
    if (proof_.edges.empty()) return refuse("it has no edge");
    for (std::size_t i = 0; i < proof_.edges.size(); ++i) {
      const SetEdge& edge = proof_.edges[i];
      if (!of_key(edge.from) || !of_key(edge.to)) return refuse("an operation of another key, or that did not happen");
      if (edge.evidence != no_operation && !of_key(edge.evidence)) return refuse("evidence of another key");
      if (edge.to != proof_.edges[(i + 1) % proof_.edges.size()].from) return refuse("two edges do not meet");
      if (!holds(edge))
        return refuse(h_.describe(edge.from) + " is not shown to come before " + h_.describe(edge.to));
    }
    return accept();
  }

 private:
  [[nodiscard]] bool of_key(OpId op) const {
    return op < h_.size() && h_.key[op] == proof_.key && h_.outcome[op] != Outcome::fail;
  }
  [[nodiscard]] bool refused(OpId op) const { return h_.ok(op) && h_.flag[op] == Flag::no; }
  [[nodiscard]] bool adds(OpId op) const { return h_.function[op] == Function::add && !refused(op); }
  [[nodiscard]] bool removes(OpId op) const { return h_.function[op] == Function::remove && !refused(op); }
  [[nodiscard]] bool reads(OpId op) const { return h_.function[op] == Function::read; }
  [[nodiscard]] bool in_read(OpId read, ValueId element) const {
    return h_.values.is_list(h_.result[read]) &&
           std::ranges::find(h_.values.elements(h_.result[read]), element) != h_.values.elements(h_.result[read]).end();
  }
  [[nodiscard]] bool found(OpId op, ValueId element) const {
    if (!h_.ok(op)) return false;
    if (reads(op)) return in_read(op, element);
    if (h_.argument[op] != element) return false;
    return h_.function[op] == Function::add ? refused(op) : !refused(op);
  }
  [[nodiscard]] bool missed(OpId op, ValueId element) const {
    if (!h_.ok(op)) return false;
    if (reads(op)) return !in_read(op, element);
    return h_.argument[op] == element && h_.function[op] != Function::add && refused(op);
  }
  [[nodiscard]] bool before(OpId a, OpId b) const { return h_.completed[a] < h_.invoked[b]; }

  template <class Visit>
  void for_each(const Visit& visit) const {
    for (OpId op = 0; op < h_.size(); ++op) {
      if (of_key(op)) visit(op);
    }
  }
  [[nodiscard]] std::size_t additions(ValueId element) const {
    std::size_t count = 0;
    for_each([&](OpId op) { count += adds(op) && h_.argument[op] == element ? 1 : 0; });
    return count;
  }
  [[nodiscard]] bool only_add(OpId op) const { return adds(op) && additions(h_.argument[op]) == 1; }
  /// The one call that can have removed its element, which was added once.
  [[nodiscard]] bool only_removal(OpId op) const {
    if (!removes(op) || additions(h_.argument[op]) != 1) return false;
    std::size_t known = 0, unknown = 0;
    for_each([&](OpId other) {
      if (removes(other) && h_.argument[other] == h_.argument[op]) ++(h_.ok(other) ? known : unknown);
    });
    return h_.ok(op) ? known == 1 : known == 0 && unknown == 1;
  }
  /// No removal can have taken effect before `op` completed.
  [[nodiscard]] bool not_removed_by(OpId op, ValueId element) const {
    bool none = true;
    for_each([&](OpId other) {
      none = none && (!removes(other) || h_.argument[other] != element || before(op, other));
    });
    return none;
  }
  [[nodiscard]] bool found_unadded(OpId op) const {
    if (!h_.ok(op)) return false;
    if (!reads(op)) return found(op, h_.argument[op]) && additions(h_.argument[op]) == 0;
    if (!h_.values.is_list(h_.result[op])) return false;
    return std::ranges::any_of(h_.values.elements(h_.result[op]),
                               [&](ValueId element) { return additions(element) == 0; });
  }

  [[nodiscard]] bool holds(const SetEdge& edge) const {
    const ValueId of_from = h_.argument[edge.from], of_to = h_.argument[edge.to];
    const OpId evidence = edge.evidence;
    switch (edge.reason) {
      case SetReason::real_time: return before(edge.from, edge.to);
      case SetReason::seen: return only_add(edge.from) && found(edge.to, of_from);
      case SetReason::kept: return edge.from != edge.to && only_removal(edge.to) && found(edge.from, of_to);
      case SetReason::not_yet:
        if (!only_add(edge.to) || !missed(edge.from, of_to)) return false;
        if (evidence != no_operation) return found(evidence, of_to) && before(edge.from, evidence);
        return not_removed_by(edge.from, of_to);
      case SetReason::gone:
        return only_removal(edge.from) && missed(edge.to, of_from) && evidence != no_operation &&
               (found(evidence, of_from) || (only_add(evidence) && h_.argument[evidence] == of_from)) &&
               before(evidence, edge.to);
      case SetReason::nobody: return proof_.edges.size() == 1 && found_unadded(edge.from);
    }
    return false;
  }

  const Claim& claim_;
  const History& h_;
  const SetCycle& proof_;
};

}  // namespace

Verification check_proof(const Claim& claim, const SetCycle& proof) { return CycleCheck{claim, proof}.run(); }

}  // namespace kasauti::checker::certificate
