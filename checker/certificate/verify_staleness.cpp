// Why these proofs prove what they do, for regular and safe registers (the definition is in docs/models.md, MWWeak).
//
// A read may have come from a write iff it did not end before that began, and no write lies in real time between the
// two. Given for each observation the write it came from, that is checked one by one; for a refutation, it is checked
// that no write of the value will do. Writes that ended before a moment matter only by the latest invocation among
// them.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Flag;
using histories::Function;
using histories::KeyId;
using histories::never;
using histories::no_operation;
using histories::no_value;
using histories::ObjectKind;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

class Registers {
 public:
  explicit Registers(const History& history) : h_{history} {
    std::vector<std::pair<Rank, OpId>> ends;
    for (OpId op = 0; op < h_.size(); ++op) {
      if (!is_write(op)) continue;
      begun_[h_.key[op]].push_back(h_.invoked[op]);
      if (h_.completed[op] != never) ends.emplace_back(h_.completed[op], op);
    }
    std::ranges::sort(ends);
    for (const auto& [rank, op] : ends) {
      auto& list = ended_[h_.key[op]];
      const Rank latest = list.empty() ? h_.invoked[op] : std::max(list.back().second, h_.invoked[op]);
      list.emplace_back(rank, latest);
    }
  }

  [[nodiscard]] bool applies() const {
    const ObjectKind object = h_.header.object;
    const bool kind = object == ObjectKind::reg || object == ObjectKind::cas_register || object == ObjectKind::kv;
    if (!kind || !h_.header.specification.empty()) return false;
    return std::ranges::find(h_.function, Function::append) == h_.function.end();
  }

  [[nodiscard]] bool is_write(OpId op) const {
    if (h_.outcome[op] == Outcome::fail) return false;
    return h_.function[op] == Function::write || h_.function[op] == Function::remove ||
           (h_.function[op] == Function::cas && h_.flag[op] != Flag::no);
  }

  [[nodiscard]] ValueId written(OpId op) const {
    if (h_.function[op] == Function::write) return h_.argument[op];
    if (h_.function[op] == Function::cas) return h_.values.elements(h_.argument[op])[1];
    const ValueId initial = h_.header.initial;
    return h_.values.is_string(initial) && h_.values.text(initial).empty() ? initial : histories::null_value;
  }

  /// What an `ok` operation found; no_value: it observes nothing.
  [[nodiscard]] ValueId observed(OpId op) const {
    if (!h_.ok(op)) return no_value;
    if (h_.function[op] == Function::read) return h_.result[op];
    return h_.function[op] == Function::cas && h_.flag[op] != Flag::no ? h_.values.elements(h_.argument[op])[0] : no_value;
  }

  /// The latest invocation of a write of the key that ended before `observer` began; false if none did.
  bool latest_ended(OpId observer, Rank& latest) const {
    const auto list = ended_.find(h_.key[observer]);
    if (list == ended_.end()) return false;
    const auto after = std::ranges::lower_bound(list->second, h_.invoked[observer], {}, &std::pair<Rank, Rank>::first);
    if (after == list->second.begin()) return false;
    latest = std::prev(after)->second;
    return true;
  }

  [[nodiscard]] bool may_come_from(OpId observer, OpId write) const {
    Rank latest = 0;
    const bool ended = latest_ended(observer, latest);
    if (write == no_operation) return observed(observer) == h_.header.initial && !ended;
    if (write >= h_.size() || write == observer || !is_write(write) || h_.key[write] != h_.key[observer]) return false;
    if (written(write) != observed(observer) || h_.completed[observer] < h_.invoked[write]) return false;
    return !ended || h_.completed[write] >= latest;
  }

  [[nodiscard]] bool overlaps_a_write(OpId observer) const {
    const auto begun = begun_.find(h_.key[observer]);
    if (begun == begun_.end()) return false;
    const auto before_end = std::ranges::lower_bound(begun->second, h_.completed[observer]) - begun->second.begin();
    const auto ended = ended_.find(h_.key[observer]);
    const auto gone = ended == ended_.end() ? 0
                                            : std::ranges::lower_bound(ended->second, h_.invoked[observer], {},
                                                                       &std::pair<Rank, Rank>::first) -
                                                  ended->second.begin();
    return before_end - gone > (is_write(observer) ? 1 : 0);
  }

 private:
  const History& h_;
  std::map<KeyId, std::vector<Rank>> begun_;                  // invocations of writes, ascending
  std::map<KeyId, std::vector<std::pair<Rank, Rank>>> ended_;  // completions, and the latest invocation up to there
};

bool of_reads(Model model) { return model == Model::regular || model == Model::safe; }

}  // namespace

Verification check_proof(const Claim& claim, const ReadSources& proof) {
  const History& h = claim.history;
  const Registers registers{h};
  if (claim.verdict != Verdict::holds || !of_reads(claim.model) || !registers.applies()) {
    return refuse("it shows that a register is regular or safe");
  }
  std::vector<bool> explained(h.size(), false);
  for (const ReadSources::Entry& entry : proof.entries) {
    if (entry.observer >= h.size() || registers.observed(entry.observer) == no_value) {
      return refuse("an entry observes nothing");
    }
    if (!registers.may_come_from(entry.observer, entry.source)) {
      return refuse(h.describe(entry.observer) + " can't have come from there");
    }
    explained[entry.observer] = true;
  }
  for (OpId op = 0; op < h.size(); ++op) {
    if (explained[op] || registers.observed(op) == no_value) continue;
    if (claim.model == Model::safe && registers.overlaps_a_write(op)) continue;
    return refuse(h.describe(op) + " is missing");
  }
  return accept();
}

Verification check_proof(const Claim& claim, const StaleObservation& proof) {
  const History& h = claim.history;
  const Registers registers{h};
  if (claim.verdict != Verdict::violated || !of_reads(claim.model) || !registers.applies()) {
    return refuse("it refutes regular and safe registers only");
  }
  const OpId observer = proof.observer;
  if (observer >= h.size() || registers.observed(observer) == no_value) return refuse("the operation observes nothing");
  if (claim.model == Model::safe && registers.overlaps_a_write(observer)) return refuse("the read overlaps a write");
  if (registers.may_come_from(observer, no_operation)) return refuse("it may have returned the initial value");
  for (OpId op = 0; op < h.size(); ++op) {
    if (registers.may_come_from(observer, op)) return refuse("it may have come from " + h.describe(op));
  }
  return accept();
}

}  // namespace kasauti::checker::certificate
