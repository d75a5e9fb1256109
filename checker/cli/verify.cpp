// kasauti verify HISTORY CERTIFICATE: re-checks a certificate on the history alone.

#include <fstream>
#include <iostream>
#include <sstream>

#include <fmt/format.h>

#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"
#include "checker/cli/commands.hpp"
#include "checker/cli/output.hpp"
#include "checker/policy/verify.hpp"
#include "histories/read.hpp"

namespace kasauti::checker::cli {

namespace {

struct Arguments {
  std::string history;
  std::string certificate;
  std::string format;
};

// One line: what was claimed, and what became of it.
ExitStatus tell(std::string_view what, Verdict verdict, const Verification& verification, std::string& out) {
  std::string_view word = "verified";
  ExitStatus status = exit_holds;
  if (!verification.accepted) {
    word = "REFUSED";
    status = exit_violated;
  } else if (verdict == Verdict::unknown) {
    word = "nothing to verify";
    status = exit_unknown;
  } else if (!verification.complete) {
    word = verification.problem.empty() ? "not verified: it rests on the search alone" : "not verified";
    status = exit_unknown;
  }
  out += fmt::format("{:<22}{:<10}{}{}{}\n", what, name_of(verdict), word, verification.problem.empty() ? "" : ": ",
                     verification.problem);
  return status;
}

// Exit 0: every certificate proves its verdict. 1: one does not. 2: one rests on the search alone, or the verdict is
// unknown.
ExitStatus verify_files(const Arguments& arguments) {
  if (arguments.certificate == "-" && arguments.history == "-") {
    complain("the history and its certificate cannot both come from standard input");
    return exit_bad_input;
  }
  std::ifstream stream;
  if (arguments.certificate != "-") stream.open(arguments.certificate, std::ios::binary);
  std::stringstream text;
  if (!stream || !(text << (arguments.certificate == "-" ? std::cin : stream).rdbuf())) {
    complain(fmt::format("{}: cannot be read, or is empty", arguments.certificate));
    return exit_bad_input;
  }
  CertificateFile certificate;
  std::string problem;
  if (!from_json(text.str(), certificate, problem)) {
    complain(fmt::format("{}: {}", arguments.certificate, problem));
    return exit_bad_input;
  }
  if (certificate.entries.empty() && certificate.classes.empty()) {
    complain(fmt::format("{}: it says nothing of any model", arguments.certificate));
    return exit_bad_input;
  }
  histories::ReadOptions options;
  options.format = arguments.format;
  const histories::ReadResult read = histories::read_history(arguments.history, options);
  for (const auto& found : read.findings) {
    if (found.severity == histories::Severity::error) complain(fmt::format("{}:{}:{}: {}", arguments.history, found.line, found.column, found.message));
  }
  if (!read.ok) return exit_bad_input;
  if (read.sha256 != certificate.sha256) {
    complain(fmt::format("{} is not the history that {} is about: its SHA-256 is {}, not {}", arguments.history,
                         arguments.certificate, read.sha256, certificate.sha256));
    return exit_bad_input;
  }
  ExitStatus status = exit_holds;
  std::string out;
  for (const CertificateFile::Entry& entry : certificate.entries) {
    const Verification verification = verify(read.history, entry.model, entry.verdict, entry.certificate);
    status = worse_status(status, tell(name_of(entry.model), entry.verdict, verification, out));
  }
  if (!certificate.policy.empty()) {
    std::vector<policy::ClassCheck> checks;
    if (!policy::verify_classes(read.history, certificate, checks, problem)) {
      complain(fmt::format("{}: {}", arguments.certificate, problem));
      return exit_bad_input;
    }
    for (const policy::ClassCheck& each : checks) {
      const ExitStatus own = tell(each.class_name + ": " + each.what, each.verdict, each.verification, out);
      status = worse_status(status, own);
    }
  }
  return print(out) ? status : exit_bad_input;
}

}  // namespace

void add_verify(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("verify", "re-check a certificate on the history alone");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("HISTORY", arguments->history, "the history")->required();
  command->add_option("CERTIFICATE", arguments->certificate, "what check --certificate wrote; one of the two may be -, standard input")->required();
  command->add_option("--format", arguments->format, "the history's format (default: told by its content)")->type_name("F");
  command->callback([arguments, &action] { action = [arguments] { return verify_files(*arguments); }; });
}

}  // namespace kasauti::checker::cli
