// kasauti explain HISTORY: in prose, why a history violates its model, or what its holding rests on.

#include <memory>

#include "checker/cli/judge_one.hpp"
#include "checker/cli/output.hpp"
#include "checker/report/explain.hpp"

namespace kasauti::checker::cli {

namespace {

ExitStatus explain_file(const CheckArguments& arguments) {
  ExitStatus status = exit_bad_input;
  // The other half is for the few operations that show a violation.
  const auto judged = judge_one(arguments, status, 0.5);
  if (!judged) return status;
  return print(report::explain(judged->result, judged->options)) ? judged->status : exit_bad_input;
}

}  // namespace

void add_explain(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("explain", "say in words why a history is violated, or why it holds");
  const auto arguments = std::make_shared<CheckArguments>();
  command->add_option("HISTORY", arguments->files, "the history; - is standard input")->required()->expected(1);
  add_judging_options(*command, *arguments);
  command->callback([arguments, &action] { action = [arguments] { return explain_file(*arguments); }; });
}

}  // namespace kasauti::checker::cli
