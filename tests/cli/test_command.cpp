// kasauti record and kasauti test on the simulated store: record, check, gate in one go.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tests/cli/support.hpp"

namespace kasauti::tests {

namespace {

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// A primary that acknowledges first and replicates 50 ms later: the clients, which read at the replicas, run ahead of
// it.
const std::vector<std::string> run_ahead = {"test", "sim:async?lag=50ms", "--faults", "partition", "--ops",
                                            "500",  "--seed",             "1"};

/// More than that store promises.
const std::vector<std::string> lagging = with(run_ahead, {"--model", "linearizable"});

}  // namespace

TEST_CASE("record writes a history that check reads") {
  const Kasauti kasauti;
  const Ended recorded = kasauti.run({"record", "sim:linearizable", "--history", "h", "--ops", "200", "--seed", "4"});
  INFO(recorded.err);
  CHECK(recorded.status == 0);
  CHECK(kasauti.run({"check", "h"}).status == 0);
  CHECK(kasauti.run({"record", "nonsense"}).status == 254);
  CHECK(kasauti.run({"record"}).status == 254);
}

TEST_CASE("test exits with 0 on a store that keeps its promise, and leaves nothing behind") {
  const Kasauti kasauti;
  const Ended ended =
      kasauti.run({"test", "sim:linearizable", "--ops", "300", "--seed", "2", "--expect", "linearizable"});
  INFO(ended.out << ended.err);
  CHECK(ended.status == 0);
  CHECK(says(ended.out, "linearizable          holds  (certificate verified)"));
  CHECK(kasauti.folder.names().empty());
}

TEST_CASE("test exits with 1 on a store that breaks it, and keeps the history") {
  const Kasauti kasauti;
  const Ended ended = kasauti.run(lagging);
  INFO(ended.out << ended.err);
  CHECK(ended.status == 1);
  CHECK(says(ended.out, "linearizable          VIOLATED"));
  CHECK(says(ended.out, "StaleRead"));
  const std::string kept = "kasauti: the history is kept: ";
  const std::size_t begin = ended.err.find(kept);
  REQUIRE(begin != std::string::npos);
  const std::string path = ended.err.substr(begin + kept.size(), ended.err.find('\n', begin) - begin - kept.size());
  CHECK(kasauti.folder.names().size() == 1);
  CHECK(kasauti.run({"check", path, "--quiet"}).status == 1);
  // A weaker promise that this run keeps.
  CHECK(kasauti.run(with(run_ahead, {"--expect", "monotonic-writes"})).status == 0);
}

TEST_CASE("test keeps the history where it is told to, whatever the verdict") {
  const Kasauti kasauti;
  const Ended bad = kasauti.run(with(lagging, {"--history", "bad", "--quiet"}));
  CHECK(bad.status == 1);
  CHECK(bad.out == "");
  CHECK(bad.err == "");
  CHECK(kasauti.run({"test", "sim:linearizable", "--ops", "100", "--history", "good"}).status == 0);
  CHECK(kasauti.folder.names() == std::vector<std::string>{"bad", "good"});
  CHECK(kasauti.run({"check", "bad"}).status == 1);
  CHECK(kasauti.run({"check", "good"}).status == 0);
}

TEST_CASE("test takes the options of check") {
  const Kasauti kasauti;
  const Ended ended =
      kasauti.run(with(run_ahead, {"--history", "h", "--model", "l,mw", "--report", "json", "--certificate", "c"}));
  CHECK(ended.status == 1);
  const auto report = nlohmann::json::parse(ended.out);
  CHECK(report.at("models").size() == 2);
  CHECK(report.at("file") == "h");
  CHECK(kasauti.run({"verify", "h", "c"}).status == 0);
}

TEST_CASE("without a model a store is judged by what it promises as its URI configures it") {
  const Kasauti kasauti;
  const auto judged = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--report", "json", "--history", "h", "--ops", "300", "--seed", "3"});
    const Ended ended = kasauti.run(std::move(arguments));
    INFO(ended.out << ended.err);
    const auto models = nlohmann::json::parse(ended.out).at("models");
    CHECK(models.size() == 1);
    return std::pair{models[0].at("model").get<std::string>(), ended.status};
  };
  CHECK(judged({"test", "sim:async?lag=50ms"}) == std::pair{std::string{"monotonic-reads"}, 0});
  CHECK(judged({"test", "sim:pram"}) == std::pair{std::string{"pram"}, 0});
  CHECK(judged({"test", "sim:linearizable"}) == std::pair{std::string{"linearizable"}, 0});
  CHECK(judged({"test", "sim:linearizable", "--model", "mr"}) == std::pair{std::string{"monotonic-reads"}, 0});
  // A check of the same file goes by the workload, as ever.
  CHECK(judged({"test", "sim:pram"}).second == 0);
  CHECK(says(kasauti.run({"check", "h"}).out, "linearizable"));
}

TEST_CASE("test takes a policy from standard input") {
  const Kasauti kasauti;
  const std::string policy = R"({"classes": [{"class": "all", "keys": "", "model": "mr"}]})";
  const Ended ended = kasauti.run({"test", "sim:linearizable", "--ops", "100", "--policy", "-"}, policy);
  INFO(ended.out << ended.err);
  CHECK(ended.status == 0);
  CHECK(says(ended.out, "all"));
  CHECK(kasauti.run({"test", "sim:linearizable", "--ops", "100", "--policy", "-"}, "{").status == 254);
}

TEST_CASE("the same seed gives the same run") {
  const Kasauti kasauti;
  CHECK(kasauti.run(with(lagging, {"--history", "a", "--quiet"})).status == 1);
  CHECK(kasauti.run(with(lagging, {"--history", "b", "--quiet"})).status == 1);
  CHECK(kasauti.folder.read("a") == kasauti.folder.read("b"));
}

TEST_CASE("a test that cannot begin ends with 254 and leaves nothing behind") {
  const Kasauti kasauti;
  for (const auto& [arguments, said] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"test"}, "URI is required"},
           {{"test", "nonsense"}, "is no store"},
           {{"test", "sim:nonsense"}, "linearizable"},
           {{"test", "sim:", "--workload", "nonsense"}, "register"},
           {{"test", "sim:", "--frobnicate"}, "--frobnicate"},
           {{"test", "sim:", "--history", "nowhere/h"}, "No such file or directory"},
           {{"test", "sim:", "--model", "nonsense"}, "there is no model"},
           {{"test", "redis://127.0.0.1:1"}, "redis"}}) {
    const Ended ended = kasauti.run(arguments);
    INFO(arguments.back() << "\n" << ended.err);
    CHECK(ended.status == 254);
    CHECK(says(ended.err, said));
    CHECK(ended.out == "");
    CHECK(kasauti.folder.names().empty());
  }
}

TEST_CASE("a recording that breaks off is not judged, and kept") {
  const Kasauti kasauti;
  const std::string command =
      "trap '' XFSZ; ulimit -f 20; " + std::string{KASAUTI_BIN_DIR} + "/kasauti test sim: --ops 1000";
  const Ended ended = run_program("/bin/sh", {"-c", command}, kasauti.folder.path());
  INFO(ended.out << ended.err);
  CHECK(ended.status == 255);
  CHECK(ended.out == "");
  CHECK(says(ended.err, "File too large"));
  CHECK(says(ended.err, "the history is kept: "));
}

}  // namespace kasauti::tests
