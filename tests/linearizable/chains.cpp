// Registers with compare-and-set whose writes all leave values of their own: chains of exchanges against brute force,
// with every certificate verified, and against the search.

#include <algorithm>
#include <random>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/register_proofs.hpp"
#include "checker/linearizable/chains.hpp"
#include "checker/linearizable/linearizable.hpp"
#include "support/judge.hpp"
#include "support/small.hpp"

namespace kasauti::tests {

namespace {

using namespace checker;
using enum histories::Function;
using histories::no_value;

void judge_chains(const History& history, Tally& tally) {
  const index::Keys keys{history, true};
  histories::Budget budget;
  linearizable::ZoneScratch scratch;
  const auto answer = linearizable::decide_by_chains(history, keys.operations(0), scratch, budget);
  judge(history, keys.operations(0), answer, tally);
  if (!std::ranges::all_of(scratch.cluster_of, [](std::uint32_t cluster) { return cluster == UINT32_MAX; })) {
    FAIL_CHECK("the scratch was not given back as it was");
  }
}

/// Calls on a register, and the values 0 (the initial one, null), 1, 2…
struct Calls {
  histories::ValueTable values;

  ValueId value(std::int64_t n) { return n == 0 ? histories::null_value : values.intern_integer(n); }
  Made get(std::int64_t n) { return {read, no_value, value(n), Flag::absent, Outcome::ok}; }
  Made set(std::int64_t n, Outcome outcome = Outcome::ok) { return {write, value(n), no_value, Flag::absent, outcome}; }
  Made swap(std::int64_t old, std::int64_t n, Flag flag, Outcome outcome = Outcome::ok) {
    const ValueId pair[] = {value(old), value(n)};
    return {cas, values.intern_list(pair), no_value, flag, outcome};
  }
};

/// What a call may leave, 0 for nothing: histories with equal ones are not what this is about.
struct Choice {
  Made made;
  int leaves;
};

std::vector<Choice> choices(Calls& calls) {
  constexpr Outcome lost = Outcome::info;
  return {{calls.get(0), 0},
          {calls.get(1), 0},
          {calls.get(2), 0},
          {calls.set(1), 1},
          {calls.set(2), 2},
          {calls.set(1, lost), 1},
          {calls.swap(0, 1, Flag::yes), 1},
          {calls.swap(1, 2, Flag::absent), 2},
          {calls.swap(2, 1, Flag::yes), 1},
          {calls.swap(0, 2, Flag::yes), 2},
          {calls.swap(0, 1, Flag::absent, lost), 1},
          {calls.swap(1, 2, Flag::absent, lost), 2},
          {calls.swap(0, 3, Flag::no), 0},
          {calls.swap(1, 3, Flag::no), 0}};
}

bool leaves_distinct(const std::vector<Choice>& menu, const std::vector<std::size_t>& picked) {
  unsigned left = 0;
  for (const std::size_t pick : picked) {
    const unsigned bit = menu[pick].leaves == 0 ? 0 : 1U << menu[pick].leaves;
    if ((left & bit) != 0) return false;
    left |= bit;
  }
  return true;
}

/// Calls that take effect one after the other at random moments of their intervals; `lies` of them answer something
/// else.
struct Shape {
  std::size_t calls, width;
  unsigned info_percent, lie_percent;
  bool refusals;
};

History simulate(const Shape& shape, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::int64_t>(random() % n); };
  const auto intervals = random_intervals(shape.calls, shape.width, random);
  Calls calls;
  std::vector<Made> made(shape.calls);
  std::vector<std::pair<std::uint32_t, std::size_t>> moments;
  std::vector<bool> unknown(shape.calls);
  for (std::size_t i = 0; i < shape.calls; ++i) {
    unknown[i] = random() % 100 < shape.info_percent;
    const std::uint32_t last = unknown[i] ? static_cast<std::uint32_t>(2 * shape.calls) : intervals[i].end;
    moments.emplace_back(intervals[i].begin + random() % (last - intervals[i].begin), i);
  }
  std::ranges::sort(moments);
  std::int64_t value = 0, written = 0;
  for (const auto& [moment, i] : moments) {
    const bool skipped = unknown[i] && random() % 2 == 0, lies = random() % 100 < shape.lie_percent;
    const std::int64_t kind = below(4);
    const std::int64_t recent = std::max<std::int64_t>(0, value - below(3));
    if (kind == 0) {
      made[i] = calls.get(lies ? recent : value);
      if (unknown[i]) made[i] = calls.set(++written, Outcome::info);
      if (unknown[i] && !skipped) value = written;
    } else if (kind == 1) {
      made[i] = calls.set(++written, unknown[i] ? Outcome::info : Outcome::ok);
      if (!skipped) value = written;
    } else {
      const std::int64_t old = random() % 3 == 0 ? recent : value;
      if (old != value && !shape.refusals && !lies) {
        made[i] = calls.get(value);
        continue;
      }
      const bool found = (old == value) != lies || !shape.refusals;
      made[i] = calls.swap(old, ++written, found ? Flag::yes : Flag::no, unknown[i] ? Outcome::info : Outcome::ok);
      if (found && !skipped) value = written;
    }
  }
  return make_history(ObjectKind::cas_register, calls.values, made, intervals);
}

}  // namespace

TEST_CASE("chains: every history of up to four calls that leave distinct values") {
  Calls calls;
  const auto menu = choices(calls);
  Tally exact, with_refusals;
  for (std::size_t count = 1; count <= 4; ++count) {
    const auto intervals = all_intervals(count);
    std::vector<std::size_t> picked(count, 0);
    for (bool more = true; more;) {
      if (leaves_distinct(menu, picked)) {
        std::vector<Made> made;
        for (const std::size_t pick : picked) made.push_back(menu[pick].made);
        const bool refusal = std::ranges::any_of(made, [](const Made& call) { return call.flag == Flag::no; });
        for (const auto& overlap : intervals) {
          judge_chains(make_history(ObjectKind::cas_register, calls.values, made, overlap),
                       refusal ? with_refusals : exact);
        }
      }
      std::size_t digit = 0;
      while (digit < count && ++picked[digit] == menu.size()) picked[digit++] = 0;
      more = digit < count;
    }
  }
  CHECK(exact.answered == exact.histories);
  CHECK(exact.holds > 10'000);
  CHECK(exact.violated > 10'000);
  CHECK(static_cast<double>(with_refusals.answered) > 0.94 * static_cast<double>(with_refusals.histories));
  CHECK(with_refusals.holds > 10'000);
  CHECK(with_refusals.violated > 10'000);
}

TEST_CASE("chains: random histories of up to eleven calls") {
  for (const bool refusals : {false, true}) {
    std::mt19937 random{refusals ? 5U : 4U};
    Tally tally;
    for (unsigned round = 0; round < 60'000; ++round) {
      const Shape shape{4 + random() % 8, 2 + random() % 4, round % 3 * 12, round % 4 * 5, refusals};
      judge_chains(simulate(shape, random), tally);
    }
    if (!refusals) CHECK(tally.answered == tally.histories);
    CHECK(static_cast<double>(tally.answered) > 0.95 * static_cast<double>(tally.histories));
    CHECK(tally.holds > 10'000);
    CHECK(tally.violated > 5'000);
  }
}

TEST_CASE("chains and the search agree on larger histories") {
  std::mt19937 random{6};
  std::size_t violated = 0, by_chains = 0;
  for (unsigned round = 0; round < 3'000; ++round) {
    const Shape shape{30 + random() % 60, 3 + random() % 5, round % 3 * 3, round % 3 == 0 ? 2U : 0U, round % 2 == 0};
    const History history = simulate(shape, random);
    const auto judge_with = [&](linearizable::Engine engine) {
      histories::Budget budget;
      return linearizable::check(history, {engine, 1}, budget);
    };
    const Judgement ours = judge_with(linearizable::Engine::automatic);
    const Judgement searched = judge_with(linearizable::Engine::search);
    INFO("round " << round);
    REQUIRE(ours.verdict == searched.verdict);
    REQUIRE(verify(history, Model::linearizable, ours.verdict, ours.certificate).accepted);
    violated += ours.verdict == Verdict::violated ? 1 : 0;
    by_chains += ours.methods == std::vector<std::string>{"chains: 1 keys"} ? 1 : 0;
  }
  CHECK(violated > 200);
  CHECK(by_chains > 2'800);
}

TEST_CASE("chains: no proof against a linearizable history is accepted") {
  std::mt19937 random{7};
  std::size_t holding = 0, accepted = 0;
  for (unsigned round = 0; round < 30'000; ++round) {
    const Shape shape{3 + random() % 6, 2 + random() % 3, 15, round % 3 * 15, true};
    const History history = simulate(shape, random);
    const index::Keys keys{history, true};
    const bool truth = linearizable_by_brute_force(history, keys.operations(0));
    holding += truth ? 1 : 0;
    for (int tries = 0; tries < 12; ++tries) {
      ChainClash proof{0, static_cast<ChainFault>(random() % 6), {}};
      const std::size_t sizes[] = {1, 2, 2, 2, 4, 2 + random() % 2};
      proof.operations.resize(sizes[static_cast<std::size_t>(proof.fault)]);
      for (OpId& op : proof.operations) op = static_cast<OpId>(random() % history.size());
      if (!verify(history, Model::linearizable, Verdict::violated, {proof}).accepted) continue;
      ++accepted;
      if (truth) FAIL_CHECK("round " << round << ", fault " << static_cast<int>(proof.fault) << ": " << show(history));
    }
  }
  CHECK(holding > 5'000);
  CHECK(accepted > 500);
}

}  // namespace kasauti::tests
