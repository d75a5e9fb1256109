// Limits hold inside the search, and an exhausted one is an unknown with its cause.

#include <chrono>

#include <catch2/catch_test_macros.hpp>

#include "tests/linearizable/support.hpp"

using namespace kasauti;
using namespace kasauti::tests;
using checker::Cause;
using checker::Verdict;
using checker::linearizable::Engine;
using histories::ObjectKind;

namespace {

/// Thirty writers that overlap, each a value of its own, and then two that must be seen in an impossible order: hard
/// for a search that knows no zones.
histories::History hard() {
  std::vector<SmallOp> ops;
  int time = 0;
  for (int i = 0; i < 30; ++i) ops.push_back({SmallOp::cas, i % 3, (i + 1) % 3, SmallOp::ok, i, time++, 0});
  for (int i = 0; i < 30; ++i) ops.push_back({SmallOp::read, i % 3, 0, SmallOp::ok, 100 + i, time++, 0});
  for (auto& op : ops) op.completed = time++;
  ops.push_back({SmallOp::cas_refused, 0, 1, SmallOp::ok, 200, time, time + 1});
  ops.push_back({SmallOp::cas_refused, 1, 1, SmallOp::ok, 200, time + 2, time + 3});
  ops.push_back({SmallOp::cas_refused, 2, 1, SmallOp::ok, 200, time + 4, time + 5});
  return make_history(ops, ObjectKind::cas_register);
}

}  // namespace

TEST_CASE("steps: unknown, with the option to raise") {
  histories::Budget budget{{0, 0, 10}};
  const auto judgement = checker::linearizable::check(hard(), {Engine::search, 1}, budget);
  CHECK(judgement.verdict == Verdict::unknown);
  CHECK(judgement.cause == Cause::steps);
  CHECK(judgement.detail.find("--steps") != std::string::npos);
}

TEST_CASE("time: unknown, soon after the limit") {
  histories::Budget budget{{0.05, 0, 0}};
  const auto start = std::chrono::steady_clock::now();
  const auto judgement = checker::linearizable::check(hard(), {Engine::search, 1}, budget);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (judgement.verdict == Verdict::unknown) {
    CHECK(judgement.cause == Cause::time);
    CHECK(judgement.detail.find("--timeout") != std::string::npos);
  }
  // Far more than the mark of 100 ms, for a test must not fail on a busy machine; far less than a search without limits
  // takes.
  CHECK(took.count() < 5);
}

TEST_CASE("memory: unknown, and not a killed process") {
  histories::Budget budget{{0, histories::resident_bytes() + (std::uint64_t{1} << 20), 0}};
  std::vector<char> ballast(std::size_t{8} << 20, 'x');
  CHECK(ballast.back() == 'x');
  const auto judgement = checker::linearizable::check(hard(), {Engine::search, 1}, budget);
  CHECK(judgement.verdict == Verdict::unknown);
  CHECK(judgement.cause == Cause::memory);
}

TEST_CASE("the answer does not depend on the number of threads") {
  std::mt19937 random{3};
  for (int round = 0; round < 50; ++round) {
    const auto history = make_history(draw({60, 5, 3, true, 10, 5}, random), ObjectKind::cas_register);
    histories::Budget one, four;
    const auto a = checker::linearizable::check(history, {Engine::automatic, 1}, one);
    const auto b = checker::linearizable::check(history, {Engine::automatic, 4}, four);
    REQUIRE(a.verdict == b.verdict);
    REQUIRE(a.anomalies.size() == b.anomalies.size());
    for (std::size_t i = 0; i < a.anomalies.size(); ++i) REQUIRE(a.anomalies[i].reason == b.anomalies[i].reason);
  }
}
