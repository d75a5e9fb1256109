// The Redis adapter against real servers that each test starts for itself.

#include "redis_server.hpp"

#include <csignal>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include <catch2/catch_test_macros.hpp>

#include "adapters/stores.hpp"
#include "histories/read.hpp"
#include "recorder/run.hpp"

namespace {

using namespace kasauti;
using namespace std::chrono_literals;
using histories::History;
using histories::Outcome;
using tests::RedisServer;

#define NEEDS_REDIS()            \
  if (!tests::redis_installed()) \
  SKIP("redis-server is not installed (Debian: redis-server): the Redis adapter is not tested")

/// Records a run, while `meanwhile` does something to the server.
History record(
    const std::string& uri, const recorder::RunOptions& options, const std::function<void()>& meanwhile = [] {},
    const std::string& workload = "register", const recorder::NemesisOptions& nemesis_options = {}) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("kasauti-redis-" + std::to_string(getpid()) + ".jsonl")).string();
  const auto opened = recorder::open_store(uri, adapters::stores(), {options.clients, options.seed});
  INFO(opened.problem);
  REQUIRE(opened.store != nullptr);
  {
    RecorderOptions recording;
    recording.object = workload;
    Recorder recorder{path, recording};
    recorder::Nemesis nemesis{*opened.store, nemesis_options, options.seed};
    std::thread other{meanwhile};
    run_live(*opened.store, *recorder::workload_named(workload), recorder, nemesis, options, {});
    other.join();
    REQUIRE(recorder.close().empty());
  }
  auto result = histories::read_history(path);
  for (const auto& finding : result.findings) {
    if (finding.severity == histories::Severity::error)
      FAIL_CHECK(finding.line << ": " << finding.rule << ": " << finding.message);
  }
  REQUIRE(result.ok);
  std::filesystem::remove(path);
  return std::move(result.history);
}

recorder::RunOptions load(std::chrono::nanoseconds time, std::uint64_t operations = 0) {
  recorder::RunOptions options;
  options.time = time;
  options.operations = operations;
  options.clients = 4;
  options.keys = 3;
  return options;
}

std::ptrdiff_t count(const History& history, Outcome outcome) { return std::ranges::count(history.outcome, outcome); }

bool writes(const History& history, histories::OpId op) { return history.function[op] == histories::Function::write; }

}  // namespace

TEST_CASE("A healthy server answers every call, and reads return what was written") {
  NEEDS_REDIS();
  const RedisServer server;
  REQUIRE(server.ready());
  const History history = record("redis://" + server.address(), load(0ns, 2000));
  CHECK(history.size() == 2003);  // and three final reads
  CHECK(count(history, Outcome::ok) == 2003);
  CHECK(history.values.text(history.node[0]) == server.address());
  std::vector<bool> written(history.values.size(), false);
  written[histories::null_value] = true;
  for (histories::OpId op = 0; op < history.size(); ++op) {
    if (writes(history, op)) written[history.argument[op]] = true;
  }
  for (histories::OpId op = 0; op < history.size(); ++op) {
    if (!writes(history, op)) REQUIRE(written[history.result[op]]);
  }
  // A second run on the same server does not see the first one's values: its own first reads find nothing.
  const History again = record("redis://" + server.address(), load(0ns, 50));
  CHECK(std::ranges::find(again.result, histories::null_value) != again.result.end());
}

TEST_CASE("Compare-and-sets on Redis consume each version once") {
  NEEDS_REDIS();
  const RedisServer server;
  REQUIRE(server.ready());
  const History history = record("redis://" + server.address(), load(0ns, 3000), [] {}, "cas-register");
  std::vector<std::pair<std::uint32_t, histories::ValueId>> consumed;
  for (histories::OpId op = 0; op < history.size(); ++op) {
    if (history.flag[op] == histories::Flag::yes)
      consumed.emplace_back(history.key[op], history.values.elements(history.argument[op])[0]);
  }
  CHECK(consumed.size() > 100);
  CHECK(std::ranges::count(history.flag, histories::Flag::no) > 100);
  std::ranges::sort(consumed);
  CHECK(std::ranges::adjacent_find(consumed) == consumed.end());
}

TEST_CASE("A server that hangs leaves unknown outcomes and no failed write") {
  NEEDS_REDIS();
  const RedisServer server;
  REQUIRE(server.ready());
  const History history = record("redis://" + server.address() + "?timeout=100ms", load(1200ms), [&server] {
    std::this_thread::sleep_for(300ms);
    kill(server.pid(), SIGSTOP);
    std::this_thread::sleep_for(350ms);
    kill(server.pid(), SIGCONT);
  });
  CHECK(count(history, Outcome::info) > 0);
  CHECK(count(history, Outcome::fail) == 0);
  for (histories::OpId op = 0; op < history.size(); ++op) {
    if (history.outcome[op] == Outcome::info) CHECK(history.values.text(history.error[op]) == "time-out");
  }
  // What timed out may have been done: the final reads know only what was written in this run, and all clients went on.
  CHECK(count(history, Outcome::ok) > 100);
}

TEST_CASE("A killed server leaves unknown outcomes at first and then refusals") {
  NEEDS_REDIS();
  const RedisServer server;
  REQUIRE(server.ready());
  std::atomic<bool> stop{false};
  recorder::RunOptions options = load(800ms);
  options.stop = &stop;
  const History history = record("redis://" + server.address() + "?timeout=200ms", options, [&] {
    std::this_thread::sleep_for(300ms);
    kill(server.pid(), SIGKILL);
    std::this_thread::sleep_for(400ms);
    stop = true;  // no final reads of a dead server
  });
  const auto infos = count(history, Outcome::info);
  CHECK(infos > 0);
  // A few a client, while the kernel still takes connections: a dead connection is never taken for a new call.
  CHECK(infos <= 12);
  CHECK(count(history, Outcome::fail) > 0);
  // A failure is one to connect, when nothing had been sent: refused, or reset because the server died in the midst of
  // it.
  for (histories::OpId op = 0; op < history.size(); ++op) {
    if (history.outcome[op] != Outcome::fail) continue;
    const std::string_view why = history.values.text(history.error[op]);
    CHECK((why == "Connection refused" || why == "Connection reset by peer"));
  }
}

TEST_CASE("The nemesis pauses a local process, and the history has the fault's beginning and end") {
  NEEDS_REDIS();
  const RedisServer server;
  REQUIRE(server.ready());
  recorder::RunOptions options = load(1000ms);
  options.faults = {"pause"};
  options.fault_period = 700ms;
  recorder::NemesisOptions nemesis;
  nemesis.pid = server.pid();
  const History history = record("redis://" + server.address() + "?timeout=100ms", options, [] {}, "register", nemesis);
  CHECK(count(history, Outcome::info) > 0);
  CHECK(count(history, Outcome::fail) == 0);
  REQUIRE(history.faults.size() >= 3);
  CHECK(history.faults[0].name == "start-pause");
  CHECK(history.faults[1].name == "stop-pause");
  CHECK(history.values.to_json(history.faults[0].value) == "[" + std::to_string(server.pid()) + ",\"done\"]");
  CHECK(history.faults.back().name == "final");
}

TEST_CASE("A replica that is cut off is read stale, and the history shows it") {
  NEEDS_REDIS();
  const RedisServer primary;
  REQUIRE(primary.ready());
  const RedisServer replica{{"--replicaof", "127.0.0.1 " + std::to_string(primary.port())}};
  REQUIRE(replica.ready());
  for (int tries = 0; tries < 500 && replica.ask("INFO replication").find("master_link_status:up") == std::string::npos;
       ++tries) {
    std::this_thread::sleep_for(10ms);
  }
  recorder::RunOptions options = load(1500ms);
  options.rate = 2000;
  options.faults = {"replication"};
  options.fault_period = 800ms;
  options.quiesce = 300ms;
  const History history =
      record("redis://" + primary.address() + "?read=replica&wait=0&replica=" + replica.address(), options);
  CHECK(count(history, Outcome::fail) == 0);
  // A stale read: it began after a write had completed that began after the write of what it returned had completed.
  std::vector<histories::OpId> writer(history.values.size(), histories::no_operation);
  for (histories::OpId op = 0; op < history.size(); ++op) {
    if (writes(history, op)) writer[history.argument[op]] = op;
  }
  int stale = 0;
  for (histories::OpId read = 0; read < history.size(); ++read) {
    if (writes(history, read) || !history.ok(read) || history.result[read] == histories::null_value) continue;
    const histories::OpId source = writer[history.result[read]];
    REQUIRE(source != histories::no_operation);
    for (histories::OpId write = 0; write < history.size(); ++write) {
      if (!writes(history, write) || history.key[write] != history.key[read] || !history.ok(write)) continue;
      if (history.precedes(source, write) && history.precedes(write, read)) ++stale;
      if (stale > 0) break;
    }
  }
  CHECK(stale > 0);
  // After the heal both nodes read the same.
  std::vector<std::vector<histories::ValueId>> last(3);
  for (histories::OpId op = 0; op < history.size(); ++op) {
    if (!history.final_phase.empty() && history.final_phase[op] && history.ok(op))
      last[history.key[op]].push_back(history.result[op]);
  }
  for (const auto& values : last) {
    REQUIRE(values.size() == 2);
    CHECK(values[0] == values[1]);
  }
}

TEST_CASE("A write that too few replicas confirm is of unknown outcome") {
  NEEDS_REDIS();
  const RedisServer server;
  REQUIRE(server.ready());
  const History history = record("redis://" + server.address() + "?wait=1&timeout=40ms", load(0ns, 40));
  for (histories::OpId op = 0; op < history.size(); ++op) {
    CHECK(history.outcome[op] == (writes(history, op) ? Outcome::info : Outcome::ok));
  }
}

TEST_CASE("What is wrong with a Redis URI is said before anything is recorded") {
  const auto problem = [](const std::string& uri) { return recorder::open_store(uri, adapters::stores(), {}).problem; };
  CHECK(problem("redis://127.0.0.1:1").find("127.0.0.1:1") != std::string::npos);
  CHECK(problem("redis://127.0.0.1:1").find("Connection refused") != std::string::npos);
  CHECK(problem("redis:127.0.0.1").find("redis://HOST:PORT") != std::string::npos);
  CHECK(problem("redis://127.0.0.1:99999").find("port") != std::string::npos);
  CHECK(problem("redis://127.0.0.1:1?read=some").find("primary, replica or any") != std::string::npos);
  CHECK(problem("redis://127.0.0.1:1?read=replica").find("replica=") != std::string::npos);
  CHECK(problem("redis://127.0.0.1:1?wait=x").find("wait") != std::string::npos);
  CHECK(problem("redis://127.0.0.1:1?timeout=0").find("timeout") != std::string::npos);
  CHECK(problem("redis://127.0.0.1:1?speed=9").find("speed") != std::string::npos);
}
