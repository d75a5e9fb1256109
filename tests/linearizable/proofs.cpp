// Proofs: what the verifier must refuse, and the way to JSON and back.

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/json.hpp"
#include "tests/linearizable/support.hpp"

using namespace kasauti;
using namespace kasauti::tests;
using namespace kasauti::checker;
using histories::ObjectKind;

namespace {

/// write 1 by one process, then a read that still returns the initial value by another.
histories::History stale() {
  return make_history({{SmallOp::write, 1, 0, SmallOp::ok, 0, 0, 1}, {SmallOp::read, 0, 0, SmallOp::ok, 1, 2, 3}}, ObjectKind::reg);
}

histories::History sound() {
  return make_history({{SmallOp::write, 1, 0, SmallOp::ok, 0, 0, 1}, {SmallOp::read, 1, 0, SmallOp::ok, 1, 2, 3}}, ObjectKind::reg);
}

bool accepted(const histories::History& history, Verdict verdict, Certificate certificate) {
  return verify(history, Model::linearizable, verdict, certificate).accepted;
}

}  // namespace

TEST_CASE("a verdict needs a proof, and an unknown one has none") {
  CHECK_FALSE(accepted(sound(), Verdict::holds, {}));
  CHECK_FALSE(accepted(stale(), Verdict::violated, {}));
  CHECK(accepted(stale(), Verdict::unknown, {}));
  CHECK_FALSE(accepted(sound(), Verdict::unknown, {Orders{{{Scope::key, 0, {0, 1}}}}}));
}

TEST_CASE("a witness must be legal, complete, in real-time order, and of this key") {
  CHECK(accepted(sound(), Verdict::holds, {Orders{{{Scope::key, 0, {0, 1}}}}}));
  CHECK_FALSE(accepted(sound(), Verdict::holds, {Orders{{{Scope::key, 0, {1, 0}}}}}));
  CHECK_FALSE(accepted(sound(), Verdict::holds, {Orders{{{Scope::key, 0, {0}}}}}));
  CHECK_FALSE(accepted(sound(), Verdict::holds, {Orders{{{Scope::key, 0, {0, 1, 1}}}}}));
  CHECK_FALSE(accepted(sound(), Verdict::holds, {Orders{{{Scope::key, 1, {0, 1}}}}}));
  CHECK_FALSE(accepted(sound(), Verdict::holds, {Orders{{{Scope::key, 0, {0, 7}}}}}));
  CHECK_FALSE(accepted(sound(), Verdict::holds, {Orders{}}));
  CHECK_FALSE(accepted(sound(), Verdict::violated, {Orders{{{Scope::key, 0, {0, 1}}}}}));
  // Legal for the register, but the read had completed before the write began.
  const auto future = make_history({{SmallOp::read, 1, 0, SmallOp::ok, 1, 0, 1}, {SmallOp::write, 1, 0, SmallOp::ok, 0, 2, 3}}, ObjectKind::reg);
  CHECK_FALSE(accepted(future, Verdict::holds, {Orders{{{Scope::key, 0, {1, 0}}}}}));
}

TEST_CASE("a circle of clusters needs true edges that meet") {
  CHECK(accepted(stale(), Verdict::violated, {ClusterCycle{0, {{0, 1, Reason::real_time}}}}));
  CHECK_FALSE(accepted(stale(), Verdict::violated, {ClusterCycle{0, {{1, 0, Reason::real_time}}}}));
  CHECK_FALSE(accepted(stale(), Verdict::violated, {ClusterCycle{0, {{0, 1, Reason::process_order}}}}));
  CHECK_FALSE(accepted(stale(), Verdict::violated, {ClusterCycle{0, {}}}));
  CHECK_FALSE(accepted(stale(), Verdict::violated, {ClusterCycle{5, {{0, 1, Reason::real_time}}}}));
  CHECK_FALSE(accepted(sound(), Verdict::violated, {ClusterCycle{0, {{0, 1, Reason::real_time}}}}));
}

TEST_CASE("a circle of clusters proves nothing where a value is written twice") {
  // w1 w2 w1 r1: legal, though value 1 comes before 2 and after it.
  const auto twice = make_history({{SmallOp::write, 1, 0, SmallOp::ok, 0, 0, 1}, {SmallOp::write, 2, 0, SmallOp::ok, 0, 2, 3},
                                   {SmallOp::write, 1, 0, SmallOp::ok, 0, 4, 5}, {SmallOp::read, 1, 0, SmallOp::ok, 0, 6, 7}}, ObjectKind::reg);
  CHECK_FALSE(accepted(twice, Verdict::violated, {ClusterCycle{0, {{0, 1, Reason::real_time}, {1, 3, Reason::real_time}}}}));
  CHECK(judge(twice).verdict == Verdict::holds);
}

TEST_CASE("a core must have no order, and leave out nothing that matters") {
  CHECK(accepted(stale(), Verdict::violated, {Core{0, false, {{0, true}, {1, true}}}}));
  CHECK_FALSE(accepted(stale(), Verdict::violated, {Core{0, false, {{0, false}, {1, true}}}}));
  CHECK_FALSE(accepted(stale(), Verdict::violated, {Core{0, true, {{1, true}}}}));
  CHECK_FALSE(accepted(sound(), Verdict::violated, {Core{0, false, {{1, true}}}}));
}

TEST_CASE("a read from thin air must have no possible writer") {
  CHECK_FALSE(accepted(sound(), Verdict::violated, {ThinAir{1}}));
  CHECK_FALSE(accepted(stale(), Verdict::violated, {ThinAir{1}}));
  const auto unknown = make_history({{SmallOp::write, 1, 0, SmallOp::info, 0, 0, 3}, {SmallOp::read, 1, 0, SmallOp::ok, 1, 1, 2}}, ObjectKind::reg);
  CHECK_FALSE(accepted(unknown, Verdict::violated, {ThinAir{1}}));
  const auto failed = make_history({{SmallOp::write, 1, 0, SmallOp::fail, 0, 0, 1}, {SmallOp::read, 1, 0, SmallOp::ok, 1, 2, 3}}, ObjectKind::reg);
  CHECK(accepted(failed, Verdict::violated, {ThinAir{1}}));
  // The two are told apart by name, whichever engine finds them.
  for (const auto engine : {linearizable::Engine::zones, linearizable::Engine::search}) {
    CHECK(judge(failed, engine).anomalies.at(0).name == "FailedWriteRead");
    const auto nobody = make_history({{SmallOp::read, 1, 0, SmallOp::ok, 1, 2, 3}}, ObjectKind::reg);
    CHECK(judge(nobody, engine).anomalies.at(0).name == "ThinAirRead");
  }
}

TEST_CASE("a mutilated certificate is refused, or is one that proves the verdict all the same") {
  std::mt19937 random{5};
  std::size_t refused = 0;
  for (int round = 0; round < 4'000; ++round) {
    const auto ops = draw({7, 3, 2, true, 10, 15}, random);
    const auto history = make_history(ops, ObjectKind::cas_register);
    Judgement judgement = judge(history);
    if (auto* orders = std::get_if<Orders>(&judgement.certificate.proof)) {
      auto& order = orders->orders.at(0).operations;
      if (order.size() < 2) continue;
      const std::size_t place = random() % (order.size() - 1);
      if (round % 2 == 0) std::swap(order[place], order[place + 1]);
      else order.erase(order.begin() + static_cast<std::ptrdiff_t>(place));
    } else if (auto* core = std::get_if<Core>(&judgement.certificate.proof)) {
      core->members.erase(core->members.begin() + static_cast<std::ptrdiff_t>(random() % core->members.size()));
    } else {
      continue;
    }
    // Whatever it is now, it must not prove the contrary of the truth.
    const Verdict lie = is_linearizable(ops) ? Verdict::violated : Verdict::holds;
    CHECK_FALSE(verify(history, Model::linearizable, lie, judgement.certificate).accepted);
    refused += verify(history, Model::linearizable, judgement.verdict, judgement.certificate).accepted ? 0 : 1;
  }
  CHECK(refused > 1'000);
}

TEST_CASE("certificates survive the way to JSON and back") {
  std::mt19937 random{11};
  for (int round = 0; round < 500; ++round) {
    const auto history = make_history(draw({8, 3, 2, true, 10, 15}, random), ObjectKind::cas_register);
    const Judgement judgement = judge(history);
    const CertificateFile file{"abc", history.size(), {{judgement.model, judgement.verdict, judgement.certificate}}};
    CertificateFile back;
    std::string problem;
    REQUIRE(from_json(to_json(file), back, problem));
    REQUIRE(to_json(back) == to_json(file));
    REQUIRE(verify(history, back.entries[0].model, back.entries[0].verdict, back.entries[0].certificate).accepted);
  }
}

TEST_CASE("what is no certificate is said to be none") {
  CertificateFile file;
  std::string problem;
  for (const char* text : {"", "{", "[]", "{}", R"({"kasauti-certificate":2})", R"({"kasauti-certificate":1})",
                           R"({"kasauti-certificate":1,"sha256":"x","operations":1,"models":[{"model":"linearizable","verdict":"holds","proof":{"kind":"orders"}}]})",
                           R"({"kasauti-certificate":1,"sha256":"x","operations":1,"models":[{"model":"nonsense","verdict":"holds","proof":null}]})",
                           R"({"kasauti-certificate":1,"sha256":"x","operations":1,"models":[{"model":"linearizable","verdict":"violated","proof":{"kind":"thin-air","read":1e300}}]})",
                           R"({"kasauti-certificate":1,"sha256":"x","operations":1,"models":[{"model":"linearizable","verdict":"violated","proof":{"kind":"thin-air","read":0.5}}]})",
                           R"({"kasauti-certificate":1,"sha256":"x","operations":-1,"models":7})"}) {
    problem.clear();
    INFO(text);
    CHECK_FALSE(from_json(text, file, problem));
    CHECK_FALSE(problem.empty());
  }
}
