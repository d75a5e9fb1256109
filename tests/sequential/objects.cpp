// Objects that are no registers: small histories against brute force over the specification, and histories that are
// linearizable by construction at a size that no search could try.

#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/objects/specification.hpp"
#include "checker/sequential/sequential.hpp"
#include "histories/generate/generate.hpp"
#include "histories/read.hpp"
#include "support.hpp"

namespace kasauti::tests {

namespace {

using checker::objects::Specification;
using checker::objects::State;
using checker::sequential::check_per_key_sequential;
using checker::sequential::check_sequential;

/// Straight from the definition, for histories of one key.
class BruteForce {
 public:
  BruteForce(const History& history, const Specification& specification)
      : h_{history}, specification_{specification}, placed_(history.size(), false), state_{specification.initial()} {}

  bool any() {
    bool complete = true;
    for (OpId op = 0; op < h_.size(); ++op) complete = complete && (placed_[op] || !h_.ok(op));
    if (complete) return true;
    for (OpId op = 0; op < h_.size(); ++op) {
      if (placed_[op] || h_.outcome[op] == Outcome::fail || !may_go(op)) continue;
      std::vector<State> after;
      const State before = state_;
      specification_.step(before, h_.operation(op), after);
      placed_[op] = true;
      for (const State& next : after) {
        state_ = next;
        if (any()) return true;
      }
      state_ = before;
      placed_[op] = false;
    }
    return false;
  }

 private:
  bool may_go(OpId op) const {
    for (OpId other = 0; other < h_.size(); ++other) {
      if (!placed_[other] && h_.outcome[other] != Outcome::fail && h_.session_precedes(other, op)) return false;
    }
    return true;
  }

  const History& h_;
  const Specification& specification_;
  std::vector<bool> placed_;
  State state_;
};

/// Clients that enqueue distinct values and dequeue what was enqueued at about that time; 0 stands for an empty queue.
History random_queue(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<std::uint64_t>(limit)); };
  std::vector<Call> calls;
  int enqueued = 0;
  int dequeued = 0;
  const int size = 4 + below(4);
  for (int i = 0; i < size; ++i) {
    Call call;
    call.process = call.session = below(3);
    call.invoked = 2 * i;
    call.completed = 2 * i + 1;
    if (below(2) == 0) {
      call.function = Function::enqueue;
      call.value = ++enqueued;
    } else {
      call.function = Function::dequeue;
      call.value = std::min(++dequeued, enqueued + 1) + below(2) - below(2);
    }
    calls.push_back(call);
  }
  return make_history(ObjectKind::queue, calls);
}

History generated(const std::string& kind) {
  std::string text;
  std::string problem;
  histories::generate::Options options;
  options.kind = kind;
  options.ops = 20'000;
  options.clients = 8;
  options.keys = kind == "bank" || kind == "txn" ? 3 : 5;
  if (kind == "list" || kind == "txn") options.ops = 4'000;
  const auto keep = [&](std::string_view chunk) {
    text += chunk;
    return true;
  };
  REQUIRE(histories::generate::generate(options, keep, problem));
  auto result = histories::read_history_text(text);
  REQUIRE(result.ok);
  return std::move(result.history);
}

}  // namespace

TEST_CASE("small queues against brute force") {
  int holds = 0;
  int violated = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const History history = random_queue(seed);
    const auto specification = checker::objects::make_specification(history.header, history.values);
    const bool expected = BruteForce{history, *specification}.any();
    for (const Model model : {Model::sequential, Model::per_key_sequential}) {
      histories::Budget budget;
      const Judgement judgement = model == Model::sequential ? check_sequential(history, {}, budget)
                                                             : check_per_key_sequential(history, {}, budget);
      INFO(show(history));
      REQUIRE(judgement.verdict == (expected ? Verdict::holds : Verdict::violated));
      REQUIRE(checker::verify(history, model, judgement.verdict, judgement.certificate).accepted);
    }
    ++(expected ? holds : violated);
  }
  CHECK(holds > 1'000);
  CHECK(violated > 1'000);
}

TEST_CASE("what is linearizable at size is sequential, whatever the object") {
  for (const std::string kind : {"cas-register", "list", "set", "counter", "queue", "stack", "priority-queue", "bag",
                                 "fetch-add", "lock", "bank"}) {
    const History history = generated(kind);
    for (const Model model : {Model::sequential, Model::per_key_sequential}) {
      histories::Budget budget{{.seconds = 20}};
      const Judgement judgement = model == Model::sequential ? check_sequential(history, {}, budget)
                                                             : check_per_key_sequential(history, {}, budget);
      INFO(kind << " " << name_of(model) << " " << judgement.detail);
      REQUIRE((judgement.verdict == Verdict::holds || judgement.cause == checker::Cause::unsupported));
      if (judgement.verdict != Verdict::holds) continue;
      REQUIRE(checker::verify(history, model, judgement.verdict, judgement.certificate).accepted);
    }
  }
}

}  // namespace kasauti::tests
