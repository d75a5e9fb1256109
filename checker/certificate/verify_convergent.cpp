// Why these proofs prove what they do, for convergence after a final phase (the definition is in docs/models.md).
//
// Everything is told from the definition, by plain loops over the history: which reads are final, whether writes had
// stopped, which final values a store could have kept, and what a write of unknown outcome may still change.

#include <algorithm>
#include <map>
#include <set>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Flag;
using histories::Function;
using histories::KeyId;
using histories::no_operation;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;

__extension__ using Wide = __int128;  // sums of 64-bit numbers don't overflow it

class FinalPhase {
 public:
  explicit FinalPhase(const History& history) : h_{history} {
    for (OpId op = 0; op < h_.size(); ++op) {
      if (is_final_read(op)) reads_[h_.key[op]].push_back(op);
      if (h_.outcome[op] != Outcome::fail && is_change(op)) changes_[h_.key[op]].push_back(op);
    }
  }

  [[nodiscard]] bool applies() const {
    const ObjectKind object = h_.header.object;
    if (!h_.header.specification.empty()) return false;
    return is_register() || object == ObjectKind::set || object == ObjectKind::list || object == ObjectKind::counter;
  }
  [[nodiscard]] bool is_register() const {
    const ObjectKind object = h_.header.object;
    return object == ObjectKind::reg || object == ObjectKind::cas_register || object == ObjectKind::kv;
  }
  [[nodiscard]] bool is_final_read(OpId op) const {
    return op < h_.size() && !h_.final_phase.empty() && h_.final_phase[op] && h_.ok(op) && h_.function[op] == Function::read;
  }
  [[nodiscard]] const std::map<KeyId, std::vector<OpId>>& reads() const { return reads_; }

  /// No acknowledged write of the key was open when its first final read began, or later.
  [[nodiscard]] bool quiet(KeyId key) const {
    const OpId first = reads_.at(key).front();
    return std::ranges::none_of(changes(key), [&](OpId op) { return h_.ok(op) && h_.completed[op] > h_.invoked[first]; });
  }

  [[nodiscard]] bool may_come_late(OpId read) const {
    return std::ranges::any_of(changes(h_.key[read]), [&](OpId op) {
      const bool unknown = h_.outcome[op] == Outcome::info;
      return unknown && (!is_register() || h_.function[op] == Function::append || value_of(op) == h_.result[read]);
    });
  }

  /// `source` explains the final value of a register.
  [[nodiscard]] bool explains(OpId source, OpId read) const {
    const auto& all = changes(h_.key[read]);
    if (std::ranges::any_of(all, [&](OpId op) { return h_.function[op] == Function::append; })) return true;
    if (source == no_operation) {
      return h_.result[read] == h_.header.initial && std::ranges::none_of(all, [&](OpId op) { return h_.ok(op); });
    }
    if (std::ranges::find(all, source) == all.end() || value_of(source) != h_.result[read]) return false;
    return std::ranges::none_of(all, [&](OpId op) { return h_.ok(op) && h_.session_precedes(source, op); });
  }

  [[nodiscard]] bool may_keep(OpId read) const {
    const auto& all = changes(h_.key[read]);
    switch (h_.header.object) {
      case ObjectKind::set: return set_may_keep(read, all);
      case ObjectKind::list: return list_may_keep(read, all);
      case ObjectKind::counter: return counter_may_keep(read, all);
      default: break;
    }
    return explains(no_operation, read) || std::ranges::any_of(all, [&](OpId op) { return explains(op, read); });
  }

 private:
  [[nodiscard]] const std::vector<OpId>& changes(KeyId key) const {
    static const std::vector<OpId> none;
    const auto found = changes_.find(key);
    return found == changes_.end() ? none : found->second;
  }

  [[nodiscard]] bool is_change(OpId op) const {
    if (h_.ok(op) && h_.flag[op] == Flag::no) return false;  // refused: nothing was changed
    return h_.function[op] != Function::read && h_.function[op] != Function::contains;
  }

  [[nodiscard]] ValueId value_of(OpId op) const {
    if (h_.function[op] == Function::cas) return h_.values.elements(h_.argument[op])[1];
    if (h_.function[op] != Function::remove) return h_.argument[op];
    const ValueId initial = h_.header.initial;
    return h_.values.is_string(initial) && h_.values.text(initial).empty() ? initial : histories::null_value;
  }

  [[nodiscard]] std::multiset<ValueId> shown(OpId read) const {
    if (!h_.values.is_list(h_.result[read])) return {};
    const auto elements = h_.values.elements(h_.result[read]);
    return {elements.begin(), elements.end()};
  }

  bool set_may_keep(OpId read, const std::vector<OpId>& all) const {
    const auto elements = shown(read);
    std::set<ValueId> added;
    std::set<ValueId> removed;
    for (const OpId op : all) (h_.function[op] == Function::remove ? removed : added).insert(h_.argument[op]);
    for (const ValueId element : elements) {
      if (!added.contains(element)) return false;
    }
    return std::ranges::all_of(all, [&](OpId op) {
      const bool must = h_.ok(op) && h_.function[op] == Function::add && !removed.contains(h_.argument[op]);
      return !must || elements.contains(h_.argument[op]);
    });
  }

  bool list_may_keep(OpId read, const std::vector<OpId>& all) const {
    const auto elements = shown(read);
    std::multiset<ValueId> least;
    std::multiset<ValueId> most;
    for (const OpId op : all) {
      most.insert(h_.argument[op]);
      if (h_.ok(op)) least.insert(h_.argument[op]);
    }
    return std::ranges::includes(elements, least) && std::ranges::includes(most, elements);
  }

  bool counter_may_keep(OpId read, const std::vector<OpId>& all) const {
    Wide low = h_.values.is_integer(h_.header.initial) ? h_.values.integer(h_.header.initial) : 0;
    Wide high = low;
    for (const OpId op : all) {
      const std::int64_t amount = h_.function[op] == Function::increment ? 1 : h_.values.integer(h_.argument[op]);
      if (h_.ok(op) || amount < 0) low += amount;
      if (h_.ok(op) || amount > 0) high += amount;
    }
    const Wide value = h_.values.integer(h_.result[read]);
    return low <= value && value <= high;
  }

  const History& h_;
  std::map<KeyId, std::vector<OpId>> reads_, changes_;
};

}  // namespace

Verification check_proof(const Claim& claim, const FinalSources& proof) {
  const History& h = claim.history;
  const FinalPhase phase{h};
  if (claim.verdict != Verdict::holds || claim.model != Model::convergent || !phase.applies()) {
    return refuse("it shows convergence");
  }
  if (phase.reads().empty()) return refuse("there is no final read");
  std::map<KeyId, ReadSources::Entry> entries;
  for (const ReadSources::Entry& entry : proof.entries) {
    if (!phase.is_final_read(entry.observer)) return refuse("an entry is no final read");
    entries[h.key[entry.observer]] = entry;
  }
  for (const auto& [key, reads] : phase.reads()) {
    const auto entry = entries.find(key);
    if (entry == entries.end()) {
      return refuse("the final reads of " + h.values.to_json(h.key_name[key]) + " are missing");
    }
    if (!phase.quiet(key)) return refuse("writes had not stopped");
    for (const OpId read : reads) {
      if (h.result[read] != h.result[reads.front()]) {
        return refuse(h.describe(read) + " differs from " + h.describe(reads.front()));
      }
    }
    const OpId read = reads.front();
    const bool kept = phase.is_register() ? phase.explains(entry->second.source, read) : phase.may_keep(read);
    if (!kept) return refuse(h.describe(read) + " is not explained");
  }
  return accept();
}

Verification check_proof(const Claim& claim, const FinalClash& proof) {
  const History& h = claim.history;
  const FinalPhase phase{h};
  if (claim.verdict != Verdict::violated || claim.model != Model::convergent || !phase.applies()) {
    return refuse("it refutes convergence");
  }
  if (!phase.is_final_read(proof.first) || !phase.is_final_read(proof.second)) {
    return refuse("they are not two final reads");
  }
  if (h.key[proof.first] != h.key[proof.second]) return refuse("they are of different keys");
  if (h.result[proof.first] == h.result[proof.second]) return refuse("they agree");
  if (!phase.quiet(h.key[proof.first])) return refuse("writes had not stopped");
  const bool explained = phase.may_come_late(proof.first) || phase.may_come_late(proof.second);
  return explained ? refuse("a write of unknown outcome explains the difference") : accept();
}

Verification check_proof(const Claim& claim, const FinalLoss& proof) {
  const History& h = claim.history;
  const FinalPhase phase{h};
  if (claim.verdict != Verdict::violated || claim.model != Model::convergent || !phase.applies()) {
    return refuse("it refutes convergence");
  }
  if (!phase.is_final_read(proof.read)) return refuse("it is no final read");
  if (!phase.quiet(h.key[proof.read])) return refuse("writes had not stopped");
  return phase.may_keep(proof.read) ? refuse("a store could have kept what it shows") : accept();
}

}  // namespace kasauti::checker::certificate
