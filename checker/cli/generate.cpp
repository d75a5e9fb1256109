// kasauti generate KIND: a history whose status is known by construction.

#include <cstdio>

#include <fmt/format.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output.hpp"
#include "checker/cli/quantities.hpp"
#include "histories/compression.hpp"
#include "histories/generate/generate.hpp"
#include "histories/write.hpp"

namespace kasauti::checker::cli {

namespace {

using histories::generate::Options;

struct Arguments {
  Options options;
  std::string info = "0";
  std::string output = "-";
};

ExitStatus refuse(const std::string& path, std::string_view problem) {
  complain(fmt::format("{}: {}", path, problem));
  return exit_bad_input;
}

// Compressed as a whole, and so kept in memory until then.
ExitStatus generate_compressed(const Arguments& arguments) {
  std::string problem, text, packed;
  const auto keep = [&](std::string_view chunk) {
    text += chunk;
    return true;
  };
  if (!histories::generate::generate(arguments.options, keep, problem)) {
    complain(problem);
    return exit_bad_input;
  }
  if (!histories::compress(histories::compression_named(arguments.output), text, packed)) {
    return refuse(arguments.output, "the compression failed");
  }
  return write_output(arguments.output, packed) ? exit_holds : exit_bad_input;
}

// Piece by piece to the file, which is in its place when it is whole.
ExitStatus generate_history(const Arguments& arguments) {
  const bool to_stdout = arguments.output == "-";
  if (histories::compression_named(arguments.output) != histories::Compression::none) return generate_compressed(arguments);
  std::string problem, broken;
  histories::AtomicFile file;
  if (!to_stdout && !file.open(arguments.output, broken)) return refuse(arguments.output, broken);
  const auto put = [&](std::string_view chunk) { return to_stdout ? print(chunk) : file.append(chunk, broken); };
  const bool good = histories::generate::generate(arguments.options, put, problem);
  if (!broken.empty()) return refuse(arguments.output, broken);
  if (!good) {
    if (!problem.empty()) complain(problem);
    return exit_bad_input;
  }
  return to_stdout || file.commit(broken) ? exit_holds : refuse(arguments.output, broken);
}

ExitStatus generate_command(Arguments arguments) {
  const auto share = share_from(arguments.info);
  if (!share) {
    complain(fmt::format("--info takes a share such as 1% or 0.01; found \"{}\"", arguments.info));
    return exit_bad_input;
  }
  arguments.options.info = *share;
  return generate_history(arguments);
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
  command->callback([arguments, &action] { action = [arguments] { return generate_command(*arguments); }; });
}

}  // namespace kasauti::checker::cli
