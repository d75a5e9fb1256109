// The lattice of models as an oracle: on random histories, none that holds may imply one that is violated.

#include <random>

#include "checker/model.hpp"
#include "tests/support/judge_causal.hpp"
#include "tests/support/random_store.hpp"

using namespace kasauti;
using checker::Model;
using checker::Verdict;

TEST_CASE("no verdict contradicts the lattice") {
  std::mt19937 random{3};
  std::size_t holds[std::size(tests::causal_models)] = {};
  constexpr int rounds = 100'000;
  for (int round = 0; round < rounds; ++round) {
    const auto history = tests::small_history(tests::random_store(random, {6 + tests::draw(random, 9), 3, 2, 1, false}));
    std::vector<Verdict> verdicts;
    for (const Model model : tests::causal_models) verdicts.push_back(tests::judge_unchecked(history, model).verdict);
    for (std::size_t a = 0; a < verdicts.size(); ++a) {
      holds[a] += verdicts[a] == Verdict::holds ? 1 : 0;
      for (std::size_t b = 0; b < verdicts.size(); ++b) {
        const bool implied = implies(tests::causal_models[a], tests::causal_models[b]);
        if (!implied || verdicts[a] != Verdict::holds || verdicts[b] == Verdict::holds) continue;
        FAIL(checker::name_of(tests::causal_models[a]) << " holds, " << checker::name_of(tests::causal_models[b]) << " does not:\n" << tests::told(history));
      }
    }
  }
  // Both verdicts must be common, or the test says little. (Monotonic writes alone forbids nothing here.)
  for (std::size_t a = 0; a < std::size(holds); ++a) {
    INFO(checker::name_of(tests::causal_models[a]) << " held " << holds[a]);
    CHECK(holds[a] > rounds / 20);
    if (tests::causal_models[a] != Model::monotonic_writes) CHECK(holds[a] < rounds - rounds / 200);
  }
}
