// Classes of operations judged by what each was promised. Histories are written out, and what holds for each is told
// from the definitions in a comment beside it.

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include "checker/policy/judge.hpp"
#include "histories/read.hpp"

using namespace kasauti;
using namespace kasauti::checker;

namespace {

struct Op {
  int process;
  std::string f;
  std::string key;
  std::string value;   ///< written, or returned
  std::string level;   ///< empty: none
  std::string type = "ok";
};

/// Operations one after the other, 10 ns each, 10 ns apart.
std::string history_of(const std::vector<Op>& operations, const std::string& workload = "") {
  std::string text = R"({"kasauti":1,"object":"kv","initial":null)";
  if (!workload.empty()) text += fmt::format(R"(,"workload":"{}")", workload);
  text += "}\n";
  int time = 0;
  for (const Op& op : operations) {
    const std::string level = op.level.empty() ? "" : fmt::format(R"(,"level":"{}")", op.level);
    const std::string asked = op.f == "put" ? op.value : "null";
    text += fmt::format(R"({{"time":{},"process":{},"type":"invoke","f":"{}","key":"{}","value":{}{}}})" "\n",
        time += 10, op.process,
                        op.f, op.key, asked, level);
    text += fmt::format(R"({{"time":{},"process":{},"type":"{}","f":"{}","key":"{}","value":{}{}}})" "\n",
        time += 10, op.process,
                        op.type, op.f, op.key, op.value, level);
  }
  return text;
}

run::Result judge(const std::string& history, const std::string& classes, run::Options options = {}) {
  const policy::Parsed parsed = policy::parse("{\"classes\": [" + classes + "]}");
  for (const auto& problem : parsed.problems) INFO(problem.message);
  REQUIRE(parsed.problems.empty());
  run::Result result;
  result.read = histories::read_history_text(history);
  for (const auto& finding : result.read.findings) INFO(finding.message);
  REQUIRE(result.read.ok);
  histories::Budget budget;
  policy::judge(parsed.policy, result, options, budget);
  CHECK(run::internal_error(result).empty());
  return result;
}

const std::string strong = R"({"class": "strong", "level": "strong", "model": "linearizable"})";

/// Strong reads are fine; one weak read returns what was replaced before it began.
const std::vector<Op> weak_read_is_stale = {{0, "put", "x", "1", "strong"}, {0, "put", "x", "2", "strong"},
                                            {1, "get", "x", "2", "strong"}, {2, "get", "x", "1", "weak"}};

}  // namespace

TEST_CASE("A weak read is judged by its own class and refutes no stronger one") {
  const std::string history = history_of(weak_read_is_stale);
  const run::Result kept = judge(history, strong + R"(, {"class": "weak", "level": "weak", "model": "sequential"})");
  REQUIRE(kept.classes.size() == 2);
  CHECK(kept.classes[0].verdict == Verdict::holds);
  CHECK(kept.classes[0].certified == run::Certified::verified);
  CHECK(kept.classes[0].observed == std::vector{Model::linearizable});
  CHECK(kept.classes[1].verdict == Verdict::holds);
  CHECK(kept.classes[1].observed == std::vector{Model::sequential});
  CHECK(kept.classes[1].declared == std::vector<std::string>{"\"weak\""});

  const run::Result more = judge(history, strong + R"(, {"class": "weak", "level": "weak", "model": "linearizable"})");
  CHECK(more.classes[0].verdict == Verdict::holds);
  REQUIRE(more.classes[1].verdict == Verdict::violated);
  CHECK(more.classes[1].certified == run::Certified::verified);
  CHECK(more.classes[1].observed == std::vector{Model::sequential});
  REQUIRE(more.classes[1].anomalies.size() == 1);
  // Operations are those of the whole history: the newer write and the read.
  CHECK(more.classes[1].anomalies[0].operations.back() == 3);
}

TEST_CASE("A strong class is refuted by its own operations, whatever level they slipped to") {
  const std::vector<Op> slipped = {{0, "put", "pay/1", "1", "strong"}, {1, "get", "pay/1", "null", "session"},
                                   {1, "get", "feed/1", "null", "session"}};
  const run::Result result = judge(history_of(slipped),
                                   R"({"class": "pay", "keys": "pay/", "model": "l", "demands": "strong"},
                                      {"class": "feed", "keys": "feed/", "model": "ryw", "demands": "session"})");
  CHECK(result.classes[0].verdict == Verdict::violated);
  CHECK(result.classes[0].declared == std::vector<std::string>{"\"session\"", "\"strong\""});
  CHECK(result.classes[1].verdict == Verdict::holds);
  const Anomaly& slip = result.classes[0].anomalies.back();
  CHECK(slip.name == "LevelSlip");
  CHECK((slip.count == 1 && slip.at_risk == 2 && slip.operations == std::vector<histories::OpId>{1}));

  // The demanded level alone: kept by what is read, broken by how.
  const run::Result level = judge(history_of(slipped), R"({"class": "pay", "keys": "pay/", "demands": "strong"})");
  CHECK(level.classes[0].verdict == Verdict::violated);
  const run::Result untold = judge(history_of({{0, "put", "pay/1", "1", ""}, {0, "get", "pay/1", "1", "strong"}}),
                                   R"({"class": "pay", "keys": "pay/", "model": "l", "demands": "strong"})");
  CHECK(untold.classes[0].verdict == Verdict::unknown);
  CHECK(untold.classes[0].cause == Cause::precondition);
}

TEST_CASE("The longest prefix wins, then the rule with a level") {
  const std::vector<Op> operations = {{0, "put", "a", "1", ""},      {0, "put", "ab", "1", "q"},
                                      {0, "put", "ab", "2", ""},     {0, "put", "abc", "1", "q"},
                                      {0, "put", "b", "1", "q"},     {0, "put", "b", "2", ""},
                                      {1, "get", "abc", "null", ""}, {1, "get", "c", "null", "r"}};
  const run::Result result = judge(history_of(operations), R"({"class": "a", "keys": "a", "model": "mr"},
      {"class": "ab", "keys": "ab", "model": "mr"}, {"class": "ab at q", "keys": "ab", "level": "q", "model": "mr"},
      {"class": "abc", "keys": "abc", "model": "mr"}, {"class": "q", "level": "q", "model": "mr"})");
  const std::vector<std::uint64_t> expected = {1, 1, 1, 2, 1};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(result.classes[i].name);
    CHECK(result.classes[i].operations == expected[i]);
  }
  CHECK(result.uncovered == 2);
}

TEST_CASE("A weak write that comes late refutes no stronger class; one of an equal class does") {
  // The write was acknowledged before the strong read began, which missed it.
  const auto history = [](const std::string& level) {
    return history_of({{0, "put", "x", "1", "strong"}, {1, "put", "x", "2", level}, {2, "get", "x", "1", "strong"}});
  };
  const std::string classes = strong + R"(, {"class": "weak", "level": "weak", "model": "causal"},
                                            {"class": "other", "level": "other", "model": "linearizable"})";
  const run::Result late = judge(history("weak"), classes);
  CHECK(late.classes[0].verdict == Verdict::holds);
  CHECK(late.classes[0].weakened == 1);
  CHECK(judge(history("other"), classes).classes[0].verdict == Verdict::violated);
  CHECK(judge(history("strong"), classes).classes[0].verdict == Verdict::violated);
  // A write of no class: it happened when it says.
  CHECK(judge(history(""), classes).classes[0].verdict == Verdict::violated);
}

TEST_CASE("A weak write has no place in its session's order for a stronger class") {
  // Process 1's weak write was seen, but not the one that it had made before: a causal store may not show that, a
  // weaker one may.
  const auto history = [](const std::string& level) {
    return history_of({{1, "put", "d", "1", "causal"}, {1, "put", "f", "1", level}, {2, "get", "f", "1", "causal"},
                       {2, "get", "d", "null", "causal"}, {3, "get", "f", "1", "weak"}});
  };
  const std::string classes =
      R"({"class": "causal", "level": "causal", "model": "causal"}, {"class": "weak", "level": "weak", "model": "mr"})";
  CHECK(judge(history("causal"), classes).classes[0].verdict == Verdict::violated);
  CHECK(judge(history("weak"), classes).classes[0].verdict == Verdict::holds);
}

TEST_CASE("Weak classes may tolerate a share of anomalies") {
  // One of four reads after an own write does not see it.
  std::vector<Op> operations;
  for (int i = 1; i <= 4; ++i) {
    operations.push_back({0, "put", "x", std::to_string(i), "weak"});
    operations.push_back({0, "get", "x", i == 3 ? "null" : std::to_string(i), "weak"});
  }
  const std::string history = history_of(operations);
  const auto weak = [&](const std::string& more) {
    return judge(history, R"({"class": "weak", "level": "weak", "model": "read-your-writes")" + more + "}").classes[0];
  };
  CHECK(weak("").verdict == Verdict::violated);
  REQUIRE(weak("").anomalies.size() == 1);
  CHECK((weak("").anomalies[0].count == 1 && weak("").anomalies[0].at_risk == 4));
  CHECK(weak(R"(, "tolerate": 0.25)").verdict == Verdict::holds);
  CHECK(weak(R"(, "tolerate": 0.25)").tolerated);
  CHECK(weak(R"(, "tolerate": 0.25)").anomalies.size() == 1);
  CHECK(weak(R"(, "tolerate": "24%")").verdict == Verdict::violated);
  // What nobody wrote is no rate of a weak class.
  const run::Result thin_air = judge(history_of({{0, "put", "x", "1", "weak"}, {1, "get", "x", "9", "weak"}}),
                                     R"({"class": "weak", "level": "weak", "model": "ryw", "tolerate": 1})");
  CHECK(thin_air.classes[0].verdict == Verdict::violated);
}

TEST_CASE("Staleness is bounded in versions and in time") {
  // The weak read begins at 70, 30 ns after the write of 2 had completed, and returns the version before.
  const std::string history = history_of(weak_read_is_stale);
  const auto weak = [&](const std::string& bound) {
    return judge(history,
        strong + R"(, {"class": "weak", "level": "weak", "max_staleness": )" + bound + "}").classes[1];
  };
  CHECK(weak("2").verdict == Verdict::holds);
  CHECK(weak("1").verdict == Verdict::violated);
  CHECK(weak("\"30ns\"").verdict == Verdict::holds);
  CHECK(weak("\"29ns\"").verdict == Verdict::violated);
  CHECK(weak(R"({"versions": 2, "time": "29ns"})").verdict == Verdict::violated);
  REQUIRE(weak("1").anomalies.size() == 1);
  CHECK(weak("1").anomalies[0].operations == std::vector<histories::OpId>{3});

  const auto bound = [](const std::string& text) {
    return judge(text, R"({"class": "all", "keys": "", "max_staleness": {"versions": 9, "time": "1h"}})").classes[0];
  };
  const run::ClassResult thin_air = bound(history_of({{0, "put", "x", "1", ""}, {1, "get", "x", "9", ""}}));
  CHECK(thin_air.verdict == Verdict::violated);
  const run::ClassResult early = bound(history_of({{1, "get", "x", "1", ""}, {0, "put", "x", "1", ""}}));
  CHECK(early.verdict == Verdict::violated);
  // Who was read of two writers of one value, nobody knows: how stale is open, unless nothing is stale.
  const std::vector<Op> twice = {{0, "put", "x", "1", ""}, {0, "put", "x", "2", ""}, {0, "put", "x", "1", ""}};
  std::vector<Op> stale = twice;
  stale.push_back({1, "get", "x", "2", ""});
  stale.push_back({1, "get", "x", "1", ""});
  CHECK((bound(history_of(stale)).verdict == Verdict::unknown && bound(history_of(stale)).cause == Cause::precondition));
  std::vector<Op> fresh = twice;
  fresh.push_back({1, "get", "x", "1", ""});
  CHECK(bound(history_of(fresh)).verdict == Verdict::holds);
}

TEST_CASE("Operations of no class are judged by the model that is given, or listed") {
  const std::vector<Op> operations = {{0, "put", "x", "1", "strong"}, {0, "get", "x", "1", "strong"},
                                      {0, "put", "y", "1", ""}, {1, "get", "y", "null", ""}};
  const run::Result listed = judge(history_of(operations), strong);
  CHECK(listed.classes.size() == 1);
  CHECK(listed.uncovered == 2);
  run::Options options;
  options.models = {Model::sequential, Model::linearizable};
  const run::Result judged = judge(history_of(operations), strong, options);
  REQUIRE(judged.classes.size() == 3);
  CHECK(judged.uncovered == 0);
  CHECK((judged.classes[1].name == "uncovered" && judged.classes[1].verdict == Verdict::holds));
  CHECK(judged.classes[2].verdict == Verdict::violated);
  const run::Result header = judge(history_of(operations, "register"), strong);
  REQUIRE(header.classes.size() == 2);
  CHECK(header.classes[1].promised == Model::linearizable);
  CHECK(header.classes[1].verdict == Verdict::violated);
  CHECK(judge(history_of(operations, "mixed_policy"), strong).classes.size() == 1);
}

TEST_CASE("A class without operations, or without observations, is vacuous") {
  const std::string history =
      history_of({{0, "put", "x", "1", "strong"}, {0, "get", "x", "1", "strong"}, {0, "put", "y", "1", ""}});
  const std::string classes =
      strong + R"(, {"class": "typo", "keys": "zz", "model": "l"}, {"class": "y", "keys": "y", "model": "l"})";
  const run::Result result = judge(history, classes);
  CHECK((result.classes[1].verdict == Verdict::unknown && result.classes[1].cause == Cause::vacuous));
  CHECK((result.classes[2].verdict == Verdict::unknown && result.classes[2].cause == Cause::vacuous));
  run::Options options;
  options.allow_vacuous = true;
  for (const auto& each : judge(history, classes, options).classes) CHECK(each.verdict == Verdict::holds);
}

TEST_CASE("What a class's anomalies are about is told in the numbers of the whole history") {
  // The feed's reads are stale; the operations before them are another class's.
  const auto result = judge(history_of({{0, "put", "pay/1", "1", ""},
                                        {0, "put", "pay/1", "2", ""},
                                        {0, "put", "feed/1", "1", ""},
                                        {1, "get", "feed/1", "null", ""},
                                        {2, "get", "feed/1", "null", ""}}),
                            R"({"class": "feed", "keys": "feed/", "model": "regular"})");
  const auto& anomalies = result.classes.at(0).anomalies;
  REQUIRE(anomalies.size() == 1);
  CHECK(anomalies[0].operations == std::vector<OpId>{2, 3});
  CHECK(anomalies[0].occurrences == std::vector<OpId>{3, 4});
  CHECK((anomalies[0].count == 2 && anomalies[0].sessions == 2));
}
