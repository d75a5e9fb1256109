// What policy lint warns of, a case for each rule.

#include <algorithm>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "checker/policy/lint.hpp"
#include "histories/read.hpp"

namespace kasauti::tests {

namespace {

using checker::policy::lint;
using checker::policy::parse;
using histories::Finding;

histories::History read(const std::string& text) {
  histories::ReadResult result = histories::read_history_text(text);
  REQUIRE(result.ok);
  return std::move(result.history);
}

const std::string untimed = R"({"kasauti":1,"object":"kv","initial":null}
{"process":0,"type":"invoke","f":"put","key":"pay/1","value":1,"level":"strong"}
{"process":0,"type":"ok","f":"put","key":"pay/1","value":1}
{"process":1,"type":"invoke","f":"get","key":"feed/1","value":null,"level":"weak"}
{"process":1,"type":"ok","f":"get","key":"feed/1","value":null}
{"process":1,"type":"invoke","f":"get","key":"feed/1","value":null}
{"process":1,"type":"ok","f":"get","key":"feed/1","value":null}
)";

std::vector<Finding> findings(const std::string& classes, const std::string& history = untimed) {
  const auto parsed = parse("{\"classes\": [\n" + classes + "\n]}");
  REQUIRE(parsed.problems.empty());
  return lint(parsed.policy, read(history));
}

}  // namespace

TEST_CASE("A policy that fits its history gets no warning") {
  CHECK(findings(R"({"class": "all", "keys": "", "model": "causal"})").empty());
  CHECK(findings(R"({"class": "p", "keys": "pay/", "level": "strong", "model": "l"},
    {"class": "f", "keys": "feed/", "model": "mr"})").empty());
}

TEST_CASE("A rule that no operation fits is told with its place") {
  const auto found = findings(R"({"class": "all", "keys": "", "model": "causal"},
{"class": "p", "keys": ["pay/", "payment/"], "model": "l"})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "policy-rule-unused");
  CHECK((found[0].line == 3 && found[0].column == 33));
  CHECK(found[0].severity == histories::Severity::warning);
  CHECK(found[0].message.find("payment/") != std::string::npos);
  const auto level = findings(R"({"class": "all", "keys": "", "model": "causal"},
{"class": "p", "level": "quorum", "model": "l"})");
  REQUIRE(level.size() == 1);
  CHECK((level[0].rule == "policy-rule-unused" && level[0].line == 3 && level[0].column == 25));
}

TEST_CASE("A rule that better ones always beat is told, and what beats it") {
  const auto found = findings(R"({"class": "pays", "keys": "pa", "model": "mr"},
{"class": "p", "keys": "pay/", "model": "l"}, {"class": "f", "keys": "feed/", "model": "mr"})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "policy-rule-shadowed");
  CHECK((found[0].line == 2 && found[0].column == 27));
  CHECK(found[0].message.find("class \"p\" (line 3)") != std::string::npos);
}

TEST_CASE("A level in no class is told with the number of its operations") {
  const auto found = findings(R"({"class": "p", "keys": "pay/", "model": "l"})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].rule == "policy-level-uncovered");
  CHECK(found[0].message == "level \"weak\": 1 operations are in no class, the first in line 4 of the history");
}

TEST_CASE("A bound or demand that the history gives nothing to check by is told") {
  const auto untimed_bound = findings(R"({"class": "all", "keys": "", "max_staleness": "5s"})");
  REQUIRE(untimed_bound.size() == 1);
  CHECK(untimed_bound[0].rule == "policy-staleness-untimed");
  CHECK((untimed_bound[0].line == 2 && untimed_bound[0].column == 30));
  CHECK(findings(R"({"class": "all", "keys": "", "max_staleness": 3})").empty());
  const auto demand = findings(R"({"class": "all", "keys": "", "demands": "weak"})");
  REQUIRE(demand.size() == 1);
  CHECK(demand[0].rule == "policy-level-unrecorded");
  CHECK(demand[0].message == "1 of 3 operations of class \"all\" carry no level, which it demands");
  const std::string list = R"({"kasauti":1,"object":"set"}
{"process":0,"type":"invoke","f":"add","value":1}
{"process":0,"type":"ok","f":"add","value":1}
)";
  const auto of_set = findings(R"({"class": "all", "keys": "", "max_staleness": 3})", list);
  REQUIRE(of_set.size() == 1);
  CHECK(of_set[0].rule == "policy-staleness-unsupported");
}

}  // namespace kasauti::tests
