// Maps with appends against brute force: every small history, random larger ones, and histories that are beyond a
// search.

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "checker/linearizable/linearizable.hpp"
#include "support/judge.hpp"
#include "support/small.hpp"

namespace kasauti::tests {

namespace {

using enum histories::Function;
using histories::no_value;
using histories::null_value;

/// What the key begins with; "-" stands for nothing at all.
constexpr const char* initials[] = {"-", "", "s;"};

ValueId intern_initial(histories::ValueTable& values, const std::string& initial) {
  return initial == "-" ? null_value : values.intern_string(initial);
}

History with_initial(History history, ValueId initial) {
  history.header.initial = initial;
  return history;
}

/// Calls that take effect one after the other at random moments of their intervals; `lies` of the gets are changed.
History simulate(std::size_t count, std::size_t width, int unknown_percent, int lies, const std::string& initial,
                 std::mt19937& random, int repeated_percent = 0) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  histories::ValueTable values;
  const ValueId begin = intern_initial(values, initial);
  const auto intervals = random_intervals(count, width, random);
  std::vector<std::pair<std::uint32_t, std::size_t>> moments;
  std::vector<Made> calls(count);
  for (std::size_t i = 0; i < count; ++i) {
    const bool unknown = random() % 100 < static_cast<unsigned>(unknown_percent);
    const std::uint32_t end = unknown ? static_cast<std::uint32_t>(2 * count) : intervals[i].end;
    moments.emplace_back(intervals[i].begin + below(end - intervals[i].begin), i);
    if (unknown) calls[i].outcome = Outcome::info;
  }
  std::ranges::sort(moments);
  bool absent = initial == "-";
  std::string state = absent ? "" : initial;
  std::vector<std::string> past;
  for (const auto& [moment, i] : moments) {
    Made& call = calls[i];
    const std::size_t kind = below(8);
    call.function = kind == 0 ? write : kind < 5 ? append : read;
    if (call.function == read) {
      std::string seen = state;
      if (lies != 0 && below(static_cast<std::size_t>(100 / lies)) == 0) {
        if (below(2) == 0 && !past.empty()) seen = past[below(past.size())];
        else if (below(2) == 0) seen += std::to_string(below(count)) + ";";
        else seen = std::to_string(below(count)) + ";" + seen;
      }
      call.result = absent && seen.empty() ? null_value : values.intern_string(seen);
      past.push_back(seen);
      continue;
    }
    const bool repeats = random() % 100 < static_cast<unsigned>(repeated_percent);
    const std::string text = std::to_string(repeats ? below(count) : i) + (below(50) < static_cast<unsigned>(repeated_percent) ? "" : ";");
    call.argument = values.intern_string(text);
    if (call.outcome == Outcome::info && below(2) == 0) continue;
    state = call.function == write ? text : state + text;
    absent = false;
  }
  return with_initial(make_history(ObjectKind::kv, values, calls, intervals), begin);
}

}  // namespace

TEST_CASE("every history of up to four puts, appends and gets") {
  for (const std::string initial : initials) {
    histories::ValueTable values;
    const ValueId begin = intern_initial(values, initial);
    const std::string base = initial == "-" ? "" : initial;
    const auto get = [&](const std::string& text) {
      return Made{read, no_value, text.empty() ? begin : values.intern_string(text), Flag::absent, Outcome::ok};
    };
    const ValueId a = values.intern_string("a"), b = values.intern_string("b"), p = values.intern_string("p");
    const std::vector<Made> kinds = {{append, a, no_value, Flag::absent, Outcome::ok},
                                     {append, b, no_value, Flag::absent, Outcome::ok},
                                     {append, a, no_value, Flag::absent, Outcome::info},
                                     {write, p, no_value, Flag::absent, Outcome::ok},
                                     {write, p, no_value, Flag::absent, Outcome::info},
                                     get(base), get(base + "a"), get(base + "ab"), get("p"), get("pa"), get("pb")};
    Tally tally;
    for (std::size_t calls = 1; calls <= 4; ++calls) {
      const auto intervals = all_intervals(calls);
      std::vector<std::size_t> choice(calls, 0);
      for (bool more = true; more;) {
        std::vector<Made> made;
        for (const std::size_t kind : choice) made.push_back(kinds[kind]);
        for (std::size_t overlap = 0; overlap < intervals.size(); overlap += calls == 4 ? 7 : 1) {
          judge(with_initial(make_history(ObjectKind::kv, values, made, intervals[overlap]), begin), tally);
        }
        std::size_t digit = 0;
        while (digit < calls && ++choice[digit] == kinds.size()) choice[digit++] = 0;
        more = digit < calls;
      }
    }
    CHECK(tally.holds > 5'000);
    CHECK(tally.violated > 20'000);
  }
}

TEST_CASE("random puts, appends and gets") {
  for (const std::string initial : initials) {
    for (const int unknown : {0, 25}) {
      std::mt19937 random{static_cast<unsigned>(unknown + 1)};
      Tally tally;
      for (int round = 0; round < 12'000; ++round) {
        judge(simulate(3 + random() % 8, 2 + random() % 3, unknown, 12, initial, random), tally);
      }
      // Without an append, or with two equal first strings, it is for the other engines.
      CHECK(static_cast<double>(tally.answered) > 0.8 * static_cast<double>(tally.histories));
      CHECK(tally.holds > 2'000);
      CHECK(tally.violated > 500);
    }
  }
}

TEST_CASE("strings that were written twice, or that begin others: the history before them may refute it") {
  std::mt19937 random{9};
  Tally tally;
  for (int round = 0; round < 20'000; ++round) judge(simulate(4 + random() % 8, 2 + random() % 3, 10, 20, "-", random, 15), tally);
  CHECK(tally.answered < tally.histories);
  CHECK(tally.violated > 2'000);
}

TEST_CASE("the engine of appends agrees with the search on larger histories") {
  std::mt19937 random{3};
  std::size_t holds = 0, violated = 0;
  for (int round = 0; round < 1'500; ++round) {
    const History history = simulate(20 + random() % 30, 2 + random() % 4, round % 3 == 0 ? 10 : 0, round % 2 * 5, "", random);
    histories::Budget budget;
    const auto known = checker::linearizable::check(history, {checker::linearizable::Engine::automatic, 1}, budget);
    const auto searched = checker::linearizable::check(history, {checker::linearizable::Engine::search, 1}, budget);
    INFO("round " << round << ": " << show(history));
    REQUIRE(known.verdict == searched.verdict);
    (known.verdict == checker::Verdict::holds ? holds : violated) += 1;
  }
  CHECK(holds > 500);
  CHECK(violated > 200);
}

TEST_CASE("appends that nobody saw do not blow up") {
  std::mt19937 random{4};
  for (const int unknown : {0, 30}) {
    const History history = simulate(4'000, 60, unknown, 0, "-", random);
    histories::Budget budget;
    const auto judgement = checker::linearizable::check(history, {checker::linearizable::Engine::automatic, 1}, budget);
    CHECK(judgement.verdict == checker::Verdict::holds);
    REQUIRE(judgement.methods.size() == 1);
    CHECK(judgement.methods[0].starts_with("concatenations"));
    CHECK(checker::verify(history, judgement.model, judgement.verdict, judgement.certificate).accepted);
  }
}

}  // namespace kasauti::tests
