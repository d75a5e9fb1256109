// The verifier on its own: proofs drawn at random are accepted only where they are right, by the definition.

#include <catch2/catch_test_macros.hpp>

#include "tests/linearizable/support.hpp"
#include "tests/support/script.hpp"

using namespace kasauti;
using namespace kasauti::tests;
using namespace kasauti::checker;
using histories::ObjectKind;
using histories::OpId;

namespace {

/// A witness by the definition: everything that completed, nothing that failed, each once, in real-time order, legal.
bool is_witness(const std::vector<SmallOp>& ops, const std::vector<OpId>& order) {
  std::vector<bool> placed(ops.size(), false);
  int value = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const SmallOp& op = ops[order[i]];
    if (placed[order[i]] || op.end == SmallOp::fail) return false;
    placed[order[i]] = true;
    for (std::size_t j = 0; j < i; ++j) {
      if (op.end == SmallOp::ok && op.completed < ops[order[j]].invoked) return false;
    }
    const bool known = op.end == SmallOp::ok;
    if (op.kind == SmallOp::read && known && value != op.a) return false;
    if (op.kind == SmallOp::cas && known && value != op.a) return false;
    if (op.kind == SmallOp::cas_refused && known && value == op.a) return false;
    if (op.kind == SmallOp::write) value = op.a;
    if ((op.kind == SmallOp::cas || op.kind == SmallOp::cas_refused) && value == op.a) value = op.b;
  }
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].end == SmallOp::ok && !placed[i]) return false;
  }
  return true;
}

struct Drawn {
  std::vector<SmallOp> ops;
  histories::History history;
  bool linearizable = false;
};

Drawn draw_small(std::mt19937& random, bool cas) {
  Drawn drawn;
  const int calls = 2 + static_cast<int>(random() % 4);
  drawn.ops = draw({calls, 3, 1 + static_cast<int>(random() % 3), cas, 15, 30}, random);
  for (SmallOp& op : drawn.ops) {
    if (op.end == SmallOp::ok && op.kind != SmallOp::cas_refused && random() % 12 == 0) op.end = SmallOp::fail;
  }
  drawn.history = make_history(drawn.ops, cas ? ObjectKind::cas_register : ObjectKind::reg);
  drawn.linearizable = is_linearizable(drawn.ops);
  return drawn;
}

bool accepted(const Drawn& drawn, Verdict verdict, const Certificate& certificate) {
  return verify(drawn.history, Model::linearizable, verdict, certificate).accepted;
}

/// Offers such proofs and counts those that were accepted; none may be of a history that is linearizable.
template <class Draw>
std::size_t offer(bool cas, int rounds, const Draw& draw_proof) {
  std::mt19937 random{17};
  std::size_t found = 0, wrong = 0;
  for (int round = 0; round < rounds; ++round) {
    const Drawn drawn = draw_small(random, cas);
    const auto any = [&] { return static_cast<OpId>(random() % drawn.ops.size()); };
    for (int tries = 0; tries < 4; ++tries) {
      if (!accepted(drawn, Verdict::violated, {draw_proof(any, random)})) continue;
      ++found;
      if (drawn.linearizable && ++wrong < 5) FAIL_CHECK("round " << round << ": " << drawn.history.describe(0));
    }
  }
  CHECK(wrong == 0);
  return found;
}

}  // namespace

TEST_CASE("a witness drawn at random is accepted iff it is one") {
  std::mt19937 random{3};
  std::size_t witnesses = 0, disagreements = 0;
  for (int round = 0; round < 60'000; ++round) {
    const Drawn drawn = draw_small(random, round % 2 == 0);
    std::vector<OpId> order;
    for (OpId op = 0; op < drawn.ops.size(); ++op) {
      if (drawn.ops[op].end == SmallOp::ok ? random() % 16 != 0 : random() % 4 == 0) order.push_back(op);
    }
    for (std::size_t swaps = random() % 4; swaps > 0 && !order.empty(); --swaps) {
      std::swap(order[random() % order.size()], order[random() % order.size()]);
    }
    if (random() % 16 == 0 && !order.empty()) order.push_back(order[random() % order.size()]);
    const bool truth = is_witness(drawn.ops, order);
    witnesses += truth ? 1 : 0;
    const bool accepts = accepted(drawn, Verdict::holds, {Orders{{{Scope::key, 0, order}}}});
    if (accepts != truth && ++disagreements < 5) FAIL_CHECK("round " << round << ": accepted " << accepts);
  }
  CHECK(disagreements == 0);
  CHECK(witnesses > 5'000);
}

TEST_CASE("a circle drawn at random is accepted only if the history is violated") {
  const auto circle = [](const auto& any, std::mt19937& random) {
    ClusterCycle cycle{0, {}};
    const std::size_t edges = 1 + random() % 2;
    for (std::size_t i = 0; i < edges; ++i) cycle.edges.push_back({any(), any(), Reason::real_time});
    return cycle;
  };
  CHECK(offer(false, 120'000, circle) > 1'000);
  CHECK(offer(true, 20'000, circle) > 10);
}

TEST_CASE("a read from thin air drawn at random is accepted only if the history is violated") {
  const auto thin_air = [](const auto& any, std::mt19937&) { return ThinAir{any()}; };
  CHECK(offer(false, 20'000, thin_air) > 1'000);
  CHECK(offer(true, 20'000, thin_air) > 1'000);
}

TEST_CASE("a core drawn at random is accepted only if the history is violated") {
  const auto core = [](const auto& any, std::mt19937& random) {
    Core proof{0, random() % 2 == 0, {}};
    for (std::size_t members = 1 + random() % 4; members > 0; --members) {
      proof.members.push_back({any(), random() % 4 != 0});
    }
    return proof;
  };
  CHECK(offer(false, 60'000, core) > 1'000);
  CHECK(offer(true, 60'000, core) > 1'000);
}

TEST_CASE("a witness of one key holds no operation of another") {
  const auto history = script(R"("object":"kv")", {{0, "put", "1", "", 0, 1}, {1, "put", "2", "", 2, 3}});
  histories::History two = history;
  two.key_name = {two.values.intern_string("x"), two.values.intern_string("y")};
  two.key[1] = 1;
  const auto verdict = [&](Orders orders) {
    return verify(two, Model::linearizable, Verdict::holds, {std::move(orders)}).accepted;
  };
  CHECK(verdict({{{Scope::key, 0, {0}}, {Scope::key, 1, {1}}}}));
  CHECK_FALSE(verdict({{{Scope::key, 0, {0, 1}}, {Scope::key, 1, {}}}}));
  CHECK_FALSE(verdict({{{Scope::key, 0, {0}}, {Scope::key, 0, {1}}}}));
}

TEST_CASE("a core requires nothing whose outcome is unknown") {
  // The second acquire may never have happened; if it had to, the lock would have been held twice.
  const auto lock = script(R"("object":"lock")", {{0, "acquire", "", "", 0, 1}, {1, "acquire", "", "", 2, 3, "info"}});
  CHECK_FALSE(verify(lock, Model::linearizable, Verdict::violated, {Core{0, false, {{0, true}, {1, true}}}}).accepted);
}

TEST_CASE("a core that takes more steps than allowed is neither accepted nor refused") {
  const auto stale = script(R"("object":"register")", {{0, "write", "1", "", 0, 1}, {1, "read", "", "null", 2, 3}});
  const Certificate core{Core{0, false, {{0, true}, {1, true}}}};
  CHECK(verify(stale, Model::linearizable, Verdict::violated, core).accepted);
  const auto limited = verify(stale, Model::linearizable, Verdict::violated, core, 0);
  CHECK_FALSE(limited.accepted);
  CHECK_FALSE(limited.complete);
}
