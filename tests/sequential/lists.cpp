// Append lists read whole: against brute force over the specification, with proofs that the verifier accepts, and
// refuses once they have a flaw; and long lists that are sequential but not linearizable.

#include <random>
#include <string>
#include <variant>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"
#include "checker/sequential/sequential.hpp"
#include "histories/read.hpp"
#include "support.hpp"

namespace kasauti::tests {

namespace {

using checker::ForcedCycle;
using checker::sequential::check_sequential;

/// One log of appends for each list; a session reads it as it was at its own place, which only moves forward and which
/// its appends move to the end. `broken` per cent of the reads lose that place, or drop an element.
struct Log {
  int calls = 6;
  int sessions = 3;
  int keys = 2;
  int broken = 0;
  int unknown = 0;
};

std::string list_text(const std::vector<int>& list, std::size_t length, int dropped) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    if (static_cast<int>(i) != dropped) text += (text.empty() ? "" : ",") + std::to_string(list[i]);
  }
  return "[" + text + "]";
}

History log_history(const Log& shape, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<std::uint64_t>(limit)); };
  std::string text = "{\"kasauti\":1,\"object\":\"list\"}\n";
  std::vector<std::pair<std::size_t, int>> log;  // key, value
  std::vector<std::size_t> seen(static_cast<std::size_t>(shape.sessions), 0);
  std::vector<int> process(seen.size());
  for (std::size_t i = 0; i < process.size(); ++i) process[i] = static_cast<int>(i);
  int next_process = shape.sessions;
  for (int i = 0; i < shape.calls; ++i) {
    const auto session = static_cast<std::size_t>(below(shape.sessions));
    const auto key = static_cast<std::size_t>(below(shape.keys));
    const auto event = [&](std::string_view type, std::string_view f, const std::string& value) {
      text += fmt::format(R"({{"process":{},"session":"s{}","type":"{}","f":"{}","key":"k{}","value":{}}})",
                          process[session], session, type, f, key, value) +
              "\n";
    };
    if (below(2) == 0) {
      const bool unknown = below(100) < shape.unknown;
      event("invoke", "append", std::to_string(i));
      event(unknown ? "info" : "ok", "append", std::to_string(i));
      if (!unknown || below(2) == 0) {
        log.emplace_back(key, i);
        if (!unknown) seen[session] = log.size();
      }
      if (unknown) process[session] = next_process++;
      continue;
    }
    const bool broken = below(100) < shape.broken;
    std::size_t place = seen[session] + random() % (log.size() - seen[session] + 1);
    if (broken) place = random() % (log.size() + 1);
    seen[session] = std::max(seen[session], place);
    std::vector<int> list;
    for (std::size_t j = 0; j < place; ++j) {
      if (log[j].first == key) list.push_back(log[j].second);
    }
    event("invoke", "read", "null");
    event("ok", "read", list_text(list, list.size(), broken ? below(6) : -1));
  }
  auto result = histories::read_history_text(text);
  REQUIRE(result.ok);
  return std::move(result.history);
}

/// Straight from the definition.
class BruteForce {
 public:
  explicit BruteForce(const History& history)
      : h_{history}, placed_(history.size(), false), lists_(history.key_count()) {}

  bool any() {
    bool complete = true;
    for (OpId op = 0; op < h_.size(); ++op) complete = complete && (placed_[op] || !h_.ok(op));
    if (complete) return true;
    for (OpId op = 0; op < h_.size(); ++op) {
      if (placed_[op] || !may_go(op)) continue;
      auto& list = lists_[h_.key[op]];
      const bool appends = h_.function[op] == Function::append;
      if (!appends && h_.ok(op) && !std::ranges::equal(h_.values.elements(h_.result[op]), list)) continue;
      placed_[op] = true;
      if (appends) list.push_back(h_.argument[op]);
      if (any()) return true;
      if (appends) list.pop_back();
      placed_[op] = false;
    }
    return false;
  }

 private:
  bool may_go(OpId op) const {
    for (OpId other = 0; other < h_.size(); ++other) {
      if (!placed_[other] && h_.session_precedes(other, op)) return false;
    }
    return true;
  }

  const History& h_;
  std::vector<bool> placed_;
  std::vector<std::vector<histories::ValueId>> lists_;
};

Judgement judge(const History& history) {
  histories::Budget budget{{.seconds = 30}};
  return check_sequential(history, {}, budget);
}

}  // namespace

TEST_CASE("small lists against brute force") {
  int holds = 0;
  int violated = 0;
  int circles = 0;
  for (std::uint64_t seed = 0; seed < 30'000; ++seed) {
    const Log shape{4 + static_cast<int>(seed % 4), 3, 1 + static_cast<int>(seed % 2), seed % 3 == 0 ? 0 : 40,
                    seed % 5 == 0 ? 30 : 0};
    const History history = log_history(shape, seed);
    const bool expected = BruteForce{history}.any();
    const Judgement judgement = judge(history);
    INFO(show(history) << name_of(judgement.verdict));
    REQUIRE(judgement.verdict == (expected ? Verdict::holds : Verdict::violated));
    const auto verification = checker::verify(history, Model::sequential, judgement.verdict, judgement.certificate);
    INFO(verification.problem);
    REQUIRE(verification.accepted);
    ++(expected ? holds : violated);
    const auto* proof = std::get_if<ForcedCycle>(&judgement.certificate.proof);
    if (proof == nullptr) continue;
    ++circles;
    for (std::size_t i = 0; i < proof->facts.size(); ++i) {
      ForcedCycle flawed = *proof;
      std::swap(flawed.facts[i].from, flawed.facts[i].to);
      const bool same = proof->facts[i].from == proof->facts[i].to;
      REQUIRE((same || !checker::verify(history, Model::sequential, Verdict::violated, {flawed}).accepted));
    }
    const checker::CertificateFile file{
        "00", history.size(), {{Model::sequential, judgement.verdict, judgement.certificate}}};
    checker::CertificateFile back;
    std::string problem;
    REQUIRE(checker::from_json(checker::to_json(file), back, problem));
    REQUIRE(checker::to_json(back) == checker::to_json(file));
  }
  CHECK(holds > 5'000);
  CHECK(violated > 3'000);
  CHECK(circles > 3'000);
}

TEST_CASE("no circle of another history refutes lists that have an order") {
  std::vector<ForcedCycle> proofs;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Judgement judgement = judge(log_history({7, 3, 1, 50, 0}, seed));
    if (const auto* proof = std::get_if<ForcedCycle>(&judgement.certificate.proof)) proofs.push_back(*proof);
  }
  REQUIRE(proofs.size() > 50);
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const History history = log_history({7, 3, 1, 0, 0}, seed);
    for (const ForcedCycle& proof : proofs) {
      CHECK_FALSE(checker::verify(history, Model::sequential, Verdict::violated, {proof}).accepted);
    }
  }
}

TEST_CASE("long lists that are sequential and not linearizable") {
  for (const int keys : {20, 400}) {
    const History history = log_history({6'000, 20, keys, 0, 2}, static_cast<std::uint64_t>(keys));
    const Judgement judgement = judge(history);
    REQUIRE(judgement.verdict == Verdict::holds);
    CHECK(judgement.methods.at(0).starts_with("order of the lists"));
    REQUIRE(checker::verify(history, Model::sequential, judgement.verdict, judgement.certificate).accepted);
    const History broken = log_history({6'000, 20, keys, 1, 2}, static_cast<std::uint64_t>(keys));
    const Judgement no = judge(broken);
    REQUIRE(no.verdict == Verdict::violated);
    REQUIRE(std::holds_alternative<ForcedCycle>(no.certificate.proof));
    REQUIRE(checker::verify(broken, Model::sequential, no.verdict, no.certificate).accepted);
  }
}

}  // namespace kasauti::tests
