// Proofs about linearizability, and witnesses: replayed on the history, key by key.
//
// A witness is an order; it must be of `ok` operations, all of the key's, and of `info` ones, each once; respect
// History::precedes; and be legal for the object's specification. Respecting real time is checked in one pass: an
// operation may not stand behind one that was invoked after it had completed. A circle of clusters proves NO because,
// where all writes of a key differ, the operations on one value stand together in every legal order, so that clusters
// are ordered as wholes. A value nobody wrote can't be read. A core proves NO because what it leaves out can't have
// helped (certificate.hpp), and the core itself is searched exhaustively here.

#include <algorithm>

#include <fmt/format.h>

#include "checker/certificate/exhaustive.hpp"
#include "checker/certificate/proofs.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Flag;
using histories::Function;
using histories::never;
using histories::no_operation;
using histories::ObjectKind;
using histories::Operation;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

bool is_register(const histories::Header& header) {
  const bool kind = header.object == ObjectKind::reg || header.object == ObjectKind::cas_register || header.object == ObjectKind::kv;
  return kind && header.specification.empty();
}

bool in_range(const History& history, OpId op) { return op < history.size(); }

bool observes(const History& history, OpId op) {
  return history.function[op] == Function::read || history.function[op] == Function::contains ||
         history.function[op] == Function::read_all;
}

// Whether the edge's reason is true.
bool edge_holds(const History& history, const Edge& edge) {
  if (!in_range(history, edge.from) || !in_range(history, edge.to)) return false;
  switch (edge.reason) {
    case Reason::real_time: return history.completed[edge.from] < history.invoked[edge.to];
    case Reason::process_order:
      return history.process[edge.from] == history.process[edge.to] && history.precedes(edge.from, edge.to);
    case Reason::session_order: return history.session_precedes(edge.from, edge.to);
    case Reason::reads_from:
      return history.function[edge.to] == Function::read && history.function[edge.from] == Function::write &&
             history.key[edge.from] == history.key[edge.to] && history.result[edge.to] == history.argument[edge.from];
  }
  return false;
}

ValueId value_of(const History& history, OpId op) {
  return history.function[op] == Function::write ? history.argument[op] : history.result[op];
}

std::string what(const History& history, OpId op) {
  return in_range(history, op) ? history.describe(op) : fmt::format("operation {} (there is none)", op);
}

// Replays one order. `seen` marks what it contains.
Verification replay(const Claim& claim, const objects::Specification& specification, const Order& order,
                    std::vector<bool>& seen) {
  const History& h = claim.history;
  const auto object = specification.replayer();
  Rank latest_invocation = 0;
  std::vector<OpId> last_of_process(h.ties_in_process ? h.process_name.size() : 0, no_operation);
  std::uint32_t polled = 0;
  for (const OpId op : order.operations) {
    if (!claim.may_go_on(polled)) return out_of_budget();
    if (!in_range(h, op) || h.outcome[op] == Outcome::fail) return refuse(what(h, op) + " can't be in a witness");
    if (order.scope == Scope::key && h.key[op] != order.id) return refuse(what(h, op) + " is not of this key");
    if (seen[op]) return refuse(what(h, op) + " is in the witness twice");
    seen[op] = true;
    if (h.completed[op] < latest_invocation) return refuse(what(h, op) + " stands behind one that began after it had ended");
    latest_invocation = std::max(latest_invocation, h.invoked[op]);
    if (h.ties_in_process) {
      OpId& last = last_of_process[h.process[op]];
      if (last != no_operation && h.precedes(op, last)) return refuse(what(h, op) + " stands behind a later call of its process");
      last = op;
    }
    if (!object->apply(h.operation(op))) return refuse(what(h, op) + " is not legal there");
  }
  return accept();
}

Verification check_linearizable(const Claim& claim, const Orders& proof) {
  const History& h = claim.history;
  if (claim.verdict != Verdict::holds) return refuse("an order proves that a model holds, not that it is violated");
  const auto specification = objects::make_specification(h.header, h.values);
  if (!specification) return refuse("the object has no specification");
  const bool split = objects::splits_by_key(h.header.object);
  std::vector<bool> seen(h.size(), false);
  std::vector<bool> has_order(h.key_count(), false);
  for (const Order& order : proof.orders) {
    if (order.scope != (split ? Scope::key : Scope::whole)) return refuse("an order of the wrong scope");
    if (split && (order.id >= has_order.size() || has_order[order.id])) return refuse("two orders of one key, or an unknown key");
    if (split) has_order[order.id] = true;
    if (!split && proof.orders.size() != 1) return refuse("more than one order of the whole");
    if (Verification bad = replay(claim, *specification, order, seen); !bad.accepted) return bad;
  }
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.ok(op) && !seen[op]) return refuse(h.describe(op) + " is missing");
  }
  return accept();
}

// Every write of the key writes a value of its own, other than the initial one.
bool writes_are_distinct(const History& h, KeyId key) {
  std::vector<ValueId> written{h.header.initial};
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.key[op] != key || h.outcome[op] == Outcome::fail) continue;
    if (h.function[op] == Function::write) written.push_back(h.argument[op]);
    else if (h.function[op] != Function::read) return false;
  }
  std::ranges::sort(written);
  return std::ranges::adjacent_find(written) == written.end();
}

bool could_have_written(const History& h, OpId op, ValueId value) {
  switch (h.function[op]) {
    case Function::write: return h.argument[op] == value;
    case Function::cas: return h.flag[op] != Flag::no && h.values.elements(h.argument[op])[1] == value;
    case Function::remove: return value == histories::null_value || value == h.header.initial;
    case Function::read: return false;
    default: return true;
  }
}

}  // namespace

Verification check_proof(const Claim& claim, const Orders& proof) {
  if (claim.model == Model::linearizable) return check_linearizable(claim, proof);
  if (claim.model == Model::sequential || claim.model == Model::per_key_sequential) return check_orders_sequential(claim, proof);
  return refuse("no rule says what orders prove of this model");
}

Verification check_proof(const Claim& claim, const ClusterCycle& proof) {
  const History& h = claim.history;
  if (claim.verdict != Verdict::violated || claim.model != Model::linearizable) return refuse("it refutes linearizability only");
  if (!is_register(h.header) || proof.edges.empty()) return refuse("it needs a register and at least one edge");
  if (!writes_are_distinct(h, proof.key)) return refuse("the writes of the key are not distinct");
  for (const Edge& edge : proof.edges) {
    if (edge.reason != Reason::real_time && edge.reason != Reason::process_order) return refuse("an edge of another kind");
    if (!edge_holds(h, edge)) return refuse(what(h, edge.from) + " does not precede " + what(h, edge.to));
    for (const OpId op : {edge.from, edge.to}) {
      // A write that never happened has no place in any order; one whose outcome is unknown has, if it was read.
      if (h.key[op] != proof.key || h.outcome[op] == Outcome::fail) return refuse(what(h, op) + " is not of the key");
      if (h.function[op] == Function::read && !h.ok(op)) return refuse(what(h, op) + " returned nothing");
    }
  }
  if (proof.edges.size() == 1) {
    const OpId from = proof.edges[0].from;
    const OpId to = proof.edges[0].to;
    if (!h.ok(from)) return refuse(what(h, from) + " may never have happened");
    const bool own_write = h.function[from] == Function::read && h.function[to] == Function::write &&
                           h.result[from] == h.argument[to];
    const bool initial_after = h.function[to] == Function::read && h.result[to] == h.header.initial &&
                               value_of(h, from) != h.header.initial;
    return own_write || initial_after ? accept() : refuse("one edge alone must lead from a read to its write, or to an initial read");
  }
  for (std::size_t i = 0; i < proof.edges.size(); ++i) {
    const Edge& edge = proof.edges[i];
    const Edge& next = proof.edges[(i + 1) % proof.edges.size()];
    // An edge leaves from an operation that certainly happened, for it completed; so its whole cluster's write
    // happened.
    if (!h.ok(edge.from)) return refuse(what(h, edge.from) + " may never have happened");
    if (value_of(h, edge.to) != value_of(h, next.from)) return refuse("two edges do not meet in one cluster");
    if (value_of(h, edge.from) == value_of(h, edge.to)) return refuse("an edge stays within its cluster");
  }
  return accept();
}

Verification check_proof(const Claim& claim, const ThinAir& proof) {
  const History& h = claim.history;
  if (claim.verdict != Verdict::violated) return refuse("a read from thin air refutes a model");
  const bool any_model = claim.model != Model::safe && claim.model != Model::convergent &&
                         claim.model != Model::monotonic_writes && claim.model != Model::writes_follow_reads;
  if (!any_model || !is_register(h.header)) return refuse("the model or object allows it");
  if (!in_range(h, proof.read) || !h.ok(proof.read)) return refuse(what(h, proof.read) + " did not complete");
  const bool exchanged = h.function[proof.read] == Function::cas && h.flag[proof.read] != Flag::no;
  if (h.function[proof.read] != Function::read && !exchanged) return refuse(what(h, proof.read) + " returned no value");
  const ValueId value = exchanged ? h.values.elements(h.argument[proof.read])[0] : h.result[proof.read];
  if (value == h.header.initial) return refuse("it returned the initial value");
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.key[op] != h.key[proof.read] || h.outcome[op] == Outcome::fail) continue;
    if (could_have_written(h, op, value)) return refuse(h.describe(op) + " could have written it");
  }
  return accept();
}

namespace {

class CoreCheck {
 public:
  CoreCheck(const Claim& claim, const Core& core)
      : h_{claim.history}, claim_{claim}, core_{core}, specification_{objects::make_specification(h_.header, h_.values)} {}

  Verification run() {
    if (claim_.verdict != Verdict::violated || claim_.model != Model::linearizable) return refuse("it refutes linearizability only");
    if (!specification_) return refuse("the object has no specification");
    if (Verification bad = check_members(); !bad.accepted) return bad;
    if (Verification bad = check_left_out(); !bad.accepted) return bad;
    std::vector<SmallCall> calls;
    for (const Core::Member& member : core_.members) calls.push_back({member.operation, member.required});
    switch (try_every_order(h_, *specification_, calls, initial_states(), claim_.steps, claim_.budget)) {
      case Exhaustive::no_order: return accept();
      case Exhaustive::some_order: return refuse("its operations have an order");
      case Exhaustive::gave_up: return {false, false, "its operations have too many orders to try"};
    }
    return refuse("");
  }

 private:
  Verification check_members() {
    std::vector<OpId> members;
    for (const Core::Member& member : core_.members) {
      const OpId op = member.operation;
      if (!in_range(h_, op) || h_.outcome[op] == Outcome::fail) return refuse(what(h_, op) + " can't be in a core");
      if (objects::splits_by_key(h_.header.object) && h_.key[op] != core_.key) return refuse(what(h_, op) + " is not of the key");
      if (member.required && !h_.ok(op)) return refuse(what(h_, op) + " is required, but its outcome is unknown");
      members.push_back(op);
    }
    std::ranges::sort(members);
    if (std::ranges::adjacent_find(members) != members.end()) return refuse("an operation is in the core twice");
    in_core_.assign(h_.size(), false);
    for (const OpId op : members) in_core_[op] = true;
    return accept();
  }

  Verification check_left_out() {
    Rank first_invoked = never;
    Rank last_completed = 0;
    for (const Core::Member& member : core_.members) {
      if (!member.required) continue;
      first_invoked = std::min(first_invoked, h_.invoked[member.operation]);
      last_completed = std::max(last_completed, h_.completed[member.operation]);
    }
    bool plain = is_register(h_.header);
    for (OpId op = 0; op < h_.size(); ++op) {
      if (objects::splits_by_key(h_.header.object) && h_.key[op] != core_.key) continue;
      plain = plain && h_.function[op] != Function::append;
      if (in_core_[op] || h_.outcome[op] == Outcome::fail || observes(h_, op)) continue;
      if (specification_->observes_only(h_.operation(op))) continue;
      const bool before = core_.any_initial && h_.completed[op] < first_invoked;
      const bool after = last_completed < h_.invoked[op];
      const bool unseen = h_.function[op] == Function::write && is_register(h_.header) && !looked_at(h_.argument[op]);
      if (!before && !after && !unseen) return refuse(what(h_, op) + " is left out, but it could have mattered");
    }
    if (core_.any_initial && !plain) return refuse("only plain registers may begin in any state");
    return accept();
  }

  bool looked_at(ValueId value) const {
    for (const Core::Member& member : core_.members) {
      const Operation op = h_.operation(member.operation);
      if (op.function == Function::read && member.required && op.result == value) return true;
      if (op.function == Function::append) return true;
      if (op.function != Function::cas) continue;
      if (h_.values.elements(op.argument)[0] == value) return true;
      if (member.required && op.flag == Flag::no) return true;
    }
    return false;
  }

  std::vector<objects::State> initial_states() const {
    if (!core_.any_initial) return {specification_->initial()};
    std::vector<objects::State> states;
    const auto add = [&](ValueId value) {
      specification_->step(specification_->initial(), {Function::write, value, histories::no_value, Flag::absent, true}, states);
    };
    add(histories::no_value);  // something that no member looks at
    for (const Core::Member& member : core_.members) {
      const Operation op = h_.operation(member.operation);
      if (op.function == Function::read) add(op.result);
      if (op.function == Function::cas) add(h_.values.elements(op.argument)[0]);
    }
    return states;
  }

  const History& h_;
  const Claim& claim_;
  const Core& core_;
  std::unique_ptr<objects::Specification> specification_;
  std::vector<bool> in_core_;
};

}  // namespace

Verification check_proof(const Claim& claim, const Core& proof) { return CoreCheck{claim, proof}.run(); }

Verification check_proof(const Claim& claim, const SearchAlone& proof) {
  if (claim.verdict != Verdict::violated) return refuse("it refutes a model");
  if (proof.key >= claim.history.key_count()) return refuse("there is no such key");
  return {true, false, {}};
}

}  // namespace kasauti::checker::certificate
