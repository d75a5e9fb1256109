// Values that are written more than once, and compare-and-sets that were refused: against brute force over all choices
// of who read from whom.

#include <random>
#include <string>

#include "tests/support/judge_causal.hpp"
#include "tests/support/litmus.hpp"
#include "tests/support/oracles_causal.hpp"
#include "tests/support/random_store.hpp"

using namespace kasauti;
using checker::Cause;
using checker::Model;
using checker::Verdict;
using tests::SmallOp;

namespace {

struct Counts {
  int holds = 0, violated = 0, cases = 0, assuming = 0;
};

void compare(const histories::History& history, Counts& counts) {
  for (const Model model : tests::causal_models) {
    const Verdict expected = tests::brute_force(history, model, false) ? Verdict::holds : Verdict::violated;
    const auto judgement = tests::judge(history, model);
    ++(expected == Verdict::holds ? counts.holds : counts.violated);
    counts.cases += std::holds_alternative<checker::EverySource>(judgement.certificate.proof) ? 1 : 0;
    counts.assuming += std::holds_alternative<checker::AssumingSources>(judgement.certificate.proof) ? 1 : 0;
    if (judgement.verdict == expected) continue;
    INFO(checker::name_of(model) << " " << judgement.detail << "\n" << tests::told(history));
    REQUIRE(judgement.verdict == expected);
  }
}

/// Every history of `n` reads and writes of the values 0, which is the initial one, to 2.
void every_repeating_history(std::uint32_t n, std::uint32_t keys, bool unknown,
                             const std::function<void(const std::vector<SmallOp>&)>& visit) {
  std::vector<SmallOp> ops;
  const std::function<void()> go = [&] {
    if (ops.size() == n) return visit(ops);
    const std::uint32_t last = ops.empty() ? 0 : ops.back().process;
    for (std::uint32_t process = last; process <= last + 1 && process < 3; ++process) {
      if (ops.empty() && process > 0) break;
      for (std::uint32_t key = 0; key < (ops.empty() ? 1 : keys); ++key) {
        for (std::uint32_t value = 0; value < 3; ++value) {
          for (const bool write : {true, false}) {
            for (const auto end : {histories::EventType::ok, histories::EventType::info}) {
              if (end == histories::EventType::info && !(write && unknown)) continue;
              ops.push_back({process, process, write, key, value, end});
              go();
              ops.pop_back();
            }
          }
        }
      }
    }
  };
  go();
}

std::string random_calls(std::mt19937& random, std::uint32_t processes, std::uint32_t calls, std::uint32_t keys) {
  std::string text;
  for (std::uint32_t process = 0; process < processes; ++process) {
    text += (process == 0 ? "p" : " // p") + std::to_string(process + 1) + ":";
    for (std::uint32_t i = tests::draw(random, calls) + 1; i > 0; --i) {
      const std::string key = tests::draw(random, keys) == 0 ? "x" : "y";
      const std::string value = std::to_string(tests::draw(random, 3));
      const std::string other = std::to_string(tests::draw(random, 3));
      switch (tests::draw(random, 5)) {
        case 0: text += "w(" + key + "," + value + ")"; break;
        case 1: text += "cas(" + key + "," + value + "," + other + ")"; break;
        case 2: text += "cas(" + key + "," + value + "," + other + ")->no"; break;
        default: text += "r(" + key + ")->" + value;
      }
      const bool writes = text.back() == ')';
      if (writes && i == 1 && tests::draw(random, 3) == 0) text += "?";
      text += " ";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("repeated values: every history of 3 operations, and of 4 on one key") {
  Counts counts;
  every_repeating_history(3, 2, true, [&](const auto& ops) { compare(tests::small_history(ops), counts); });
  every_repeating_history(4, 1, false, [&](const auto& ops) { compare(tests::small_history(ops), counts); });
  CHECK(counts.cases > 900);
  CHECK(counts.assuming > 10'000);
}

TEST_CASE("repeated values: random histories of a store") {
  std::mt19937 random{11};
  Counts counts;
  for (int round = 0; round < 4000; ++round) {
    auto ops = tests::random_store(random, {5 + tests::draw(random, 4), 3, 1 + tests::draw(random, 2), 1, true});
    for (SmallOp& op : ops) op.value = op.value % 3;
    compare(tests::small_history(ops), counts);
  }
  CHECK(counts.cases > 150);
  CHECK(counts.assuming > 3000);
}

TEST_CASE("repeated values where the calls of a session overlap") {
  std::mt19937 random{12};
  Counts counts;
  for (int round = 0; round < 2500; ++round) {
    auto ops = tests::random_store(random, {4 + tests::draw(random, 3), 4, 1, 1, true});
    for (SmallOp& op : ops) {
      op.value = op.value % 3;
      op.session = op.process % 2;
    }
    compare(tests::small_history(ops, 1 + tests::draw(random, 2)), counts);
  }
  CHECK(counts.cases > 100);
}

TEST_CASE("compare-and-set on few values, refused ones among them") {
  std::mt19937 random{13};
  Counts counts;
  for (int round = 0; round < 6000; ++round) {
    const std::string text = random_calls(random, 2 + tests::draw(random, 2), 3, 1 + tests::draw(random, 2));
    INFO(text);
    compare(tests::litmus(text), counts);
  }
  CHECK(counts.cases > 300);
  CHECK(counts.assuming > 3000);
}

TEST_CASE("a refused compare-and-set tells that another value was there") {
  const auto judged = [](const char* text, Model model) { return tests::judge(tests::litmus(text), model); };
  CHECK(judged("p1:w(x,1) w(x,2) cas(x,2,3)->no", Model::session).verdict == Verdict::violated);
  CHECK(judged("p1:w(x,1) cas(x,1,3)->no; p2:w(x,2)", Model::causal).verdict == Verdict::holds);
  CHECK(judged("p1:w(x,1) w(y,1); p2:r(y)->1 cas(x,1,2)->no", Model::causal).verdict == Verdict::violated);
  CHECK(judged("p1:w(x,1) w(y,1); p2:r(y)->1 cas(x,1,2)->no", Model::pram).verdict == Verdict::violated);
  CHECK(judged("p1:w(x,1) // p2:cas(x,0,2)->no r(x)->0", Model::monotonic_reads).verdict == Verdict::violated);
  // The initial value is never another than itself.
  const auto alone = judged("p1:cas(x,0,2)->no", Model::monotonic_writes);
  CHECK(alone.verdict == Verdict::violated);
  CHECK(std::holds_alternative<checker::UnwrittenRead>(alone.certificate.proof));
}

TEST_CASE("sessions that have nothing to do with each other are not multiplied") {
  // Each of 30 sessions has ten reads with two possible sources; only the last one's reads can't be explained.
  std::string text;
  for (int i = 0; i < 30; ++i) {
    const std::string p = std::to_string(i);
    text += "p" + p + ":w(k" + p + ",1) // q" + p + ":w(k" + p + ",1) // r" + p + ":";
    for (int read = 0; read < 10; ++read) text += "r(k" + p + ")->1 ";
    text += i == 29 ? "r(k29)->0; " : "; ";
  }
  text += "z:r(k)->0";
  const auto history = tests::litmus(text);
  for (const Model model : {Model::causal, Model::causal_convergent, Model::causal_memory, Model::pram, Model::session,
                            Model::monotonic_reads}) {
    INFO(checker::name_of(model));
    const auto judgement = tests::judge(history, model);
    CHECK(judgement.verdict == Verdict::violated);
    CHECK(judgement.anomalies.front().reason.starts_with("whichever of 2 writes "));
  }
}

TEST_CASE("a long history of few values is explained by likely sources") {
  std::mt19937 random{14};
  std::vector<SmallOp> ops;
  std::uint32_t value = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::uint32_t process = tests::draw(random, 10);
    const bool write = tests::draw(random, 2) == 0;
    if (write) value = 1 + tests::draw(random, 5);
    ops.push_back({process, process, write, 0, value, histories::EventType::ok});
  }
  const auto history = tests::small_history(ops);
  for (const Model model : tests::causal_models) CHECK(tests::judge(history, model).verdict == Verdict::holds);
}

TEST_CASE("where too many choices are open the verdict is unknown, with the lines") {
  // Each read has 40 possible sources, and that the values alternate backwards refutes no few of them by themselves.
  std::string text;
  for (int i = 0; i < 40; ++i) {
    const std::string p = std::to_string(i);
    text += "a" + p + ":w(x,1) // b" + p + ":w(x,2) // ";
  }
  text += "r:";
  for (int i = 0; i < 60; ++i) text += "r(x)->1 r(x)->2 ";
  const auto judgement = tests::judge(tests::litmus(text), Model::monotonic_reads);
  CHECK(judgement.verdict == Verdict::unknown);
  CHECK(judgement.cause == Cause::precondition);
  CHECK(judgement.detail.find("(line ") != std::string::npos);
  CHECK(judgement.detail.find("choices") != std::string::npos);
}

TEST_CASE("bent proofs about open reads are refused") {
  const auto history = tests::litmus("p1:w(x,1) // p2:w(x,1) // p3:r(x)->1 r(x)->0");
  const Model model = Model::monotonic_reads;
  const auto judgement = tests::judge(history, model);
  const auto* cases = std::get_if<checker::EverySource>(&judgement.certificate.proof);
  REQUIRE(cases != nullptr);
  const auto accepted = [&](const checker::EverySource& proof) {
    return checker::verify(history, model, Verdict::violated, {proof}).accepted;
  };
  REQUIRE(accepted(*cases));
  for (std::size_t i = 0; i < cases->nodes.back().branches.size(); ++i) {
    auto bent = *cases;
    bent.nodes.back().branches.erase(bent.nodes.back().branches.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_FALSE(accepted(bent));
  }
  auto bent = *cases;
  bent.nodes.back().branches.front() = {bent.nodes.back().branches.front().source, false, 0};
  CHECK_FALSE(accepted(bent));
  bent = *cases;
  std::swap(bent.nodes.back().branches[0].number, bent.nodes.back().branches[1].number);
  CHECK_FALSE(accepted(bent));
  bent = *cases;
  bent.leaves.clear();
  CHECK_FALSE(accepted(bent));
  bent.nodes.clear();
  CHECK_FALSE(accepted(bent));

  const auto fine = tests::litmus("p1:w(x,1) // p2:w(x,1) w(x,2) // p3:r(x)->2 r(x)->1");
  const auto holds = tests::judge(fine, model);
  const auto* assuming = std::get_if<checker::AssumingSources>(&holds.certificate.proof);
  REQUIRE(assuming != nullptr);
  const histories::OpId read = assuming->sources.front().read;
  for (const histories::OpId source : {read, histories::OpId{99}, checker::AssumedSource::initial}) {
    auto other = *assuming;
    other.sources.front().source = source;
    CHECK_FALSE(checker::verify(fine, model, Verdict::holds, {other}).accepted);
  }
  auto less = *assuming;
  less.sources.clear();
  CHECK_FALSE(checker::verify(fine, model, Verdict::holds, {less}).accepted);
}
