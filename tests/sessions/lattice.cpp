// Where the store's versions judge the session guarantees, the other models still settle each other.

#include <catch2/catch_test_macros.hpp>

#include "checker/run/run.hpp"
#include "tests/support/litmus.hpp"

using namespace kasauti;
using checker::Model;
using checker::Verdict;

namespace {

checker::run::Result judged(histories::History history) {
  checker::run::Options options;
  options.all_models = true;
  histories::Budget budget;
  return checker::run::check_history(std::move(history), options, budget);
}

const checker::run::ModelResult& of(const checker::run::Result& result, Model model) {
  for (const auto& each : result.models) {
    if (each.judgement.model == model) return each;
  }
  throw std::out_of_range{"no such model"};
}

}  // namespace

TEST_CASE("versions that go against the order of a linearizable history contradict no lattice") {
  const auto formal = tests::litmus("p1:w(x,1) w(x,2) r(x)->2");
  auto versioned = formal;
  versioned.version.assign(formal.size(), histories::no_value);
  versioned.version[0] = versioned.values.intern_integer(20);
  versioned.version[1] = versioned.version[2] = versioned.values.intern_integer(10);

  const auto without = judged(formal);
  const auto with = judged(versioned);
  CHECK(of(without, Model::monotonic_writes).implied_by.has_value());
  for (const auto* result : {&without, &with}) {
    CHECK(checker::run::internal_error(*result).empty());
    CHECK(of(*result, Model::causal).implied_by.has_value());
    CHECK(of(*result, Model::pram).implied_by.has_value());
    CHECK(of(*result, Model::sequential).judgement.verdict == Verdict::holds);
  }
  for (const Model model : {Model::session, Model::read_your_writes, Model::monotonic_reads, Model::monotonic_writes,
                            Model::writes_follow_reads}) {
    INFO(checker::name_of(model));
    CHECK_FALSE(of(with, model).implied_by.has_value());
  }
  CHECK(of(with, Model::read_your_writes).judgement.verdict == Verdict::violated);
  CHECK(of(without, Model::read_your_writes).judgement.verdict == Verdict::holds);
}
