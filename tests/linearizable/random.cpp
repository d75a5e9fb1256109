// Random histories: small ones against the oracle, larger ones engine against engine, and the search against itself
// with each of its reductions switched off.

#include <catch2/catch_test_macros.hpp>

#include "tests/linearizable/support.hpp"

using namespace kasauti;
using namespace kasauti::tests;
using namespace kasauti::checker::linearizable;
using checker::Verdict;
using histories::ObjectKind;

TEST_CASE("random small histories agree with the oracle, and their certificates are accepted") {
  std::mt19937 random{20261121};
  std::size_t violated = 0;
  for (int round = 0; round < 40'000; ++round) {
    const Shape shape{5 + round % 4, 2 + round % 3, 1 + round % 3, round % 2 == 0, (round % 5) * 10, 15};
    const auto ops = draw(shape, random);
    const auto history = make_history(ops, ObjectKind::cas_register);
    const bool truth = is_linearizable(ops);
    violated += truth ? 0 : 1;
    const auto judgement = judge(history);
    INFO("round " << round);
    REQUIRE((judgement.verdict == Verdict::holds) == truth);
    REQUIRE(judgement.verdict != Verdict::unknown);
    REQUIRE(verified(history, judgement));
  }
  CHECK(violated > 5'000);
}

TEST_CASE("distinct values: zones and the search agree") {
  std::mt19937 random{7};
  std::size_t violated = 0;
  for (int round = 0; round < 4'000; ++round) {
    auto ops = draw({30 + round % 40, 3 + round % 5, 1, false, (round % 4) * 5, 0}, random);
    // Every write its own value; reads follow the write that they read, but for a few lies.
    std::vector<int> written;
    for (SmallOp& op : ops) {
      if (op.kind != SmallOp::write) continue;
      op.a = static_cast<int>(written.size()) + 1;
      written.push_back(op.a);
    }
    if (written.empty()) continue;
    for (SmallOp& op : ops) {
      if (op.kind != SmallOp::read || op.end != SmallOp::ok) continue;
      // The latest write invoked before the read ended, or one before: often right, sometimes stale.
      int latest = 0;
      for (const SmallOp& w : ops) {
        if (w.kind == SmallOp::write && w.invoked < op.completed) latest = std::max(latest, w.a);
      }
      op.a = std::max(0, latest - (random() % 40 == 0 ? 2 : 0));
    }
    const auto history = make_history(ops, ObjectKind::reg);
    const auto zones = judge(history, Engine::zones);
    const auto searched = judge(history, Engine::search);
    INFO("round " << round);
    REQUIRE(zones.verdict != Verdict::unknown);
    REQUIRE(zones.verdict == searched.verdict);
    REQUIRE(verified(history, zones));
    REQUIRE(verified(history, searched));
    violated += zones.verdict == Verdict::violated ? 1 : 0;
  }
  CHECK(violated > 300);
  CHECK(violated < 3'700);
}

TEST_CASE("the search agrees with itself without each reduction, and through a beam") {
  std::mt19937 random{99};
  std::size_t violated = 0;
  for (int round = 0; round < 6'000; ++round) {
    const Shape shape{10 + round % 8, 3 + round % 3, 2, round % 3 != 0, (round % 3) * 12, 15};
    const auto history = make_history(draw(shape, random), ObjectKind::cas_register);
    const Verdict verdict = search_with(history, {}).verdict;
    violated += verdict == Verdict::violated ? 1 : 0;
    INFO("round " << round);
    CHECK(search_with(history, {{false, true, true}, 0, 0}).verdict == verdict);
    CHECK(search_with(history, {{true, false, true}, 0, 0}).verdict == verdict);
    CHECK(search_with(history, {{true, true, false}, 0, 0}).verdict == verdict);
    REQUIRE(search_with(history, {{false, false, false}, 0, 0}).verdict == verdict);
    const auto beam = search_with(history, {{}, 0, 3});
    REQUIRE((beam.verdict == verdict || (beam.cut && beam.verdict == Verdict::unknown)));
  }
  CHECK(violated > 1'000);
}
