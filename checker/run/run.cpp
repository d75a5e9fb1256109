// The pipeline: read → lint → check → certify.

#include "checker/run/run.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/run/engines.hpp"
#include "checker/run/grouping.hpp"
#include "checker/staleness/staleness.hpp"
#include "histories/lint.hpp"

namespace kasauti::checker::run {

namespace {

using histories::Budget;
using histories::Exhausted;
using histories::Severity;

/// Of the verifier's own search, for one certificate.
constexpr std::uint64_t most_verifying_steps = 400'000;

/// Measures one pass from its construction to its end.
class Timed {
 public:
  Timed(Result& result, std::string name) : result_{result}, name_{std::move(name)}, start_{std::chrono::steady_clock::now()} {}
  ~Timed() {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start_;
    result_.passes.push_back({std::move(name_), took.count(), histories::resident_bytes()});
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  Result& result_;
  std::string name_;
  std::chrono::steady_clock::time_point start_;
};

Cause cause_of(Exhausted exhausted) {
  switch (exhausted) {
    case Exhausted::time: return Cause::time;
    case Exhausted::memory: return Cause::memory;
    case Exhausted::steps: return Cause::steps;
    case Exhausted::no: break;
  }
  return Cause::none;
}

std::string_view option_for(Cause cause) {
  return cause == Cause::time ? "--timeout" : cause == Cause::memory ? "--memory" : "--steps";
}

void read(Result& result, const Options& options, Budget& budget) {
  const Timed timed{result, "read"};
  histories::ReadOptions how;
  how.format = options.format;
  how.build.clock_error = options.clock_error;
  how.budget = &budget;
  result.read = histories::read_history(result.file, how);
  result.bad_input = std::ranges::any_of(result.read.findings, [](const auto& f) { return f.severity == Severity::error; });
  result.out_of_budget = !result.bad_input && !result.read.ok;
}

void lint(Result& result) {
  const Timed timed{result, "lint"};
  auto found = histories::lint(result.read.history);
  result.read.findings.insert(result.read.findings.end(), std::make_move_iterator(found.begin()),
                              std::make_move_iterator(found.end()));
}

std::vector<Model> wanted(const Options& options, const History& history) {
  if (options.all_models) {
    std::vector<Model> all;
    for (const ModelRow& row : models()) all.push_back(row.model);
    return all;
  }
  if (!options.models.empty()) return options.models;
  if (options.by_promise) {
    if (const auto promised = promised_in(history.header)) return {*promised};
  }
  return {promised_by(history.header.workload)};
}

// The order in which models are judged: the one that settles most first, then the cheap ones, which may settle the dear
// ones.
std::vector<Model> by_cost(std::vector<Model> all) {
  const auto cost = [](Model model) {
    switch (model) {
      case Model::linearizable: return 0;
      case Model::causal_memory: case Model::pram: return 2;
      case Model::per_key_sequential: return 3;
      case Model::sequential: return 4;
      default: return 1;
    }
  };
  std::ranges::stable_sort(all, {}, cost);
  return all;
}

// What an earlier verdict says of this model: one that implies it holds, or one that it implies is violated.
std::optional<ModelResult> settled(Model model, const std::vector<ModelResult>& earlier, const Lattice& lattice) {
  for (const ModelResult& known : earlier) {
    const Model other = known.judgement.model;
    if (known.implied_by || other == model) continue;
    const bool holds = known.judgement.verdict == Verdict::holds && lattice.implies(other, model);
    const bool fails = known.judgement.verdict == Verdict::violated && lattice.implies(model, other);
    if (!holds && !fails) continue;
    ModelResult result;
    result.judgement.model = model;
    result.judgement.verdict = holds ? Verdict::holds : Verdict::violated;
    result.certified = known.certified;
    result.implied_by = other;
    return result;
  }
  return std::nullopt;
}

void certify(ModelResult& result, const History& history, Budget& budget) {
  Judgement& judgement = result.judgement;
  if (judgement.verdict == Verdict::unknown) return;
  const Verification verification =
      verify(history, judgement.model, judgement.verdict, judgement.certificate, most_verifying_steps, &budget);
  if (verification.accepted) {
    result.certified = verification.complete ? Certified::verified : Certified::search_alone;
    return;
  }
  if (verification.complete) {
    judgement.detail = "certificate refused: " + verification.problem;
  } else if (budget.stopped()) {
    const Cause cause = cause_of(budget.exhausted());
    judgement = unknown(judgement.model, cause,
                        fmt::format("decided, but its certificate could not be checked in time; raise {}", option_for(cause)));
  } else if (judgement.verdict == Verdict::violated) {
    judgement.certificate = {SearchAlone{}};
    result.certified = Certified::search_alone;
  } else {
    judgement = unknown(judgement.model, Cause::steps, "decided, but its certificate takes too many steps to check");
  }
}

ModelResult judge(Model model, const Options& options, const History& history, Budget& budget) {
  ModelResult result;
  if (budget.stopped()) {
    const Cause cause = cause_of(budget.exhausted());
    result.judgement = unknown(model, cause, fmt::format("not looked at; raise {}", option_for(cause)));
    return result;
  }
  result.judgement = run_engine(model, history, options.threads, budget);
  result.judgement.model = model;
  result.judgement.anomalies = grouped(history, std::move(result.judgement.anomalies));
  const bool measured = model == Model::k_atomic || model == Model::delta_atomic;  // these say how stale themselves
  for (Anomaly& anomaly : result.judgement.anomalies) {
    if (!measured) staleness::tell_how_stale(history, anomaly);
  }
  return result;
}

void check(Result& result, const Options& options, Budget& budget) {
  const History& history = result.read.history;
  std::vector<Model> order = wanted(options, history);
  const std::vector<Model> shown = order;
  const Lattice lattice{history};
  const bool vacuous = !options.allow_vacuous && histories::is_vacuous(history);
  for (const Model model : by_cost(std::move(order))) {
    if (vacuous) {
      result.models.push_back({unknown(model, Cause::vacuous, "no completed observation: nothing can be concluded; --allow-vacuous lifts this"), Certified::none, std::nullopt});
      continue;
    }
    if (auto known = settled(model, result.models, lattice)) {
      result.models.push_back(*std::move(known));
      continue;
    }
    ModelResult judged;
    {
      const Timed timed{result, shown.size() == 1 ? "check" : fmt::format("check {}", checker::name_of(model))};
      judged = judge(model, options, history, budget);
    }
    {
      const Timed timed{result, shown.size() == 1 ? "certify" : fmt::format("certify {}", checker::name_of(model))};
      certify(judged, history, budget);
    }
    result.models.push_back(std::move(judged));
  }
  const auto place = [&](const ModelResult& r) { return std::ranges::find(shown, r.judgement.model) - shown.begin(); };
  std::ranges::stable_sort(result.models, {}, place);
}

void unread(Result& result, const Options& options, Budget& budget) {
  const Cause cause = cause_of(budget.exhausted());
  for (const Model model : options.models.empty() ? std::vector{Model::linearizable} : options.models) {
    result.models.push_back({unknown(model, cause, fmt::format("the limit was reached while the file was read; raise {}", option_for(cause))), Certified::none, std::nullopt});
  }
}

void conclude(Result& result) {
  result.verdict = Verdict::holds;
  for (const ModelResult& model : result.models) result.verdict = worse(result.verdict, model.judgement.verdict);
  for (const ClassResult& each : result.classes) result.verdict = worse(result.verdict, each.verdict);
}

}  // namespace

std::string_view name_of(Certified certified) {
  static constexpr std::string_view names[] = {"none", "verified", "search-alone"};
  return names[static_cast<std::size_t>(certified)];
}

Result check_file(const std::string& file, const Options& options) {
  Result result;
  result.file = file;
  Budget budget{options.limits};
  read(result, options, budget);
  if (result.bad_input) return result;
  if (result.out_of_budget) {
    unread(result, options, budget);
  } else {
    lint(result);
    if (options.judge) {
      options.judge(result, options, budget);
    } else {
      check(result, options, budget);
    }
  }
  conclude(result);
  result.peak_bytes = histories::peak_resident_bytes();
  return result;
}

Result check_history(History history, const Options& options, Budget& budget) {
  Result result;
  result.read.history = std::move(history);
  check(result, options, budget);
  conclude(result);
  return result;
}

std::string internal_error(const Result& result) {
  for (const ClassResult& each : result.classes) {
    if (!each.fault.empty()) return fmt::format("{}: class {}{}", result.file, each.name, each.fault);
  }
  for (const ModelResult& model : result.models) {
    const Judgement& judgement = model.judgement;
    if (judgement.verdict != Verdict::unknown && model.certified == Certified::none && !model.implied_by) {
      return fmt::format("{}: {}: {}, but its {}", result.file, checker::name_of(judgement.model),
                         checker::name_of(judgement.verdict), judgement.detail);
    }
  }
  if (result.models.size() < 2) return {};
  const Lattice lattice{result.read.history};
  for (const ModelResult& strong : result.models) {
    for (const ModelResult& weak : result.models) {
      if (strong.judgement.verdict == Verdict::holds && weak.judgement.verdict == Verdict::violated &&
          lattice.implies(strong.judgement.model, weak.judgement.model)) {
        return fmt::format("{}: {} holds, which implies {}, but that is violated", result.file,
                           checker::name_of(strong.judgement.model), checker::name_of(weak.judgement.model));
      }
    }
  }
  return {};
}

CertificateFile certificates(const Result& result) {
  CertificateFile file;
  file.sha256 = result.read.sha256;
  file.operations = result.read.history.size();
  for (const ModelResult& model : result.models) {
    if (model.implied_by) continue;
    file.entries.push_back({model.judgement.model, model.judgement.verdict, model.judgement.certificate});
  }
  file.policy = result.policy;
  file.others = result.others;
  for (const ClassResult& each : result.classes) file.classes.push_back({each.name, each.verdict, each.proofs});
  return file;
}

std::optional<Model> promised_in(const histories::Header& header) {
  const auto meta = nlohmann::json::parse(header.meta, nullptr, false);
  if (!meta.is_object() || !meta.contains("promise") || !meta["promise"].is_string()) return std::nullopt;
  return model_named(meta["promise"].get_ref<const std::string&>());
}

Model promised_by(const std::string& workload) {
  static constexpr std::pair<std::string_view, Model> table[] = {
      {"session", Model::session},          {"reply_after_cause", Model::causal}, {"set_add", Model::convergent},
      {"crdt", Model::convergent},          {"record_fields", Model::convergent}, {"queue_log", Model::sequential},
      {"chat", Model::sequential},          {"ledger", Model::sequential},
  };
  for (const auto& [name, model] : table) {
    if (name == workload) return model;
  }
  return Model::linearizable;
}

}  // namespace kasauti::checker::run
