// kasauti-record as a program: exit statuses, messages, signals.

#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "histories/read.hpp"

namespace {

namespace fs = std::filesystem;
using namespace kasauti;

/// The program, run in a folder of its own.
class Program {
 public:
  Program() {
    std::string pattern = (fs::temp_directory_path() / "kasauti-record-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Program() { fs::remove_all(folder_); }

  /// `largest_file`: bytes, beyond which writing fails; 0: no limit.
  void start(std::vector<std::string> arguments, rlim_t largest_file = 0) {
    arguments.insert(arguments.begin(), std::string{KASAUTI_BIN_DIR} + "/kasauti-record");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ != 0) return;
    if (chdir(folder_.c_str()) != 0) _exit(126);
    dup2(open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    const rlimit limit{largest_file, largest_file};
    if (largest_file != 0) setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);
    execv(argv[0], argv.data());
    _exit(127);
  }
  void signal(int number) const { kill(pid_, number); }
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  int run(std::vector<std::string> arguments) {
    start(std::move(arguments));
    return wait();
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::stringstream out;
    out << std::ifstream{folder_ / name}.rdbuf();
    return out.str();
  }
  [[nodiscard]] std::string err() const { return text("err"); }
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  fs::path folder_;
  pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("A run ends with 0, a summary and a history that can be read") {
  Program program;
  REQUIRE(program.run({"sim:", "--history", "h.jsonl", "--ops", "300", "--seed", "3"}) == 0);
  CHECK(program.err().find("operations in") != std::string::npos);
  CHECK(program.err().find('\r') == std::string::npos);  // progress is for terminals
  const auto result = histories::read_history(program.path("h.jsonl"));
  REQUIRE(result.ok);
  CHECK(result.history.size() == 309);
  CHECK(result.history.header.workload == "register");
  CHECK(result.history.header.store == "sim:");
  CHECK(result.history.header.meta.find("\"seed\":3") != std::string::npos);

  REQUIRE(program.run({"sim:", "--history", "again.jsonl", "--ops", "300", "--seed", "3", "--quiet"}) == 0);
  CHECK(program.err().empty());
  CHECK(program.text("again.jsonl") == program.text("h.jsonl"));
  REQUIRE(program.run({"sim:", "--history", "-", "--ops", "300", "--seed", "3"}) == 0);
  CHECK(program.text("out") == program.text("h.jsonl"));
}

TEST_CASE("Bad usage ends with 254 and says what is known") {
  Program program;
  const auto refused = [&program](std::vector<std::string> arguments, const std::string& said) {
    CHECK(program.run(std::move(arguments)) == 254);
    INFO(program.err());
    CHECK(program.err().find(said) != std::string::npos);
  };
  refused({}, "URI");
  refused({"nonsense"}, "no store");
  refused({"unknown://x"}, "sim:");
  refused({"sim:perfect"}, "linearizable, sequential");
  refused({"sim:?bug=none-such"}, "quorum-no-writeback");
  refused({"sim:async?bug=lww-skew"}, "sim:convergent");
  refused({"sim:?speed=1"}, "speed");
  refused({"sim:?replicas=0"}, "replicas");
  refused({"sim:?lag=fast"}, "lag");
  refused({"sim:?read=all"}, "read");
  refused({"sim:", "--workload", "none-such"}, "register");
  refused({"sim:linearizable", "--workload", "cas-register"}, "cas");
  refused({"sim:", "--faults", "partition,flood"}, "flood");
  refused({"sim:", "--time", "soon"}, "--time");
  refused({"sim:", "--clients", "0"}, "--clients");
  refused({"sim:", "--no-such-option"}, "--no-such-option");
  refused({"sim:", "--history", "/nonexistent/h.jsonl"}, "No such file or directory");
  CHECK_FALSE(fs::exists(program.path("history.jsonl")));
}

TEST_CASE("A history that cannot be written ends with 255") {
  Program program;
  program.start({"sim:", "--history", "h.jsonl"}, 10'000);
  CHECK(program.wait() == 255);
  CHECK(program.err().find("h.jsonl: write failed: File too large; ") != std::string::npos);
  CHECK(histories::read_history(program.path("h.jsonl")).ok);  // as far as it goes

  CHECK(program.run({"sim:", "--history", "/dev/full"}) == 254);  // known before the run
  CHECK(program.err().find("No space left on device") != std::string::npos);
}

TEST_CASE("SIGINT and SIGTERM end a run cleanly") {
  for (const int number : {SIGINT, SIGTERM}) {
    Program program;
    program.start({"sim:", "--history", "h.jsonl", "--time", "100h"});
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    program.signal(number);
    CHECK(program.wait() == 0);
    CHECK(program.err().find("interrupted") != std::string::npos);
    const auto result = histories::read_history(program.path("h.jsonl"));
    CHECK(result.ok);
    CHECK(result.findings.empty());
    CHECK(result.history.size() > 100);
  }
}

TEST_CASE("Commands of the user are faults like others") {
  Program program;
  REQUIRE(program.run({"sim:", "--history", "h.jsonl", "--faults", "command", "--fault-start", "echo began >> trace",
                       "--fault-stop", "echo ended >> trace"}) == 0);
  CHECK(program.text("trace").starts_with("began\nended\n"));
  CHECK(program.text("h.jsonl").find(R"("f":"start-command","value":["echo began >> trace","exit 0"])") !=
        std::string::npos);
}
