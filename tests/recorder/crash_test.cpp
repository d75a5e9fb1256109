// What a recording is worth when its process or its disk dies.

#include "recorder/recorder.hpp"

#include <csignal>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "histories/read.hpp"

namespace {

using namespace kasauti;

constexpr int threads = 2;

/// What the child tells its parent, in memory that both have.
struct Shared {
  std::atomic<std::int64_t> completed[threads];
};

std::string temporary(const char* name) {
  return (std::filesystem::temp_directory_path() / (name + std::to_string(getpid()) + ".jsonl")).string();
}

/// Records until it is killed.
[[noreturn]] void record_for_ever(const std::string& path, Shared& shared) {
  Recorder recorder{path};
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&recorder, &shared, t] {
      auto session = recorder.session("s" + std::to_string(t));
      for (std::int64_t i = 0;; ++i) {
        session.invoke("write", "x", i * threads + t).ok();
        shared.completed[t].store(i + 1);
        if (i % 50 == 0) std::this_thread::sleep_for(std::chrono::microseconds{200});
      }
    });
  }
  for (;;) pause();
}

}  // namespace

TEST_CASE("SIGKILL loses nothing older than the flush interval") {
  const std::string path = temporary("kasauti-crash-");
  void* const memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  auto& shared = *new (memory) Shared{};
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) record_for_ever(path, shared);

  while (shared.completed[0].load() < 5000 || shared.completed[1].load() < 5000)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  const std::int64_t old[threads] = {shared.completed[0].load(), shared.completed[1].load()};
  std::this_thread::sleep_for(std::chrono::milliseconds{150});  // 10 ms are promised; the rest is for a busy machine
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);

  const auto result = histories::read_history(path);
  for (const auto& finding : result.findings) CHECK(finding.rule == "truncated-line");
  REQUIRE(result.ok);
  const auto& history = result.history;
  std::int64_t ok[threads] = {}, last[threads] = {-1, -1};
  for (histories::OpId op = 0; op < history.size(); ++op) {
    const std::int64_t value = history.values.integer(history.argument[op]);
    const auto thread = static_cast<std::size_t>(value % threads);
    REQUIRE(value / threads == last[thread] + 1);  // no gap
    last[thread] = value / threads;
    if (history.ok(op)) ++ok[thread];
  }
  CHECK(ok[0] >= old[0]);
  CHECK(ok[1] >= old[1]);
  munmap(memory, sizeof(Shared));
  std::filesystem::remove(path);
}

TEST_CASE("A full disk is reported, at the beginning") {
  Recorder recorder{"/dev/full"};
  CHECK(recorder.error().find("No space left on device") != std::string::npos);
  auto session = recorder.session();
  session.invoke("write", "x", 1).ok();
  CHECK(recorder.close().find("2 events are not in the file") != std::string::npos);
}

TEST_CASE("A file that cannot be opened is reported") {
  Recorder recorder{"/nonexistent/history.jsonl"};
  CHECK(recorder.error() == "/nonexistent/history.jsonl: cannot be opened for writing: No such file or directory");
}

TEST_CASE("A disk that fills up leaves whole lines, and every lost event is counted") {
  const std::string path = temporary("kasauti-full-");
  constexpr int calls = 1000;
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // a file of at most 50,001 bytes
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{50'001, 50'001};
    setrlimit(RLIMIT_FSIZE, &limit);
    Recorder recorder{path};
    auto session = recorder.session();
    for (int i = 0; i < calls; ++i) session.invoke("write", "x", i).ok();
    const std::string error = recorder.close();
    std::ifstream in{path};
    int lines = -1;  // without the header
    for (std::string line; std::getline(in, line);) ++lines;
    const std::string lost = std::to_string(2 * calls - lines) + " events are not in the file";
    const bool told = error.find("File too large") != std::string::npos && error.find(lost) != std::string::npos;
    _exit(told && lines > 100 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  const auto result = histories::read_history(path);
  CHECK(result.ok);
  CHECK(result.findings.empty());
  std::filesystem::remove(path);
}
