// Every history up to a size, through every engine, against the oracle of tests/support/linearizable_oracle.hpp.

#include <catch2/catch_test_macros.hpp>

#include "tests/linearizable/support.hpp"

using namespace kasauti;
using namespace kasauti::tests;
using checker::Verdict;
using checker::linearizable::Engine;
using histories::ObjectKind;

namespace {

/// Calls `visit` with every way in which `count` calls of two processes can overlap: each process's calls follow one
/// another.
template <class Visit>
void each_interleaving(std::vector<SmallOp>& ops, const Visit& visit) {
  const std::size_t count = ops.size();
  for (unsigned owners = 0; owners < (1U << count); ++owners) {
    std::vector<std::size_t> calls[2];
    for (std::size_t i = 0; i < count; ++i) calls[owners >> i & 1U].push_back(i);
    const std::size_t events = 2 * count;
    for (unsigned turns = 0; turns < (1U << events); ++turns) {
      if (static_cast<std::size_t>(__builtin_popcount(turns)) != 2 * calls[1].size()) continue;
      std::size_t next[2] = {0, 0};
      for (std::size_t event = 0; event < events; ++event) {
        const unsigned p = turns >> event & 1U;
        SmallOp& op = ops[calls[p][next[p] / 2]];
        op.process = static_cast<int>(p);
        (next[p]++ % 2 == 0 ? op.invoked : op.completed) = static_cast<int>(event);
      }
      visit();
    }
  }
}

/// Every choice of `count` calls from the menu, in every interleaving.
template <class Visit>
void each_history(const std::vector<SmallOp>& menu, std::size_t count, const Visit& visit) {
  std::vector<std::size_t> choice(count, 0);
  for (;;) {
    std::vector<SmallOp> ops;
    for (const std::size_t c : choice) ops.push_back(menu[c]);
    each_interleaving(ops, [&] { visit(ops); });
    std::size_t place = 0;
    while (place < count && ++choice[place] == menu.size()) choice[place++] = 0;
    if (place == count) return;
  }
}

void compare(const std::vector<SmallOp>& ops, ObjectKind object, std::size_t& disagreements) {
  const auto history = make_history(ops, object);
  const Verdict truth = is_linearizable(ops) ? Verdict::holds : Verdict::violated;
  for (const Engine engine : {Engine::automatic, Engine::zones, Engine::search}) {
    const auto judgement = judge(history, engine);
    if (judgement.verdict == Verdict::unknown && engine == Engine::zones) continue;  // its precondition is not met
    if (judgement.verdict == truth && verified(history, judgement)) continue;
    ++disagreements;
  }
}

using enum SmallOp::End;
constexpr auto get = SmallOp::read, put = SmallOp::write, swap = SmallOp::cas, refused = SmallOp::cas_refused;

const std::vector<SmallOp> register_menu = {
    {get, 0, 0, ok}, {get, 1, 0, ok}, {get, 2, 0, ok}, {put, 1, 0, ok}, {put, 2, 0, ok},
    {put, 1, 0, info}, {put, 2, 0, info}, {put, 1, 0, fail}, {get, 0, 0, info}};

}  // namespace

TEST_CASE("register: every history of up to 3 calls, with ok, fail and info") {
  std::size_t histories = 0;
  std::size_t disagreements = 0;
  for (std::size_t count = 1; count <= 3; ++count) {
    each_history(register_menu, count, [&](const auto& ops) {
      ++histories;
      compare(ops, ObjectKind::reg, disagreements);
    });
  }
  CHECK(histories > 20'000);
  CHECK(disagreements == 0);
}

TEST_CASE("register: every history of 4 calls with ok and info") {
  const std::vector<SmallOp> menu(register_menu.begin(), register_menu.begin() + 7);
  std::size_t disagreements = 0;
  each_history(menu, 4, [&](const auto& ops) {
    // The first call writes or reads 1 at the most: the others are the same with the values exchanged.
    if (ops[0].a == 2) return;
    compare(ops, ObjectKind::reg, disagreements);
  });
  CHECK(disagreements == 0);
}

TEST_CASE("compare-and-set register: every history of up to 3 calls") {
  const std::vector<SmallOp> menu = {{get, 0, 0, ok},  {get, 1, 0, ok},        {get, 2, 0, ok},        {put, 1, 0, ok},
                                     {put, 2, 0, ok}, {swap, 0, 1, ok},         {swap, 1, 2, ok},         {swap, 2, 1, ok},
                                     {swap, 1, 2, info}, {refused, 1, 2, ok}, {refused, 0, 2, ok}, {put, 1, 0, info},
                                     {swap, 1, 2, fail}};
  std::size_t disagreements = 0;
  for (std::size_t count = 1; count <= 3; ++count) {
    each_history(menu, count, [&](const auto& ops) { compare(ops, ObjectKind::cas_register, disagreements); });
  }
  CHECK(disagreements == 0);
}
