// The verifier alone: whatever it accepts must be true, be the certificate damaged, of another history, or for another model.

#include <random>

#include "tests/support/judge_causal.hpp"
#include "tests/support/litmus.hpp"
#include "tests/support/oracles_causal.hpp"
#include "tests/support/random_store.hpp"

using namespace kasauti;
using checker::Model;
using checker::Verdict;
using histories::OpId;

namespace {

template <class T>
void damage(std::vector<T>& list, std::mt19937& random) {
  if (list.empty()) return;
  const auto size = static_cast<std::uint32_t>(list.size());
  const std::uint32_t at = tests::draw(random, size);
  if (tests::draw(random, 2) == 0) {
    list.erase(list.begin() + at);
  } else {
    std::swap(list[at], list[tests::draw(random, size)]);
  }
}

void damage_links(std::vector<checker::Link>& path, std::mt19937& random, std::uint32_t operations) {
  if (path.empty() || tests::draw(random, 3) == 0) return damage(path, random);
  checker::Link& link = path[tests::draw(random, static_cast<std::uint32_t>(path.size()))];
  switch (tests::draw(random, 4)) {
    case 0: link.from = tests::draw(random, operations); break;
    case 1: link.to = tests::draw(random, operations); break;
    case 2: link.force = static_cast<checker::Force>(tests::draw(random, 3)); break;
    default: link.derived = tests::draw(random, 3); break;
  }
}

/// One change to whatever the certificate holds.
void damage(checker::Certificate& certificate, std::mt19937& random, std::uint32_t operations) {
  if (auto* read = std::get_if<checker::UnwrittenRead>(&certificate.proof)) {
    read->read = tests::draw(random, operations + 1);
  } else if (auto* forced = std::get_if<checker::ForcedOrder>(&certificate.proof)) {
    const std::uint32_t what = tests::draw(random, 4);
    const auto derived = static_cast<std::uint32_t>(forced->derived.size());
    if (what == 0) forced->session = tests::draw(random, 4);
    if (what == 1 || derived == 0) return damage_links(forced->end, random, operations);
    checker::DerivedOrder& one = forced->derived[tests::draw(random, derived)];
    if (what == 2) one.read = tests::draw(random, operations);
    if (what == 3) damage_links(one.path, random, operations);
  } else if (auto* arbitration = std::get_if<checker::Arbitration>(&certificate.proof)) {
    if (arbitration->parts.size() > 1 && tests::draw(random, 2) == 0) return damage(arbitration->parts, random);
    if (!arbitration->parts.empty()) damage(arbitration->parts[0].order, random);
  } else if (auto* causal = std::get_if<checker::CausalOrder>(&certificate.proof)) {
    damage(causal->order, random);
  } else if (auto* views = std::get_if<checker::SessionViews>(&certificate.proof)) {
    if (views->views.empty()) return;
    damage(views->views[0].hints, random);
    if (tests::draw(random, 3) == 0) views->views[0].session = tests::draw(random, 4);
  } else if (auto* orders = std::get_if<checker::SessionOrders>(&certificate.proof)) {
    if (!orders->parts.empty()) damage(orders->parts[0].writes, random);
  }
}

}  // namespace

TEST_CASE("the verifier accepts only what is true") {
  std::mt19937 random{4};
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 4000; ++round) {
    const std::uint32_t operations = 5 + tests::draw(random, 3);
    auto ops = tests::random_store(random, {operations, 3, 2, 1, true});
    const auto history = tests::small_history(ops);
    // The same calls, but one read returned something else.
    for (auto& op : ops) {
      if (op.write || tests::draw(random, 2) == 0) continue;
      op.value = tests::draw(random, operations + 1);
      break;
    }
    const auto other = tests::small_history(ops);
    for (const Model model : tests::causal_models) {
      const checker::Judgement judgement = tests::judge_unchecked(history, model);
      for (int attempt = 0; attempt < 6; ++attempt) {
        checker::Certificate certificate = judgement.certificate;
        if (attempt > 0) damage(certificate, random, operations);
        const auto& about = attempt % 2 == 0 ? other : history;
        const Model claimed = attempt < 4 ? model : tests::causal_models[tests::draw(random, std::size(tests::causal_models))];
        const bool sound = checker::verify(about, claimed, judgement.verdict, certificate).accepted;
        ++(sound ? accepted : refused);
        if (!sound) continue;
        const bool truth = tests::brute_force(about, claimed, false) == (judgement.verdict == Verdict::holds);
        if (truth) continue;
        FAIL("accepted, though " << checker::name_of(claimed) << " is not " << checker::name_of(judgement.verdict) << ":\n" << tests::told(about));
      }
    }
  }
  CHECK(accepted > 10'000);
  CHECK(refused > 50'000);
}

TEST_CASE("a certificate cut short or with one link bent is refused") {
  const auto history = tests::litmus("p1:w(x,1) w(x,2); p2:r(x)->2 r(x)->1");
  for (const Model model : {Model::causal, Model::causal_convergent, Model::causal_memory, Model::pram, Model::session}) {
    const auto judgement = tests::judge(history, model);
    REQUIRE(judgement.verdict == Verdict::violated);
    const auto& proof = std::get<checker::ForcedOrder>(judgement.certificate.proof);
    for (std::size_t drop = 0; drop < proof.end.size(); ++drop) {
      auto cut = proof;
      cut.end.erase(cut.end.begin() + static_cast<std::ptrdiff_t>(drop));
      CHECK_FALSE(checker::verify(history, model, Verdict::violated, {cut}).accepted);
    }
    for (std::size_t bend = 0; bend < proof.end.size(); ++bend) {
      auto bent = proof;
      std::swap(bent.end[bend].from, bent.end[bend].to);
      CHECK_FALSE(checker::verify(history, model, Verdict::violated, {bent}).accepted);
    }
    CHECK_FALSE(checker::verify(history, model, Verdict::holds, judgement.certificate).accepted);
  }
}
