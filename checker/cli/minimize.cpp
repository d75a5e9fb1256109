// kasauti minimize HISTORY -o SMALLER: the smallest history, as far as it gets, that is violated for the same model.

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "checker/cli/judge_one.hpp"
#include "checker/cli/output.hpp"
#include "checker/minimize/minimize.hpp"
#include "checker/report/lanes.hpp"
#include "histories/write.hpp"

namespace kasauti::checker::cli {

namespace {

struct Arguments {
  CheckArguments check;
  std::string output;
  std::string output_format;
  bool keep_outcomes = false;
};

/// Judging the whole may take this share of the time: where that does not decide it, parts are looked at.
constexpr double judging_share = 0.5;

// What is left of the limits once the whole history has been judged.
histories::Limits remaining(const Judged& judged) {
  histories::Limits limits = judged.options.limits;
  if (limits.seconds <= 0) return limits;
  limits.seconds /= judging_share;
  for (const run::Pass& pass : judged.result.passes) limits.seconds -= pass.seconds;
  limits.seconds = std::max(limits.seconds, 0.001);
  return limits;
}

std::string told(const Judged& judged, const minimize::Minimized& smaller, const std::string& output) {
  const Model model = smaller.judgement.model;
  std::string text = fmt::format("{}: {} violated; {} of {} operations are enough ({} smaller histories tried)\n",
                                 judged.result.file, name_of(model), smaller.history.size(),
                                 judged.result.read.history.size(), smaller.trials);
  if (!smaller.verified) text += "  it rests on the search alone: no proof was short enough to verify\n";
  for (const std::string& words : smaller.rewritten) text += fmt::format("  {}\n", words);
  if (smaller.minimal) text += "  no sound step makes it smaller\n";
  else if (!smaller.detail.empty()) text += fmt::format("  perhaps not the smallest: {}\n", smaller.detail);
  if (!smaller.judgement.anomalies.empty()) {
    const Anomaly& anomaly = smaller.judgement.anomalies.front();
    text += fmt::format("\n{}\n  {}.\n", anomaly.name, anomaly.reason);
  }
  std::vector<OpId> all(smaller.history.size());
  for (OpId op = 0; op < all.size(); ++op) all[op] = op;
  text += "\n" + report::lanes(smaller.history, all);
  return text + fmt::format("\nnext: kasauti check {} --model {}\n", output, name_of(model));
}

// The model to minimize for: the first violated one, else the first that a limit left undecided.
const run::ModelResult* chosen(const Judged& judged) {
  if (const run::ModelResult* violated = judged.violated()) return violated;
  const auto exhausted = [](const run::ModelResult& model) {
    const Cause cause = model.judgement.cause;
    return cause == Cause::time || cause == Cause::memory || cause == Cause::steps;
  };
  const auto found = std::ranges::find_if(judged.result.models, exhausted);
  return found == judged.result.models.end() ? nullptr : &*found;
}

ExitStatus nothing_to_minimize(const Judged& judged) {
  for (const run::ModelResult& model : judged.result.models) {
    complain(fmt::format("{}: {}: {}; there is nothing to minimize, and nothing was written{}{}", judged.result.file,
                         name_of(model.judgement.model), name_of(model.judgement.verdict),
                         model.judgement.detail.empty() ? "" : ". ", model.judgement.detail));
  }
  return judged.status;
}

ExitStatus minimize_file(const Arguments& arguments) {
  ExitStatus status = exit_bad_input;
  const auto judged = judge_one(arguments.check, status, judging_share);
  if (!judged) return status;
  const run::ModelResult* model = chosen(*judged);
  if (model == nullptr) return nothing_to_minimize(*judged);
  minimize::Options options;
  options.model = model->judgement.model;
  options.threads = judged->options.threads;
  options.limits = remaining(*judged);
  options.weaken = !arguments.keep_outcomes;
  const auto smaller = minimize::minimize(judged->result.read.history, options, &model->judgement);
  if (!smaller.violated) return nothing_to_minimize(*judged);
  std::string problem;
  const bool named = !arguments.output_format.empty() || !histories::format_for_path(arguments.output).empty();
  const std::string format = named ? arguments.output_format : "jsonl";
  if (!histories::write_history(smaller.history, arguments.output, format, problem)) {
    complain(fmt::format("{}: {}", arguments.output, problem));
    return exit_bad_input;
  }
  if (arguments.output == "-") return exit_violated;
  return print(told(*judged, smaller, arguments.output)) ? exit_violated : exit_bad_input;
}

}  // namespace

void add_minimize(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("minimize", "find a small history that is violated for the same reasons");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("HISTORY", arguments->check.files, "the history; - is standard input")->required()->expected(1);
  command->add_option("-o,--output", arguments->output,
      "where the smaller history goes; - is standard output")->required()->type_name("PATH");
  command->add_option("--output-format", arguments->output_format,
      "jsonl or edn (default: told by the name's ending, else jsonl)")->type_name("F");
  command->add_flag("--keep-outcomes", arguments->keep_outcomes,
      "leave operations out, but don't turn any into one of unknown outcome");
  add_judging_options(*command, arguments->check);
  command->callback([arguments, &action] { action = [arguments] { return minimize_file(*arguments); }; });
}

}  // namespace kasauti::checker::cli
