#include "recorder/nemesis.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace kasauti::recorder {

namespace {

/// Runs the command, its output on standard error; how it ended, in words.
std::string run_command(const std::string& command) {
  std::string shell = "/bin/sh", flag = "-c", text = command;
  char* const arguments[] = {shell.data(), flag.data(), text.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = 0;
  const int code = posix_spawn(&child, "/bin/sh", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) return std::string{"could not be run: "} + std::strerror(code);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return std::string{"was lost: "} + std::strerror(errno);
  }
  if (WIFEXITED(status)) return "exit " + std::to_string(WEXITSTATUS(status));
  return "signal " + std::to_string(WTERMSIG(status));
}

std::string send_signal(int pid, int signal) {
  return ::kill(pid, signal) == 0 ? "done" : std::string{"failed: "} + std::strerror(errno);
}

}  // namespace

Nemesis::Nemesis(Store& store, NemesisOptions options, std::uint64_t seed)
    : store_{store}, options_{std::move(options)}, random_{seed} {}

std::vector<std::string> Nemesis::faults() const {
  std::vector<std::string> names = store_.faults();
  if (!options_.start_command.empty()) names.emplace_back("command");
  if (options_.pid > 0) {
    names.emplace_back("pause");
    names.emplace_back("kill");
  }
  return names;
}

Value Nemesis::begin(const std::string& name) {
  const std::vector<std::string> own = store_.faults();
  if (std::ranges::find(own, name) != own.end()) return store_.start_fault(name, random_);
  if (name == "command") return std::vector<Value>{options_.start_command, run_command(options_.start_command)};
  const int signal = name == "pause" ? SIGSTOP : SIGKILL;
  if (signalled_to_death_)
    return std::vector<Value>{options_.pid, "killed before"};  // its number may be another's by now
  signalled_to_death_ = signal == SIGKILL;
  return std::vector<Value>{options_.pid, send_signal(options_.pid, signal)};
}

void Nemesis::start(const std::string& name, Recorder& recorder) {
  stop(recorder);
  active_ = name;
  target_ = begin(name);
  ++started_;
  recorder.nemesis("start-" + name, target_);
}

void Nemesis::stop(Recorder& recorder) {
  if (active_.empty()) return;
  const std::string name = std::exchange(active_, {});
  const std::vector<std::string> own = store_.faults();
  if (std::ranges::find(own, name) != own.end()) {
    store_.stop_fault(name);
  } else if (name == "pause" && !signalled_to_death_) {
    send_signal(options_.pid, SIGCONT);
  }
  if (!options_.stop_command.empty())
    target_ = std::vector<Value>{options_.stop_command, run_command(options_.stop_command)};
  recorder.nemesis("stop-" + name, target_);
}

}  // namespace kasauti::recorder
