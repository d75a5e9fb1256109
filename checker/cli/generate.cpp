// kasauti generate KIND: a history whose status is known by construction.

#include <cstdio>

#include <fmt/format.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output.hpp"
#include "checker/cli/quantities.hpp"
#include "histories/generate/generate.hpp"

namespace kasauti::checker::cli {

namespace {

using histories::generate::Options;

struct Arguments {
  Options options;
  std::string info = "0";
  std::string output = "-";
};

ExitStatus generate_history(Arguments arguments) {
  const auto share = share_from(arguments.info);
  if (!share) {
    complain(fmt::format("--info takes a share such as 1% or 0.01; found \"{}\"", arguments.info));
    return exit_bad_input;
  }
  arguments.options.info = *share;
  std::string problem;
  std::string file;
  const bool to_stdout = arguments.output == "-";
  const bool whole = histories::generate::generate(
      arguments.options,
      [&](std::string_view chunk) {
        if (to_stdout) return print(chunk);
        file += chunk;
        return true;
      },
      problem);
  if (!whole) {
    if (!problem.empty()) complain(problem);
    return exit_bad_input;
  }
  return to_stdout || write_output(arguments.output, file) ? exit_holds : exit_bad_input;
}

}  // namespace

void add_generate(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("generate", "make a history whose status is known by construction");
  const auto arguments = std::make_shared<Arguments>();
  Options& options = arguments->options;
  std::string kinds;
  for (const auto& kind : histories::generate::kinds()) kinds += fmt::format("\n  {:<16}{}", kind.name, kind.summary);
  command->footer("KIND is one of:" + kinds);
  command->add_option("KIND", options.kind, "what the history is of")->required();
  command->add_option("--ops", options.ops, "operations")->capture_default_str();
  command->add_option("--clients", options.clients, "clients that call at the same time")->capture_default_str();
  command->add_option("--keys", options.keys, "keys")->capture_default_str();
  command->add_option("--info", arguments->info, "share of operations of unknown outcome")->capture_default_str();
  command->add_option("--seed", options.seed, "the same seed gives the same bytes")->capture_default_str();
  command->add_option("--violate", options.violate, "the violation to plant: none, stale, lost, future, thin-air, duplicate, as the kind allows")->capture_default_str();
  command->add_option("--values", options.values, "draw values from so many; 0: every write writes its own")->capture_default_str();
  command->add_option("--reads", options.reads, "share of operations that read")->capture_default_str();
  command->add_option("--permits", options.permits, "of a semaphore")->capture_default_str();
  command->add_flag("--cas-fails", options.cas_fails, "record a compare-and-set that found another value as fail, as Jepsen does");
  command->add_option("-o,--output", arguments->output, "where to write it")->capture_default_str();
  command->callback([arguments, &action] { action = [arguments] { return generate_history(*arguments); }; });
}

}  // namespace kasauti::checker::cli
