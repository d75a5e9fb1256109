// Locks, semaphores and fenced locks against brute force, refused calls and unknown outcomes among them.

#include <algorithm>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "support/script.hpp"
#include "support/simulation.hpp"

namespace kasauti::tests {

namespace {

using enum histories::Function;
using histories::no_value;

/// state[0]: how many permits are out.
Made hold(Simulation& s, bool lie, std::int64_t permits, bool refusals) {
  if (s.state.empty()) s.state.push_back(0);
  bool acquires = s.state[0] == 0 || (s.state[0] < permits && s.below(2) == 0);
  if (refusals && s.below(3) == 0) acquires = !acquires;
  const bool possible = acquires ? s.state[0] < permits : s.state[0] > 0;
  if (possible) s.state[0] += acquires ? 1 : -1;
  if (!refusals) return made((acquires != lie) ? acquire : release, no_value);
  return made(acquires ? acquire : release, no_value, no_value, possible != lie ? Flag::absent : Flag::no);
}

/// state: held, the last token, and the highest token that each of two resources was shown.
Made hold_with_tokens(Simulation& s, bool lie, bool writes) {
  s.state.resize(4, 0);
  if (writes && s.below(3) != 0) {
    const std::int64_t resource = s.below(2), token = std::max<std::int64_t>(1, s.state[1] - s.below(3));
    const ValueId pair[] = {s.number(resource), s.number(token)};
    std::int64_t& highest = s.state[static_cast<std::size_t>(2 + resource)];
    const bool accepted = token >= highest;
    if (accepted) highest = token;
    return made(write, s.values.intern_list(pair), no_value, accepted != lie ? Flag::absent : Flag::no);
  }
  const bool acquires = (s.state[0] == 0) != (s.below(4) == 0);
  if (acquires == (s.state[0] != 0)) {
    if (!lie) return made(acquires ? acquire : release, no_value, no_value, Flag::no);
    return made(acquires ? acquire : release, no_value, acquires ? s.number(s.state[1] + 1) : no_value);
  }
  s.state[0] = acquires ? 1 : 0;
  if (!acquires) return made(release, no_value, no_value, lie ? Flag::no : Flag::absent);
  s.state[1] += 1 + s.below(3);
  return made(acquire, no_value, s.number(s.state[1] - (lie ? 1 + s.below(4) : 0)));
}

}  // namespace

TEST_CASE("locks and semaphores") {
  compare(ObjectKind::lock, [](Simulation& s, bool lie) { return hold(s, lie, 1, false); }, 0.95);
  compare(ObjectKind::semaphore, [](Simulation& s, bool lie) { return hold(s, lie, 2, false); }, 0.95, 2);
}

TEST_CASE("locks and semaphores that refuse calls") {
  compare(ObjectKind::lock, [](Simulation& s, bool lie) { return hold(s, lie, 1, true); }, 0.95);
  compare(ObjectKind::semaphore, [](Simulation& s, bool lie) { return hold(s, lie, 2, true); }, 0.9, 2);
}

TEST_CASE("fenced locks") {
  compare(ObjectKind::fenced_lock, [](Simulation& s, bool lie) { return hold_with_tokens(s, lie, false); }, 0.95);
  compare(ObjectKind::fenced_lock, [](Simulation& s, bool lie) { return hold_with_tokens(s, lie, true); }, 0.95);
}

TEST_CASE("every history of up to four calls on a lock that refuses") {
  const std::vector<Made> kinds = {made(acquire, no_value),
                                   made(release, no_value),
                                   made(acquire, no_value, no_value, Flag::no),
                                   made(release, no_value, no_value, Flag::no),
                                   {acquire, no_value, no_value, Flag::absent, Outcome::info},
                                   {release, no_value, no_value, Flag::absent, Outcome::info}};
  Tally tally;
  std::size_t legal = 0;
  for (std::size_t calls = 1; calls <= 4; ++calls) {
    const auto intervals = all_intervals(calls);
    std::vector<std::size_t> choice(calls, 0);
    for (bool more = true; more;) {
      std::vector<Made> made;
      for (const std::size_t kind : choice) made.push_back(kinds[kind]);
      for (const auto& overlap : intervals) {
        const History history = make_history(ObjectKind::lock, {}, made, overlap);
        const checker::index::Keys keys{history, true};
        legal += linearizable_by_brute_force(history, keys.operations(0)) ? 1 : 0;
        judge(history, tally);
      }
      std::size_t digit = 0;
      while (digit < calls && ++choice[digit] == kinds.size()) choice[digit++] = 0;
      more = digit < calls;
    }
  }
  CHECK(tally.holds == legal);
  CHECK(static_cast<double>(tally.answered) > 0.98 * static_cast<double>(tally.histories));
  CHECK(tally.violated > 10'000);
}

TEST_CASE("a refused acquire of a fenced lock returned no token, whatever stands there") {
  for (const char* returned : {"null", "", "false", "7"}) {
    const History history = script(R"("object":"fenced-lock")", {{1, "acquire", "", "3", 0, 1},
                                                               {2, "acquire", "", returned, 2, 3, "ok", "false"},
                                                               {1, "release", "", "", 4, 5}});
    CHECK(history.result[1] == no_value);
    CHECK(history.flag[1] == Flag::no);
    Tally tally;
    judge(history, tally);
    CHECK(tally.holds == 1);
  }
}

}  // namespace kasauti::tests
