// Proofs about a set, or a list, by way of its elements.
//
// A set is as many registers as there are pairs of a key and an element, sorted; each holds one of three values: as it
// began, in, or out. Calls become accesses in the order of their numbers: an add writes; an add that tells whether the
// element was new, and a remove, swap one state for the other, or, if told that there was nothing to do, read; contains
// reads. A read of the whole reads all registers of its key, and then all again: what a register holds in between is
// what both rounds returned, since a value that was read comes from one write, and in a causal past the second round
// knows what the first returned; so a read at one moment and these accesses demand the same. Accesses of one call are
// calls of its session, one after the other, which needs calls of a session that don't overlap. A register's history is
// weaker than a list's, whose elements are in an order: it can refute a model for a list, but show that none holds.
//
// The proof is then checked as one about registers. Cost: that, on as many operations as there are accesses.

#include "checker/certificate/elements.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Flag;
using histories::Function;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;

constexpr std::size_t most_accesses = 20'000'000;

std::set<ValueId> content(const History& h, ValueId list) {
  if (!h.values.is_list(list)) return {};
  const auto elements = h.values.elements(list);
  return {elements.begin(), elements.end()};
}

bool one_after_the_other(const History& h) {
  if (h.ties_in_process) return false;
  std::map<SessionId, histories::Rank> ended;
  for (OpId op = 0; op < h.size(); ++op) {
    histories::Rank& end = ended[h.session[op]];
    if (end > h.invoked[op]) return false;
    if (h.completed[op] != histories::never) end = std::max(end, h.completed[op]);
  }
  return true;
}

class Registers {
 public:
  explicit Registers(const History& h) : h_{h}, initial_{content(h, h.header.initial)} {
    r_.values = h.values;
    r_.header.object = ObjectKind::kv;
    r_.header.initial = r_.values.intern_string("as at first");
    in_ = r_.values.intern_string("added");
    out_ = r_.values.intern_string("removed");
    r_.process_name = h.process_name;
    r_.session_name = h.session_name;
    std::map<KeyId, std::set<ValueId>> elements;
    for (KeyId key = 0; key < h.key_count(); ++key) elements[key] = initial_;
    for (OpId op = 0; op < h.size(); ++op) {
      if (h.function[op] != Function::read) {
        elements[h.key[op]].insert(h.argument[op]);
      } else if (h.ok(op)) {
        elements[h.key[op]].merge(content(h, h.result[op]));
      }
    }
    for (const auto& [key, of_key] : elements) {
      for (const ValueId element : of_key) {
        numbers_[key].emplace(element, static_cast<KeyId>(r_.key_name.size()));
        r_.key_name.push_back(element);
      }
    }
  }

  /// False if there are too many accesses.
  bool take(OpId op) {
    const Function function = h_.function[op];
    const Flag flag = h_.flag[op];
    if (function == Function::read) return !h_.ok(op) || take_whole(op);
    const bool into = function == Function::add || function == Function::append;
    const bool observed = function == Function::contains || (function != Function::append && flag == Flag::no);
    const bool member = function == Function::contains ? flag != Flag::no : observed == into;
    const auto [element, number] = *numbers_[h_.key[op]].find(h_.argument[op]);
    if (observed) {
      if (h_.ok(op) || function != Function::contains) add(op, Function::read, number, value(element, member));
    } else if (function == Function::append || (function == Function::add && flag == Flag::absent)) {
      add(op, Function::write, number, value(element, true));
    } else {
      const ValueId both[] = {value(element, !into), value(element, into)};
      add(op, Function::cas, number, r_.values.intern_list(both));
    }
    return true;
  }

  History finish() { return std::move(r_); }

 private:
  bool take_whole(OpId op) {
    const std::set<ValueId> found = content(h_, h_.result[op]);
    for (int round = 0; round < 2; ++round) {
      for (const auto& [element, number] : numbers_[h_.key[op]])
        add(op, Function::read, number, value(element, found.contains(element)));
    }
    return r_.size() <= most_accesses;
  }

  [[nodiscard]] ValueId value(ValueId element, bool member) const {
    if (initial_.contains(element) == member) return r_.header.initial;
    return member ? in_ : out_;
  }

  void add(OpId op, Function function, KeyId number, ValueId value) {
    const auto at = static_cast<histories::Rank>(2 * r_.size());
    const bool reads = function == Function::read;
    r_.invoked.push_back(at);
    r_.completed.push_back(h_.outcome[op] == Outcome::info ? histories::never : at + 1);
    r_.function.push_back(function);
    r_.key.push_back(number);
    r_.result.push_back(reads ? value : histories::no_value);
    r_.argument.push_back(reads ? histories::no_value : value);
    r_.flag.push_back(Flag::absent);
    r_.outcome.push_back(h_.outcome[op]);
    r_.session.push_back(h_.session[op]);
    r_.process.push_back(h_.process[op]);
    r_.invoked_line.push_back(h_.invoked_line[op]);
    r_.completed_line.push_back(h_.completed_line[op]);
  }

  const History& h_;
  std::set<ValueId> initial_;
  History r_;
  ValueId in_ = histories::no_value, out_ = histories::no_value;
  std::map<KeyId, std::map<ValueId, KeyId>> numbers_;
};

}  // namespace

History registers_of(const History& history, std::string& problem) {
  const ObjectKind object = history.header.object;
  if (object != ObjectKind::set && object != ObjectKind::list) problem = "the object is no set or list";
  if (problem.empty() && !one_after_the_other(history)) problem = "calls of a session overlap";
  if (!problem.empty()) return {};
  Registers registers{history};
  for (OpId op = 0; op < history.size(); ++op) {
    if (!registers.take(op)) {
      problem = "there are too many elements to check";
      return {};
    }
  }
  return registers.finish();
}

Verification check_proof(const Claim& claim, const ByElements& proof) {
  std::string problem;
  const History registers = registers_of(claim.history, problem);
  if (!problem.empty()) return refuse(problem);
  if (claim.verdict == Verdict::holds && claim.history.header.object == ObjectKind::list)
    return refuse("registers do not show in which order a list has its elements");
  const Claim about{registers, claim.model, claim.verdict, claim.steps, claim.budget};
  return std::visit([&](const auto& inner) { return check_proof(about, inner); }, proof.registers);
}

}  // namespace kasauti::checker::certificate
