// The verifier on its own: an order drawn at random is accepted iff it is a witness of sequential consistency.

#include <algorithm>
#include <map>
#include <random>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "tests/support/random_store.hpp"
#include "tests/support/small_histories.hpp"

namespace kasauti::tests {

namespace {

using checker::Model;
using checker::Orders;
using checker::Scope;
using checker::Verdict;
using histories::EventType;
using histories::OpId;

/// By the definition: all that completed, nothing that failed, each once, every session's calls in their order, legal.
bool is_witness(const std::vector<SmallOp>& ops, const std::vector<OpId>& order) {
  std::map<std::uint32_t, std::uint32_t> value;
  std::vector<bool> placed(ops.size(), false);
  for (const OpId op : order) {
    const SmallOp& call = ops[op];
    if (placed[op] || call.end == EventType::fail) return false;
    placed[op] = true;
    for (OpId later = op + 1; later < ops.size(); ++later) {
      // A call of unknown outcome may take effect after whatever its session does next.
      if (placed[later] && ops[later].session == call.session && call.end == EventType::ok) return false;
    }
    if (call.write) value[call.key] = call.value;
    else if (value[call.key] != call.value) return false;
  }
  for (OpId op = 0; op < ops.size(); ++op) {
    if (ops[op].end == EventType::ok && !placed[op]) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("an order drawn at random is accepted iff it is a witness") {
  std::mt19937 random{19};
  std::size_t witnesses = 0, disagreements = 0;
  for (int round = 0; round < 30'000; ++round) {
    const auto ops = random_store(random, {2 + draw(random, 4), 2, 2, draw(random, 2), true});
    const auto history = small_history(ops);
    if (history.size() != ops.size()) continue;
    std::vector<OpId> order;
    for (OpId op = 0; op < ops.size(); ++op) {
      if (ops[op].end == EventType::ok ? draw(random, 16) != 0 : draw(random, 4) == 0) order.push_back(op);
    }
    for (std::uint32_t swaps = draw(random, 4); swaps > 0 && !order.empty(); --swaps) {
      std::swap(order[draw(random, static_cast<std::uint32_t>(order.size()))],
                order[draw(random, static_cast<std::uint32_t>(order.size()))]);
    }
    const bool truth = is_witness(ops, order);
    witnesses += truth ? 1 : 0;
    const Orders proof{{{Scope::whole, 0, order}}};
    const bool accepts = checker::verify(history, Model::sequential, Verdict::holds, {proof}).accepted;
    if (accepts != truth && ++disagreements < 5) FAIL_CHECK("round " << round << ": accepted " << accepts);
  }
  CHECK(disagreements == 0);
  CHECK(witnesses > 2'000);
}

}  // namespace kasauti::tests
