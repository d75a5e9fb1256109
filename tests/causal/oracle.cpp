// Every small history, and random larger ones, against brute force from the definitions.

#include <random>

#include "tests/support/judge_causal.hpp"
#include "tests/support/oracles_causal.hpp"
#include "tests/support/small_histories.hpp"

using namespace kasauti;
using checker::Model;
using checker::Verdict;
using tests::SmallOp;

namespace {

void compare(const std::vector<SmallOp>& ops, std::uint32_t overlap, bool every_order) {
  const histories::History history = tests::small_history(ops, overlap);
  for (const Model model : tests::causal_models) {
    const Verdict expected = tests::brute_force(history, model, every_order) ? Verdict::holds : Verdict::violated;
    const Verdict found = tests::judge(history, model).verdict;
    if (found == expected) continue;
    INFO(checker::name_of(model) << "\n" << tests::told(history));
    REQUIRE(found == expected);
  }
}

std::uint32_t draw(std::mt19937& random, std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); }

/// Distinct values; reads mostly return something that was written.
std::vector<SmallOp> random_operations(std::mt19937& random, std::size_t n, std::uint32_t processes,
                                       std::uint32_t keys) {
  std::vector<SmallOp> ops;
  const auto below = [&](std::uint32_t bound) { return draw(random, bound); };
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t process = below(processes);
    const auto value = static_cast<std::uint32_t>(i + 1);
    const auto end = below(8) == 0    ? histories::EventType::info
                     : below(12) == 0 ? histories::EventType::fail
                                      : histories::EventType::ok;
    ops.push_back({process, process, below(2) == 0, below(keys), value, end});
  }
  for (SmallOp& op : ops) {
    if (op.write) continue;
    op.end = histories::EventType::ok;
    op.value = 0;
    const SmallOp& source = ops[below(static_cast<std::uint32_t>(n))];
    if (source.write && source.key == op.key) op.value = source.value;
  }
  return ops;
}

}  // namespace

TEST_CASE("every history of up to 4 operations, all causal orders tried") {
  std::size_t count = 0;
  for (std::uint32_t n = 1; n <= 4; ++n) {
    tests::every_small_history(n, 3, n <= 3, [&](const auto& ops) {
      ++count;
      compare(ops, 0, true);
    });
  }
  CHECK(count > 5000);
}

TEST_CASE("every history of 4 operations with failed and unknown writes") {
  tests::every_small_history(4, 3, true, [&](const auto& ops) { compare(ops, 0, false); });
}

TEST_CASE("random histories of 5 to 8 operations") {
  std::mt19937 random{1};
  for (int round = 0; round < 30000; ++round) {
    const std::size_t n = 5 + draw(random, 4);
    compare(random_operations(random, n, 2 + draw(random, 3), 1 + draw(random, 3)), 0, false);
  }
}

TEST_CASE("random histories in which the calls of a session overlap") {
  std::mt19937 random{2};
  for (int round = 0; round < 20000; ++round) {
    const std::size_t n = 4 + draw(random, 4);
    auto ops = random_operations(random, n, 4, 1 + draw(random, 2));
    for (SmallOp& op : ops) op.session = op.process % 2;
    compare(ops, 1 + draw(random, 3), false);
  }
}
