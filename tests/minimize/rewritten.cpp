// No projection and no later beginning turns a history that holds into one that does not: by construction and brute
// force, over the objects that have them.

#include <catch2/catch_test_macros.hpp>

#include "checker/minimize/beginnings.hpp"
#include "checker/minimize/minimize.hpp"
#include "checker/minimize/projections.hpp"
#include "tests/minimize/holding.hpp"
#include "tests/support/script.hpp"

namespace {

using namespace kasauti;
using namespace kasauti::tests;
using checker::Model;
using checker::Verdict;
using checker::minimize::Beginnings;
using checker::minimize::Projection;
using checker::minimize::Rewritten;

struct Tally {
  std::size_t made = 0, smaller = 0, failures = 0;
};

void must_hold(const History& whole, const Rewritten& part, Truth truth, const char* how, Tally& tally) {
  ++tally.made;
  tally.smaller += part.history.size() != 0 && part.history.size() < whole.size() ? 1 : 0;
  bool fits = part.origins.size() == part.history.size();
  for (OpId op = 0; op < part.history.size() && fits; ++op) {
    fits = part.history.function[op] == whole.function[part.origins[op]];
  }
  if ((fits && is_legal(part.history, truth)) || ++tally.failures > 5) return;
  FAIL_CHECK(how << " turns " << told(whole) << " into " << part.history.values.to_json(part.history.header.initial)
                 << " " << told(part.history));
}

void project(const History& whole, Model model, Truth truth, std::mt19937& random, Tally& tally) {
  const Projection projection{whole, model};
  for (int tries = 0; tries < 4 && projection.parts() != 0; ++tries) {
    std::vector<bool> kept;
    for (std::size_t part = 0; part < projection.parts(); ++part) kept.push_back(random() % 2 == 0);
    must_hold(whole, projection.keep(kept), truth, "projecting", tally);
  }
}

void begin_later(const History& whole, std::mt19937& random, Tally& tally) {
  const Beginnings beginnings{whole, Model::linearizable};
  for (const OpId first : beginnings.candidates()) {
    const histories::Rank end = whole.completed[first] + 1 + static_cast<histories::Rank>(random() % 6);
    for (const bool strict : {true, false}) {
      if (const auto later = beginnings.from(first, histories::never, strict))
        must_hold(whole, *later, Truth::linearizable, "beginning later", tally);
      if (const auto window = beginnings.from(first, end, strict))
        must_hold(whole, *window, Truth::linearizable, "beginning later and ending earlier", tally);
    }
  }
}

void try_objects(const std::vector<ObjectKind>& objects, Truth truth,
                 const std::function<void(const History&, std::mt19937&, Tally&)>& rewrite) {
  for (const Alphabet& alphabet : alphabets()) {
    if (std::ranges::find(objects, alphabet.header.object) == objects.end()) continue;
    std::mt19937 random{13};
    Tally tally;
    for (std::size_t i = 0; i < 4000; ++i) rewrite(draw_holding(alphabet, truth, 2 + i % 7, random), random, tally);
    INFO(alphabet.name << ": " << tally.smaller << " of " << tally.made << " are smaller");
    CHECK(tally.failures == 0);
    CHECK(tally.smaller > 200);
  }
}

History generated_lock() {
  // Each process holds the lock in turn; at last two hold it at once.
  std::vector<Call> calls;
  for (int i = 0; i < 200; ++i) {
    calls.push_back({i % 3, "acquire", "", "", 10 * i, 10 * i + 2});
    calls.push_back({i % 3, "release", "", "", 10 * i + 5, 10 * i + 6});
  }
  calls.push_back({0, "acquire", "", "", 2000, 2001});
  calls.push_back({1, "acquire", "", "", 2002, 2003});
  return script(R"("object":"lock")", calls);
}

}  // namespace

TEST_CASE("no projection breaks a linearizable history") {
  try_objects({ObjectKind::list, ObjectKind::set, ObjectKind::txn, ObjectKind::bank, ObjectKind::fetch_add,
               ObjectKind::counter, ObjectKind::lock, ObjectKind::semaphore},
              Truth::linearizable, [](const History& h, std::mt19937& random, Tally& tally) {
                project(h, Model::linearizable, Truth::linearizable, random, tally);
              });
}

TEST_CASE("no projection breaks a sequential history") {
  try_objects({ObjectKind::list, ObjectKind::set, ObjectKind::txn, ObjectKind::bank, ObjectKind::fetch_add,
               ObjectKind::counter},
              Truth::sequential, [](const History& h, std::mt19937& random, Tally& tally) {
                project(h, Model::sequential, Truth::sequential, random, tally);
              });
}

TEST_CASE("no later beginning breaks a linearizable history") {
  try_objects({ObjectKind::counter, ObjectKind::booking, ObjectKind::set, ObjectKind::bank, ObjectKind::lock,
               ObjectKind::semaphore, ObjectKind::txn},
              Truth::linearizable,
              [](const History& h, std::mt19937& random, Tally& tally) { begin_later(h, random, tally); });
}

TEST_CASE("long histories of counts become a few operations") {
  const auto smaller = checker::minimize::minimize(generated_lock(), {});
  REQUIRE(smaller.violated);
  CHECK(smaller.verified);
  CHECK(smaller.minimal);
  CHECK(smaller.history.size() == 2);

  std::vector<Call> calls;
  for (int i = 0; i < 300; ++i) {
    calls.push_back({0, "add", "2", "", 10 * i, 10 * i + 1});
    calls.push_back({1, "read", "", std::to_string(2 * (i + 1)), 10 * i + 2, 10 * i + 3});
  }
  calls[401].returned = "400";
  const History counter = script(R"("object":"counter")", calls);
  const auto count = checker::minimize::minimize(counter, {});
  REQUIRE(count.violated);
  CHECK(count.verified);
  CHECK(count.history.size() <= 4);
  CHECK_FALSE(count.rewritten.empty());

  for (std::size_t i = 0; i < calls.size(); ++i) {
    const std::string returned = std::to_string(i == 500 ? 480 : i > 500 ? i - 1 : i);
    calls[i] = {calls[i].process, "fetch-add", "1", returned, calls[i].begin, calls[i].end};
  }
  const auto chain = checker::minimize::minimize(script(R"("object":"fetch-add")", calls), {});
  REQUIRE(chain.violated);
  CHECK(chain.history.size() == 2);
}

TEST_CASE("what reads returned is told as far as it matters") {
  std::vector<Call> calls;
  std::string all = "[";
  for (int i = 0; i < 40; ++i) {
    calls.push_back({0, "append", std::to_string(i), "", 10 * i, 10 * i + 1});
    all += (i == 0 ? "" : ",") + std::to_string(i);
    // One element is missing in one read, though it was appended before.
    calls.push_back({1, "read", "", i == 30 ? "[0,1]" : all + "]", 10 * i + 2, 10 * i + 3});
  }
  const auto smaller = checker::minimize::minimize(script(R"("object":"list")", calls), {});
  REQUIRE(smaller.violated);
  CHECK(smaller.verified);
  CHECK(smaller.history.size() == 2);
  CHECK(smaller.rewritten.size() == 1);
}

TEST_CASE("a violation that the engine could not find for want of time is found in a part") {
  std::vector<Call> calls;
  for (int i = 0; i < 200; ++i) {
    calls.push_back({i % 4, "add", std::to_string(i), "", 100 * i, 100 * i + 150});
    std::string all = "[";
    for (int j = 0; j <= i - 2; ++j) all += (j == 0 ? "" : ",") + std::to_string(j);
    calls.push_back({5, "read", "", i == 120 ? "[0,1,2]" : all + "]", 100 * i + 60, 100 * i + 70});
  }
  const History h = script(R"("object":"set")", calls);
  checker::Judgement unknown = checker::unknown(Model::linearizable, checker::Cause::time, "");
  const auto smaller = checker::minimize::minimize(h, {}, &unknown);
  REQUIRE(smaller.violated);
  CHECK(smaller.history.size() <= 4);
  CHECK(smaller.judgement.verdict == Verdict::violated);
}
