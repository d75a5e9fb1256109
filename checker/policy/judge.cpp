// A policy's verdict: each class of operations by what it was promised, and by nothing else.
//
// Question: did the store keep its promise to this class? The class is judged on a history of its own: its
// operations, and what others wrote to its keys. Others' reads are left out, which is sound: an order of all
// operations is one of fewer reads. Others' writes of a class that was promised at least as much are kept as they
// are; those of a weaker or incomparable class may have taken effect at any time, or never, as nobody promised when.
// So no weak operation refutes a stronger promise. Writes in no class, and with no model to judge them by, are kept
// if they return nothing.
//
// What holds and fails comes from the engines with certificates that the verifier accepts for the class's own
// history. Staleness bounds come from the least k and Δ. Observed are the strongest models of the lattice that hold
// for the class. Promises are judged before anything is observed, so that a short budget goes to the verdicts first.
//
// Cost: that of the models, and O(n) for each class. Tested in tests/policy/judge.cpp.

#include "checker/policy/judge.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "checker/certificate/verify.hpp"
#include "checker/policy/bounds.hpp"
#include "checker/policy/scope.hpp"
#include "checker/run/engines.hpp"
#include "histories/lint.hpp"

namespace kasauti::checker::policy {

namespace {

using histories::Budget;
using histories::ValueId;
using histories::no_value;
using run::ClassResult;

/// Anomalies whose count is of single operations and complete, so that a share of them means something.
bool is_counted(const Anomaly& anomaly) {
  static constexpr std::string_view kinds[] = {"ReadYourWrites", "MonotonicReads", "StaleRead", "NotConverged"};
  return anomaly.at_risk != 0 && std::ranges::find(kinds, anomaly.name) != std::end(kinds);
}

/// What an operation takes in the columns of a class's own history, with its rank numbered anew.
constexpr std::uint64_t bytes_of_operation = 96;

/// What operations of no class are judged by: --model, or else what the header's workload promises, if it does.
std::vector<Model> fallback_of(const run::Options& options, const History& history) {
  const std::string& workload = history.header.workload;
  if (!options.models.empty() || workload.empty() || workload == "mixed_policy") return options.models;
  return {run::promised_by(workload)};
}

class Judge {
 public:
  Judge(const Policy& policy, run::Result& result, const run::Options& options, Budget& budget)
      : policy_{policy}, result_{result}, options_{options}, budget_{budget}, whole_{result.read.history},
        scope_{policy, whole_, fallback_of(options, whole_)} {}

  void run() {
    const std::vector<Model> fallback = scope_.others();
    result_.others = fallback;
    for (const Class& each : policy_.classes) judge_class(each);
    const auto others = static_cast<std::uint64_t>(std::ranges::count(scope_.class_of(), no_class));
    if (others != 0 && fallback.empty()) result_.uncovered = others;
    for (const Model model : others != 0 ? fallback : std::vector<Model>{}) judge_others(model);
    for (std::size_t i = 0; i < result_.classes.size(); ++i) {
      observe(result_.classes[i], std::move(histories_[i].history));
    }
  }

 private:
  void judge_class(const Class& each) {
    const auto number = static_cast<std::uint32_t>(&each - policy_.classes.data());
    ClassResult out;
    out.name = each.name;
    out.selects = selects(number);
    out.promised = each.promise.model;
    out.most_versions = each.promise.most_versions;
    out.most_nanoseconds = each.promise.most_nanoseconds;
    out.demanded = each.promise.demanded;
    out.tolerate = each.promise.tolerate;
    finish(std::move(out), number);
  }

  void judge_others(Model model) {
    ClassResult out;
    out.name = "uncovered";
    out.selects = "what is in no class";
    out.promised = model;
    finish(std::move(out), no_class);
  }

  void finish(ClassResult out, std::uint32_t number) {
    describe(number, out);
    out.verdict = Verdict::holds;
    if (!budget_.may_allocate(whole_.size() * bytes_of_operation)) {
      settle(out, Verdict::unknown, why_open(),
          "no room left for the class's own history; raise --memory or --timeout");
      result_.classes.push_back(std::move(out));
      histories_.emplace_back();
      return;
    }
    Subhistory part = scope_.history_of(number, out.promised);
    out.weakened = part.weakened;
    if (out.operations == 0 || histories_vacuous(part)) {
      if (!options_.allow_vacuous) {
        settle(out, Verdict::unknown, Cause::vacuous,
               out.operations == 0
                   ? "no operation falls in this class; is its prefix or level misspelt? --allow-vacuous lifts this"
                                   : "no completed observation: nothing can be concluded; --allow-vacuous lifts this");
      }
    } else {
      judge_model(out, part);
      judge_bounds(out, part);
    }
    judge_level(out, number);
    result_.classes.push_back(std::move(out));
    histories_.push_back(std::move(part));
  }

  /// Violated beats unknown beats holds; what settled it, or kept it open, is told.
  static void settle(ClassResult& out, Verdict verdict, Cause cause, std::string_view detail) {
    if (verdict == Verdict::unknown && out.verdict == Verdict::holds) out.cause = cause;
    out.verdict = worse(out.verdict, verdict);
    if (out.verdict == Verdict::violated) out.cause = Cause::none;
    if (detail.empty()) return;
    if (!out.detail.empty()) out.detail += "; ";
    out.detail += detail;
  }

  static bool histories_vacuous(const Subhistory& part) { return histories::is_vacuous(part.history); }

  [[nodiscard]] std::string selects(std::uint32_t number) const {
    std::string text;
    for (const Rule& rule : policy_.rules) {
      if (rule.member_of != number) continue;
      if (!text.empty()) text += ", ";
      text += rule.prefix.empty() ? "all keys" : fmt::format("keys {}*", rule.prefix);
      if (!rule.level.empty()) text += fmt::format(" at level {}", rule.level);
    }
    return text;
  }

  void describe(std::uint32_t number, ClassResult& out) const {
    std::set<ValueId> levels;
    for (OpId op = 0; op < whole_.size(); ++op) {
      if (scope_.class_of()[op] != number) continue;
      ++out.operations;
      if (level_of(whole_, op) != no_value) levels.insert(level_of(whole_, op));
    }
    for (const ValueId level : levels) out.declared.push_back(whole_.values.to_json(level));
    std::ranges::sort(out.declared);
  }

  void take_anomalies(ClassResult& out, std::vector<Anomaly> anomalies, const Subhistory& part) const {
    for (Anomaly& anomaly : anomalies) {
      for (auto* list : {&anomaly.operations, &anomaly.occurrences, &anomaly.smallest}) {
        for (OpId& op : *list) op = part.origin[op];
      }
      out.anomalies.push_back(std::move(anomaly));
    }
  }

  void judge_model(ClassResult& out, Subhistory& part) {
    if (!out.promised) return;
    run::Options options = options_;
    options.models = {*out.promised};
    options.judge = nullptr;
    run::Result judged = run::check_history(std::move(part.history), options, budget_);
    out.fault = run::internal_error(judged);
    part.history = std::move(judged.read.history);
    for (run::Pass& pass : judged.passes) {
      pass.name += " " + out.name;
      result_.passes.push_back(std::move(pass));
    }
    Judgement& judgement = judged.models.front().judgement;
    out.certified = judged.models.front().certified;
    out.proofs.push_back({judgement.model, judgement.verdict, judgement.certificate});
    const std::string room = within_tolerance(out, judgement);
    if (!room.empty()) {
      out.tolerated = true;
      settle(out, Verdict::holds, Cause::none, room);
    } else {
      settle(out, judgement.verdict, judgement.cause, judgement.detail);
    }
    take_anomalies(out, std::move(judgement.anomalies), part);
  }

  /// In words how much of its room the class took, if it has any and kept within it; else empty.
  static std::string within_tolerance(const ClassResult& out, const Judgement& judgement) {
    if (out.tolerate <= 0 || judgement.verdict != Verdict::violated) return {};
    std::string words;
    for (const Anomaly& anomaly : judgement.anomalies) {
      if (anomaly.relative) continue;  // it is no part of the violation
      const double share =
          static_cast<double>(anomaly.count) / static_cast<double>(std::max<std::uint64_t>(anomaly.at_risk, 1));
      if (!is_counted(anomaly) || share > out.tolerate) return {};
      words += fmt::format("{}{} of {} at risk are {}, {:.4g} % of at most {:.4g} %",
                           words.empty() ? "tolerated: " : "; ", anomaly.count, anomaly.at_risk, anomaly.name,
                           share * 100, out.tolerate * 100);
    }
    return words;
  }

  [[nodiscard]] Cause why_open() const {
    switch (budget_.exhausted()) {
      case histories::Exhausted::time: return Cause::time;
      case histories::Exhausted::memory: return Cause::memory;
      case histories::Exhausted::steps: return Cause::steps;
      case histories::Exhausted::no: break;
    }
    return Cause::precondition;
  }

  void judge_bounds(ClassResult& out, Subhistory& part) {
    if (!out.most_versions && !out.most_nanoseconds) return;
    run::Options options = options_;
    options.models = {Model::linearizable};
    options.judge = nullptr;
    run::Result judged = run::check_history(std::move(part.history), options, budget_);
    if (out.fault.empty()) out.fault = run::internal_error(judged);
    part.history = std::move(judged.read.history);
    const Judgement& atomic = judged.models.front().judgement;
    if (atomic.verdict != Verdict::unknown && out.promised != Model::linearizable) {
      out.proofs.push_back({Model::linearizable, atomic.verdict, atomic.certificate});
    }
    if (out.most_versions) {
      BoundResult found = within_versions(part.history, *out.most_versions, atomic, budget_);
      out.versions = found.measure;
      take_bound(out, Model::k_atomic, std::move(found), part);
    }
    if (out.most_nanoseconds) {
      BoundResult found = within_time(part.history, *out.most_nanoseconds, atomic, budget_);
      out.nanoseconds = found.measure;
      take_bound(out, Model::delta_atomic, std::move(found), part);
    }
  }

  void take_bound(ClassResult& out, Model measure, BoundResult found, const Subhistory& part) const {
    const bool proved = !std::holds_alternative<std::monostate>(found.certificate.proof);
    if (proved && verify(part.history, measure, Verdict::violated, found.certificate).complete) {
      out.proofs.push_back({measure, Verdict::violated, std::move(found.certificate)});
    }
    settle(out, found.verdict, found.cause, found.detail);
    take_anomalies(out, std::move(found.anomalies), part);
  }

  /// The level used has to be the level demanded.
  void judge_level(ClassResult& out, std::uint32_t number) const {
    if (out.demanded.empty()) return;
    Anomaly slip;
    slip.name = "LevelSlip";
    slip.count = 0;
    std::set<histories::SessionId> sessions;
    for (OpId op = 0; op < whole_.size(); ++op) {
      if (scope_.class_of()[op] != number || level_of(whole_, op) == no_value) continue;
      ++slip.at_risk;
      if (whole_.values.to_json(level_of(whole_, op)) == out.demanded) continue;
      if (slip.count++ == 0) slip.operations = {op};
      sessions.insert(whole_.session[op]);
    }
    if (slip.count == 0) {
      const std::uint64_t without = out.operations - slip.at_risk;
      if (without != 0) {
        settle(out, Verdict::unknown, Cause::precondition, fmt::format("{} operations carry no level", without));
      }
      return;
    }
    slip.sessions = sessions.size();
    const OpId first = slip.operations.front();
    slip.reason = fmt::format("{} ran at level {}, but {} is demanded", whole_.describe(first),
                              whole_.values.to_json(level_of(whole_, first)), out.demanded);
    settle(out, Verdict::violated, Cause::none, fmt::format("{} of {} operations ran at another level than {}",
        slip.count, slip.at_risk, out.demanded));
    out.anomalies.push_back(std::move(slip));
  }

  /// The strongest models that hold for the class. What its promise settles already is not judged again.
  void observe(ClassResult& out, History history) {
    if (history.size() == 0 || out.cause == Cause::vacuous) return;
    const bool lattice = run::lattice_applies(history);
    const bool kept = out.promised && out.certified != run::Certified::none && out.verdict == Verdict::holds &&
        !out.tolerated;
    std::vector<Model> holding;
    run::Options options = options_;
    options.models.clear();
    options.judge = nullptr;
    for (const ModelRow& row : models()) {
      if (!implies(Model::linearizable, row.model)) continue;
      if (kept && (row.model == *out.promised || (lattice && implies(*out.promised, row.model)))) {
        holding.push_back(row.model);
      } else {
        options.models.push_back(row.model);
      }
    }
    if (!options.models.empty()) {
      const run::Result judged = run::check_history(std::move(history), options, budget_);
      if (out.fault.empty()) out.fault = run::internal_error(judged);
      for (const run::ModelResult& each : judged.models) {
        if (each.judgement.verdict == Verdict::holds) holding.push_back(each.judgement.model);
        if (each.judgement.verdict == Verdict::unknown) out.undecided.push_back(each.judgement.model);
      }
    }
    for (const Model model : holding) {
      const auto above = [&](Model other) { return other != model && implies(other, model); };
      if (std::ranges::none_of(holding, above)) out.observed.push_back(model);
    }
    std::ranges::sort(out.observed);
  }

  const Policy& policy_;
  run::Result& result_;
  const run::Options& options_;
  Budget& budget_;
  const History& whole_;
  Scope scope_;
  std::vector<Subhistory> histories_;    ///< by class of the result
};

}  // namespace

void judge(const Policy& policy, run::Result& result, const run::Options& options, Budget& budget) {
  Judge{policy, result, options, budget}.run();
}

}  // namespace kasauti::checker::policy
