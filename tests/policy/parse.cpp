// Policy files: what is read from them, and every mistake with its line and column.

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include "checker/policy/policy.hpp"

using namespace kasauti::checker;

namespace {

struct Case {
  std::string text;
  std::uint32_t line;
  std::uint32_t column;
  std::string says;  ///< a part of the message
};

/// A policy with these lines as its classes: the first one is line 2 of the file.
std::string classes(const std::string& lines) { return "{\"classes\": [\n" + lines + "\n]}"; }

void expect(const Case& each) {
  const policy::Parsed parsed = policy::parse(each.text);
  std::string found;
  for (const auto& problem : parsed.problems) {
    found += fmt::format("{}:{}: {}\n", problem.line, problem.column, problem.message);
  }
  INFO(each.text << "\n" << found);
  REQUIRE(parsed.problems.size() == 1);
  CHECK(parsed.problems[0].line == each.line);
  CHECK(parsed.problems[0].column == each.column);
  CHECK(parsed.problems[0].message.find(each.says) != std::string::npos);
}

}  // namespace

TEST_CASE("A policy file is read whole") {
  const policy::Parsed parsed = policy::parse(R"({
    "key_classes": {"money": ["pay/", "order/"]},
    "classes": [
      {"class": "money", "key_class": "money", "model": "l", "demands": "strong", "tolerate": 0},
      {"class": "feed", "keys": "feed/", "level": "one", "model": "monotonic-reads",
          "max_staleness": {"versions": 3, "time": "1.5s"},
       "tolerate": "0.05%"},
      {"class": "rest", "keys": "", "level": 2, "max_staleness": "200ms"},
      {"class": "caf\u00e9", "keys": ["a", "b"], "max_staleness": 2}
    ]})");
  REQUIRE(parsed.problems.empty());
  const auto& [classes, rules] = parsed.policy;
  REQUIRE(classes.size() == 4);
  CHECK(classes[0].promise.model == Model::linearizable);
  CHECK(classes[0].promise.demanded == "\"strong\"");
  CHECK(classes[1].promise.model == Model::monotonic_reads);
  CHECK(classes[1].promise.most_versions == 3U);
  CHECK(classes[1].promise.most_nanoseconds == 1'500'000'000);
  CHECK(std::abs(classes[1].promise.tolerate - 0.0005) < 1e-12);
  CHECK(!classes[2].promise.model);
  CHECK(classes[2].promise.most_nanoseconds == 200'000'000);
  CHECK(classes[3].name == "café");
  CHECK(classes[3].promise.most_versions == 2U);
  REQUIRE(rules.size() == 6);
  CHECK((rules[0].prefix == "pay/" && rules[1].prefix == "order/" && rules[1].member_of == 0));
  CHECK((rules[2].prefix == "feed/" && rules[2].level == "\"one\""));
  CHECK((rules[3].prefix.empty() && rules[3].level == "2"));
}

TEST_CASE("The documentation's example is a policy") {
  std::ifstream in{KASAUTI_SOURCE_DIR "/docs/policy.md"};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const std::size_t begin = text.find("```json\n") + 8;
  REQUIRE(begin > 8);
  const policy::Parsed parsed = policy::parse(text.substr(begin, text.find("```", begin) - begin));
  CHECK(parsed.problems.empty());
  CHECK(parsed.policy.classes.size() == 5);
}

TEST_CASE("What is no policy") {
  const std::vector<Case> cases = {
      {"", 1, 1, "malformed"},
      {"{\"classes\": [\n  {\"class\" \"a\"}]}", 2, 12, "':'"},
      {"{\"classes\": [\n]", 2, 2, "malformed"},
      {"{\"classes\": [}", 1, 14, "malformed"},
      {"{\"classes\": [01]}", 1, 14, "begin with 0"},
      {"{\"classes\": [\"\xff\"]}", 1, 15, "UTF-8"},
      {"\n 7", 2, 2, "an object"},
      {"[]", 1, 1, "is an object, found a list"},
      {"{}", 1, 1, "no \"classes\""},
      {"{\"classes\": []}", 1, 13, "empty"},
      {"{\"classes\": {}}", 1, 13, "a list, found an object"},
      {"{\"classes\": [5]}", 1, 14, "a class is an object, found a number"},
      {"{\"classes\": [123456789012345678901234]}", 1, 14, "64 bits"},
  };
  for (const Case& each : cases) expect(each);
  const std::string valid = R"({"class": "a", "keys": "a", "model": "l"})";
  REQUIRE(policy::parse(classes(valid)).problems.empty());
  expect({classes(valid) + " x", 3, 4, "behind the end"});
  expect({"{\"clases\": 1, " + classes(valid).substr(1), 1, 2, "no field \"clases\""});
  expect({"{\"key_classes\": {\"m\": [1]}, " + classes(valid).substr(1), 1, 24, "a string, found a number"});
  expect({"{\"key_classes\": {\"m\": []}, " + classes(valid).substr(1), 1, 23, "an empty list"});
  expect({"{\"key_classes\": 1, " + classes(valid).substr(1), 1, 17, "an object, found a number"});
}

TEST_CASE("Mistakes in a class") {
  const std::vector<Case> cases = {
      {R"({"keys": "a", "model": "l"})", 2, 1, "no name"},
      {R"({"class": 1, "keys": "a", "model": "l"})", 2, 11, "a string, found a number"},
      {R"({"class": "", "keys": "a", "model": "l"})", 2, 11, "not empty"},
      {R"({"class": "uncovered", "keys": "a", "model": "l"})", 2, 11, "uncovered"},
      {R"({"class": "a", "keys": "a"})", 2, 1, "promises nothing"},
      {R"({"class": "a", "model": "l"})", 2, 1, "selects no operations"},
      {R"({"class": "a", "keys": "a", "modle": "l", "model": "l"})", 2, 29, "no field \"modle\""},
      {R"({"class": "a", "keys": "a", "keys": "b", "model": "l"})", 2, 29, "given twice"},
      {R"({"class": "a", "keys": 3, "model": "l"})", 2, 24, "a key prefix or a list"},
      {R"({"class": "a", "keys": ["x", true], "model": "l"})", 2, 30, "found a boolean"},
      {R"({"class": "a", "keys": ["x", "x"], "model": "l"})", 2, 30, "given twice"},
      {R"({"class": "a", "key_class": "money", "model": "l"})", 2, 29, "no key class \"money\""},
      {R"({"class": "a", "key_class": 1, "model": "l"})", 2, 29, "a string, found a number"},
      {R"({"class": "a", "keys": "a", "level": 1.5, "model": "l"})", 2, 38, "a string or an integer"},
      {R"({"class": "a", "keys": "a", "demands": null, "model": "l"})", 2, 40, "a string or an integer"},
      {R"({"class": "a", "keys": "a", "model": "linearisable"})", 2, 38, "no model \"linearisable\""},
      {R"({"class": "a", "keys": "a", "model": ["l"]})", 2, 38, "a string, found a list"},
      {R"({"class": "a", "keys": "a", "model": "k-atomic"})", 2, 38, "max_staleness"},
      {R"({"class": "a", "keys": "a", "max_staleness": 0})", 2, 46, "from 1"},
      {R"({"class": "a", "keys": "a", "max_staleness": 1.5})", 2, 46, "from 1"},
      {R"({"class": "a", "keys": "a", "max_staleness": "5"})", 2, 46, "with its unit"},
      {R"({"class": "a", "keys": "a", "max_staleness": "-5s"})", 2, 46, "with its unit"},
      {R"({"class": "a", "keys": "a", "max_staleness": true})", 2, 46, "a number of versions"},
      {R"({"class": "a", "keys": "a", "max_staleness": {"version": 2}})", 2, 47, "no field \"version\""},
      {R"({"class": "a", "keys": "a", "max_staleness": {"time": 2}})", 2, 55, "a string, found a number"},
      {R"({"class": "a", "keys": "a", "model": "mr", "tolerate": 1.5})", 2, 56, "between 0 and 1"},
      {R"({"class": "a", "keys": "a", "model": "mr", "tolerate": "0.5"})", 2, 56, "between 0 and 1"},
      {R"({"class": "a", "keys": "a", "max_staleness": 2, "tolerate": 0.1})", 2, 61, "goes with a \"model\""},
  };
  for (Case each : cases) {
    each.text = classes(each.text);
    expect(each);
  }
}

TEST_CASE("Only weak classes tolerate anomalies") {
  for (const ModelRow& row : models()) {
    if (row.model == Model::k_atomic || row.model == Model::delta_atomic) continue;
    const std::string text =
        classes(fmt::format(R"({{"class": "a", "keys": "a", "model": "{}", "tolerate": 0.01}})", row.name));
    const bool strong = row.name == "linearizable" || row.name.find("sequential") != std::string::npos ||
        row.name.starts_with("causal");
    INFO(row.name);
    CHECK(policy::parse(text).problems.empty() == !strong);
    if (strong) expect({text, 2, static_cast<std::uint32_t>(54 + row.name.size()), "tolerates no anomaly"});
  }
}

TEST_CASE("Rules that can't both hold") {
  const std::string first = "{\"class\": \"a\", \"keys\": [\"x\", \"y\"], \"level\": \"q\", \"model\": \"l\"},\n";
  expect({classes(first + R"({"class": "b", "keys": ["z", "y"], "level": "q", "model": "mr"})"), 3, 30,
      "can't both hold"});
  expect({classes(first + R"({"class": "b", "keys": ["z", "y"], "level": "q", "model": "l"})"), 3, 30,
      "in class \"a\" already"});
  expect({classes(first + R"({"class": "a", "keys": "z", "model": "l"})"), 3, 11, "a class \"a\" already"});
  CHECK(policy::parse(classes(first + R"({"class": "b", "keys": "y", "model": "mr"})")).problems.empty());
  CHECK(policy::parse(classes(first + R"({"class": "b", "keys": "y", "level": "r", "model": "mr"})")).problems.empty());
  CHECK(policy::parse(classes(first + R"({"class": "b", "keys": "y2", "level": "q", "model": "s"})")).problems.empty());
  const std::string levels = "{\"class\": \"a\", \"level\": \"q\", \"model\": \"l\"},\n";
  expect({classes(levels + R"({"class": "b", "level": "q", "model": "mr"})"), 3, 25, "can't both hold"});
}

TEST_CASE("All mistakes are told at once, in the order of the text") {
  const policy::Parsed parsed =
      policy::parse(classes("{\"class\": 1, \"level\": \"q\", \"model\": \"x\"},\n{\"class\": \"b\", \"model\": 2}"));
  REQUIRE(parsed.problems.size() == 4);
  for (std::size_t i = 1; i < 4; ++i) {
    const auto& [before, here] = std::pair{parsed.problems[i - 1], parsed.problems[i]};
    CHECK(std::pair{before.line, before.column} < std::pair{here.line, here.column});
  }
}
