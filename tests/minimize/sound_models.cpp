// The same for the models over registers, of all small histories: what holds goes on holding when it is made smaller.

#include <catch2/catch_test_macros.hpp>

#include "checker/minimize/steps.hpp"
#include "checker/run/engines.hpp"
#include "histories/subset.hpp"
#include "tests/minimize/holding.hpp"
#include "tests/support/small_histories.hpp"

namespace {

using namespace kasauti;
using namespace kasauti::tests;
using checker::Model;
using checker::Verdict;
using checker::minimize::Steps;
using histories::Fate;

Verdict judge(Model model, const History& h) {
  histories::Budget budget;
  return checker::run::run_engine(model, h, 1, budget).verdict;
}

std::string text_of(const History& h) {
  std::string text;
  for (OpId op = 0; op < h.size(); ++op) text += h.describe(op) + "; ";
  return text;
}

struct Tally {
  std::size_t holds = 0, steps = 0, failures = 0;
};

void try_steps(Model model, const History& h, Tally& tally) {
  if (judge(model, h) != Verdict::holds) return;
  ++tally.holds;
  const Steps steps{h, model};
  const auto must_not_break = [&](const std::vector<Fate>& fates, const char* step) {
    const History part = histories::subset(h, fates);
    ++tally.steps;
    if (part.size() == 0 || judge(model, part) != Verdict::violated || ++tally.failures > 3) return;
    FAIL_CHECK(name_of(model) << ": " << step << " turns " << text_of(h) << " into " << text_of(part));
  };
  for (OpId op = 0; op < h.size(); ++op) {
    const std::vector<OpId> seed{op};
    std::vector<bool> dropped(h.size(), false), kept(h.size(), false);
    steps.close_dropped(dropped, seed);
    steps.close_kept(kept, seed);
    std::vector<Fate> without(h.size(), Fate::kept), alone(h.size(), Fate::gone), weaker(h.size(), Fate::kept);
    for (OpId each = 0; each < h.size(); ++each) {
      if (dropped[each]) without[each] = Fate::gone;
      if (kept[each]) alone[each] = Fate::kept;
    }
    must_not_break(without, "dropping");
    must_not_break(alone, "keeping");
    weaker[op] = Fate::weakened;
    if (steps.weakens(op)) must_not_break(weaker, "weakening");
  }
}

/// The last read of each key by each process is a final one.
void declare_final(History& h) {
  h.final_phase.assign(h.size(), false);
  for (OpId op = static_cast<OpId>(h.size()); op-- > 0;) {
    if (h.function[op] == histories::Function::write) break;
    h.final_phase[op] = true;
  }
}

void try_model(Model model) {
  Tally tally;
  std::size_t number = 0;
  const auto visit = [&](std::size_t every) {
    return [&, every](const std::vector<SmallOp>& ops) {
      if (++number % every != 0) return;
      History h = small_history(ops, static_cast<std::uint32_t>(number / every % 3));
      if (model == Model::convergent) declare_final(h);
      try_steps(model, h, tally);
    };
  };
  every_small_history(2, 2, true, visit(1));
  every_small_history(3, 3, true, visit(3));
  every_small_history(4, 3, false, visit(11));
  INFO(name_of(model) << ": " << tally.holds << " histories, " << tally.steps << " steps");
  CHECK(tally.failures == 0);
  CHECK(tally.holds > 50);
}

}  // namespace

TEST_CASE("no step breaks a history of registers, model by model") {
  for (const auto& row : checker::models()) {
    DYNAMIC_SECTION(row.name) { try_model(row.model); }
  }
}
