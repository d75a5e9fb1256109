// Lists, growing sets, ids, fetch-and-add, counters, locks and semaphores against brute force: calls that take effect
// one after the other at random moments of their intervals, half of the histories with one answer changed.

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "support/judge.hpp"
#include "support/small.hpp"

namespace kasauti::tests {

namespace {

using enum histories::Function;
using histories::no_value;

/// One random history in the making.
struct Simulation {
  std::mt19937& random;
  histories::ValueTable values;
  std::vector<std::int64_t> state;
  std::int64_t next = 0;  ///< for distinct values

  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(n)); }
  ValueId number(std::int64_t n) { return values.intern_integer(n); }
  ValueId list(const std::vector<std::int64_t>& numbers) {
    std::vector<ValueId> ids;
    for (const std::int64_t n : numbers) ids.push_back(number(n));
    return values.intern_list(ids);
  }
};

/// Makes up a call and executes it; `lie` asks for an answer that may be wrong.
using Execute = std::function<Made(Simulation&, bool lie)>;

Made made(Function f, ValueId argument, ValueId result = no_value, Flag flag = Flag::absent) {
  return {f, argument, result, flag, Outcome::ok};
}

void simulate(ObjectKind object, const Execute& execute, double unknown_share, std::int64_t permits, Tally& tally,
              std::mt19937& random) {
  const std::size_t count = 3 + random() % 7;
  const auto intervals = random_intervals(count, 2 + random() % 3, random);
  Simulation simulation{random, {}, {}, 0};
  std::vector<std::pair<std::uint32_t, std::size_t>> moments;
  std::vector<Made> calls(count);
  std::vector<bool> unknown(count), skipped(count);
  for (std::size_t i = 0; i < count; ++i) {
    unknown[i] = std::uniform_real_distribution<>{}(random) < unknown_share;
    const std::uint32_t last = unknown[i] ? static_cast<std::uint32_t>(2 * count) : intervals[i].end;
    moments.emplace_back(intervals[i].begin + random() % (last - intervals[i].begin), i);
    skipped[i] = unknown[i] && random() % 2 == 0;
  }
  std::ranges::sort(moments);
  const std::size_t liar = random() % 2 == 0 ? random() % count : count;
  for (const auto& [moment, i] : moments) {
    const auto before = simulation.state;
    calls[i] = execute(simulation, i == liar);
    if (skipped[i]) simulation.state = before;
    if (unknown[i]) calls[i].outcome = Outcome::info;
  }
  History history = make_history(object, simulation.values, calls, intervals);
  history.header.permits = permits;
  judge(history, tally);
}

void compare(ObjectKind object, const Execute& execute, double least_answered, std::int64_t permits = 1) {
  for (const double unknown_share : {0.0, 0.25}) {
    INFO(histories::name_of(object) << ", unknown " << unknown_share);
    std::mt19937 random{11};
    Tally tally;
    for (int round = 0; round < 20'000; ++round) simulate(object, execute, unknown_share, permits, tally, random);
    CHECK(static_cast<double>(tally.answered) >= least_answered * static_cast<double>(tally.histories));
    CHECK(tally.holds > 2000);
    CHECK(tally.violated > 500);
  }
}

Made grow(Simulation& s, bool lie, Function add_function) {
  if (s.below(2) == 0) {
    s.state.push_back(++s.next);
    return made(add_function, s.number(s.next));
  }
  std::vector<std::int64_t> seen = s.state;
  if (lie && !seen.empty()) {
    switch (s.below(4)) {
      case 0: seen.pop_back(); break;
      case 1: seen.erase(seen.begin()); break;
      case 2: seen.push_back(s.below(6)); break;
      default: std::swap(seen.front(), seen.back());
    }
  }
  if (add_function == add) std::ranges::sort(seen);
  return made(read, no_value, s.list(seen));
}

Made count_up(Simulation& s, bool lie, std::int64_t largest) {
  if (s.state.empty()) s.state.push_back(0);
  if (s.below(2) == 0) {
    const std::int64_t n = largest == 0 ? 1 : s.below(2 * largest) - largest;
    s.state[0] += n;
    return largest == 0 && s.below(2) == 0 ? made(increment, no_value) : made(add, s.number(n));
  }
  return made(read, no_value, s.number(s.state[0] + (lie ? s.below(5) - 2 : 0)));
}

Made hold(Simulation& s, bool lie, std::int64_t permits) {
  if (s.state.empty()) s.state.push_back(0);
  bool acquires = s.state[0] == 0 || (s.state[0] < permits && s.below(2) == 0);
  s.state[0] += acquires ? 1 : -1;
  if (lie) acquires = !acquires;
  return made(acquires ? acquire : release, no_value);
}

}  // namespace

TEST_CASE("lists and growing sets") {
  compare(ObjectKind::list, [](Simulation& s, bool lie) { return grow(s, lie, append); }, 0.95);
  compare(ObjectKind::set, [](Simulation& s, bool lie) { return grow(s, lie, add); }, 0.9);
}

TEST_CASE("sets element by element") {
  for (const bool again : {false, true}) {
    const auto execute = [again](Simulation& s, bool lie) {
      const std::int64_t element = 1 + s.below(2);
      const auto place = std::ranges::find(s.state, element);
      const bool member = place != s.state.end();
      const bool says = member != lie;
      const bool may_add = again || s.next % (2 * element) < element;  // s.next: which elements were added, as bits
      switch (s.below(4)) {
        case 0:
          if (!may_add) break;
          if (!member) s.state.push_back(element);
          s.next += again ? 0 : element;
          return made(add, s.number(element));
        case 1:
          if (member) s.state.erase(place);
          return made(remove, s.number(element), no_value, says ? Flag::yes : Flag::no);
        default: break;
      }
      return made(contains, s.number(element), no_value, says ? Flag::yes : Flag::no);
    };
    compare(ObjectKind::set, execute, 0.99);
  }
}

TEST_CASE("ids and fetch-and-add") {
  compare(ObjectKind::ids, [](Simulation& s, bool lie) {
    const std::int64_t id = lie && s.next > 0 ? 1 + s.below(s.next) : ++s.next;
    return made(generate, no_value, s.number(id));
  }, 1.0);
  for (const std::int64_t largest : {1, 3}) {
    compare(ObjectKind::fetch_add, [largest](Simulation& s, bool lie) {
      if (s.state.empty()) s.state.push_back(0);
      const std::int64_t n = 1 + s.below(largest), before = s.state[0];
      s.state[0] += n;
      return made(fetch_add, s.number(n), s.number(before + (lie ? s.below(5) - 2 : 0)));
    }, largest == 1 ? 0.8 : 0.5);
  }
}

TEST_CASE("counters") {
  compare(ObjectKind::counter, [](Simulation& s, bool lie) { return count_up(s, lie, 0); }, 0.999);
  std::mt19937 random{3};
  Tally tally;
  for (int round = 0; round < 20'000; ++round) {
    simulate(ObjectKind::counter, [](Simulation& s, bool lie) { return count_up(s, lie, 4); }, 0.2, 1, tally, random);
  }
  CHECK(tally.violated > 500);
}

TEST_CASE("locks and semaphores") {
  compare(ObjectKind::lock, [](Simulation& s, bool lie) { return hold(s, lie, 1); }, 0.95);
  compare(ObjectKind::semaphore, [](Simulation& s, bool lie) { return hold(s, lie, 2); }, 0.95, 2);
}

}  // namespace kasauti::tests
