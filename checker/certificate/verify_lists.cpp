// Why a circle of facts about append lists refutes sequential consistency: each fact holds in every legal order, and is
// told by one read that saw the whole list. Values are appended at the end and never leave, so what a read lists was
// appended before it, in the order listed, and what it does not list comes after it; "that value was appended by this
// operation" is certain where no other can have appended it.

#include <algorithm>
#include <span>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Function;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;

class ListCycleCheck {
 public:
  ListCycleCheck(const Claim& claim, const ForcedCycle& proof) : claim_{claim}, h_{claim.history}, proof_{proof} {}

  Verification run() {
    const auto& header = h_.header;
    const bool begins_empty = !h_.values.is_list(header.initial) || h_.values.elements(header.initial).empty();
    if (!header.specification.empty() || !begins_empty) return refuse("it needs lists that begin empty");
    for (const ForcedFact& fact : proof_.facts) {
      for (const OpId op : {fact.from, fact.to, fact.read == histories::no_operation ? fact.from : fact.read}) {
        if (op >= h_.size() || h_.outcome[op] == Outcome::fail) return refuse("an operation can't be in a proof");
        if (claim_.model == Model::per_key_sequential && h_.key[op] != h_.key[proof_.facts[0].from]) {
          return refuse(h_.describe(op) + " is of another key");
        }
        if (h_.function[op] == Function::append) appends_.try_emplace(name(op));
      }
    }
    count();
    for (const ForcedFact& fact : proof_.facts) {
      if (!holds(fact)) return refuse(h_.describe(fact.from) + " before " + h_.describe(fact.to) + " does not follow");
    }
    return closes() ? accept() : refuse("its facts do not close a circle");
  }

 private:
  struct Append {
    std::uint32_t operations = 0;  // that may have appended the value
    bool listed = false;           // by a read that completed
  };

  std::uint64_t name(OpId append) const { return std::uint64_t{h_.key[append]} << 32 | h_.argument[append]; }

  bool is_append(OpId op) const { return h_.function[op] == Function::append; }
  bool is_read(OpId op) const { return h_.function[op] == Function::read && h_.ok(op); }

  std::span<const ValueId> list(OpId read) const {
    return h_.values.is_list(h_.result[read]) ? h_.values.elements(h_.result[read]) : std::span<const ValueId>{};
  }

  void count() {
    for (OpId op = 0; op < h_.size(); ++op) {
      if (is_append(op) && h_.outcome[op] != Outcome::fail) {
        if (const auto known = appends_.find(name(op)); known != appends_.end()) ++known->second.operations;
      }
    }
    const bool uncertain = std::ranges::any_of(
        proof_.facts, [&](const ForcedFact& fact) { return !h_.ok(fact.from) || !h_.ok(fact.to); });
    for (OpId op = 0; op < h_.size() && uncertain; ++op) {
      if (!is_read(op)) continue;
      for (const ValueId value : list(op)) {
        const auto known = appends_.find(std::uint64_t{h_.key[op]} << 32 | value);
        if (known != appends_.end()) known->second.listed = true;
      }
    }
  }

  bool alone(OpId append) const { return is_append(append) && appends_.at(name(append)).operations == 1; }
  bool happened(OpId op) const { return h_.ok(op) || (alone(op) && appends_.at(name(op)).listed); }

  bool lists(OpId read, OpId append) const {
    return is_read(read) && h_.key[read] == h_.key[append] &&
           std::ranges::find(list(read), h_.argument[append]) != list(read).end();
  }

  bool holds(const ForcedFact& fact) const {
    if (!happened(fact.from) || !happened(fact.to)) return false;
    switch (fact.by) {
      case ForcedBy::session_order: return h_.session_precedes(fact.from, fact.to);
      case ForcedBy::reads_from: return alone(fact.from) && lists(fact.to, fact.from);
      case ForcedBy::unlisted:
        return is_read(fact.from) && is_append(fact.to) && h_.key[fact.from] == h_.key[fact.to] &&
               !lists(fact.from, fact.to);
      case ForcedBy::listed: {
        if (fact.read >= h_.size() || !alone(fact.from) || !alone(fact.to)) return false;
        if (!lists(fact.read, fact.from) || !lists(fact.read, fact.to)) return false;
        const auto first = std::ranges::find(list(fact.read), h_.argument[fact.from]);
        return std::find(first + 1, list(fact.read).end(), h_.argument[fact.to]) != list(fact.read).end();
      }
      default: return false;
    }
  }

  bool closes() const {
    OpId at = histories::no_operation;
    for (const std::uint32_t step : proof_.cycle) {
      if (step >= proof_.facts.size() || (at != histories::no_operation && proof_.facts[step].from != at)) return false;
      at = proof_.facts[step].to;
    }
    return at != histories::no_operation && at == proof_.facts[proof_.cycle.front()].from;
  }

  const Claim& claim_;
  const History& h_;
  const ForcedCycle& proof_;
  boost::unordered_flat_map<std::uint64_t, Append> appends_;  // by key and value: those of the proof
};

}  // namespace

Verification check_list_cycle(const Claim& claim, const ForcedCycle& proof) { return ListCycleCheck{claim, proof}.run(); }

}  // namespace kasauti::checker::certificate
