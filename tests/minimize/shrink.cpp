// Violated histories become small ones that are violated, by brute force too, and from which nothing more can go.

#include <cstdlib>
#include <filesystem>
#include <random>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/minimize/minimize.hpp"
#include "checker/minimize/steps.hpp"
#include "checker/run/engines.hpp"
#include "histories/read.hpp"
#include "histories/subset.hpp"
#include "tests/minimize/holding.hpp"
#include "tests/support/script.hpp"

namespace {

using namespace kasauti;
using namespace kasauti::tests;
using checker::Model;
using checker::Verdict;
using checker::minimize::Minimized;
using checker::minimize::Steps;
using histories::Fate;

Minimized minimized(const History& h, Model model = Model::linearizable, bool weaken = true) {
  checker::minimize::Options options;
  options.model = model;
  options.weaken = weaken;
  options.limits.seconds = 30;
  return checker::minimize::minimize(h, options);
}

/// A history that holds, with one answer changed.
History draw_lie(const Alphabet& alphabet, std::size_t calls, std::mt19937& random) {
  History h = draw_holding(alphabet, Truth::linearizable, calls, random);
  const OpId op = static_cast<OpId>(random() % h.size());
  const Made& made = alphabet.calls[random() % alphabet.calls.size()];
  if (!h.ok(op) || made.function != h.function[op] || made.argument != h.argument[op]) return h;
  h.result[op] = made.result;
  h.flag[op] = made.flag;
  return h;
}

void no_step_is_left(const History& h) {
  const Steps steps{h, Model::linearizable};
  const auto holds = [&](const std::vector<Fate>& fates) {
    return is_legal(histories::subset(h, fates), Truth::linearizable);
  };
  for (OpId op = 0; op < h.size(); ++op) {
    std::vector<bool> dropped(h.size(), false);
    steps.close_dropped(dropped, std::vector<OpId>{op});
    std::vector<Fate> fates(h.size(), Fate::kept), weaker(h.size(), Fate::kept);
    for (OpId each = 0; each < h.size(); ++each) {
      if (dropped[each]) fates[each] = Fate::gone;
    }
    CHECK(holds(fates));
    weaker[op] = Fate::weakened;
    if (steps.weakens(op)) CHECK(holds(weaker));
  }
}

}  // namespace

TEST_CASE("random violated histories of every object become minimal") {
  for (const Alphabet& alphabet : alphabets()) {
    std::mt19937 random{11};
    std::size_t violated = 0, minimal = 0;
    for (std::size_t i = 0; i < 2000 && violated < 40; ++i) {
      const History h = draw_lie(alphabet, 4 + i % 9, random);
      if (is_legal(h, Truth::linearizable)) continue;
      ++violated;
      const Minimized smaller = minimized(h);
      INFO(told(h) << "\nbecomes " << told(smaller.history));
      REQUIRE(smaller.violated);
      CHECK_FALSE(is_legal(smaller.history, Truth::linearizable));
      CHECK(smaller.history.size() <= h.size());
      const auto answer = checker::verify(smaller.history, Model::linearizable, Verdict::violated,
          smaller.judgement.certificate);
      CHECK(answer.accepted);
      CHECK(smaller.minimal == smaller.detail.empty());
      minimal += smaller.minimal ? 1 : 0;
      if (smaller.minimal) no_step_is_left(smaller.history);
      for (OpId op = 0; op < smaller.history.size(); ++op) {
        CHECK(smaller.history.function[op] == h.function[smaller.origins[op]]);
        CHECK(smaller.history.invoked_line[op] == h.invoked_line[smaller.origins[op]]);
      }
    }
    INFO(alphabet.name << ": " << violated);
    CHECK(violated == 40);
    CHECK(minimal == violated);
  }
}

TEST_CASE("a stale read among others becomes two writes and the read") {
  std::vector<Call> calls;
  for (int i = 0; i < 300; ++i) {
    calls.push_back({i % 5, "write", std::to_string(i), "", 100 * i, 100 * i + 50});
    calls.push_back({5 + i % 5, "read", "", std::to_string(i), 100 * i + 60, 100 * i + 90});
  }
  calls[401].returned = "150";
  const History h = script(R"("object":"register")", calls);
  const Minimized kept = minimized(h, Model::linearizable, false);
  REQUIRE(kept.violated);
  CHECK(kept.minimal);
  CHECK(kept.verified);
  CHECK(kept.history.size() <= 3);
  const Minimized weak = minimized(h);
  CHECK(weak.history.size() <= 3);
}

TEST_CASE("a value seen before it was written keeps its write") {
  const History h = script(R"("object":"register")", {{0, "read", "", "7", 0, 1},
                                                      {0, "write", "1", "", 2, 3},
                                                      {1, "write", "7", "", 4, 5},
                                                      {0, "read", "", "7", 6, 7}});
  const Minimized smaller = minimized(h, Model::linearizable, false);
  REQUIRE(smaller.violated);
  CHECK(smaller.origins == std::vector<OpId>{0, 2});
  CHECK(smaller.history.ok(1));
  const History queue = script(R"("object":"queue")", {{0, "dequeue", "", "7", 0, 1},
                                                       {0, "enqueue", "1", "", 2, 3},
                                                       {1, "enqueue", "7", "", 4, 5}});
  CHECK(minimized(queue, Model::linearizable, false).origins == std::vector<OpId>{0, 2});
}

TEST_CASE("a stale read is not told as a value that nobody wrote") {
  const History h = script(R"("object":"cas-register")", {{0, "write", "1", "", 0, 1},
                                                          {0, "write", "2", "", 2, 3},
                                                          {0, "write", "3", "", 4, 5},
                                                          {1, "read", "", "1", 6, 7}});
  const Minimized smaller = minimized(h, Model::linearizable, false);
  REQUIRE(smaller.violated);
  CHECK(smaller.history.size() == 3);
  CHECK(smaller.origins.front() == 0);
}

TEST_CASE("a history that holds is not minimized") {
  const History h = script(R"("object":"register")", {{0, "write", "1", "", 0, 1}, {0, "read", "", "1", 2, 3}});
  const Minimized result = minimized(h);
  CHECK_FALSE(result.violated);
  CHECK(result.judgement.verdict == Verdict::holds);
}

TEST_CASE("out of time, the smallest so far is still violated") {
  const Alphabet queue = alphabets()[6];
  std::mt19937 random{3};
  for (std::size_t i = 0; i < 400; ++i) {
    const History h = draw_lie(queue, 10, random);
    if (is_legal(h, Truth::linearizable)) continue;
    checker::minimize::Options options;
    options.limits.seconds = 1e-6;
    histories::Budget budget;
    const auto known = checker::run::run_engine(Model::linearizable, h, 1, budget);
    const Minimized result = checker::minimize::minimize(h, options, &known);
    REQUIRE(result.violated);
    CHECK_FALSE(result.minimal);
    CHECK_FALSE(result.detail.empty());
    CHECK_FALSE(is_legal(result.history, Truth::linearizable));
  }
}

TEST_CASE("violated etcd logs become a dozen operations") {
  std::filesystem::path folder =
      std::filesystem::path{KASAUTI_SOURCE_DIR} / ".." / "shared" / "corpora" / "jepsen-etcd";
  if (const char* elsewhere = std::getenv("KASAUTI_CORPORA")) folder = std::filesystem::path{elsewhere} / "jepsen-etcd";
  if (!std::filesystem::exists(folder)) SKIP("the corpus is not here");
  std::size_t violated = 0, most = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() != ".log") continue;
    const auto read = histories::read_history(entry.path().string());
    REQUIRE(read.ok);
    const Minimized smaller = minimized(read.history, Model::linearizable, false);
    if (!smaller.violated) continue;
    ++violated;
    INFO(entry.path().filename().string() << ": " << smaller.history.size() << ", " << smaller.detail);
    most = std::max(most, smaller.history.size());
    CHECK(smaller.history.size() <= 12);
    CHECK(smaller.minimal);
    CHECK(checker::verify(smaller.history, Model::linearizable, Verdict::violated,
        smaller.judgement.certificate).accepted);
  }
  INFO("at most " << most);
  CHECK(violated > 0);
}
