// What is not judged, and how it is said; what limits do.

#include <random>

#include "histories/read.hpp"
#include "tests/support/judge_causal.hpp"
#include "tests/support/litmus.hpp"
#include "tests/support/random_store.hpp"

using namespace kasauti;
using checker::Cause;
using checker::Model;
using checker::Verdict;

TEST_CASE("a value written twice leaves open who was read, not the verdict") {
  for (const Model model : tests::causal_models) {
    INFO(checker::name_of(model));
    CHECK(tests::judge(tests::litmus("p1:w(x,1) // p2:w(x,1); p3:r(y)->0"), model).verdict == Verdict::holds);
    const auto read = tests::judge(tests::litmus("p1:w(x,1) // p2:w(x,1); p3:r(x)->1"), model);
    CHECK(read.verdict == Verdict::holds);
    CHECK(tests::judge(tests::litmus("p1:w(x,0); p3:r(x)->0"), model).verdict == Verdict::holds);
    // The same value on two keys is no duplicate.
    CHECK(tests::judge(tests::litmus("p1:w(x,1) w(y,1); p3:r(x)->1 r(y)->1"), model).verdict == Verdict::holds);
  }
}

TEST_CASE("compare-and-set reads and writes at once") {
  CHECK(tests::judge(tests::litmus("p1:w(y,1) w(x,1); p2:cas(x,1,2); p3:r(x)->2 r(y)->0"), Model::causal).verdict ==
        Verdict::violated);
  // Also if nobody was told: it was read, so it had matched.
  CHECK(tests::judge(tests::litmus("p1:w(y,1) w(x,1); p2:cas(x,1,2)?; p3:r(x)->2 r(y)->0"), Model::causal).verdict ==
        Verdict::violated);
  CHECK(tests::judge(tests::litmus("p2:cas(x,7,2)?; p3:r(x)->2"), Model::pram).verdict == Verdict::violated);
  CHECK(tests::judge(tests::litmus("p2:cas(x,7,2)?; p3:r(x)->0"), Model::pram).verdict == Verdict::holds);
}

TEST_CASE("other objects and appends are unsupported") {
  const char* texts[] = {
      R"({"kasauti":1,"object":"queue"}
{"process":1,"type":"invoke","f":"enqueue","value":1}
{"process":1,"type":"ok","f":"enqueue","value":1}
)",
      R"({"kasauti":1,"object":"kv"}
{"process":1,"type":"invoke","f":"append","key":"x","value":"a"}
{"process":1,"type":"ok","f":"append","key":"x","value":"a"}
)"};
  for (const char* text : texts) {
    const auto read = histories::read_history_text(text);
    REQUIRE(read.ok);
    for (const Model model : tests::causal_models) {
      const auto judgement = tests::judge(read.history, model);
      CHECK(judgement.cause == Cause::unsupported);
      CHECK(!judgement.detail.empty());
    }
  }
}

TEST_CASE("an exhausted budget leaves an unknown verdict that says so") {
  std::mt19937 random{7};
  const auto history = tests::small_history(tests::random_store(random, {60, 4, 2, 0, false}));
  for (const Model model : tests::causal_models) {
    histories::Budget budget{{.seconds = 1e-9, .bytes = 0, .steps = 0}};
    while (budget.poll()) {
    }
    const bool family = model == Model::causal || model == Model::causal_convergent || model == Model::causal_memory ||
                        model == Model::pram;
    const auto judgement = family ? checker::causal::check_causal(history, model, {}, budget)
                                  : checker::sessions::check_sessions(history, model, {}, budget);
    INFO(checker::name_of(model));
    CHECK(judgement.verdict == Verdict::unknown);
    CHECK(judgement.cause == Cause::time);
  }
}
