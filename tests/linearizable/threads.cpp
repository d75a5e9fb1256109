// One key by several threads: what a search says does not depend on how many there are.

#include <catch2/catch_test_macros.hpp>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "tests/linearizable/support.hpp"

using namespace kasauti;
using namespace kasauti::tests;
using namespace kasauti::checker::linearizable;
using checker::Verdict;
using histories::ObjectKind;

namespace {

/// Layers are wide from `wide` configurations on.
SearchResult with_threads(const histories::History& history, int threads, std::size_t wide,
                          std::uint64_t most_steps = 0) {
  SearchOptions options;
  options.threads = static_cast<unsigned>(threads);
  options.wide = wide;
  options.most_steps = most_steps;
  // Even on a machine with fewer cores.
  const tbb::global_control at_least{tbb::global_control::max_allowed_parallelism, 4};
  tbb::task_arena arena{threads};
  return arena.execute([&] { return search_with(history, options); });
}

void check_same(const SearchResult& a, const SearchResult& b) {
  REQUIRE(a.verdict == b.verdict);
  REQUIRE(a.cause == b.cause);
  REQUIRE(a.witness == b.witness);
  REQUIRE(a.events_done == b.events_done);
  REQUIRE(a.widest == b.widest);
}

}  // namespace

TEST_CASE("verdict, witness and steps are those of one thread, however narrow a layer counts as wide") {
  std::mt19937 random{4711};
  std::size_t violated = 0;
  for (int round = 0; round < 3'000; ++round) {
    const Shape shape{8 + round % 40, 2 + round % 7, 1 + round % 4, round % 4 != 0, (round % 4) * 10, round % 2 * 8};
    const auto history = make_history(draw(shape, random), ObjectKind::cas_register);
    const std::size_t wide = round % 3 == 0 ? 1 : round % 3 == 1 ? 7 : 40;
    const auto alone = with_threads(history, 1, wide);
    violated += alone.verdict == Verdict::violated ? 1 : 0;
    INFO("round " << round);
    for (const int threads : {2, 4}) {
      const auto together = with_threads(history, threads, wide);
      check_same(alone, together);
      REQUIRE(alone.steps == together.steps);
    }
  }
  CHECK(violated > 150);
}

TEST_CASE("a queue, whose states are new to every part, is searched alike by any number of threads") {
  std::mt19937 random{12};
  for (int round = 0; round < 60; ++round) {
    const auto history = overlapping_queue(7, random);
    const auto alone = with_threads(history, 1, 20);
    CHECK(alone.widest > 100);
    for (const int threads : {2, 4}) {
      const auto together = with_threads(history, threads, 20);
      check_same(alone, together);
      REQUIRE(alone.steps == together.steps);
    }
  }
}

TEST_CASE("time runs out inside a wide layer too") {
  std::mt19937 random{14};
  const auto history = overlapping_queue(24, random);
  const checker::index::Keys keys{history, true};
  const auto specification = checker::objects::make_specification(history.header, history.values);
  const auto problem = make_problem(history, keys.operations(0), *specification);
  histories::Budget budget{{0.3, 0, 0}};
  SearchOptions options;
  options.threads = 2;
  tbb::task_arena arena{2};
  const auto found = arena.execute([&] { return search(problem, *specification, options, budget); });
  CHECK(found.cause == checker::Cause::time);
  CHECK(found.steps > options.wide);
  // The mark is 0.1 s more; a test must not fail on a busy machine.
  CHECK(budget.seconds() < 3);
}

TEST_CASE("a search that runs out of steps gets as far with any number of threads") {
  std::mt19937 random{13};
  for (int round = 0; round < 60; ++round) {
    const auto history = overlapping_queue(7, random);
    check_same(with_threads(history, 1, 20, 300), with_threads(history, 4, 20, 300));
  }
}
