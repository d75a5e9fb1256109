// Convergence: once faults are healed and writes have stopped, do all nodes read the same, and is nothing
// acknowledged lost?
//
// Judged by the `ok` reads that were invoked in the declared final phase. Key by key:
// - *They agree.* Two that differ violate, unless all but one of the values may come from a write of unknown outcome:
//   that may take effect at any later time, so the difference proves nothing (unknown).
// - *Nothing acknowledged is lost.* A register may keep the value of any write that no acknowledged write of the key
//   follows in its session: which of several sessions' writes wins is up to the store. The initial value may stay
//   only if no write of the key was acknowledged. A set has every element whose add was acknowledged, if nobody tried
//   to remove it; a list has every acknowledged element exactly once; a counter lies between the sums with and
//   without the unknown additions. And each shows only what somebody wrote.
// A register's value that was overwritten in real time, though not in its session, is reported as an anomaly and does
// not violate: the real-time order of writes of different sessions is no promise of convergence.
//
// An acknowledged write that had not completed when the final phase's first read of its key began means that writes
// had not stopped: a precondition. O(n log n). Sound; complete for this definition. Tests: tests/convergence.

#include "checker/convergence/convergence.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "checker/convergence/keys.hpp"

namespace kasauti::checker::convergence {

namespace {

using histories::Budget;
using histories::KeyId;
using histories::no_operation;

class Check {
 public:
  explicit Check(const History& history) : h_{history} {}

  Judgement run(Budget& budget) {
    if (h_.final_phase.empty()) return precondition("no final phase is declared");
    std::vector<FinalKey> keys = final_keys(h_);
    std::uint32_t spent = 0;
    for (const FinalKey& key : keys) {
      if (!budget.spend(spent, static_cast<std::uint32_t>(std::min<std::size_t>(4096, key.writes.size() + key.reads.size())))) {
        return unknown(Model::convergent, Cause::time, "some keys were not looked at; raise --timeout");
      }
      if (!key.reads.empty()) judge(key);
    }
    if (!anomalies_.empty()) {
      for (Anomaly& anomaly : anomalies_) anomaly.at_risk = keys_read_;
      return violated(Model::convergent, std::move(proof_), std::move(anomalies_));
    }
    if (!open_.empty()) return precondition(open_);
    if (keys_read_ == 0) return precondition("no read completed in the final phase");
    Judgement judgement = holds(Model::convergent, {std::move(sources_)});
    judgement.anomalies = std::move(relative_);
    return judgement;
  }

 private:
  static Judgement precondition(std::string detail) {
    return unknown(Model::convergent, Cause::precondition, std::move(detail));
  }

  void judge(const FinalKey& key) {
    ++keys_read_;
    if (const OpId late = key.late_write; late != no_operation) {
      if (open_.empty()) {
        open_ = h_.describe(late) + " had not completed when the final reads began: writes had not stopped";
      }
      return;
    }
    OpId kept = no_operation;  // a write that explains the value of the first read
    for (const OpId read : key.distinct) {
      const Kept answer = may_keep(h_, key, read);
      if (read == key.distinct.front()) kept = answer.source;
      if (answer.possible) continue;
      add_loss(read, answer);
      return;
    }
    std::size_t certain = 0;
    OpId clash[2] = {key.distinct.front(), no_operation};
    for (const OpId read : key.distinct) {
      if (may_come_late(h_, key, read)) continue;
      clash[certain == 0 ? 0 : 1] = read;
      ++certain;
    }
    if (certain > 1) {
      add_clash(key, clash[0], clash[1]);
    } else if (key.distinct.size() > 1) {
      if (open_.empty()) {
        open_ = fmt::format("{} and {} differ, but a write of unknown outcome explains it", h_.describe(key.distinct[0]),
                            h_.describe(key.distinct[1]));
      }
    } else {
      sources_.entries.push_back({key.distinct.front(), kept});
      note_overwritten(key, kept);
    }
  }

  void add(Certificate proof, Anomaly anomaly) {
    if (anomalies_.empty()) proof_ = std::move(proof);
    const auto same = std::ranges::find(anomalies_, anomaly.name, &Anomaly::name);
    if (same != anomalies_.end()) {
      ++same->count;
      same->occurrences.push_back(anomaly.operations.back());
    } else {
      anomaly.occurrences = {anomaly.operations.back()};
      anomalies_.push_back(std::move(anomaly));
    }
  }

  void add_loss(OpId read, const Kept& answer) {
    Anomaly anomaly;
    anomaly.models = {Model::convergent};
    anomaly.operations = {read};
    if (answer.lost != no_operation) {
      anomaly.name = "LostAcknowledgedWrite";
      anomaly.operations.insert(anomaly.operations.begin(), answer.lost);
      anomaly.reason = fmt::format("{} was acknowledged, and {} in the final phase does not show it", h_.describe(answer.lost),
                                   h_.describe(read));
    } else {
      anomaly.name = answer.failed != no_operation ? "FailedWriteRead" : "ThinAirRead";
      anomaly.reason = h_.describe(read) + " in the final phase shows what nobody wrote";
      if (answer.failed != no_operation) anomaly.reason += ", for " + h_.describe(answer.failed) + " did not happen";
    }
    add({FinalLoss{read}}, std::move(anomaly));
  }

  void add_clash(const FinalKey& key, OpId first, OpId second) {
    Anomaly anomaly;
    anomaly.name = "NotConverged";
    anomaly.models = {Model::convergent};
    anomaly.operations = {first, second};
    anomaly.reason = fmt::format("{} and {} differ in the final phase", h_.describe(first), h_.describe(second));
    if (agree_at_last(h_, key)) anomaly.reason += "; the last reads of all processes agree";
    add({FinalClash{first, second}}, std::move(anomaly));
  }

  void note_overwritten(const FinalKey& key, OpId kept) {
    const OpId by = overwritten_in_real_time(h_, key, kept);
    if (by == no_operation) return;
    Anomaly anomaly;
    anomaly.name = "LostAcknowledgedWrite";
    anomaly.relative = true;
    anomaly.operations = {by, key.distinct.front()};
    anomaly.reason = fmt::format("relative to the real-time order of the writes: {} completed last, and {} does not show it",
                                 h_.describe(by), h_.describe(key.distinct.front()));
    if (relative_.empty()) {
      relative_.push_back(std::move(anomaly));
    } else {
      ++relative_.front().count;
    }
  }

  const History& h_;
  std::uint64_t keys_read_ = 0;
  std::string open_;  // why some key can't be judged
  FinalSources sources_;
  Certificate proof_;
  std::vector<Anomaly> anomalies_, relative_;
};

}  // namespace

Judgement check_convergent(const History& history, Budget& budget) {
  if (!can_converge(history.header)) {
    return unknown(Model::convergent, Cause::unsupported,
                   fmt::format("what a final read of {} has to show is not defined", name_of(history.header.object)));
  }
  return Check{history}.run(budget);
}

}  // namespace kasauti::checker::convergence
