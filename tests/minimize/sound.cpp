// No step turns a history that holds into one that does not: every object, by construction and brute force.

#include <catch2/catch_test_macros.hpp>

#include "checker/minimize/steps.hpp"
#include "histories/subset.hpp"
#include "tests/minimize/holding.hpp"

namespace {

using namespace kasauti;
using namespace kasauti::tests;
using checker::Model;
using checker::minimize::Steps;
using histories::Fate;

struct Tally {
  std::size_t histories = 0, steps = 0, smaller = 0, failures = 0;
};

void must_hold(const History& whole, const std::vector<Fate>& fates, Truth truth, const char* step, Tally& tally) {
  const History part = histories::subset(whole, fates);
  ++tally.steps;
  tally.smaller += part.size() != 0 && part.size() < whole.size() ? 1 : 0;
  if (is_legal(part, truth) || ++tally.failures > 5) return;
  FAIL_CHECK(step << " turns " << told(whole) << " into " << told(part));
}

std::vector<Fate> fates_of(const std::vector<bool>& marked, Fate yes, Fate no) {
  std::vector<Fate> fates;
  for (const bool mark : marked) fates.push_back(mark ? yes : no);
  return fates;
}

void try_all_steps(const History& h, Model model, Truth truth, std::mt19937& random, Tally& tally) {
  const Steps steps{h, model};
  ++tally.histories;
  for (OpId op = 0; op < h.size(); ++op) {
    for (const OpId second : {op, static_cast<OpId>(random() % h.size())}) {
      const std::vector<OpId> seed{op, second};
      std::vector<bool> dropped(h.size(), false), kept(h.size(), false);
      steps.close_dropped(dropped, seed);
      must_hold(h, fates_of(dropped, Fate::gone, Fate::kept), truth, "dropping", tally);
      steps.close_kept(kept, seed);
      must_hold(h, fates_of(kept, Fate::kept, Fate::gone), truth, "keeping", tally);
    }
    if (steps.weakens(op)) {
      std::vector<Fate> fates(h.size(), Fate::kept);
      fates[op] = Fate::weakened;
      must_hold(h, fates, truth, "weakening", tally);
    }
    if (steps.cuts()) must_hold(h, steps.prefix(h.invoked[op] + 1), truth, "cutting", tally);
    if (steps.cuts() && h.ok(op)) must_hold(h, steps.prefix(h.completed[op] + 1), truth, "cutting", tally);
  }
}

void try_truth(Truth truth, Model model, std::size_t rounds) {
  for (const Alphabet& alphabet : alphabets()) {
    std::mt19937 random{7};
    Tally tally;
    for (std::size_t i = 0; i < rounds; ++i) {
      const History h = draw_holding(alphabet, truth, 2 + i % 5, random);
      INFO(told(h));
      REQUIRE(is_legal(h, truth));
      try_all_steps(h, model, truth, random, tally);
    }
    INFO(alphabet.name << ": " << tally.smaller << " of " << tally.steps);
    CHECK(tally.failures == 0);
    CHECK(tally.smaller > rounds);
  }
}

}  // namespace

TEST_CASE("no step breaks a linearizable history") { try_truth(Truth::linearizable, Model::linearizable, 3000); }

TEST_CASE("no step breaks a sequential history") { try_truth(Truth::sequential, Model::sequential, 3000); }
