// kasauti convert A B: the same history in another format.

#include <fmt/format.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output.hpp"
#include "histories/read.hpp"
#include "histories/write.hpp"

namespace kasauti::checker::cli {

namespace {

struct Arguments {
  std::string from, to, format, to_format;
};

ExitStatus convert_file(const Arguments& arguments) {
  histories::ReadOptions options;
  options.format = arguments.format;
  const histories::ReadResult read = histories::read_history(arguments.from, options);
  for (const auto& found : read.findings) {
    complain(fmt::format("{}:{}:{}: {} [{}]", arguments.from, found.line, found.column, found.message, found.rule));
  }
  if (!read.ok) return exit_bad_input;
  std::string problem;
  const std::string format = arguments.to_format.empty() && arguments.to == "-" ? "jsonl" : arguments.to_format;
  if (histories::write_history(read.history, arguments.to, format, problem)) return exit_holds;
  complain(fmt::format("{}: {}", arguments.to, problem));
  return exit_bad_input;
}

}  // namespace

void add_convert(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("convert", "write a history in another format, told by B's ending");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("A", arguments->from, "the history; - is standard input")->required();
  command->add_option("B", arguments->to, "where to write it: .jsonl or .edn, with .gz or .zst behind it; - is standard output")->required();
  command->add_option("--format", arguments->format, "the format of A (default: told by its content)")->type_name("F");
  command->add_option("--to", arguments->to_format, "the format of B (default: told by its ending; jsonl on standard output)")->type_name("F");
  command->callback([arguments, &action] { action = [arguments] { return convert_file(*arguments); }; });
}

}  // namespace kasauti::checker::cli
