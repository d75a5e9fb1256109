// The store's versions as a hint: an order that they tell is a witness whatever they are, and they never refute.

#include <algorithm>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "checker/linearizable/versions.hpp"
#include "support/judge.hpp"
#include "support/small.hpp"

namespace kasauti::tests {

namespace {

using namespace checker;
using enum histories::Function;
using histories::no_value;

enum class Claims { true_ones, some_wrong, random };

/// A register with few values, each call with the number of changes made by then as its version; or the same of a list.
History simulate(ObjectKind object, std::size_t count, Claims claims, unsigned info_percent, std::mt19937& random) {
  const auto intervals = random_intervals(count, 2 + random() % 4, random);
  histories::ValueTable values;
  std::vector<std::pair<std::uint32_t, std::size_t>> moments;
  std::vector<bool> unknown(count);
  for (std::size_t i = 0; i < count; ++i) {
    unknown[i] = random() % 100 < info_percent;
    moments.emplace_back(intervals[i].begin + random() % (intervals[i].end - intervals[i].begin), i);
  }
  std::ranges::sort(moments);
  std::vector<Made> made(count);
  std::vector<ValueId> versions(count, no_value), list;
  ValueId value = histories::null_value;
  std::int64_t version = 0;
  for (const auto& [moment, i] : moments) {
    const ValueId next = values.intern_integer(static_cast<std::int64_t>(1 + random() % 3));
    const Outcome outcome = unknown[i] ? Outcome::info : Outcome::ok;
    if (random() % 2 == 0) {
      const bool lies = claims == Claims::random && random() % 8 == 0;
      const ValueId seen = object == ObjectKind::list ? values.intern_list(list) : value;
      made[i] = {read, no_value, lies ? next : seen, Flag::absent, Outcome::ok};
      if (lies && object == ObjectKind::list) made[i].result = values.intern_list(std::vector<ValueId>{next});
    } else if (object == ObjectKind::list) {
      list.push_back(next);
      made[i] = {append, next, no_value, Flag::absent, outcome};
      ++version;
    } else {
      value = next;
      made[i] = {write, next, no_value, Flag::absent, outcome};
      ++version;
    }
    if (made[i].outcome == Outcome::ok) versions[i] = values.intern_integer(version);
    const bool wrong = claims == Claims::some_wrong && random() % 8 == 0;
    if (wrong) versions[i] = values.intern_integer(static_cast<std::int64_t>(random() % 5));
    if (claims == Claims::random && random() % 4 == 0) versions[i] = no_value;
  }
  History history = make_history(object, values, made, intervals);
  history.version = versions;
  return history;
}

std::optional<linearizable::KeyAnswer> decide(const History& history) {
  const index::Keys keys{history, true};
  const auto specification = objects::make_specification(history.header, history.values);
  histories::Budget budget;
  return linearizable::decide_by_versions(history, keys.operations(0), *specification, budget);
}

}  // namespace

TEST_CASE("true versions tell the order of any object") {
  std::mt19937 random{3};
  for (const ObjectKind object : {ObjectKind::reg, ObjectKind::list}) {
    for (int round = 0; round < 200; ++round) {
      const History history = simulate(object, 200, Claims::true_ones, 0, random);
      const auto answer = decide(history);
      REQUIRE(answer.has_value());
      REQUIRE(answer->verdict == Verdict::holds);
      const Certificate witness{Orders{{{Scope::key, 0, answer->witness}}}};
      REQUIRE(verify(history, Model::linearizable, Verdict::holds, witness).accepted);
    }
  }
}

TEST_CASE("a write of unknown outcome stands at the version at which it was read") {
  std::mt19937 random{4};
  Tally tally;
  for (int round = 0; round < 5'000; ++round) {
    const History history = simulate(ObjectKind::reg, 8, Claims::true_ones, 20, random);
    const index::Keys keys{history, true};
    judge(history, keys.operations(0), decide(history), tally);
  }
  CHECK(tally.violated == 0);
  // Of those with unknown writes of one value, some of which were read, a part can't be told apart.
  CHECK(tally.answered > tally.histories * 8 / 10);
}

TEST_CASE("wrong versions refute nothing, and what they tell is verified") {
  std::mt19937 random{5};
  for (const Claims claims : {Claims::some_wrong, Claims::random}) {
    for (const ObjectKind object : {ObjectKind::reg, ObjectKind::list}) {
      Tally tally;
      for (int round = 0; round < 5'000; ++round) {
        const History history = simulate(object, 8, claims, 10, random);
        const index::Keys keys{history, true};
        judge(history, keys.operations(0), decide(history), tally);
      }
      CHECK(tally.violated == 0);
      CHECK(tally.holds > 300);
      CHECK(tally.answered < tally.histories);
    }
  }
}

}  // namespace kasauti::tests
