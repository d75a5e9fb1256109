// sim: keeps what each base promises under every fault, and each planted bug breaks what it is said to break.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "adapters/stores.hpp"
#include "consistency.hpp"
#include "histories/read.hpp"
#include "recorder/run.hpp"

namespace {

using namespace kasauti;
using histories::History;

struct Run {
  std::string uri;
  std::uint64_t seed = 1;
  std::vector<std::string> faults{};
  std::uint64_t operations = 600;
  std::string workload = "register";
};

std::string record(const Run& run) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("kasauti-sim-" + std::to_string(getpid()) + ".jsonl")).string();
  recorder::RunOptions options;
  options.operations = run.operations;
  options.clients = 6;
  options.keys = 2;
  options.seed = run.seed;
  options.rate = 2000;
  options.faults = run.faults;
  options.fault_period = std::chrono::milliseconds{60};
  options.quiesce = std::chrono::seconds{1};
  const auto opened = recorder::open_store(run.uri, adapters::stores(), {options.clients, run.seed});
  INFO(opened.problem);
  REQUIRE(opened.store != nullptr);
  recorder::Simulation* const simulation = opened.store->simulation();
  REQUIRE(simulation != nullptr);
  RecorderOptions recording;
  recording.object = run.workload;
  recording.clock = [simulation] { return simulation->now(); };
  Recorder recorder{path, recording};
  recorder::Nemesis nemesis{*opened.store, {}, run.seed};
  run_simulated(*opened.store, *recorder::workload_named(run.workload), recorder, nemesis, options);
  REQUIRE(recorder.close().empty());
  std::stringstream text;
  text << std::ifstream{path}.rdbuf();
  std::filesystem::remove(path);
  return text.str();
}

History parse(const std::string& text) {
  auto result = histories::read_history_text(text);
  for (const auto& finding : result.findings) INFO(finding.line << ": " << finding.rule << ": " << finding.message);
  REQUIRE(result.ok);
  return std::move(result.history);
}

const std::vector<std::vector<std::string>> fault_lists = {
    {}, {"partition"}, {"lag"}, {"kill"}, {"pause"}, {"partition", "lag", "kill", "pause"}};

/// How many of some seeds give a history without the property.
template <class Property>
int violations(const std::string& uri, const std::vector<std::string>& faults, Property property, int seeds = 15) {
  int count = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    if (!property(parse(record({.uri = uri, .seed = static_cast<std::uint64_t>(seed), .faults = faults})))) ++count;
  }
  return count;
}

using Property = bool (*)(const History&);

}  // namespace

TEST_CASE("The same seed and options give the same bytes, another seed gives others") {
  const auto* const uri =
      GENERATE("sim:linearizable", "sim:sequential", "sim:causal", "sim:convergent", "sim:pram", "sim:async");
  const Run run{.uri = uri, .seed = 7, .faults = {"partition", "kill"}};
  const std::string first = record(run);
  CHECK(first == record(run));
  Run other = run;
  other.seed = 8;
  CHECK(first != record(other));
}

TEST_CASE("Every base keeps its promise under every fault") {
  struct Row {
    const char* uri;
    std::vector<Property> kept;
  };
  const std::vector<Row> rows = {
      {"sim:linearizable", {tests::linearizable, tests::causal_memory, tests::causal_convergent, tests::nodes_agree}},
      {"sim:async?read=primary", {tests::linearizable, tests::nodes_agree}},
      {"sim:sequential",
       {tests::causal_memory, tests::causal_convergent, tests::reads_own_writes_in_real_time, tests::nodes_agree}},
      {"sim:causal", {tests::causal_memory, tests::causal}},
      {"sim:convergent", {tests::causal_convergent, tests::nodes_agree}},
      {"sim:pram", {tests::pram}},
      {"sim:async", {tests::monotonic_reads_in_real_time, tests::nodes_agree}},
      {"sim:async?read=any&replicas=5", {tests::nodes_agree}},
  };
  for (const Row& row : rows) {
    for (const auto& faults : fault_lists) {
      for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        INFO(row.uri << ", seed " << seed << ", " << (faults.empty() ? "no fault" : faults.front())
                     << (faults.size() > 1 ? "…" : ""));
        const History history = parse(record({.uri = row.uri, .seed = seed, .faults = faults}));
        CHECK(history.size() >= 600);
        CHECK_FALSE(history.ties_in_process);
        CHECK(history.faults.size() >= 2 * faults.size());
        for (const Property kept : row.kept) CHECK(kept(history));
      }
    }
  }
}

TEST_CASE("Weaker bases are really weaker") {
  CHECK(violations("sim:async", {"partition"}, tests::linearizable) == 15);  // stale reads
  CHECK(violations("sim:async", {"partition"}, tests::reads_own_writes_in_real_time) > 0);
  CHECK(violations("sim:sequential", {"partition"}, tests::linearizable) > 0);
  CHECK(violations("sim:causal", {"lag"}, tests::causal_convergent) > 0);
  CHECK(violations("sim:convergent", {"lag"}, tests::linearizable) > 0);
  CHECK(violations("sim:pram", {"lag"}, tests::causal) > 0);
  CHECK(violations("sim:async?read=any", {"partition"}, tests::monotonic_reads_in_real_time) > 0);
}

TEST_CASE("Each planted bug breaks what it is said to break, and keeps what it is said to keep") {
  CHECK(violations("sim:linearizable?bug=quorum-no-writeback", {"lag"}, tests::linearizable) > 0);
  CHECK(violations("sim:linearizable?bug=quorum-no-writeback", {"lag"}, tests::reads_own_writes_in_real_time) == 0);
  CHECK(violations("sim:sequential?bug=replica-read", {"partition"}, tests::reads_own_writes_in_real_time) > 0);
  CHECK(violations("sim:sequential?bug=replica-read", {"partition"}, tests::monotonic_reads_in_real_time) > 0);
  CHECK(violations("sim:sequential?bug=replica-read", {"partition"}, tests::nodes_agree) == 0);
  CHECK(violations("sim:sequential?bug=token-writes-only", {"partition"}, tests::monotonic_reads_in_real_time) > 0);
  CHECK(violations("sim:sequential?bug=token-writes-only", {"partition"}, tests::reads_own_writes_in_real_time) == 0);
  CHECK(violations("sim:causal?bug=deps-omit-reads", {"lag"}, tests::causal) > 0);
  CHECK(violations("sim:causal?bug=deps-omit-reads", {"lag"}, tests::pram) == 0);
  CHECK(violations("sim:convergent?bug=lww-skew", {"partition"}, tests::causal) > 0);
  CHECK(violations("sim:async?bug=async-failover", {"kill"}, tests::linearizable) > 0);
  CHECK(violations("sim:async?bug=async-failover", {"kill"}, tests::reads_own_writes_in_real_time) > 0);
}

TEST_CASE("Faults leave calls of unknown outcome, and refusals that are certain") {
  const History partitioned = parse(record({.uri = "sim:linearizable", .faults = {"partition"}}));
  CHECK(std::ranges::count(partitioned.outcome, histories::Outcome::info) > 0);
  const History killed = parse(record({.uri = "sim:linearizable", .faults = {"kill"}}));
  CHECK(std::ranges::count(killed.outcome, histories::Outcome::fail) > 0);
  // A fault has a beginning and an end, each with its target.
  REQUIRE(killed.faults.size() >= 3);
  CHECK(killed.faults[0].name == "start-kill");
  CHECK(killed.faults[1].name == "stop-kill");
  CHECK(killed.faults[0].value == killed.faults[1].value);
  CHECK(killed.faults.back().name == "final");
}

TEST_CASE("Compare-and-sets take place at one place") {
  const std::string text = record({.uri = "sim:async", .faults = {"partition"}, .workload = "cas-register"});
  const History history = parse(text);
  CHECK(std::ranges::count(history.flag, histories::Flag::yes) > 0);
  CHECK(std::ranges::count(history.flag, histories::Flag::no) > 0);
  // No version is consumed twice.
  std::vector<std::pair<std::uint32_t, histories::ValueId>> consumed;
  for (histories::OpId op = 0; op < history.size(); ++op) {
    if (history.flag[op] == histories::Flag::yes)
      consumed.emplace_back(history.key[op], history.values.elements(history.argument[op])[0]);
  }
  std::ranges::sort(consumed);
  CHECK(std::ranges::adjacent_find(consumed) == consumed.end());
}
