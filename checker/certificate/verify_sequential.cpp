// Why these proofs prove what they do, for sequential consistency and for that of every key alone.
//
// An order proves that the model holds: it is replayed here, every state of the object is told by the specification, no
// operation stands behind one that its session made later, and no `ok` operation is missing. A circle of facts refutes
// the model, because every fact is true in all legal orders: each is checked against the history, its premises before
// it. That a few keys refute it is checked in verify_keys_core.cpp.

#include <algorithm>
#include <memory>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checker/certificate/proofs.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Flag;
using histories::Function;
using histories::KeyId;
using histories::no_operation;
using histories::no_value;
using histories::null_value;
using histories::ObjectKind;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

std::string what(const History& history, OpId op) {
  return op < history.size() ? history.describe(op) : fmt::format("operation {} (there is none)", op);
}

bool of_sequential(Model model) { return model == Model::sequential || model == Model::per_key_sequential; }

/// Whether the operations of an order come in an order that their sessions allow.
class SessionOrder {
 public:
  explicit SessionOrder(const History& history) : h_{history}, latest_(history.session_name.size(), 0) {}

  void start() {
    for (const auto session : touched_) latest_[session] = 0;
    touched_.clear();
    last_of_process_.clear();
  }

  bool accepts(OpId op) {
    Rank& latest = latest_[h_.session[op]];
    if (h_.completed[op] < latest) return false;
    if (latest == 0) touched_.push_back(h_.session[op]);
    latest = std::max(latest, h_.invoked[op] + 1);
    if (!h_.ties_in_process) return true;
    const auto [last, first] = last_of_process_.try_emplace(std::uint64_t{h_.session[op]} << 32 | h_.process[op], op);
    if (first) return true;
    if (op < last->second && h_.completed[op] != histories::never) return false;
    last->second = std::max(last->second, op);
    return true;
  }

 private:
  const History& h_;
  std::vector<Rank> latest_;  // by session: one more than the latest invocation so far
  std::vector<histories::SessionId> touched_;
  boost::unordered_flat_map<std::uint64_t, OpId> last_of_process_;
};

}  // namespace

Verification check_orders_sequential(const Claim& claim, const Orders& proof) {
  const History& h = claim.history;
  if (claim.verdict != Verdict::holds) return refuse("an order proves that a model holds, not that it is violated");
  const auto specification = objects::make_specification(h.header, h.values);
  if (!specification) return refuse("the object has no specification");
  const bool split = objects::splits_by_key(h.header.object);
  const bool per_key = claim.model == Model::per_key_sequential;
  if (per_key && !split) return refuse("operations of this object span keys");
  if (!per_key && proof.orders.size() != 1) return refuse("sequential consistency needs one order of all operations");
  std::vector<bool> seen(h.size(), false);
  std::vector<bool> has_order(h.key_count(), false);
  std::vector<std::unique_ptr<objects::Replayer>> replayers(split ? h.key_count() : 1);
  SessionOrder session_order{h};
  for (const Order& order : proof.orders) {
    if (order.scope != (per_key ? Scope::key : Scope::whole)) return refuse("an order of the wrong scope");
    if (per_key && (order.id >= has_order.size() || has_order[order.id])) {
      return refuse("two orders of one key, or an unknown key");
    }
    if (per_key) has_order[order.id] = true;
    session_order.start();
    std::uint32_t polled = 0;
    for (const OpId op : order.operations) {
      if (!claim.may_go_on(polled)) return out_of_budget();
      if (op >= h.size() || h.outcome[op] == Outcome::fail) return refuse(what(h, op) + " can't be in a witness");
      if (per_key && h.key[op] != order.id) return refuse(what(h, op) + " is not of this key");
      if (seen[op]) return refuse(what(h, op) + " is in the witness twice");
      seen[op] = true;
      if (!session_order.accepts(op)) return refuse(what(h, op) + " stands behind a later call of its session");
      auto& replayer = replayers[split ? h.key[op] : 0];
      if (replayer == nullptr) replayer = specification->replayer();
      if (!replayer->apply(h.operation(op))) {
        return refuse(what(h, op) + " is not legal there");
      }
    }
  }
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.ok(op) && !seen[op]) return refuse(h.describe(op) + " is missing");
  }
  return accept();
}

namespace {

/// What operations of registers observe and write, told anew from the definition.
class Values {
 public:
  explicit Values(const History& history) : h_{history} {
    const ValueId initial = h_.header.initial;
    absent_ = h_.values.is_string(initial) && h_.values.text(initial).empty() ? initial : null_value;
  }

  [[nodiscard]] ValueId written(OpId op) const {
    switch (h_.function[op]) {
      case Function::write: return h_.argument[op];
      case Function::remove: return absent_;
      case Function::cas:
        return h_.ok(op) && h_.flag[op] == Flag::no ? no_value : h_.values.elements(h_.argument[op])[1];
      default: return no_value;
    }
  }

  [[nodiscard]] ValueId observed(OpId op) const {
    if (h_.function[op] == Function::read) return h_.ok(op) ? h_.result[op] : no_value;
    if (h_.function[op] != Function::cas || (h_.ok(op) && h_.flag[op] == Flag::no)) return no_value;
    return h_.values.elements(h_.argument[op])[0];
  }

 private:
  const History& h_;
  ValueId absent_ = null_value;
};

class CycleCheck {
 public:
  CycleCheck(const Claim& claim, const ForcedCycle& proof)
      : claim_{claim}, h_{claim.history}, proof_{proof}, values_{claim.history} {}

  Verification run() {
    if (claim_.verdict != Verdict::violated || !of_sequential(claim_.model)) {
      return refuse("it refutes sequential consistency only");
    }
    const ObjectKind object = h_.header.object;
    if (proof_.facts.empty() || proof_.cycle.empty()) return refuse("it has no circle");
    if (object == ObjectKind::list) return check_list_cycle(claim_, proof_);
    const bool kind = object == ObjectKind::reg || object == ObjectKind::cas_register || object == ObjectKind::kv;
    if (!kind || !h_.header.specification.empty()) {
      return refuse("it needs a register");
    }
    if (Verification bad = check_range(); !bad.accepted) return bad;
    collect_values();
    for (std::uint32_t i = 0; i < proof_.facts.size(); ++i) {
      if (Verification bad = check_fact(i); !bad.accepted) return bad;
    }
    const OpId start = proof_.facts[proof_.cycle.front() < proof_.facts.size() ? proof_.cycle.front() : 0].from;
    return leads(proof_.cycle, start, start, static_cast<std::uint32_t>(proof_.facts.size()))
               ? accept()
               : refuse("its facts do not close a circle");
  }

 private:
  struct Known {
    std::uint32_t writers = 0;  // possible ones, the initial value included
    OpId writer = no_operation;
    bool observed = false;      // by an operation that completed
  };

  static std::uint64_t name(KeyId key, ValueId value) { return std::uint64_t{key} << 32 | value; }

  Verification check_range() const {
    const KeyId key = proof_.facts[0].from < h_.size() ? h_.key[proof_.facts[0].from] : 0;
    for (const ForcedFact& fact : proof_.facts) {
      const bool derived = fact.by == ForcedBy::overwritten || fact.by == ForcedBy::overwrites;
      for (const OpId op : {fact.from, fact.to, derived ? fact.read : fact.from}) {
        if (op >= h_.size() || h_.outcome[op] == Outcome::fail) return refuse(what(h_, op) + " can't be in a proof");
        if (claim_.model == Model::per_key_sequential && h_.key[op] != key) {
          return refuse(what(h_, op) + " is of another key");
        }
      }
    }
    return accept();
  }

  // What the proof's operations observed or wrote, then everybody who could have written that.
  void collect_values() {
    for (const ForcedFact& fact : proof_.facts) {
      for (const OpId op : {fact.from, fact.to}) {
        for (const ValueId value : {values_.observed(op), values_.written(op)}) {
          if (value != no_value) values_known_.try_emplace(name(h_.key[op], value));
        }
      }
    }
    std::vector<OpId> uncertain;  // compare-and-sets of unknown outcome: one that happened observed something in its turn
    for (OpId op = 0; op < h_.size(); ++op) {
      if (h_.outcome[op] != Outcome::info || h_.function[op] != Function::cas) continue;
      uncertain.push_back(op);
      for (const ValueId value : {values_.observed(op), values_.written(op)}) {
        values_known_.try_emplace(name(h_.key[op], value));
      }
    }
    appended_.assign(h_.key_count(), false);
    for (OpId op = 0; op < h_.size(); ++op) {
      if (h_.outcome[op] == Outcome::fail) continue;
      if (h_.function[op] == Function::append) appended_[h_.key[op]] = true;
      if (const auto seen = values_known_.find(name(h_.key[op], values_.observed(op))); seen != values_known_.end()) {
        seen->second.observed |= h_.ok(op);
      }
      if (const auto made = values_known_.find(name(h_.key[op], values_.written(op))); made != values_known_.end()) {
        ++made->second.writers;
        made->second.writer = op;
      }
    }
    for (auto& [place, known] : values_known_) {
      if (static_cast<ValueId>(place) == h_.header.initial) ++known.writers, known.writer = no_operation;
    }
    for (bool more = true; more;) {
      more = false;
      for (const OpId op : uncertain) {
        if (!happened(op)) continue;
        Known& seen = values_known_.at(name(h_.key[op], values_.observed(op)));
        more |= !seen.observed;
        seen.observed = true;
      }
    }
  }

  // It completed, or somebody observed what only it can have written.
  bool happened(OpId op) const {
    if (h_.ok(op)) return true;
    const auto made = values_known_.find(name(h_.key[op], values_.written(op)));
    return made != values_known_.end() && made->second.observed && made->second.writers == 1 && !appended_[h_.key[op]];
  }

  // The write that `op` observed; no_operation: the initial value. False if that is not certain.
  bool source_of(OpId op, OpId& source) const {
    if (values_.observed(op) == no_value || !happened(op) || appended_[h_.key[op]]) return false;
    const auto seen = values_known_.find(name(h_.key[op], values_.observed(op)));
    if (seen == values_known_.end() || seen->second.writers != 1) return false;
    source = seen->second.writer;
    return true;
  }

  bool writes(OpId op) const { return values_.written(op) != no_value && happened(op); }

  // The facts, each numbered below `limit`, lead from one operation to the other.
  bool leads(const std::vector<std::uint32_t>& path, OpId from, OpId to, std::uint32_t limit) const {
    for (const std::uint32_t step : path) {
      if (step >= limit || proof_.facts[step].from != from) return false;
      from = proof_.facts[step].to;
    }
    return !path.empty() && from == to;
  }

  Verification check_fact(std::uint32_t index) const {
    const ForcedFact& fact = proof_.facts[index];
    const std::string claim = what(h_, fact.from) + " before " + what(h_, fact.to);
    OpId source = no_operation;
    switch (fact.by) {
      case ForcedBy::session_order:
        // One of unknown outcome that never happened would be a gap in the circle.
        if (!happened(fact.from) || !happened(fact.to)) return refuse(claim + ": one may never have happened");
        return h_.session_precedes(fact.from, fact.to) ? accept() : refuse(claim + " is not their session's order");
      case ForcedBy::reads_from:
        return source_of(fact.to, source) && source == fact.from ? accept() : refuse(claim + ": it is not certain who read what");
      case ForcedBy::overwritten: {
        const bool fits = writes(fact.from) && fact.from != fact.to && h_.key[fact.from] == h_.key[fact.to] &&
                          fact.from != fact.read && source_of(fact.read, source) && source == fact.to;
        return fits && leads(fact.path, fact.from, fact.read, index) ? accept() : refuse(claim + " does not follow");
      }
      case ForcedBy::overwrites: {
        const bool fits = writes(fact.to) && fact.from == fact.read && fact.to != fact.read &&
                          h_.key[fact.to] == h_.key[fact.read] && source_of(fact.read, source) && source != fact.to;
        if (!fits) return refuse(claim + " does not follow");
        const bool behind = source == no_operation ? fact.path.empty() : leads(fact.path, source, fact.to, index);
        return behind ? accept() : refuse(claim + ": its path does not lead there");
      }
      case ForcedBy::listed:
      case ForcedBy::unlisted: return refuse(claim + ": registers are no lists");
    }
    return refuse("a fact of no known kind");
  }

  const Claim& claim_;
  const History& h_;
  const ForcedCycle& proof_;
  Values values_;
  boost::unordered_flat_map<std::uint64_t, Known> values_known_;
  std::vector<bool> appended_;
};

}  // namespace

Verification check_proof(const Claim& claim, const ForcedCycle& proof) { return CycleCheck{claim, proof}.run(); }

}  // namespace kasauti::checker::certificate
