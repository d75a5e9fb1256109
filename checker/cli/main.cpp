// kasauti: works on history files. Each sub-command is one file of this folder.

#include <csignal>
#include <exception>
#include <new>
#include <string>

#include <fmt/format.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output.hpp"

namespace {

using namespace kasauti::checker::cli;

// What stands where a sub-command should, or nothing: a word that is no option and names none of them.
std::string unknown_command(const CLI::App& program, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return {};
  std::string names;
  for (const CLI::App* command : program.get_subcommands({})) {
    if (command->get_name() == argv[1]) return {};
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  return fmt::format("there is no command \"{}\"; there are {}", argv[1], names);
}

constexpr const char* footer = R"(Exit status: 0 holds, 1 violated, 2 unknown, 254 bad usage or input, 255 internal error.
Histories: native JSON Lines, Jepsen EDN, JSON and text logs, through gzip or zstd; see histories/FORMAT.md.)";

int run(int argc, char** argv) {
  CLI::App program{"Kasauti decides whether a store kept its promises."};
  program.name("kasauti");
  program.footer(footer);
  program.require_subcommand(1);
  program.set_version_flag("--version", "kasauti 0.1.0");
  Action action;
  add_check(program, action);
  add_lint(program, action);
  add_verify(program, action);
  add_minimize(program, action);
  add_explain(program, action);
  add_convert(program, action);
  add_generate(program, action);
  add_record(program, action);
  add_test(program, action);
  if (const std::string problem = unknown_command(program, argc, argv); !problem.empty()) {
    complain(problem);
    return exit_bad_input;
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? exit_holds : exit_bad_input;
  }
  return action ? action() : exit_bad_input;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    complain("out of memory; lower --memory so that it is noticed in time");
    return exit_unknown;
  } catch (const std::exception& error) {
    complain(std::string{"internal error: "} + error.what());
    return exit_internal;
  }
}
