// Reads that are stale by themselves: which, by how many versions and for how long, against the definition.

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "checker/staleness/overtaken.hpp"
#include "checker/staleness/staleness.hpp"
#include "tests/sequential/support.hpp"

namespace kasauti::tests {

namespace {

using checker::staleness::overtaken_reads;
using checker::staleness::stale_for;

bool is_write(const History& h, OpId op) { return h.function[op] == Function::write && h.outcome[op] != Outcome::fail; }
bool is_read(const History& h, OpId op) { return h.function[op] == Function::read && h.ok(op); }

/// The earliest completion among the write of a value of the key and the reads of it; 0: initial.
std::int64_t there_at(const History& h, OpId read_or_write) {
  const auto value = is_write(h, read_or_write) ? h.argument[read_or_write] : h.result[read_or_write];
  if (value == h.header.initial) return -1;
  std::int64_t least = INT64_MAX;
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.key[op] != h.key[read_or_write]) continue;
    const bool of_value = (is_write(h, op) && h.argument[op] == value) || (is_read(h, op) && h.result[op] == value);
    if (of_value && h.completed[op] != histories::never) least = std::min<std::int64_t>(least, h.completed[op]);
  }
  return least;
}

}  // namespace

TEST_CASE("reads that are stale by themselves, against the definition") {
  std::size_t stale = 0, fresh = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    Recipe recipe;
    recipe.calls = 3 + static_cast<int>(seed % 7);
    recipe.keys = 1 + static_cast<int>(seed % 2);
    recipe.values = 0;
    recipe.unknown = seed % 3 == 0 ? 20 : 0;
    recipe.lost = seed % 2 == 0 ? 40 : 0;
    const History h = random_history(recipe, seed);
    histories::Budget budget;
    const auto found = overtaken_reads(h, budget);
    if (!found) continue;
    std::vector<std::pair<OpId, std::uint64_t>> expected;
    for (OpId read = 0; read < h.size(); ++read) {
      if (!is_read(h, read)) continue;
      std::uint64_t between = 0;
      for (OpId op = 0; op < h.size(); ++op) {
        if (is_write(h, op) && h.key[op] == h.key[read] && there_at(h, read) < std::int64_t{h.invoked[op]} &&
            there_at(h, op) < std::int64_t{h.invoked[read]}) {
          ++between;
        }
      }
      ++(between != 0 ? stale : fresh);
      if (between != 0) expected.emplace_back(read, between);
    }
    INFO(show(h));
    std::vector<std::pair<OpId, std::uint64_t>> shown;
    for (const auto& each : found->reads) shown.emplace_back(each.read, each.versions);
    REQUIRE(shown == expected);
  }
  CHECK(stale > 1'000);
  CHECK(fresh > 1'000);
}

TEST_CASE("a stale read is told with its versions, its time and how many there are") {
  // 1 to 4 are written one after the other; reads of 1, of 3 and of 4 follow.
  std::vector<Call> calls;
  for (int i = 0; i < 4; ++i) {
    calls.push_back({.function = Function::write, .value = i + 1, .invoked = 100 * i, .completed = 100 * i + 50});
  }
  int at = 400;
  for (const int value : {1, 3, 4}) {
    calls.push_back({.process = 1, .session = 1, .value = value, .invoked = at, .completed = at + 5});
    at += 10;
  }
  const History history = make_history(ObjectKind::reg, calls, true);
  histories::Budget budget;
  const auto found = overtaken_reads(history, budget);
  REQUIRE((found && found->reads.size() == 2));
  CHECK(found->at_risk == 3);
  CHECK(found->reads[0].versions == 3);
  CHECK(stale_for(history, found->reads[0]) == 250);  // 2 was there at 150
  CHECK(found->reads[1].versions == 1);
  CHECK(stale_for(history, found->reads[1]) == 60);   // 4 was there at 350
  const Judgement judgement = checker::staleness::check_staleness(history, Model::k_atomic, {}, budget);
  REQUIRE(judgement.anomalies.size() == 1);
  const checker::Anomaly& anomaly = judgement.anomalies.front();
  CHECK((anomaly.count == 2 && anomaly.at_risk == 3 && anomaly.occurrences.size() == 2));
  CHECK(anomaly.reason.find("stale by 3 versions, for 250 ns") != std::string::npos);
  CHECK(anomaly.operations.back() == 4);
  CHECK(anomaly.smallest.back() == 5);
}

}  // namespace kasauti::tests
