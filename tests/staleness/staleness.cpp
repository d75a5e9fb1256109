// Regular and safe registers, least k and least Δ on small histories, each against its definition.

#include <algorithm>
#include <map>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/staleness/staleness.hpp"
#include "tests/sequential/support.hpp"

namespace kasauti::tests {

namespace {

using checker::staleness::check_staleness;
using checker::staleness::least_delta;
using checker::staleness::least_k;
using histories::KeyId;
using histories::ValueId;

bool writes(const History& h, OpId op) { return h.function[op] == Function::write && h.outcome[op] != Outcome::fail; }
bool reads(const History& h, OpId op) { return h.function[op] == Function::read && h.ok(op); }
bool overlap(const History& h, OpId a, OpId b) {
  return h.completed[a] > h.invoked[b] && h.completed[b] > h.invoked[a];
}

/// MWWeak, by the letter: the writes before some point of an order that respects real time, then the read. Such an
/// order ends in w iff w may be last of a set of writes that has all that precede the read, and all that precede
/// those.
bool regular(const History& h, OpId read) {
  std::vector<OpId> all;
  for (OpId op = 0; op < h.size(); ++op) {
    if (writes(h, op) && h.key[op] == h.key[read]) all.push_back(op);
  }
  for (std::uint32_t set = 0; set < 1U << all.size(); ++set) {
    const auto in = [&](std::size_t i) { return (set >> i & 1) != 0; };
    bool closed = true;
    for (std::size_t i = 0; i < all.size(); ++i) {
      closed = closed && (in(i) || h.completed[all[i]] > h.invoked[read]) && !(in(i) && h.completed[read] < h.invoked[all[i]]);
      for (std::size_t j = 0; j < all.size(); ++j) {
        closed = closed && !(in(i) && !in(j) && h.completed[all[j]] < h.invoked[all[i]]);
      }
    }
    if (!closed) continue;
    if (set == 0 && h.result[read] == h.header.initial) return true;
    for (std::size_t last = 0; last < all.size(); ++last) {
      bool may_be_last = in(last) && h.argument[all[last]] == h.result[read];
      for (std::size_t i = 0; i < all.size(); ++i) {
        may_be_last = may_be_last && !(in(i) && i != last && h.completed[all[last]] < h.invoked[all[i]]);
      }
      if (may_be_last) return true;
    }
  }
  return false;
}

bool all_reads(const History& h, bool safe) {
  for (OpId op = 0; op < h.size(); ++op) {
    if (!reads(h, op)) continue;
    bool excused = false;
    for (OpId other = 0; other < h.size(); ++other) {
      excused = excused || (safe && writes(h, other) && h.key[other] == h.key[op] && overlap(h, op, other));
    }
    if (!excused && !regular(h, op)) return false;
  }
  return true;
}

/// The k that the best order of all reads and writes of the key needs; -1: no order at all. `shift` moves reads back.
class AllOrders {
 public:
  AllOrders(const History& h, KeyId key, std::int64_t shift) : h_{h}, shift_{shift} {
    for (OpId op = 0; op < h.size(); ++op) {
      if (h.key[op] == key && (writes(h, op) || reads(h, op))) operations_.push_back(op);
    }
    placed_.assign(h.size(), false);
    versions_ = {h.header.initial};
  }

  int best(int worst_so_far = 1) {
    bool complete = true;
    int least = -1;
    for (const OpId op : operations_) complete = complete && (placed_[op] || !h_.ok(op));
    if (complete) return worst_so_far;
    for (const OpId op : operations_) {
      if (placed_[op] || !may_go(op)) continue;
      int lag = worst_so_far;
      if (reads(h_, op)) {
        const auto from = std::find(versions_.rbegin(), versions_.rend(), h_.result[op]);
        if (from == versions_.rend()) continue;
        lag = std::max(lag, static_cast<int>(from - versions_.rbegin()) + 1);
      } else {
        versions_.push_back(h_.argument[op]);
      }
      placed_[op] = true;
      const int here = best(lag);
      placed_[op] = false;
      if (writes(h_, op)) versions_.pop_back();
      if (here > 0 && (least < 0 || here < least)) least = here;
    }
    return least;
  }

 private:
  bool may_go(OpId op) const {
    return std::ranges::all_of(operations_, [&](OpId other) {
      if (placed_[other] || other == op) return true;
      if (shift_ < 0) return h_.completed[other] > h_.invoked[op];
      const std::int64_t begun = h_.invoked_time[op] - (reads(h_, op) ? shift_ : 0);
      return !h_.ok(other) || h_.completed_time[other] >= begun;
    });
  }

  const History& h_;
  std::int64_t shift_;  // -1: by ranks
  std::vector<OpId> operations_;
  std::vector<bool> placed_;
  std::vector<ValueId> versions_;
};

int oracle_k(const History& h) {
  int most = 1;
  for (KeyId key = 0; key < h.key_count(); ++key) {
    const int here = AllOrders{h, key, -1}.best();
    if (here < 0) return -1;
    most = std::max(most, here);
  }
  return most;
}

std::int64_t oracle_delta(const History& h) {
  for (std::int64_t shift = 0; shift < 60; ++shift) {
    bool atomic = true;
    for (KeyId key = 0; key < h.key_count() && atomic; ++key) atomic = AllOrders{h, key, shift}.best() == 1;
    if (atomic) return shift;
  }
  return -1;
}

Recipe recipe_of(std::uint64_t seed) {
  Recipe recipe;
  recipe.calls = 3 + static_cast<int>(seed % 5);
  recipe.processes = 2 + static_cast<int>(seed % 2);
  recipe.keys = 1 + static_cast<int>(seed % 2);
  recipe.values = seed % 4 == 3 ? 2 : 0;
  recipe.unknown = seed % 3 == 0 ? 20 : 0;
  recipe.failed = seed % 5 == 0 ? 15 : 0;
  recipe.lost = seed % 2 == 0 ? 40 : 0;
  return recipe;
}

}  // namespace

TEST_CASE("regular and safe registers, against their definition") {
  int count[2][2] = {};
  for (std::uint64_t seed = 0; seed < 30'000; ++seed) {
    const History history = random_history(recipe_of(seed), seed);
    for (const Model model : {Model::regular, Model::safe}) {
      histories::Budget budget;
      const Judgement judgement = check_staleness(history, model, {}, budget);
      const bool expected = all_reads(history, model == Model::safe);
      ++count[model == Model::safe ? 1 : 0][expected ? 1 : 0];
      INFO(show(history) << name_of(model));
      REQUIRE(judgement.verdict == (expected ? Verdict::holds : Verdict::violated));
      const auto verification = checker::verify(history, model, judgement.verdict, judgement.certificate);
      INFO(verification.problem);
      REQUIRE((verification.accepted && verification.complete));
    }
  }
  for (const auto& row : count) CHECK((row[0] > 1'000 && row[1] > 1'000));
}

TEST_CASE("least k, against all orders") {
  std::map<int, int> seen;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    Recipe recipe = recipe_of(seed);
    recipe.values = 0;
    const History history = random_history(recipe, seed);
    histories::Budget budget;
    const auto least = least_k(history, budget);
    if (!least) continue;  // a failed write was read
    const int expected = oracle_k(history);
    INFO(show(history) << "expected " << expected << ", found " << least->at_least << " to " << least->at_most);
    REQUIRE(least->bounded == (expected > 0));
    ++seen[expected];
    if (expected < 0) continue;
    REQUIRE(least->at_least == static_cast<std::uint64_t>(expected));
    REQUIRE(least->at_most == static_cast<std::uint64_t>(expected));
    if (expected < 2) continue;
    const auto verification = checker::verify(history, Model::k_atomic, Verdict::violated, {least->proof});
    INFO(verification.problem);
    REQUIRE((verification.accepted && verification.complete));
  }
  CHECK(seen[1] > 100);
  CHECK(seen[2] > 100);
  CHECK(seen[3] > 50);
}

TEST_CASE("least Δ, against every shift") {
  int positive = 0;
  for (std::uint64_t seed = 0; seed < 20'000; seed += 2) {  // those with times
    Recipe recipe = recipe_of(seed);
    recipe.values = 0;
    const History history = random_history(recipe, seed);
    histories::Budget budget;
    const auto least = least_delta(history, budget);
    if (!least) continue;
    const std::int64_t expected = oracle_delta(history);
    INFO(show(history) << "expected " << expected << ", found " << least->nanoseconds);
    REQUIRE(least->bounded == (expected >= 0));
    if (least->bounded) REQUIRE(least->nanoseconds == expected);
    if (expected > 0) {
      ++positive;
      CHECK(least->clash.size() >= 2);
      const auto verification = checker::verify(history, Model::delta_atomic, Verdict::violated, {least->proof});
      INFO(verification.problem);
      REQUIRE((verification.accepted && verification.complete));
    }
  }
  CHECK(positive > 500);
}

TEST_CASE("where values repeat the verdict stands, and the lines that leave the measure open are told") {
  int held = 0, violated = 0, open = 0;
  for (std::uint64_t seed = 0; seed < 6'000; ++seed) {
    Recipe recipe = recipe_of(seed);
    recipe.values = 2;
    History history = random_history(recipe, seed);
    if (history.ties_in_process) continue;  // to the oracle such calls overlap
    if (seed % 4 < 2) history.header.object = ObjectKind::kv;
    histories::Budget budget;
    const Judgement judgement = check_staleness(history, Model::k_atomic, {}, budget);
    const int expected = oracle_k(history);
    INFO(show(history) << judgement.detail);
    REQUIRE(judgement.verdict == (expected == 1 ? Verdict::holds : Verdict::violated));
    const auto verification = checker::verify(history, Model::k_atomic, judgement.verdict, judgement.certificate);
    REQUIRE((verification.accepted && verification.complete));
    ++(expected == 1 ? held : violated);
    if (judgement.measure && judgement.measure->bounded) {
      REQUIRE(judgement.measure->at_least == expected);
    } else if (!judgement.measure) {
      ++open;
      REQUIRE(judgement.detail.find("the least k is not known") != std::string::npos);
      REQUIRE(judgement.detail.find("(line ") != std::string::npos);
    }
  }
  CHECK((held > 200 && violated > 200 && open > 200));
}

TEST_CASE("as verdicts the measures are linearizability, with how much it fails by") {
  // Write 1, 2, 3 one after the other, then read 1: three versions, and 9 ns after 2 was complete.
  std::vector<Call> calls;
  for (int i = 0; i < 3; ++i) {
    calls.push_back({.function = Function::write, .value = i + 1, .invoked = 10 * i, .completed = 10 * i + 5});
  }
  calls.push_back({.process = 1, .session = 1, .value = 1, .invoked = 30, .completed = 31});
  const History history = make_history(ObjectKind::reg, calls, true);
  histories::Budget budget;
  const Judgement k = check_staleness(history, Model::k_atomic, {}, budget);
  CHECK(k.verdict == Verdict::violated);
  CHECK(k.detail == "least k = 3");
  CHECK(checker::verify(history, Model::k_atomic, k.verdict, k.certificate).accepted);
  const Judgement delta = check_staleness(history, Model::delta_atomic, {}, budget);
  CHECK(delta.verdict == Verdict::violated);
  CHECK(delta.detail == "least Δ = 15 ns");  // back to 15, where write 2 completes; 1 may still be read there
  CHECK(checker::verify(history, Model::delta_atomic, delta.verdict, delta.certificate).accepted);
  CHECK(delta.anomalies.front().name == "StaleRead");
}

}  // namespace kasauti::tests
