// Cuts at quiescent points: the search says the same with them and without.

#include <set>

#include <catch2/catch_test_macros.hpp>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "checker/linearizable/segments.hpp"
#include "tests/linearizable/support.hpp"

using namespace kasauti;
using namespace kasauti::tests;
using namespace kasauti::checker::linearizable;
using checker::Verdict;
using histories::ObjectKind;

namespace {

SearchResult in_segments(const histories::History& history, int threads, std::size_t events, std::uint32_t beam = 0) {
  SearchOptions options;
  options.threads = static_cast<unsigned>(threads);
  options.segment = events;
  options.beam = beam;
  const tbb::global_control at_least{tbb::global_control::max_allowed_parallelism, 4};
  tbb::task_arena arena{threads};
  return arena.execute([&] { return search_with(history, options); });
}

/// Whether the verifier takes the order for a witness.
bool is_witness(const histories::History& history, const std::vector<histories::OpId>& order) {
  const checker::Certificate certificate{checker::Orders{{{checker::Scope::key, 0, order}}}};
  return checker::verify(history, checker::Model::linearizable, Verdict::holds, certificate).accepted;
}

std::size_t count_segments(const histories::History& history, std::size_t events) {
  const checker::index::Keys keys{history, true};
  const auto specification = checker::objects::make_specification(history.header, history.values);
  histories::Budget budget;
  return divide(make_problem(history, keys.operations(0), *specification), *specification, events, budget).size();
}

/// The values in which some legal order leaves the register, by trying every order.
void collect_final_values(const std::vector<SmallOp>& ops, std::vector<bool>& done, int value, std::set<int>& values) {
  if (std::ranges::find(done, false) == done.end()) values.insert(value);
  for (std::size_t i = 0; i < ops.size(); ++i) {
    bool first = !done[i];
    for (std::size_t j = 0; j < ops.size(); ++j) first = first && (done[j] || ops[j].completed > ops[i].invoked);
    const bool matches = value == ops[i].a;
    const bool must_match = ops[i].kind == SmallOp::read || ops[i].kind == SmallOp::cas;
    if (!first || (must_match && !matches) || (ops[i].kind == SmallOp::cas_refused && matches)) continue;
    done[i] = true;
    const int next = ops[i].kind == SmallOp::write ? ops[i].a : ops[i].kind == SmallOp::cas ? ops[i].b : value;
    collect_final_values(ops, done, next, values);
    done[i] = false;
  }
}

}  // namespace

TEST_CASE("the search tells every state in which some order leaves the object, and no other") {
  std::mt19937 random{31415};
  std::size_t several = 0;
  std::size_t none = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto ops = draw({3 + round % 5, 2 + round % 3, 2 + round % 2, round % 2 == 0, 0, round % 3 * 5}, random);
    std::set<int> expected;
    std::vector<bool> done(ops.size(), false);
    collect_final_values(ops, done, 0, expected);
    const auto history = make_history(ops, ObjectKind::cas_register);
    SearchOptions options;
    options.segment = 0;
    options.final_states = true;
    std::set<int> told;
    for (const auto& state : search_with(history, options).final_states) {
      told.insert(static_cast<int>(history.values.integer(state.front())));
    }
    INFO("round " << round);
    REQUIRE(told == expected);
    several += expected.size() > 1 ? 1 : 0;
    none += expected.empty() ? 1 : 0;
  }
  CHECK(several > 2'000);
  CHECK(none > 500);
}

TEST_CASE("with segments the search says what it says without, and with any number of threads") {
  std::mt19937 random{2718};
  std::size_t violated = 0;
  std::size_t segments = 0;
  for (int round = 0; round < 300; ++round) {
    // A lie in five hundred reads; in a third of the histories an unknown call now and then.
    auto ops = draw({600, 2 + round % 4, 1 + round % 3, round % 2 == 0, 0, 0}, random);
    for (SmallOp& op : ops) {
      if (op.kind == SmallOp::read && random() % 500 == 0) op.a = static_cast<int>(random() % 4);
      if (round % 3 == 0 && random() % 400 == 0 && op.kind != SmallOp::cas_refused) op.end = SmallOp::info;
    }
    // An unknown call is the last of its process.
    for (std::size_t i = 0; i < ops.size(); ++i) ops[i].process = static_cast<int>(i);
    const auto history = make_history(ops, ObjectKind::cas_register);
    const auto whole = in_segments(history, 1, 0);
    violated += whole.verdict == Verdict::violated ? 1 : 0;
    segments += count_segments(history, 30);
    INFO("round " << round);
    for (const std::size_t events : {std::size_t{1}, std::size_t{30}}) {
      const auto alone = in_segments(history, 1, events);
      REQUIRE(alone.verdict == whole.verdict);
      REQUIRE(alone.events_done == whole.events_done);
      if (alone.verdict == Verdict::holds) REQUIRE(is_witness(history, alone.witness));
      const auto together = in_segments(history, 4, events);
      REQUIRE(together.verdict == whole.verdict);
      REQUIRE(together.events_done == whole.events_done);
      REQUIRE(together.witness == alone.witness);
      REQUIRE(together.steps == alone.steps);
    }
    const auto beam = in_segments(history, 2, 30, 4);
    REQUIRE((beam.verdict == whole.verdict || (beam.cut && beam.verdict == Verdict::unknown)));
  }
  CHECK(violated > 60);
  CHECK(violated < 240);
  CHECK(segments > 300 * 5);
}

TEST_CASE("there is no cut behind an unknown call that can still take effect") {
  std::mt19937 random{31};
  auto ops = draw({2'000, 1, 2, false, 0, 0}, random);
  const auto quiet = make_history(ops, ObjectKind::cas_register);
  CHECK(count_segments(quiet, 100) > 10);
  for (std::size_t i = 0; i < ops.size(); ++i) ops[i].process = static_cast<int>(i);
  for (SmallOp& op : ops) {
    if (op.kind != SmallOp::write) continue;
    op.end = SmallOp::info;
    break;
  }
  CHECK(count_segments(make_history(ops, ObjectKind::cas_register), 100) == 1);
}

TEST_CASE("a lock is cut where it is free, or where it is held") {
  histories::HistoryBuilder builder;
  histories::Header header;
  header.object = ObjectKind::lock;
  header.given = true;
  builder.header(header);
  std::uint32_t line = 0;
  for (int i = 0; i < 400; ++i) {
    for (const auto type : {histories::EventType::invoke, histories::EventType::ok}) {
      histories::Event event;
      event.line = ++line;
      event.process = builder.values().intern_integer(i / 2 % 3);
      event.f = i % 2 == 0 ? "acquire" : "release";
      event.type = type;
      builder.event(event);
    }
  }
  const auto history = builder.finish();
  CHECK(count_segments(history, 50) > 4);
  CHECK(in_segments(history, 2, 50).verdict == Verdict::holds);
}
