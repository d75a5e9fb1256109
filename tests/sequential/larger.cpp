// Histories too large for brute force: the forced order against the search alone, at any number of threads, with
// budgets that run out, and histories that are sequential by construction.

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/sequential/sequential.hpp"
#include "support.hpp"

namespace kasauti::tests {

namespace {

using checker::Cause;
using checker::sequential::check_per_key_sequential;
using checker::sequential::check_sequential;
using checker::sequential::Engine;
using checker::sequential::Options;

}  // namespace

TEST_CASE("the forced order and the search alone agree") {
  int holds = 0;
  int violated = 0;
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    Recipe recipe;
    recipe.calls = 10 + static_cast<int>(seed % 20);
    recipe.processes = 3;
    recipe.keys = 1 + static_cast<int>(seed % 3);
    recipe.values = seed % 4 == 3 ? 6 : 0;
    recipe.unknown = seed % 5 == 0 ? 8 : 0;
    const History history = random_history(recipe, seed);
    histories::Budget budget;
    histories::Budget other;
    const Judgement fast = check_sequential(history, {}, budget);
    const Judgement slow = check_sequential(history, {Engine::search, 1}, other);
    INFO(show(history));
    REQUIRE(fast.verdict == slow.verdict);
    REQUIRE(checker::verify(history, Model::sequential, fast.verdict, fast.certificate).accepted);
    REQUIRE(checker::verify(history, Model::sequential, slow.verdict, slow.certificate).accepted);
    ++(fast.verdict == Verdict::holds ? holds : violated);
  }
  CHECK(holds > 200);
  CHECK(violated > 200);
}

TEST_CASE("histories that are sequential by construction hold, with a witness") {
  for (const int lag : {1, 50, 4'000}) {
    for (const int keys : {1, 5, 300}) {
      const History history = sequential_history(20'000, 12, keys, lag, static_cast<std::uint64_t>(lag + keys));
      for (const Model model : {Model::sequential, Model::per_key_sequential}) {
        histories::Budget budget{{.seconds = 20}};
        const Judgement judgement = model == Model::sequential ? check_sequential(history, {}, budget)
                                                               : check_per_key_sequential(history, {}, budget);
        INFO("lag " << lag << " keys " << keys << " " << name_of(model) << " " << judgement.detail);
        REQUIRE(judgement.verdict == Verdict::holds);
        REQUIRE(checker::verify(history, model, judgement.verdict, judgement.certificate).accepted);
      }
    }
  }
}

TEST_CASE("the same answer at any number of threads") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Recipe recipe{.calls = 400, .processes = 20, .keys = 60, .values = 0, .lost = seed % 2 == 0 ? 30 : 0};
    const History history = random_history(recipe, seed);
    histories::Budget first;
    histories::Budget second;
    const Judgement one = check_per_key_sequential(history, {Engine::automatic, 1}, first);
    const Judgement four = check_per_key_sequential(history, {Engine::automatic, 4}, second);
    REQUIRE(one.verdict == four.verdict);
    REQUIRE(one.anomalies.size() == four.anomalies.size());
    for (std::size_t i = 0; i < one.anomalies.size(); ++i) {
      CHECK(one.anomalies[i].reason == four.anomalies[i].reason);
      CHECK(one.anomalies[i].count == four.anomalies[i].count);
    }
  }
}

TEST_CASE("a budget that runs out gives unknown, soon") {
  // One session can't be ordered, but that shows at its end only, and the others may come in very many orders before.
  std::vector<Call> calls;
  const auto add = [&](int session, Function function, int key, int value) {
    const int now = 2 * static_cast<int>(calls.size());
    calls.push_back({.process = session, .session = session, .function = function, .key = key, .value = value, .invoked = now,
                     .completed = now + 1});
  };
  for (int i = 0; i < 300; ++i) add(i % 30, Function::write, i % 3, 1 + i % 2);
  for (const int value : {1, 1, 2}) add(0, Function::write, 5, value);
  add(0, Function::read, 5, 1);
  const History history = make_history(ObjectKind::reg, calls);
  histories::Budget steps{{.steps = 1'000}};
  const Judgement few = check_sequential(history, {}, steps);
  CHECK(few.verdict == Verdict::unknown);
  CHECK(few.cause == Cause::steps);
  histories::Budget time{{.seconds = 0.2}};
  const Judgement late = check_sequential(history, {}, time);
  CHECK(late.verdict == Verdict::unknown);
  CHECK(late.cause == Cause::time);
  CHECK(time.seconds() < 0.3);
}

}  // namespace kasauti::tests
