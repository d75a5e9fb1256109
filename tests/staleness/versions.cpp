// The least k and the least Δ with their proofs: against all orders, and what the verifier refuses.

#include <algorithm>
#include <numeric>
#include <random>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"
#include "checker/staleness/order_search.hpp"
#include "checker/staleness/staleness.hpp"
#include "tests/sequential/support.hpp"

namespace kasauti::tests {

namespace {

using checker::Certificate;
using checker::StaleTime;
using checker::StaleVersions;
using checker::staleness::check_staleness;
using checker::staleness::OrderSearch;
using checker::staleness::Span;

bool accepted(const History& h, Model model, const Certificate& certificate) {
  const auto verification = checker::verify(h, model, Verdict::violated, certificate);
  UNSCOPED_INFO(verification.problem);
  return verification.accepted && verification.complete;
}

/// The least k over all orders of the spans in which A comes before B if A was visible before B began.
std::uint64_t best_of_all_orders(const std::vector<Span>& spans) {
  std::vector<std::uint32_t> order(spans.size());
  std::iota(order.begin(), order.end(), 0);
  std::uint64_t best = UINT64_MAX;
  do {
    std::uint64_t k = 1;
    bool real_time = true;
    for (std::size_t a = 0; a < order.size(); ++a) {
      for (std::size_t b = a + 1; b < order.size(); ++b) {
        real_time = real_time && spans[order[b]].visible > spans[order[a]].begun;
        if (spans[order[b]].visible < spans[order[a]].latest) k = std::max<std::uint64_t>(k, b - a + 1);
      }
    }
    if (real_time) best = std::min(best, k);
  } while (std::ranges::next_permutation(order).found);
  return best;
}

/// Values of distinct moments; how long writes take and how late they are read varies from one case to the next.
std::vector<Span> random_spans(std::mt19937_64& random) {
  const std::size_t count = 2 + random() % 6;
  const std::uint64_t longest = 100 + 400 * (random() % 3);
  const std::uint64_t latest = 200 + 500 * (random() % 3);
  std::vector<Span> spans(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    spans[i].cluster = i;
    spans[i].begun = 16 * (2 + random() % 1000) + i;
    spans[i].visible = spans[i].begun + 16 * (1 + random() % longest);
    spans[i].latest = random() % 3 == 0 ? 0 : spans[i].begun + 16 * (random() % latest) + 8;
  }
  std::ranges::sort(spans, {}, &Span::visible);
  return spans;
}

/// A register that each of `clients` reads and writes, where a read may return an older value than the last.
History lagging(int calls, int clients, int lag, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<Call> made;
  std::vector<int> versions{0};
  std::vector<int> free_at(static_cast<std::size_t>(clients), 0);
  for (int i = 0; i < calls; ++i) {
    const auto client = static_cast<std::size_t>(random() % static_cast<std::uint64_t>(clients));
    const int from = 10 * i;
    if (free_at[client] >= from) continue;
    const int until = from + 5 + static_cast<int>(random() % static_cast<std::uint64_t>(10 * clients));
    free_at[client] = until;
    Call call{.process = static_cast<int>(client), .session = static_cast<int>(client)};
    call.invoked = from;
    call.completed = until;
    if (random() % 2 == 0) {
      call.function = Function::write;
      call.value = i + 1;
      versions.push_back(i + 1);
    } else {
      const std::size_t back = random() % 8 == 0 ? random() % static_cast<std::size_t>(lag) : 0;
      call.value = versions[versions.size() - 1 - std::min(back, versions.size() - 1)];
    }
    made.push_back(call);
  }
  std::ranges::stable_sort(made, {}, &Call::invoked);
  return make_history(ObjectKind::reg, made, true);
}

}  // namespace

TEST_CASE("the search for an order of versions, against all orders") {
  std::mt19937_64 random{20131};
  std::uint64_t seen[8] = {};
  for (int i = 0; i < 60'000; ++i) {
    const std::vector<Span> spans = random_spans(random);
    const std::uint64_t expected = best_of_all_orders(spans);
    REQUIRE(expected <= spans.size());
    ++seen[expected];
    histories::Budget budget;
    for (std::uint64_t k = 1; k <= spans.size(); ++k) {
      OrderSearch search{spans, k, budget};
      INFO("case " << i << ", k = " << k << ", least " << expected);
      const auto answer = search.run(100'000);
      REQUIRE(answer == (k >= expected ? OrderSearch::Answer::yes : OrderSearch::Answer::no));
      if (answer == OrderSearch::Answer::no) {
        std::vector<Span> part;
        for (const std::uint32_t value : search.looked_at()) part.push_back(spans[value]);
        REQUIRE(best_of_all_orders(part) > k);
      }
    }
  }
  for (std::size_t k = 1; k <= 5; ++k) CHECK(seen[k] > 200);
}

TEST_CASE("of a register under load the least k is found exactly, and both of its sides verify") {
  std::size_t by_core = 0, beyond_two = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const History history = lagging(300, 2 + static_cast<int>(seed % 9), 1 + static_cast<int>(seed % 7), seed);
    histories::Budget budget;
    const auto least = checker::staleness::least_k(history, budget);
    REQUIRE(least);
    if (!least->bounded || least->at_least < 2) continue;
    INFO(seed << ": " << least->at_least << " to " << least->at_most << ", core of " << least->proof.core.size());
    REQUIRE(least->at_least == least->at_most);
    REQUIRE(accepted(history, Model::k_atomic, {least->proof}));
    by_core += least->proof.core.empty() ? 0 : 1;
    beyond_two += least->at_least > 2 ? 1 : 0;
    // Neither a smaller k nor a greater one can be claimed with these proofs.
    StaleVersions wrong = least->proof;
    wrong.at_most = --wrong.at_least;
    CHECK((wrong.at_least < 2 || !accepted(history, Model::k_atomic, {wrong})));
    wrong = least->proof;
    wrong.at_least = ++wrong.at_most;
    CHECK(!accepted(history, Model::k_atomic, {wrong}));
  }
  CHECK(by_core > 20);
  CHECK(beyond_two > 100);
}

TEST_CASE("a proof of staleness that is not complete is refused") {
  const History history = lagging(120, 5, 6, 3);
  histories::Budget budget;
  const auto least = checker::staleness::least_k(history, budget);
  REQUIRE((least && least->bounded && least->at_least > 2));
  REQUIRE(accepted(history, Model::k_atomic, {least->proof}));
  StaleVersions wrong = least->proof;
  wrong.orders.front().pop_back();
  CHECK(!accepted(history, Model::k_atomic, {wrong}));
  wrong = least->proof;
  std::swap(wrong.orders.front().front(), wrong.orders.front().back());
  CHECK(!accepted(history, Model::k_atomic, {wrong}));
  wrong = least->proof;
  (wrong.core.empty() ? wrong.between : wrong.core).pop_back();
  CHECK(!accepted(history, Model::k_atomic, {wrong}));

  auto shift = checker::staleness::least_delta(history, budget);
  REQUIRE((shift && shift->nanoseconds > 0));
  REQUIRE(accepted(history, Model::delta_atomic, {shift->proof}));
  for (const std::int64_t by : {-1, 1}) {
    StaleTime other = shift->proof;
    other.nanoseconds += by;
    CHECK(!accepted(history, Model::delta_atomic, {other}));
  }
  StaleTime same = shift->proof;
  same.other = same.one;
  CHECK(!accepted(history, Model::delta_atomic, {same}));
}

TEST_CASE("proofs of staleness survive their JSON") {
  const History history = lagging(60, 4, 5, 5);
  for (const Model model : {Model::k_atomic, Model::delta_atomic}) {
    histories::Budget budget;
    const Judgement judgement = check_staleness(history, model, {}, budget);
    REQUIRE(judgement.verdict == Verdict::violated);
    REQUIRE(judgement.measure);
    CHECK(judgement.measure->at_least == judgement.measure->at_most);
    checker::CertificateFile file;
    file.entries.push_back({model, judgement.verdict, judgement.certificate});
    checker::CertificateFile read;
    std::string problem;
    REQUIRE(checker::from_json(checker::to_json(file), read, problem));
    CHECK(accepted(history, model, read.entries.front().certificate));
  }
}

}  // namespace kasauti::tests
