// Small histories against brute force: all of up to four operations, and random ones of up to eight with every
// feature on.

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/sequential/sequential.hpp"
#include "support.hpp"

namespace kasauti::tests {

namespace {

using checker::sequential::Engine;
using checker::sequential::Options;

void check_verdict(const History& history, Model model, bool expected, Engine engine) {
  histories::Budget budget;
  const Options options{engine, 1};
  const Judgement judgement = model == Model::sequential ? checker::sequential::check_sequential(history, options, budget)
                                                         : check_per_key_sequential(history, options, budget);
  const auto verification = checker::verify(history, model, judgement.verdict, judgement.certificate);
  const Verdict wanted = expected ? Verdict::holds : Verdict::violated;
  if (judgement.verdict != wanted || !verification.accepted || !verification.complete) {
    FAIL(show(history) << name_of(model) << ": " << name_of(judgement.verdict) << ", expected " << name_of(wanted) << "; "
                       << verification.problem);
  }
}

void check_history(const History& history) {
  const bool sequential = has_sequential_order(history);
  bool per_key = true;
  for (std::size_t key = 0; key < history.key_count() && per_key && !sequential; ++key) {
    per_key = has_sequential_order(history, static_cast<int>(key));
  }
  for (const Engine engine : {Engine::automatic, Engine::search}) {
    check_verdict(history, Model::sequential, sequential, engine);
    check_verdict(history, Model::per_key_sequential, per_key, engine);
  }
}

/// What one operation may be: reads of 0, 1 and 2, and writes of 1 and 2 with every outcome, on both keys.
std::vector<Call> kinds() {
  std::vector<Call> all;
  for (int key = 0; key < 2; ++key) {
    for (int value = 0; value <= 2; ++value) all.push_back({.function = Function::read, .key = key, .value = value});
    for (int value = 1; value <= 2; ++value) {
      for (const Outcome outcome : {Outcome::ok, Outcome::info, Outcome::fail}) {
        all.push_back({.function = Function::write, .key = key, .value = value, .outcome = outcome});
      }
    }
  }
  return all;
}

/// Every history of `size` operations of up to three sessions, up to the names of sessions and keys.
void enumerate(std::vector<Call>& calls, std::size_t size, int sessions, std::size_t& count) {
  if (calls.size() == size) {
    ++count;
    check_history(make_history(ObjectKind::reg, calls));
    return;
  }
  static const std::vector<Call> every_kind = kinds();
  for (int session = 0; session < std::min(3, sessions + 1); ++session) {
    for (Call call : every_kind) {
      if (calls.empty() && call.key != 0) continue;
      call.session = session;
      call.process = static_cast<int>(calls.size());
      call.invoked = 2 * static_cast<int>(calls.size());
      call.completed = call.invoked + 1;
      calls.push_back(call);
      enumerate(calls, size, std::max(sessions, session + 1), count);
      calls.pop_back();
    }
  }
}

}  // namespace

TEST_CASE("all histories of up to four operations") {
  std::size_t count = 0;
  for (std::size_t size = 1; size <= 4; ++size) {
    std::vector<Call> calls;
    enumerate(calls, size, 0, count);
  }
  CHECK(count > 500'000);
}

TEST_CASE("random registers of four to eight operations") {
  for (std::uint64_t seed = 0; seed < 60'000; ++seed) {
    Recipe recipe;
    recipe.calls = 4 + static_cast<int>(seed % 5);
    recipe.processes = 2 + static_cast<int>(seed % 3);
    recipe.values = seed % 4 < 2 ? 0 : 2;
    recipe.failed = seed % 2 == 0 ? 10 : 0;
    recipe.unknown = seed % 3 == 0 ? 25 : 0;
    recipe.lost = seed % 5 == 0 ? 50 : 0;
    check_history(random_history(recipe, seed));
  }
}

TEST_CASE("random compare-and-set registers") {
  for (std::uint64_t seed = 0; seed < 40'000; ++seed) {
    Recipe recipe{.object = ObjectKind::cas_register};
    recipe.calls = 4 + static_cast<int>(seed % 4);
    recipe.values = seed % 2 == 0 ? 0 : 3;
    recipe.unknown = seed % 3 == 0 ? 25 : 0;
    recipe.failed = 10;
    check_history(random_history(recipe, seed));
  }
}

TEST_CASE("sessions whose calls overlap") {
  for (std::uint64_t seed = 0; seed < 40'000; ++seed) {
    Recipe recipe;
    recipe.calls = 4 + static_cast<int>(seed % 4);
    recipe.processes = 4;
    recipe.sessions = 2;
    recipe.values = seed % 2 == 0 ? 0 : 2;
    recipe.unknown = seed % 3 == 0 ? 20 : 0;
    check_history(random_history(recipe, seed));
  }
}

}  // namespace kasauti::tests
