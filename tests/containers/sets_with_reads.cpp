// Sets that are read whole, with removals, against brute force and against the search.

#include <algorithm>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "checker/linearizable/linearizable.hpp"
#include "support/script.hpp"
#include "support/simulation.hpp"

namespace kasauti::tests {

namespace {

using enum histories::Function;
using histories::no_value;

/// state: the members; s.next: how many elements were added. Calls are of the last `window` elements added.
Made call_set(Simulation& s, bool lie, std::int64_t window) {
  const auto some = [&] { return std::max<std::int64_t>(1, s.next - s.below(window)); };
  const std::int64_t kind = s.below(8);
  if (kind < 2 || s.next == 0) {
    s.state.push_back(++s.next);
    return made(add, s.number(s.next));
  }
  const std::int64_t element = some();
  const auto place = std::ranges::find(s.state, element);
  const bool member = place != s.state.end();
  if (kind < 4) {
    if (member) s.state.erase(place);
    return made(remove, s.number(element), no_value, member != lie ? Flag::absent : Flag::no);
  }
  if (kind == 4) return made(contains, s.number(element), no_value, member != lie ? Flag::yes : Flag::no);
  std::vector<std::int64_t> seen = s.state;
  if (lie && s.below(2) == 0 && !seen.empty()) seen.erase(seen.begin() + s.below(std::ssize(seen)));
  else if (lie && !member) seen.push_back(element);
  std::ranges::sort(seen);
  return made(read, no_value, s.list(seen));
}

}  // namespace

TEST_CASE("sets with removals and whole reads") {
  compare(ObjectKind::set, [](Simulation& s, bool lie) { return call_set(s, lie, 3); }, 0.95);
}

TEST_CASE("every history of up to four calls on a set with whole reads") {
  histories::ValueTable values;
  const ValueId one = values.intern_integer(1), two = values.intern_integer(2);
  const auto set_of = [&](std::vector<ValueId> elements) { return values.intern_list(elements); };
  const std::vector<Made> kinds = {made(add, one),
                                   made(add, two),
                                   {add, one, no_value, Flag::absent, Outcome::info},
                                   made(remove, one),
                                   {remove, one, no_value, Flag::absent, Outcome::info},
                                   made(contains, one, no_value, Flag::no),
                                   made(read, no_value, set_of({})),
                                   made(read, no_value, set_of({one})),
                                   made(read, no_value, set_of({two})),
                                   made(read, no_value, set_of({one, two}))};
  Tally tally;
  for (std::size_t calls = 2; calls <= 4; ++calls) {
    const auto intervals = all_intervals(calls);
    std::vector<std::size_t> choice(calls, 0);
    for (bool more = true; more;) {
      std::vector<Made> made;
      for (const std::size_t kind : choice) made.push_back(kinds[kind]);
      const auto adds_of = [&](ValueId element) {
        const auto is_one = [&](const Made& call) { return call.function == add && call.argument == element; };
        return std::ranges::count_if(made, is_one);
      };
      const bool reads = std::ranges::any_of(choice, [](std::size_t kind) { return kind >= 6; });
      if (reads && adds_of(one) == 1 && adds_of(two) <= 1) {
        for (const auto& overlap : intervals) judge(make_history(ObjectKind::set, values, made, overlap), tally);
      }
      std::size_t digit = 0;
      while (digit < calls && ++choice[digit] == kinds.size()) choice[digit++] = 0;
      more = digit < calls;
    }
  }
  CHECK(static_cast<double>(tally.answered) > 0.98 * static_cast<double>(tally.histories));
  CHECK(tally.holds > 10'000);
  CHECK(tally.violated > 10'000);
}

TEST_CASE("larger sets: the engine and the search agree") {
  using namespace checker;
  std::mt19937 random{8};
  std::size_t violated = 0, searched = 0;
  for (int round = 0; round < 400; ++round) {
    const std::size_t count = 40 + random() % 60;
    Simulation simulation{random, {}, {}, 0};
    const auto intervals = random_intervals(count, 3 + random() % 3, random);
    std::vector<std::pair<std::uint32_t, std::size_t>> moments;
    for (std::size_t i = 0; i < count; ++i) {
      moments.emplace_back(intervals[i].begin + random() % (intervals[i].end - intervals[i].begin), i);
    }
    std::ranges::sort(moments);
    std::vector<Made> calls(count);
    const std::size_t liar = random() % 3 == 0 ? random() % count : count;
    for (const auto& [moment, i] : moments) calls[i] = call_set(simulation, i == liar, 6);
    const History history = make_history(ObjectKind::set, simulation.values, calls, intervals);
    histories::Budget budget;
    const Judgement ours = linearizable::check(history, {linearizable::Engine::automatic, 1}, budget);
    const Judgement reference = linearizable::check(history, {linearizable::Engine::search, 1}, budget);
    INFO("round " << round);
    REQUIRE(ours.verdict == reference.verdict);
    const auto verification = verify(history, Model::linearizable, ours.verdict, ours.certificate);
    REQUIRE(verification.accepted);
    violated += ours.verdict == Verdict::violated ? 1 : 0;
    searched += ours.methods == std::vector<std::string>{"search: 1 keys"} ? 1 : 0;
  }
  CHECK(violated > 40);
  CHECK(searched < 4);
}

TEST_CASE("no proof of a circle is accepted whose edge is not forced") {
  using namespace checker;
  const auto accepted = [](const std::vector<Call>& calls, SetCycle proof) {
    const History history = script(R"("object":"set")", calls);
    return verify(history, Model::linearizable, Verdict::violated, {std::move(proof)}).accepted;
  };
  constexpr auto real_time = SetReason::real_time, not_yet = SetReason::not_yet, gone = SetReason::gone;
  const Call added{1, "add", "1", "", 0, 1};
  // The read may lie behind the removal.
  CHECK_FALSE(accepted({added, {1, "remove", "1", "", 2, 9}, {2, "read", "", "[]", 3, 4}},
                       {0, {{2, 0, not_yet}, {0, 2, real_time}}}));
  CHECK(accepted({added, {1, "remove", "1", "", 5, 9}, {2, "read", "", "[]", 3, 4}},
                 {0, {{1, 0, not_yet}, {0, 1, real_time}}}));
  // Or before the add, which had not completed; and another call may have removed the element.
  CHECK_FALSE(accepted({{1, "add", "1", "", 0, 5}, {2, "read", "", "[]", 1, 2}, {1, "remove", "1", "", 6, 7}},
                       {0, {{2, 1, gone, 0}, {1, 2, real_time}}}));
  CHECK_FALSE(accepted({added,
                        {1, "remove", "1", "", 2, 30, "info"},
                        {2, "read", "", "[]", 3, 4},
                        {3, "remove", "1", "", 20, 30, "info"}},
                       {0, {{3, 2, gone, 0}, {2, 3, real_time}}}));
}

}  // namespace kasauti::tests
