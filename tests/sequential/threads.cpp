// Threads inside one component: whatever their number, the verdict, the witness, the anomalies and the methods are the
// same. Thresholds are lowered so that small histories are split too.

#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"
#include "checker/sequential/sequential.hpp"
#include "support.hpp"

namespace kasauti::tests {

namespace {

using checker::sequential::check_per_key_sequential;
using checker::sequential::check_sequential;
using checker::sequential::Engine;
using checker::sequential::Options;

/// All that a user sees of a judgement.
std::string told(const History& history, const Judgement& judgement) {
  std::string text = std::string{name_of(judgement.verdict)} + judgement.detail;
  for (const auto& anomaly : judgement.anomalies) {
    text += fmt::format("\n{} {} {}", anomaly.name, anomaly.count, anomaly.reason);
  }
  for (const auto& method : judgement.methods) text += "\n" + method;
  checker::CertificateFile file{"00", history.size(), {{judgement.model, judgement.verdict, judgement.certificate}}};
  return text + checker::to_json(file);
}

Judgement judge(const History& history, Model model, const Options& options) {
  histories::Budget budget;
  return model == Model::sequential ? check_sequential(history, options, budget)
                                    : check_per_key_sequential(history, options, budget);
}

Recipe recipe_of(std::uint64_t seed) {
  Recipe recipe;
  recipe.object = seed % 7 == 0 ? ObjectKind::cas_register : ObjectKind::reg;
  recipe.calls = 8 + static_cast<int>(seed % 16);
  recipe.processes = 2 + static_cast<int>(seed % 3);
  recipe.keys = 1 + static_cast<int>(seed % 3);
  recipe.values = seed % 2 == 0 ? 3 : 0;
  recipe.unknown = seed % 5 == 0 ? 10 : 0;
  recipe.lost = seed % 3 == 0 ? 20 : 0;
  return recipe;
}

}  // namespace

TEST_CASE("one, two and four threads tell the same of small histories") {
  int holds = 0;
  int violated = 0;
  for (std::uint64_t seed = 0; seed < 4'000; ++seed) {
    const History history = random_history(recipe_of(seed), seed);
    const Engine engine = seed % 2 == 0 ? Engine::search : Engine::automatic;
    const Model model = seed % 4 < 2 ? Model::sequential : Model::per_key_sequential;
    const Judgement one = judge(history, model, {engine, 1, 0, 0});
    const std::string text = told(history, one);
    for (const unsigned threads : {2U, 4U}) {
      INFO(seed << "\n" << show(history));
      REQUIRE(told(history, judge(history, model, {engine, threads, 0, 0})) == text);
    }
    // The split itself changes no verdict.
    REQUIRE(judge(history, model, {engine, 1, UINT64_MAX, 0}).verdict == one.verdict);
    REQUIRE(checker::verify(history, model, one.verdict, one.certificate).accepted);
    ++(one.verdict == Verdict::holds ? holds : violated);
  }
  CHECK(holds > 500);
  CHECK(violated > 500);
}

TEST_CASE("one, two and four threads tell the same of searches that take long") {
  int hard = 0;
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    // Few values and many sessions: reads-from is unknown, and the search has to try.
    Recipe recipe{.calls = 60, .processes = 6, .keys = 3, .values = 3, .lost = seed % 2 == 0 ? 0 : 4};
    const History history = random_history(recipe, seed);
    const Judgement one = judge(history, Model::sequential, {Engine::search, 1, 16, 0});
    for (const unsigned threads : {2U, 4U}) {
      REQUIRE(told(history, judge(history, Model::sequential, {Engine::search, threads, 16, 0})) == told(history, one));
    }
    hard += judge(history, Model::sequential, {Engine::search, 1, UINT64_MAX, 0}).methods != one.methods ? 1 : 0;
  }
  CHECK(hard > 1);  // the split was really used
}

}  // namespace kasauti::tests
