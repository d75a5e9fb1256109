// Convergence on hand-written final phases, the litmus table's column, and random histories against the definition.

#include <algorithm>
#include <random>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/convergence/convergence.hpp"
#include "histories/read.hpp"
#include "tests/sequential/support.hpp"
#include "tests/support/litmus.hpp"
#include "tests/support/litmus_table.hpp"

namespace kasauti::tests {

namespace {

using checker::Cause;
using checker::convergence::check_convergent;
using histories::KeyId;
using histories::ValueId;

Judgement judge(const History& history) {
  histories::Budget budget;
  Judgement judgement = check_convergent(history, budget);
  const auto verification = checker::verify(history, Model::convergent, judgement.verdict, judgement.certificate);
  INFO(show(history) << verification.problem);
  REQUIRE((verification.accepted && verification.complete));
  return judgement;
}

/// Straight from the definition, for registers: + - u, or . without a final read.
char oracle(const History& h) {
  char answer = '.';
  for (KeyId key = 0; key < h.key_count(); ++key) {
    std::set<ValueId> values;
    OpId first = histories::no_operation;
    for (OpId op = 0; op < h.size(); ++op) {
      if (h.key[op] != key || !h.ok(op) || h.function[op] != Function::read || !h.final_phase[op]) continue;
      values.insert(h.result[op]);
      if (first == histories::no_operation) first = op;
    }
    if (values.empty()) continue;
    if (answer == '.') answer = '+';
    bool stopped = true;
    bool acknowledged = false;
    for (OpId op = 0; op < h.size(); ++op) {
      if (h.key[op] != key || h.function[op] != Function::write || !h.ok(op)) continue;
      acknowledged = true;
      stopped = stopped && h.completed[op] < h.invoked[first];
    }
    if (!stopped) {
      if (answer == '+') answer = 'u';
      continue;
    }
    std::size_t certain = 0;
    for (const ValueId value : values) {
      bool possible = value == h.header.initial && !acknowledged;
      bool late = false;
      for (OpId op = 0; op < h.size(); ++op) {
        if (h.key[op] != key || h.function[op] != Function::write || h.outcome[op] == Outcome::fail || h.argument[op] != value) continue;
        late = late || h.outcome[op] == Outcome::info;
        bool last = true;
        for (OpId other = 0; other < h.size(); ++other) {
          const bool hides = h.key[other] == key && h.function[other] == Function::write && h.ok(other);
          last = last && !(hides && h.session_precedes(op, other));
        }
        possible = possible || last;
      }
      if (!possible) return '-';
      if (!late) ++certain;
    }
    if (certain > 1) return '-';
    if (values.size() > 1) answer = 'u';
  }
  return answer;
}

char sign_of(const Judgement& judgement) {
  if (judgement.verdict == Verdict::holds) return '+';
  return judgement.verdict == Verdict::violated ? '-' : 'u';
}

histories::History parse(const std::string& text) {
  auto read = histories::read_history_text(text);
  REQUIRE(read.ok);
  return std::move(read.history);
}

}  // namespace

TEST_CASE("the litmus table's column for convergence") {
  for (const LitmusRow& row : litmus_table) {
    const Judgement judgement = judge(litmus(row.history));
    INFO(row.id << " " << row.history << " " << judgement.detail);
    switch (row.verdicts.back()) {
      case '.':
      case 'u':
        CHECK(judgement.verdict == Verdict::unknown);
        CHECK(judgement.cause == Cause::precondition);
        break;
      case 't':
        CHECK(judgement.verdict == Verdict::holds);
        REQUIRE(judgement.anomalies.size() == 1);
        CHECK(judgement.anomalies[0].reason.starts_with("relative to the real-time order of the writes"));
        break;
      default: CHECK(sign_of(judgement) == row.verdicts.back());
    }
  }
}

TEST_CASE("anomalies of convergence are named") {
  CHECK(judge(litmus("p1:w(x,1) // p2:w(x,2) # f1:r(x)->1 // f2:r(x)->2")).anomalies[0].name == "NotConverged");
  CHECK(judge(litmus("p1:w(x,1) w(x,2) # f1:r(x)->1")).anomalies[0].name == "LostAcknowledgedWrite");
  CHECK(judge(litmus("p1:w(x,1)! # f1:r(x)->1")).anomalies[0].name == "FailedWriteRead");
  CHECK(judge(litmus("p1:w(x,1) # f1:r(x)->7")).anomalies[0].name == "ThinAirRead");
}

TEST_CASE("random final phases, against the definition") {
  int seen[3] = {};
  for (std::uint64_t seed = 0; seed < 30'000; ++seed) {
    std::mt19937_64 random{seed};
    const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<std::uint64_t>(limit)); };
    std::vector<Call> calls;
    const int writes = 1 + below(4);
    for (int i = 0; i < writes; ++i) {
      Call call{.process = i, .session = below(2), .function = Function::write, .key = below(2), .value = 1 + below(3)};
      call.outcome = below(5) == 0 ? Outcome::info : below(7) == 0 ? Outcome::fail : Outcome::ok;
      call.invoked = 3 * i;
      call.completed = call.invoked + 1 + below(12);
      calls.push_back(call);
    }
    const int reads = 1 + below(4);
    for (int i = 0; i < reads; ++i) {
      const auto& shown = calls[static_cast<std::size_t>(below(writes))];
      calls.push_back({.process = 10 + i, .session = 10 + i, .key = shown.key, .value = below(6) == 0 ? 0 : shown.value,
                       .invoked = 20 + i, .completed = 22 + i});
    }
    History history = make_history(ObjectKind::reg, calls);
    history.final_phase.assign(history.size(), false);
    for (OpId op = 0; op < history.size(); ++op) history.final_phase[op] = history.function[op] == Function::read;
    const char expected = oracle(history);
    const char found = sign_of(judge(history));
    INFO(show(history));
    REQUIRE(found == expected);
    ++seen[expected == '+' ? 0 : expected == '-' ? 1 : 2];
  }
  for (const int count : seen) CHECK(count > 500);
}

TEST_CASE("sets, lists and counters show what was acknowledged, and nothing else") {
  const auto verdict = [](const char* object, const char* change, const char* shown) {
    std::string text = std::string{R"({"kasauti":1,"object":")"} + object + R"("})" + "\n" + change;
    text += R"({"process":"nemesis","type":"info","f":"final"})" "\n";
    text += R"({"process":9,"type":"invoke","f":"read"})" "\n";
    text += std::string{R"({"process":9,"type":"ok","f":"read","value":)"} + shown + "}\n";
    return sign_of(judge(parse(text)));
  };
  const char* adds =
      R"({"process":1,"type":"invoke","f":"add","value":1})" "\n" R"({"process":1,"type":"ok","f":"add","value":1})" "\n"
      R"({"process":2,"type":"invoke","f":"add","value":2})" "\n" R"({"process":2,"type":"info","f":"add","value":2})" "\n"
      R"({"process":3,"type":"invoke","f":"add","value":4})" "\n" R"({"process":3,"type":"fail","f":"add","value":4})" "\n";
  CHECK(verdict("set", adds, "[1]") == '+');
  CHECK(verdict("set", adds, "[1,2]") == '+');
  CHECK(verdict("set", adds, "[2]") == '-');
  CHECK(verdict("set", adds, "[1,4]") == '-');
  CHECK(verdict("counter", adds, "1") == '+');
  CHECK(verdict("counter", adds, "3") == '+');
  CHECK(verdict("counter", adds, "0") == '-');
  CHECK(verdict("counter", adds, "5") == '-');
  const char* appends =
      R"({"process":1,"type":"invoke","f":"append","value":1})" "\n" R"({"process":1,"type":"ok","f":"append","value":1})" "\n"
      R"({"process":2,"type":"invoke","f":"append","value":2})" "\n" R"({"process":2,"type":"info","f":"append","value":2})" "\n";
  CHECK(verdict("list", appends, "[1]") == '+');
  CHECK(verdict("list", appends, "[2,1]") == '+');
  CHECK(verdict("list", appends, "[2]") == '-');
  CHECK(verdict("list", appends, "[1,1]") == '-');
  CHECK(verdict("list", appends, "[1,2,2]") == '-');
}

}  // namespace kasauti::tests
