// The litmus table and the figure of POPL 2017, against the verdicts stated there.

#include <optional>

#include "histories/read.hpp"
#include "tests/support/judge_causal.hpp"
#include "tests/support/litmus.hpp"
#include "tests/support/litmus_table.hpp"
#include "tests/support/oracles_causal.hpp"

using namespace kasauti;
using checker::Model;
using checker::Verdict;

TEST_CASE("litmus table: every verdict of the causal family and the sessions") {
  for (const tests::LitmusRow& row : tests::litmus_table) {
    const histories::History history = tests::litmus(row.history);
    for (std::size_t column = 0; column < row.verdicts.size(); ++column) {
      const auto model = checker::model_named(tests::litmus_columns[column]);
      REQUIRE(model.has_value());
      if (std::ranges::find(tests::causal_models, *model) == std::end(tests::causal_models)) continue;
      INFO(row.id << " " << row.history << " " << tests::litmus_columns[column]);
      const Verdict expected = row.verdicts[column] == '-' ? Verdict::violated : Verdict::holds;
      CHECK(tests::judge(history, *model).verdict == expected);
      CHECK(tests::brute_force(history, *model, false) == (expected == Verdict::holds));
    }
  }
}

TEST_CASE("the figure of POPL 2017") {
  struct Row {
    const char* history;
    Verdict cc, cm, ccv;
  };
  constexpr Verdict ok = Verdict::holds;
  constexpr Verdict bad = Verdict::violated;
  constexpr Row rows[] = {
      {"p1:w(x,1) r(x)->2 // p2:w(x,2) r(x)->1", ok, ok, bad},
      {"p1:w(z,1) w(x,1) w(y,1) // p2:w(x,2) r(z)->0 r(y)->1 r(x)->2", ok, bad, ok},
      {"p1:w(x,1) // p2:w(x,2) r(x)->1 r(x)->2", ok, bad, bad},
      {"p1:w(x,1) r(y)->0 w(y,1) r(x)->1 // p2:w(x,2) r(y)->0 w(y,2) r(x)->2", ok, ok, ok},
      {"p1:w(x,1) w(y,1) // p2:r(y)->1 w(x,2) // p3:r(x)->2 r(x)->1", bad, bad, bad},
  };
  for (const Row& row : rows) {
    INFO(row.history);
    const auto history = tests::litmus(row.history);
    for (const auto& [model, expected] :
         {std::pair{Model::causal, row.cc}, {Model::causal_memory, row.cm}, {Model::causal_convergent, row.ccv}}) {
      CHECK(tests::judge(history, model).verdict == expected);
    }
  }
}
