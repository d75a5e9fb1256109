// kasauti record URI … and kasauti test URI …: hand over to kasauti-record, as git does with its sub-programs, so that
// the checker needs no database client to be installed. `test` then checks what was recorded.

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output.hpp"

namespace kasauti::checker::cli {

namespace {

namespace fs = std::filesystem;

// Beside this program, or wherever PATH finds it.
std::string recorder_program() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = self.parent_path() / "kasauti-record";
  return !error && fs::exists(beside, error) ? beside.string() : "kasauti-record";
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

ExitStatus missing(const std::string& program) {
  complain(fmt::format("{} cannot be run ({}); it is the package with the recorder and the database clients", program, std::strerror(errno)));
  return exit_bad_input;
}

ExitStatus record(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{recorder_program()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  execvp(words[0].c_str(), pointers(words).data());
  return missing(words[0]);
}

// Runs the recorder to its end; 0 is what it exits with when the history is whole.
int record_and_wait(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{recorder_program()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto argv = pointers(words);
  const pid_t child = fork();
  if (child == 0) {
    execvp(words[0].c_str(), argv.data());
    _exit(missing(words[0]));
  }
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : exit_internal;
}

struct TestArguments {
  CheckArguments check;
  std::string uri;
  std::string history;
  std::string seed;
};

ExitStatus test_store(TestArguments arguments, std::vector<std::string> for_recorder) {
  arguments.check.files = {arguments.history};
  arguments.check.by_promise = true;
  if (!read_policy(arguments.check)) return exit_bad_input;
  if (!run_options(arguments.check)) return exit_bad_input;  // before a long recording, not after it
  fs::path temporary;
  if (arguments.history.empty()) {
    std::string pattern = (fs::temp_directory_path() / "kasauti-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      complain(fmt::format("no temporary folder can be made: {}; give --history PATH", std::strerror(errno)));
      return exit_bad_input;
    }
    temporary = pattern;
    arguments.history = (temporary / "history.jsonl").string();
  }
  std::vector<std::string> words{arguments.uri, "--history", arguments.history};
  if (!arguments.seed.empty()) words.insert(words.end(), {"--seed", arguments.seed});
  if (arguments.check.quiet) words.emplace_back("--quiet");
  words.insert(words.end(), for_recorder.begin(), for_recorder.end());
  const int recorded = record_and_wait(words);
  ExitStatus status = recorded == exit_bad_input ? exit_bad_input : exit_internal;
  if (recorded == 0) {
    arguments.check.files = {arguments.history};
    status = run_check(arguments.check);
  }
  if (temporary.empty()) return status;
  // A recording that broke off may still be worth a look; one that never began has left nothing.
  std::error_code ignored;
  if (status != exit_holds && fs::exists(arguments.history, ignored)) {
    complain("the history is kept: " + arguments.history);
  } else {
    fs::remove_all(temporary, ignored);
  }
  return status;
}

}  // namespace

void add_record(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("record", "drive a workload against a store and write a history (kasauti-record)");
  command->prefix_command();
  command->set_help_flag();  // --help goes to the recorder too, which knows its options
  command->callback([command, &action] {
    action = [command] { return record(command->remaining()); };
  });
}

void add_test(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("test", "record, check and report in one go; takes the options of record and of check");
  const auto arguments = std::make_shared<TestArguments>();
  command->add_option("URI", arguments->uri, "the store, such as sim: or redis://127.0.0.1:6379")->required();
  command->add_option("--history", arguments->history, "keep the history there (default: only if the check does not pass)")->type_name("PATH");
  command->add_option("--seed", arguments->seed, "seed of the workload")->type_name("N");
  add_check_options(*command, arguments->check);
  command->allow_extras();
  command->callback([command, arguments, &action] {
    action = [command, arguments] { return test_store(*arguments, command->remaining()); };
  });
}

}  // namespace kasauti::checker::cli
