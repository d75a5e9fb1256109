// kasauti lint FILE…: what is wrong or doubtful about histories, without judging them.

#include <algorithm>

#include <fmt/format.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output.hpp"
#include "histories/lint.hpp"
#include "histories/read.hpp"

namespace kasauti::checker::cli {

namespace {

ExitStatus lint_file(const std::string& file, const std::string& format) {
  histories::ReadOptions options;
  options.format = format;
  histories::ReadResult read = histories::read_history(file, options);
  if (read.ok) {
    auto more = histories::lint(read.history);
    read.findings.insert(read.findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  std::string out;
  static constexpr std::string_view severities[] = {"note", "warning", "error"};
  for (const histories::Finding& found : read.findings) {
    out += file;
    if (found.line != 0) out += fmt::format(":{}:{}", found.line, std::max(found.column, 1U));
    out += fmt::format(": {}: {} [{}]\n", severities[static_cast<std::size_t>(found.severity)], found.message, found.rule);
  }
  if (read.findings.empty()) out += fmt::format("{}: {} operations, nothing to say\n", file, read.history.size());
  if (!print(out)) return exit_bad_input;
  return read.ok ? exit_holds : exit_bad_input;
}

}  // namespace

void add_lint(CLI::App& program, Action& action) {
  struct Arguments {
    std::vector<std::string> files;
    std::string format;
  };
  CLI::App* command = program.add_subcommand("lint", "say what is wrong or doubtful about histories; exit 254 on errors");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->files, "histories; - is standard input")->required();
  command->add_option("--format", arguments->format, "the history's format (default: told by its content)")->type_name("F");
  command->callback([arguments, &action] {
    action = [arguments] {
      ExitStatus status = exit_holds;
      for (const std::string& file : arguments->files) status = worse_status(status, lint_file(file, arguments->format));
      return status;
    };
  });
}

}  // namespace kasauti::checker::cli
