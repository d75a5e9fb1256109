#pragma once

// Random histories of calls that take effect one after the other at random moments of their intervals, half of them
// with one answer changed, and what an engine makes of them set against brute force.

#include <algorithm>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "support/judge.hpp"
#include "support/small.hpp"

namespace kasauti::tests {

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

inline Made made(Function f, ValueId argument, ValueId result = histories::no_value, Flag flag = Flag::absent) {
  return {f, argument, result, flag, Outcome::ok};
}

inline void simulate(ObjectKind object, const Execute& execute, double unknown_share, std::int64_t permits,
                     Tally& tally, std::mt19937& random) {
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

inline void compare(ObjectKind object, const Execute& execute, double least_answered, std::int64_t permits = 1) {
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

}  // namespace kasauti::tests
