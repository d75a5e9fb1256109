// The recorder as a user's program uses it: what is called is what the file says.

#include "recorder/recorder.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "histories/read.hpp"

namespace {

using namespace kasauti;
using histories::Outcome;

/// A path of its own, removed at the end.
struct File {
  std::string path =
      (std::filesystem::temp_directory_path() / ("kasauti-recorder-" + std::to_string(getpid()) + ".jsonl")).string();
  ~File() { std::filesystem::remove(path); }
  [[nodiscard]] std::string text() const {
    std::stringstream out;
    out << std::ifstream{path}.rdbuf();
    return out.str();
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::ifstream in{path};
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
  }
};

/// The options of a clock that counts 1, 2, 3…
RecorderOptions counting() {
  RecorderOptions options;
  options.clock = [time = std::make_shared<std::int64_t>(0)] { return ++*time; };
  return options;
}

histories::History read_back(const std::string& path) {
  auto result = histories::read_history(path);
  for (const auto& finding : result.findings) {
    if (finding.severity == histories::Severity::error)
      FAIL(finding.line << ": " << finding.rule << ": " << finding.message);
  }
  REQUIRE(result.ok);
  return std::move(result.history);
}

}  // namespace

TEST_CASE("A recording is, byte for byte, the native format") {
  const File file;
  RecorderOptions options = counting();
  options.object = "register";
  options.workload = "mine";
  options.store = "db://\"x\"";
  options.meta = R"({"a":[1]})";
  {
    Recorder recorder{file.path, options};
    auto session = recorder.session("user-7");
    session.invoke("write", "x", 5).ok();
    session.invoke("read", "x").ok(5, {.node = "n1", .version = 17});
    session.invoke("write", "x", "\x01\"\\\xff\xc3\xa9").fail("no \"quorum\"");
    recorder.nemesis("start-partition", std::vector<Value>{"n1", nullptr, true});
    session.invoke("write", "y", 6).info("time-out");
    session.invoke("read", "x").ok(nullptr);
    CHECK(recorder.close().empty());
  }
  CHECK(
      file.lines() ==
      std::vector<std::string>{
          R"({"kasauti":1,"object":"register","initial":null,"workload":"mine","store":"db://\"x\"","meta":{"a":[1]}})",
          R"({"time":1,"process":0,"type":"invoke","f":"write","key":"x","session":"user-7","value":5})",
          R"({"time":2,"process":0,"type":"ok","f":"write","key":"x","session":"user-7","value":5})",
          R"({"time":3,"process":0,"type":"invoke","f":"read","key":"x","session":"user-7","value":null})",
          R"({"time":4,"process":0,"type":"ok","f":"read","key":"x","session":"user-7","value":5,"node":"n1","version":17})",
          R"({"time":5,"process":0,"type":"invoke","f":"write","key":"x","session":"user-7","value":"\u0001\"\\\ufffdffé"})",
          R"({"time":6,"process":0,"type":"fail","f":"write","key":"x","session":"user-7","value":"\u0001\"\\\ufffdffé","error":"no \"quorum\""})",
          R"({"time":7,"process":"nemesis","type":"info","f":"start-partition","value":["n1",null,true]})",
          R"({"time":8,"process":0,"type":"invoke","f":"write","key":"y","session":"user-7","value":6})",
          R"({"time":9,"process":0,"type":"info","f":"write","key":"y","session":"user-7","value":6,"error":"time-out"})",
          R"({"time":10,"process":1,"type":"invoke","f":"read","key":"x","session":"user-7","value":null})",
          R"({"time":11,"process":1,"type":"ok","f":"read","key":"x","session":"user-7","value":null})"});
  const auto history = read_back(file.path);
  REQUIRE(history.size() == 5);
  CHECK(history.session[4] == history.session[0]);  // the session goes on after info, the process does not
  CHECK(history.process[4] != history.process[3]);
  CHECK(history.outcome[2] == Outcome::fail);
  CHECK(history.outcome[3] == Outcome::info);
}

TEST_CASE("A call that is never completed is recorded as info") {
  const File file;
  {
    Recorder recorder{file.path};
    auto session = recorder.session("u");
    try {
      auto call = session.invoke("write", "x", 1);
      throw std::runtime_error{"the connection broke"};
    } catch (const std::runtime_error&) {
    }
    session.invoke("write", "x", 2).ok();
  }
  const auto history = read_back(file.path);
  REQUIRE(history.size() == 2);
  CHECK(history.outcome[0] == Outcome::info);
  CHECK(history.outcome[1] == Outcome::ok);
  CHECK(history.process[0] != history.process[1]);
}

TEST_CASE("Only the first completion of a call counts") {
  const File file;
  {
    Recorder recorder{file.path};
    auto session = recorder.session();
    auto call = session.invoke("write", "x", 1);
    call.ok();
    call.fail("too late");
    call.info("too late");
  }
  CHECK(file.lines().size() == 3);
  CHECK(read_back(file.path).outcome[0] == Outcome::ok);
}

TEST_CASE("Calls of one session that overlap are calls of several processes") {
  const File file;
  {
    Recorder recorder{file.path};
    auto session = recorder.session("u");
    auto first = session.invoke("write", "x", 1);
    auto second = session.invoke("write", "x", 2);
    first.ok();
    second.ok();
    session.invoke("read", "x").ok(2);
  }
  const auto history = read_back(file.path);
  REQUIRE(history.size() == 3);
  CHECK(history.process[0] != history.process[1]);
  CHECK(history.session[0] == history.session[1]);
  CHECK(history.process_name.size() == 2);
}

TEST_CASE("Operations without a key, compare-and-sets and lists go in as they are") {
  const File file;
  RecorderOptions options;
  options.object = "cas-register";
  options.initial = 0;
  {
    Recorder recorder{file.path, options};
    auto session = recorder.session();
    session.invoke("cas", Value::none(), std::vector<Value>{0, 1}).ok({.result = true});
    session.invoke("cas", Value::none(), std::vector<Value>{0, 2}).ok({.result = false});
    session.invoke("read").ok(1);
  }
  const auto history = read_back(file.path);
  REQUIRE(history.size() == 3);
  CHECK(history.header.object == histories::ObjectKind::cas_register);
  CHECK(history.values.integer(history.header.initial) == 0);
  CHECK(history.flag[0] == histories::Flag::yes);
  CHECK(history.flag[1] == histories::Flag::no);
  CHECK(history.values.integer(history.result[2]) == 1);
  CHECK(history.key_name == std::vector<histories::ValueId>{histories::no_value});
}

TEST_CASE("A text longer than a ring is recorded whole") {
  const File file;
  const std::string big(3U << 20U, 'a');
  {
    Recorder recorder{file.path};
    auto session = recorder.session();
    session.invoke("write", "x", big).ok();
    session.invoke("read", "x").ok(big);
  }
  const auto history = read_back(file.path);
  REQUIRE(history.size() == 2);
  CHECK(history.values.text(history.result[1]) == big);
}

TEST_CASE("Eight threads record 100,000 calls each: complete, paired, monotone") {
  constexpr std::int64_t calls = 100'000;
  constexpr int threads = 8;
  const File file;
  {
    Recorder recorder{file.path};
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t) {
      workers.emplace_back([&recorder, t] {
        auto session = recorder.session("s" + std::to_string(t));
        for (std::int64_t i = 0; i < calls; ++i) {
          auto call = session.invoke("write", t, t * calls + i);
          if (i % 1000 == 999) call.info();
          else if (i % 1000 == 500) call.fail();
          else call.ok();
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    CHECK(recorder.close().empty());
  }
  const auto history = read_back(file.path);
  REQUIRE(history.size() == threads * calls);
  // Of each session every call, in its order, with its own key and outcome; stamps of a session never go back.
  std::vector<std::int64_t> next(threads, 0), last_time(threads, -1);
  for (histories::OpId op = 0; op < history.size(); ++op) {
    const auto session = history.session[op];
    const auto thread = history.values.integer(history.key_name[history.key[op]]);
    const std::int64_t i = next[session]++;
    REQUIRE(history.values.integer(history.argument[op]) == thread * calls + i);
    REQUIRE(history.outcome[op] == (i % 1000 == 999 ? Outcome::info : i % 1000 == 500 ? Outcome::fail : Outcome::ok));
    REQUIRE(history.invoked_time[op] >= last_time[session]);
    REQUIRE(history.completed_time[op] >= history.invoked_time[op]);
    last_time[session] = history.completed_time[op];
  }
  CHECK(next == std::vector<std::int64_t>(threads, calls));
}

TEST_CASE("A call that begins on one thread and ends on another stays in order") {
  const File file;
  constexpr int calls = 20'000;
  {
    Recorder recorder{file.path};
    auto session = recorder.session();
    // Two threads take turns: each completes the other's call and makes the next.
    std::atomic<int> turn{0};
    std::optional<Call> call{session.invoke("write", "x", 0)};
    const auto play = [&](int me) {
      for (int i = me; i < calls; i += 2) {
        while (turn.load(std::memory_order_acquire) != i) std::this_thread::yield();
        call->ok();
        call.reset();
        call.emplace(session.invoke("write", "x", i + 1));
        turn.store(i + 1, std::memory_order_release);
      }
    };
    std::thread other{play, 1};
    play(0);
    other.join();
    call->ok();
  }
  const auto history = read_back(file.path);
  REQUIRE(history.size() == calls + 1);
  for (histories::OpId op = 0; op < history.size(); ++op) REQUIRE(history.values.integer(history.argument[op]) == op);
}

TEST_CASE("A thousand short-lived threads use few buffers and lose nothing") {
  const File file;
  {
    Recorder recorder{file.path};
    for (int i = 0; i < 1000; ++i) {
      std::thread{[&recorder, i] { recorder.session().invoke("write", "x", i).ok(); }}.join();
    }
  }
  CHECK(read_back(file.path).size() == 1000);
}

TEST_CASE("With sync an event is in the file when its call returns") {
  const File file;
  RecorderOptions options;
  options.sync = true;
  options.flush_interval = std::chrono::hours{1};
  Recorder recorder{file.path, options};
  auto session = recorder.session();
  auto call = session.invoke("write", "x", 1);
  CHECK(file.lines().size() == 2);
  call.ok();
  CHECK(file.lines().size() == 3);
}

TEST_CASE("flush() puts everything into the file") {
  const File file;
  RecorderOptions options;
  options.flush_interval = std::chrono::hours{1};
  Recorder recorder{file.path, options};
  auto session = recorder.session();
  for (int i = 0; i < 100; ++i) session.invoke("write", "x", i).ok();
  recorder.flush();
  CHECK(file.lines().size() == 201);
}
