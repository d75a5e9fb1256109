#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "checker/cli/exit_status.hpp"
#include "checker/run/run.hpp"

namespace kasauti::checker::cli {

/// What a sub-command does once its arguments are parsed.
using Action = std::function<ExitStatus()>;

// Each adds its sub-command to the program, one file of this folder each; `action` is set if that sub-command is
// called.
void add_check(CLI::App& program, Action& action);
void add_lint(CLI::App& program, Action& action);
void add_verify(CLI::App& program, Action& action);
void add_minimize(CLI::App& program, Action& action);
void add_explain(CLI::App& program, Action& action);
void add_convert(CLI::App& program, Action& action);
void add_generate(CLI::App& program, Action& action);
void add_record(CLI::App& program, Action& action);
void add_test(CLI::App& program, Action& action);

/// The options of `check`, which `test` takes too.
struct CheckArguments {
  std::vector<std::string> files;
  std::vector<std::string> models;
  std::string expect;
  std::string policy;
  std::optional<std::string> policy_text;  ///< of that file, once read_policy() has read it
  bool by_promise = false;                 ///< without models: those that the recorded store promised
  std::vector<std::string> reports;
  std::string certificate;
  std::string timeout = "60s";
  std::string memory;
  std::string steps;
  std::string clock_error;
  unsigned threads = 0;
  std::uint64_t seed = 0;
  std::string format;
  bool stats = false;
  bool quiet = false;
  bool allow_unknown = false;
  bool allow_vacuous = false;
};
void add_check_options(CLI::App& command, CheckArguments& arguments);
/// Reads the policy's text into the arguments, so that a policy from standard input can be looked at twice. False, and
/// what is wrong is said, if it can't be read.
[[nodiscard]] bool read_policy(CheckArguments& arguments);
/// What these arguments ask of a run; nullopt, and what is wrong is said, if one makes no sense.
[[nodiscard]] std::optional<run::Options> run_options(const CheckArguments& arguments);
/// Runs a check with these arguments on its files: judges, reports, and says how to exit.
[[nodiscard]] ExitStatus run_check(const CheckArguments& arguments);

}  // namespace kasauti::checker::cli
