// kasauti check FILE…: judges histories, reports, and exits with the verdict.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output.hpp"
#include "checker/cli/quantities.hpp"
#include "checker/policy/judge.hpp"
#include "checker/policy/lint.hpp"
#include "checker/report/reporter.hpp"
#include "histories/source.hpp"

namespace kasauti::checker::cli {

namespace {

/// A report that was asked for: its kind and where it goes.
struct Sink {
  const report::Reporter* reporter = nullptr;
  std::string path = "-";
  std::string text;
};

struct Plan {
  run::Options options;
  report::ReportOptions report;
  std::vector<Sink> sinks;
  std::optional<Model> expect;
};

std::string all_names() {
  std::string names;
  for (const ModelRow& row : models()) names += (names.empty() ? "" : ", ") + std::string{row.name};
  return names;
}

// Each of these says false, and what is wrong, if an argument makes no sense.
bool plan_models(const CheckArguments& arguments, Plan& plan) {
  for (const std::string& list : arguments.models) {
    for (const std::string& name : CLI::detail::split(list, ',')) {
      if (name == "all") {
        plan.options.all_models = true;
        continue;
      }
      const auto model = model_named(name);
      if (!model) {
        complain(fmt::format("there is no model \"{}\"; --model takes all, or of: {}", name, all_names()));
        return false;
      }
      if (std::ranges::find(plan.options.models, *model) == plan.options.models.end()) plan.options.models.push_back(*model);
    }
  }
  if (arguments.expect.empty()) return true;
  plan.expect = model_named(arguments.expect);
  if (!plan.expect) {
    complain(fmt::format("there is no model \"{}\"; --expect takes one of: {}", arguments.expect, all_names()));
    return false;
  }
  if (std::ranges::find(plan.options.models, *plan.expect) == plan.options.models.end()) plan.options.models.push_back(*plan.expect);
  return true;
}

std::optional<std::string> text_of(const std::string& path) {
  auto source = histories::Source::of_file(path);
  std::string text;
  std::size_t length = 0;
  do {
    text.resize(length + 65536);
    length += source.read(text.data() + length, text.size() - length);
  } while (!source.ended() && source.problem().empty());
  text.resize(length);
  if (source.problem().empty()) return text;
  complain(fmt::format("{}: {}", path, source.problem()));
  return std::nullopt;
}

bool plan_policy(const CheckArguments& arguments, Plan& plan) {
  if (arguments.policy.empty()) return true;
  if (plan.options.all_models || !arguments.expect.empty()) {
    complain("--policy judges each class of operations by its own promise: it goes with neither --expect nor --model all; "
             "--model names what operations of no class were promised");
    return false;
  }
  const auto text = arguments.policy_text ? arguments.policy_text : text_of(arguments.policy);
  if (!text) return false;
  const auto parsed = std::make_shared<policy::Parsed>(policy::parse(*text));
  for (const policy::Problem& problem : parsed->problems) {
    complain(fmt::format("{}:{}:{}: {}", arguments.policy, problem.line, problem.column, problem.message));
  }
  if (!parsed->problems.empty()) return false;
  plan.options.judge = [parsed, text = *text, file = arguments.policy](
                           run::Result& result, const run::Options& options, histories::Budget& budget) {
    result.policy_file = file;
    result.policy = text;
    result.policy_findings = policy::lint(parsed->policy, result.read.history);
    policy::judge(parsed->policy, result, options, budget);
  };
  return true;
}

std::uint64_t default_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size) / 4 * 3 : 0;
}

bool plan_limits(const CheckArguments& arguments, Plan& plan) {
  const auto seconds = seconds_from(arguments.timeout);
  if (!seconds && arguments.timeout != "none" && arguments.timeout != "0") {
    complain(fmt::format("--timeout takes a duration such as 60s, 500ms, 2m, or none; found \"{}\"", arguments.timeout));
    return false;
  }
  plan.options.limits.seconds = seconds.value_or(0);
  plan.options.limits.bytes = default_memory();
  if (!arguments.memory.empty()) {
    const auto bytes = bytes_from(arguments.memory);
    if (!bytes) {
      complain(fmt::format("--memory takes a size such as 8G or 500M; found \"{}\"", arguments.memory));
      return false;
    }
    plan.options.limits.bytes = *bytes;
  }
  if (!arguments.steps.empty()) {
    const auto steps = bytes_from(arguments.steps);
    if (!steps) {
      complain(fmt::format("--steps takes a positive number; found \"{}\"", arguments.steps));
      return false;
    }
    plan.options.limits.steps = *steps;
  }
  if (!arguments.clock_error.empty()) {
    const auto error = seconds_from(arguments.clock_error);
    if (!error || *error > 86400) {
      complain(fmt::format("--clock-error takes a duration of at most a day, such as 2ms; found \"{}\"", arguments.clock_error));
      return false;
    }
    plan.options.clock_error = static_cast<std::int64_t>(*error * 1e9);
  }
  return true;
}

bool plan_reports(const CheckArguments& arguments, Plan& plan) {
  std::vector<std::string> wanted = arguments.reports;
  if (wanted.empty()) wanted.push_back("text");
  for (const std::string& each : wanted) {
    Sink sink;
    const std::size_t colon = each.find(':');
    sink.reporter = report::reporter_named(each.substr(0, colon));
    if (colon != std::string::npos) sink.path = each.substr(colon + 1);
    if (sink.reporter == nullptr || sink.path.empty()) {
      std::string kinds;
      for (const auto& reporter : report::reporters()) kinds += (kinds.empty() ? "" : ", ") + std::string{reporter.name};
      complain(fmt::format("--report takes KIND or KIND:PATH with KIND of {}; found \"{}\"", kinds, each));
      return false;
    }
    plan.sinks.push_back(std::move(sink));
  }
  return true;
}

bool silenced(const Sink& sink, const CheckArguments& arguments) {
  return arguments.quiet && sink.path == "-" && sink.reporter->name == "text";
}

// Whether everything that is written goes to a place of its own, and nothing over a history.
bool places_differ(const CheckArguments& arguments, const Plan& plan) {
  std::vector<std::string> places;
  if (!arguments.certificate.empty()) places.push_back(arguments.certificate);
  for (const Sink& sink : plan.sinks) {
    if (!silenced(sink, arguments)) places.push_back(sink.path);
  }
  for (const std::string& place : places) {
    const auto replaced = std::ranges::find_if(arguments.files, [&](const std::string& file) {
      std::error_code ignored;
      return std::filesystem::equivalent(file, place, ignored);
    });
    if (replaced == arguments.files.end()) continue;
    complain(fmt::format("{} would be written over the history {}", place, *replaced));
    return false;
  }
  std::ranges::sort(places);
  const auto shared = std::ranges::adjacent_find(places);
  if (shared == places.end()) return true;
  complain(fmt::format("two reports, or a report and the certificate, would share {}; give each a path of its own: "
                       "--report json:out.json",
                       *shared == "-" ? "standard output" : *shared));
  return false;
}

std::optional<Plan> make_plan(const CheckArguments& arguments) {
  Plan plan;
  if (!plan_models(arguments, plan) || !plan_policy(arguments, plan)) return std::nullopt;
  if (!plan_limits(arguments, plan) || !plan_reports(arguments, plan)) return std::nullopt;
  if (!places_differ(arguments, plan)) return std::nullopt;
  plan.options.format = arguments.format;
  plan.options.by_promise = arguments.by_promise;
  plan.options.allow_vacuous = arguments.allow_vacuous;
  plan.options.threads = arguments.threads != 0 ? arguments.threads : std::max(1U, std::thread::hardware_concurrency());
  plan.report.stats = arguments.stats;
  if (!arguments.certificate.empty() && arguments.files.size() != 1) {
    complain("--certificate takes the certificate of one history; call check once for each file");
    return std::nullopt;
  }
  return plan;
}

// What a gate exits with: the expected model's verdict if one is expected, else the worst of all.
ExitStatus judge(const run::Result& result, const Plan& plan, const CheckArguments& arguments) {
  if (result.bad_input) return exit_bad_input;
  Verdict verdict = result.verdict;
  if (plan.expect) {
    for (const run::ModelResult& model : result.models) {
      if (model.judgement.model == *plan.expect) verdict = model.judgement.verdict;
    }
  }
  if (verdict == Verdict::unknown && arguments.allow_unknown) return exit_holds;
  return status_of(verdict);
}

// An option that may be given several times, with one value each: the words after that are files again.
CLI::Option* repeatable(CLI::Option* option) {
  return option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
}

}  // namespace

void add_check_options(CLI::App& command, CheckArguments& a) {
  repeatable(command.add_option("--model", a.models,
                                "the models to judge: names or aliases with commas, or all "
                                "(default: what the header's workload promises, else linearizable)"))
      ->type_name("NAME[,NAME…]");
  command.add_option("--expect", a.expect, "exit 0 only if this model holds")->type_name("NAME");
  command.add_option("--policy", a.policy, "judge each class of operations by what this file says it was promised")
      ->type_name("FILE");
  repeatable(command.add_option("--report", a.reports, "a report and where it goes; several at once (default: text)"))
      ->type_name("KIND[:PATH]");
  command.add_option("--certificate", a.certificate, "write the certificates there, for kasauti verify")->type_name("PATH");
  command.add_option("--timeout", a.timeout, "give up (unknown: time) after so long; none for no limit")->type_name("DURATION")->capture_default_str();
  command.add_option("--memory", a.memory, "give up (unknown: memory) beyond this (default: three quarters of the machine's)")->type_name("SIZE");
  command.add_option("--steps", a.steps, "give up (unknown: steps) after so many configurations of a search")->type_name("N");
  command.add_option("--threads", a.threads, "worker threads (default: one a core); the answer does not depend on it")->type_name("N");
  command.add_option("--clock-error", a.clock_error, "widen every interval at both ends by this (recordings by several hosts)")->type_name("DURATION");
  command.add_option("--format", a.format, "the history's format (default: told by its content)")->type_name("F");
  command.add_flag("--stats", a.stats, "show time and memory of each pass, and which method decided what");
  command.add_flag("--quiet", a.quiet, "no text report; the exit status tells");
  command.add_flag("--allow-unknown", a.allow_unknown, "exit 0 where the verdict is unknown");
  command.add_flag("--allow-vacuous", a.allow_vacuous, "judge histories without any completed observation too");
}

bool read_policy(CheckArguments& arguments) {
  if (arguments.policy.empty()) return true;
  arguments.policy_text = text_of(arguments.policy);
  return arguments.policy_text.has_value();
}

std::optional<run::Options> run_options(const CheckArguments& arguments) {
  auto plan = make_plan(arguments);
  if (!plan) return std::nullopt;
  return std::move(plan->options);
}

ExitStatus run_check(const CheckArguments& arguments) {
  auto plan = make_plan(arguments);
  if (!plan) return exit_bad_input;
  ExitStatus status = exit_holds;
  for (const std::string& file : arguments.files) {
    const run::Result result = run::check_file(file, plan->options);
    if (const std::string fault = run::internal_error(result); !fault.empty()) {
      complain(fmt::format("internal error: {}. Please report this with the history.", fault));
      status = exit_internal;
      continue;
    }
    status = worse_status(status, judge(result, *plan, arguments));
    for (Sink& sink : plan->sinks) {
      if (silenced(sink, arguments)) continue;
      sink.reporter->write(result, plan->report, sink.text);
      if (sink.path != "-") continue;
      if (!print(sink.text)) return exit_bad_input;
      sink.text.clear();
    }
    if (!arguments.certificate.empty() && !result.bad_input &&
        !write_output(arguments.certificate, to_json(run::certificates(result))))
      return exit_bad_input;
  }
  for (const Sink& sink : plan->sinks) {
    if (sink.path != "-" && !write_output(sink.path, sink.text)) return exit_bad_input;
  }
  return status;
}

void add_check(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("check", "judge histories against consistency models");
  const auto arguments = std::make_shared<CheckArguments>();
  command->add_option("FILE", arguments->files, "histories; - is standard input")->required();
  add_check_options(*command, *arguments);
  command->add_option("--seed", arguments->seed, "seed of whatever is drawn at random (nothing, so far)")->type_name("N");
  command->callback([arguments, &action] { action = [arguments] { return run_check(*arguments); }; });
}

}  // namespace kasauti::checker::cli
