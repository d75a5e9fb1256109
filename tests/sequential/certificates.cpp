// Certificates of sequential consistency: the litmus table, the way through JSON, and what the verifier has to refuse.

#include <algorithm>
#include <variant>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"
#include "checker/sequential/sequential.hpp"
#include "support.hpp"
#include "tests/support/litmus.hpp"
#include "tests/support/litmus_table.hpp"

namespace kasauti::tests {

namespace {

using checker::Certificate;
using checker::ForcedCycle;
using checker::ForcedFact;
using checker::KeysCore;
using checker::Orders;
using checker::verify;

Judgement judge(const History& history, Model model) {
  histories::Budget budget;
  return model == Model::sequential ? checker::sequential::check_sequential(history, {}, budget)
                                    : checker::sequential::check_per_key_sequential(history, {}, budget);
}

History history_of(std::uint64_t seed) {
  Recipe recipe{.calls = 6 + static_cast<int>(seed % 4), .values = 0, .unknown = seed % 3 == 0 ? 20 : 0};
  return random_history(recipe, seed);
}

bool accepted(const History& history, Verdict verdict, const ForcedCycle& proof) {
  return verify(history, Model::sequential, verdict, {proof}).accepted;
}

}  // namespace

TEST_CASE("the litmus table's columns for sequential and per-key sequential") {
  for (const LitmusRow& row : litmus_table) {
    const History history = litmus(row.history);
    for (std::size_t column = 0; column < std::size(litmus_columns); ++column) {
      const Model model = *checker::model_named(litmus_columns[column]);
      if (model != Model::sequential && model != Model::per_key_sequential) continue;
      const Judgement judgement = judge(history, model);
      INFO(row.id << " " << row.history << " " << name_of(model));
      CHECK(judgement.verdict == (row.verdicts[column] == '+' ? Verdict::holds : Verdict::violated));
      const auto verification = verify(history, model, judgement.verdict, judgement.certificate);
      INFO(verification.problem);
      CHECK((verification.accepted && verification.complete));
      CHECK(judgement.anomalies.empty() == (judgement.verdict == Verdict::holds));
    }
  }
}

TEST_CASE("proofs survive the way through JSON") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const History history = history_of(seed);
    for (const Model model : {Model::sequential, Model::per_key_sequential}) {
      const Judgement judgement = judge(history, model);
      checker::CertificateFile file{"00", history.size(), {{model, judgement.verdict, judgement.certificate}}};
      checker::CertificateFile back;
      std::string problem;
      REQUIRE(checker::from_json(checker::to_json(file), back, problem));
      REQUIRE(back.entries.at(0).certificate.proof.index() == judgement.certificate.proof.index());
      CHECK(checker::to_json(back) == checker::to_json(file));
      CHECK(verify(history, model, judgement.verdict, back.entries[0].certificate).accepted);
      CHECK_FALSE(verify(history, model, judgement.verdict == Verdict::holds ? Verdict::violated : Verdict::holds,
                         back.entries[0].certificate)
                      .accepted);
    }
  }
}

TEST_CASE("an order with a flaw is refused") {
  std::size_t tried = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const History history = history_of(seed);
    const Judgement judgement = judge(history, Model::sequential);
    if (judgement.verdict != Verdict::holds) continue;
    const auto& operations = std::get<Orders>(judgement.certificate.proof).orders.at(0).operations;
    const auto refused = [&](std::vector<OpId> flawed) {
      ++tried;
      CHECK_FALSE(verify(history, Model::sequential, Verdict::holds, {Orders{{{checker::Scope::whole, 0, std::move(flawed)}}}}).accepted);
    };
    for (std::size_t i = 0; i < operations.size(); ++i) {
      auto twice = operations;
      twice.push_back(operations[i]);
      refused(twice);
      if (history.ok(operations[i])) {
        auto without = operations;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
        refused(without);
      }
      for (std::size_t j = i + 1; j < operations.size(); ++j) {
        if (!history.session_precedes(operations[i], operations[j])) continue;
        auto swapped = operations;
        std::swap(swapped[i], swapped[j]);
        refused(swapped);
      }
    }
    auto beyond = operations;
    beyond.push_back(static_cast<OpId>(history.size()));
    refused(beyond);
  }
  CHECK(tried > 1'000);
}

TEST_CASE("a circle with a flaw is refused, and so is one that belongs to another history") {
  std::vector<ForcedCycle> proofs;
  std::vector<std::pair<std::uint64_t, History>> sequential;
  for (std::uint64_t seed = 0; seed < 1'500; ++seed) {
    History history = history_of(seed);
    const Judgement judgement = judge(history, Model::sequential);
    if (judgement.verdict == Verdict::holds) {
      sequential.emplace_back(seed, std::move(history));
      continue;
    }
    const auto* proof = std::get_if<ForcedCycle>(&judgement.certificate.proof);
    if (proof == nullptr) continue;
    REQUIRE(accepted(history, Verdict::violated, *proof));
    for (std::size_t i = 0; i < proof->facts.size(); ++i) {
      if (proof->facts[i].path.empty()) continue;
      ForcedCycle flawed = *proof;
      flawed.facts[i].path.pop_back();
      CHECK_FALSE(accepted(history, Verdict::violated, flawed));
      flawed = *proof;
      flawed.facts[i].path.push_back(static_cast<std::uint32_t>(i));  // rests on itself
      CHECK_FALSE(accepted(history, Verdict::violated, flawed));
    }
    ForcedCycle open = *proof;
    open.cycle.pop_back();
    CHECK_FALSE(accepted(history, Verdict::violated, open));
    proofs.push_back(*proof);
  }
  REQUIRE(proofs.size() > 100);
  REQUIRE(sequential.size() > 100);
  // Whatever a proof says, no history that has an order may be refuted by it.
  for (const auto& [seed, history] : sequential) {
    for (std::size_t i = 0; i < proofs.size(); i += 3) CHECK_FALSE(accepted(history, Verdict::violated, proofs[i]));
    for (histories::KeyId key = 0; key < history.key_count(); ++key) {
      CHECK_FALSE(verify(history, Model::sequential, Verdict::violated, {KeysCore{{key}}}).accepted);
    }
  }
}

TEST_CASE("other objects are judged through their specifications") {
  // FIFO across two sessions: 1 before 2 in one session, and the other dequeues 2 first.
  const auto queue = [](int first, int second) {
    std::vector<Call> calls;
    calls.push_back({.process = 0, .session = 0, .function = Function::enqueue, .value = 1, .invoked = 0, .completed = 1});
    calls.push_back({.process = 0, .session = 0, .function = Function::enqueue, .value = 2, .invoked = 2, .completed = 3});
    calls.push_back({.process = 1, .session = 1, .function = Function::dequeue, .value = first, .invoked = 4, .completed = 5});
    calls.push_back({.process = 1, .session = 1, .function = Function::dequeue, .value = second, .invoked = 6, .completed = 7});
    return make_history(ObjectKind::queue, calls);
  };
  for (const auto& [first, second, expected] : {std::tuple{1, 2, Verdict::holds}, {2, 1, Verdict::violated}, {1, 1, Verdict::violated}}) {
    const History history = queue(first, second);
    const Judgement judgement = judge(history, Model::sequential);
    CHECK(judgement.verdict == expected);
    CHECK(verify(history, Model::sequential, judgement.verdict, judgement.certificate).accepted);
  }
}

}  // namespace kasauti::tests
