// What kasauti minimize and kasauti explain have in common: they judge one history first.

#include "checker/cli/judge_one.hpp"

#include <fmt/format.h>

#include "checker/cli/output.hpp"

namespace kasauti::checker::cli {

void add_judging_options(CLI::App& command, CheckArguments& a) {
  command.add_option("--model", a.models,
      "the model that it violates (default: the first violated one of what check judges)")
      ->type_name("NAME[,NAME…]")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--timeout", a.timeout, "stop after so long, with the smallest history so far; none for no limit")
      ->type_name("DURATION")->capture_default_str();
  command.add_option("--memory", a.memory,
      "stop beyond this (default: three quarters of the machine's)")->type_name("SIZE");
  command.add_option("--steps", a.steps, "most configurations of each search")->type_name("N");
  command.add_option("--threads", a.threads, "worker threads (default: one a core)")->type_name("N");
  command.add_option("--clock-error", a.clock_error,
      "widen every interval at both ends by this")->type_name("DURATION");
  command.add_option("--format", a.format, "the history's format (default: told by its content)")->type_name("F");
}

const run::ModelResult* Judged::violated() const {
  for (const run::ModelResult& model : result.models) {
    if (model.judgement.verdict == Verdict::violated && !model.implied_by) return &model;
  }
  return nullptr;
}

std::optional<Judged> judge_one(const CheckArguments& arguments, ExitStatus& status, double share) {
  status = exit_bad_input;
  auto options = run_options(arguments);
  if (!options) return std::nullopt;
  options->limits.seconds *= share;
  Judged judged;
  judged.options = *options;
  judged.result = run::check_file(arguments.files.front(), *options);
  const run::Result& result = judged.result;
  if (result.bad_input) {
    for (const auto& found : result.read.findings) {
      if (found.severity != histories::Severity::error) continue;
      const std::string place = found.line == 0 ? "" : fmt::format(":{}:{}", found.line, found.column);
      complain(fmt::format("{}{}: {} [{}]", result.file, place, found.message, found.rule));
    }
    return std::nullopt;
  }
  if (const std::string fault = run::internal_error(result); !fault.empty()) {
    complain(fmt::format("internal error: {}. Please report this with the history.", fault));
    status = exit_internal;
    return std::nullopt;
  }
  judged.status = status_of(result.verdict);
  return judged;
}

}  // namespace kasauti::checker::cli
