// Lists, growing sets, ids, fetch-and-add and counters against brute force.

#include <algorithm>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "support/simulation.hpp"

namespace kasauti::tests {

namespace {

using enum histories::Function;
using histories::no_value;

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

}  // namespace kasauti::tests
