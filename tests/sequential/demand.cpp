// Orders built by demand: what they say of small histories against brute force, and of long histories that are
// sequential by construction.

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/sequential/components.hpp"
#include "checker/sequential/demand.hpp"
#include "checker/sequential/sequential.hpp"
#include "support.hpp"

namespace kasauti::tests {

namespace {

using checker::sequential::Demanded;
using checker::sequential::DemandResult;
using checker::sequential::order_by_demand;
using checker::sequential::Problem;
using checker::sequential::sources_known;

struct Counts {
  int orders = 0;
  int circles = 0;
  int stuck = 0;
};

/// Of a history that is one component.
void compare(const History& history, Counts& counts) {
  const auto components = checker::sequential::connected_components(history, true);
  if (components.size() != 1) return;
  histories::Budget budget;
  const Problem problem = checker::sequential::make_problem(history, components.of(0), components.local_key,
                                                            components.key_count[0], budget);
  if (problem.thin_air != histories::no_operation || !sources_known(problem)) return;
  const DemandResult result = order_by_demand(problem, 1, budget);
  const bool sequential = has_sequential_order(history);
  INFO(show(history));
  if (result.outcome == Demanded::order) {
    ++counts.orders;
    const checker::Certificate proof{checker::Orders{{{checker::Scope::whole, 0, result.order}}}};
    REQUIRE(sequential);
    REQUIRE(checker::verify(history, Model::sequential, Verdict::holds, proof).accepted);
  } else if (result.outcome == Demanded::circle) {
    ++counts.circles;
    REQUIRE_FALSE(sequential);
  } else {
    ++counts.stuck;
  }
}

}  // namespace

TEST_CASE("orders by demand are orders, and circles are none") {
  Counts counts;
  for (std::uint64_t seed = 0; seed < 60'000; ++seed) {
    Recipe recipe;
    recipe.object = seed % 3 == 0 ? ObjectKind::cas_register : ObjectKind::reg;
    recipe.calls = 4 + static_cast<int>(seed % 5);
    recipe.processes = 2 + static_cast<int>(seed % 3);
    recipe.sessions = seed % 4 == 0 ? 2 : 0;
    recipe.keys = 1 + static_cast<int>(seed % 2);
    recipe.values = 0;
    recipe.unknown = seed % 5 == 0 ? 20 : 0;
    recipe.lost = seed % 2 == 0 ? 40 : 0;
    compare(random_history(recipe, seed), counts);
  }
  CHECK(counts.orders > 5'000);
  CHECK(counts.circles > 5'000);
  CHECK(counts.stuck < counts.orders / 100);
}

TEST_CASE("long histories of a healthy store need no clocks") {
  for (const int sessions : {10, 40, 100}) {
    for (const int keys : {3, 30, 300, 10'000}) {
      const auto seed = static_cast<std::uint64_t>(sessions + keys);
      const History history = sequential_history(20'000, sessions, keys, 800, seed);
      histories::Budget budget{{.seconds = 20}};
      const auto judgement = checker::sequential::check_sequential(history, {}, budget);
      INFO(sessions << " sessions, " << keys << " keys: " << judgement.detail);
      REQUIRE(judgement.verdict == Verdict::holds);
      REQUIRE(checker::verify(history, Model::sequential, judgement.verdict, judgement.certificate).accepted);
      CHECK(judgement.methods.at(0).starts_with("order by demand"));
    }
  }
}

}  // namespace kasauti::tests
