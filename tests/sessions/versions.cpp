// The store's own versions as the order of the writes: verdicts by the definition, and proofs that can't be bent.

#include <optional>
#include <random>

#include "checker/sessions/versions.hpp"
#include "tests/sessions/visible.hpp"
#include "tests/support/judge_causal.hpp"
#include "tests/support/litmus.hpp"
#include "tests/support/oracles_causal.hpp"
#include "tests/support/small_histories.hpp"

using namespace kasauti;
using checker::Model;
using checker::Verdict;
using histories::History;
using histories::OpId;

namespace {

constexpr Model by_versions[] = {Model::read_your_writes, Model::monotonic_reads, Model::session,
                                 Model::monotonic_writes, Model::writes_follow_reads};

/// The history with a version for each write, and for each read that of what it returned.
History versioned(History h, const std::vector<std::int64_t>& versions) {
  const tests::Visible visible{h, Model::session};
  h.version.assign(h.size(), histories::no_value);
  for (OpId op = 0; op < h.size(); ++op) {
    const OpId write = visible.writes[op] && h.ok(op) ? op
                       : visible.reads[op]             ? visible.source[op]
                                                       : histories::no_operation;
    if (write < h.size()) h.version[op] = h.values.intern_integer(versions[write]);
  }
  return h;
}

/// Whether some order of the writes agrees with the versions and with the guarantee; all orders are tried.
bool expected(const History& h, Model model, const std::vector<std::int64_t>& versions) {
  const tests::Visible visible{h, model};
  if (visible.cyclic && model == Model::session) return false;
  std::vector<OpId> writes;
  for (OpId op = 0; op < h.size(); ++op) {
    if (visible.writes[op]) writes.push_back(op);
  }
  const auto earlier = [&](OpId a, OpId b) {
    return h.ok(a) && h.session[a] == h.session[b] && h.completed[a] < h.invoked[b];
  };
  // What the guarantee alone says of two writes, whatever else it may know.
  const auto ruled = [&](OpId a, OpId b) {
    if (model == Model::monotonic_writes) return earlier(a, b);
    for (OpId r = 0; model == Model::writes_follow_reads && r < h.size(); ++r) {
      if (visible.reads[r] && visible.source[r] == a && earlier(r, b)) return true;
    }
    return false;
  };
  const auto fits = [&](histories::SessionId session) {
    std::vector<std::size_t> place(h.size(), 0);
    for (std::size_t i = 0; i < writes.size(); ++i) place[writes[i]] = i;
    for (const OpId a : writes) {
      for (const OpId b : writes) {
        if (ruled(a, b) && place[a] >= place[b]) return false;
      }
    }
    for (const OpId a : writes) {
      for (const OpId b : writes) {
        if (h.key[a] == h.key[b] && versions[a] < versions[b] && place[a] > place[b]) return false;
        if (model == Model::session && visible.before[b][a] && place[a] > place[b]) return false;
      }
    }
    for (OpId r = 0; r < h.size(); ++r) {
      if (!visible.reads[r] || h.session[r] != session) continue;
      for (const OpId w : writes) {
        if (!visible.sees[r][w] || w == visible.source[r]) continue;
        if (visible.source[r] == tests::Visible::initial || place[visible.source[r]] < place[w]) return false;
      }
    }
    return true;
  };
  for (histories::SessionId session = 0; session < h.session_name.size(); ++session) {
    std::ranges::sort(writes);
    bool some = false;
    do some = fits(session);
    while (!some && std::ranges::next_permutation(writes).found);
    if (!some) return false;
  }
  return true;
}

struct Counts {
  int holds = 0, violated = 0, by_versions_alone = 0;
};

void compare(const History& plain, std::mt19937& random, Counts& counts) {
  if (!tests::Visible{plain, Model::session}.explained) return;
  std::vector<std::int64_t> versions(plain.size());
  for (std::size_t i = 0; i < versions.size(); ++i) versions[i] = static_cast<std::int64_t>(10 * i) - 7;
  if (random() % 4 != 0) std::ranges::shuffle(versions, random);
  const History h = versioned(plain, versions);
  for (const Model model : by_versions) {
    const bool holds = expected(h, model, versions);
    const Verdict found = tests::judge(h, model).verdict;
    INFO(checker::name_of(model) << "\n" << tests::told(h));
    for (OpId op = 0; op < h.size(); ++op) INFO(op << " version " << h.values.to_json(h.version[op]));
    if (found != (holds ? Verdict::holds : Verdict::violated)) FAIL("found " << checker::name_of(found));
    ++(holds ? counts.holds : counts.violated);
    counts.by_versions_alone += !holds && tests::judge_unchecked(plain, model).verdict == Verdict::holds ? 1 : 0;
  }
}

std::vector<tests::SmallOp> random_operations(std::mt19937& random) {
  const auto draw = [&](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
  std::vector<tests::SmallOp> ops(4 + draw(4));
  const std::uint32_t processes = 2 + draw(3);
  const std::uint32_t keys = 1 + draw(2);
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const std::uint32_t process = draw(processes);
    const auto end = draw(8) == 0 ? histories::EventType::info : histories::EventType::ok;
    ops[i] = {process, process, draw(2) == 0, draw(keys), static_cast<std::uint32_t>(i + 1), end};
  }
  for (tests::SmallOp& op : ops) {
    if (op.write) continue;
    op.end = histories::EventType::ok;
    const tests::SmallOp& source = ops[draw(static_cast<std::uint32_t>(ops.size()))];
    op.value = source.write && source.key == op.key ? source.value : 0;
  }
  return ops;
}

bool uses_versions(const checker::Certificate& certificate) {
  const auto* proof = std::get_if<checker::ForcedOrder>(&certificate.proof);
  return proof != nullptr &&
         std::ranges::find(proof->end, checker::Force::version, &checker::Link::force) != proof->end.end();
}

}  // namespace

TEST_CASE("versions order the writes: small histories by the definition") {
  std::mt19937 random{3};
  Counts counts;
  for (std::uint32_t n = 2; n <= 4; ++n) {
    tests::every_small_history(n, 3, n <= 3,
                               [&](const auto& ops) { compare(tests::small_history(ops), random, counts); });
  }
  for (int round = 0; round < 8000; ++round) compare(tests::small_history(random_operations(random)), random, counts);
  CHECK(counts.holds > 10000);
  CHECK(counts.violated > 2000);
  CHECK(counts.by_versions_alone > 500);
}

TEST_CASE("versions order the writes: calls of a session overlap") {
  std::mt19937 random{4};
  Counts counts;
  for (int round = 0; round < 6000; ++round) {
    auto ops = random_operations(random);
    for (tests::SmallOp& op : ops) op.session = op.process % 2;
    compare(tests::small_history(ops, 1 + static_cast<std::uint32_t>(random() % 3)), random, counts);
  }
  CHECK(counts.by_versions_alone > 100);
}

TEST_CASE("a store that says which write is newer decides what the formal reading leaves open") {
  const History own = tests::litmus("p1:w(x,1) w(x,2) r(x)->1");
  const auto back = tests::judge(versioned(own, {10, 20, 0}), Model::read_your_writes);
  REQUIRE(back.verdict == Verdict::violated);
  CHECK(uses_versions(back.certificate));
  CHECK(back.detail == "writes ordered by the store's versions on 1 of 1 keys");
  CHECK(back.anomalies.front().models == std::vector{Model::session, Model::read_your_writes});
  CHECK(back.anomalies.front().reason.find("as version 20") != std::string::npos);
  // The other way round the read is right, and only real time speaks against it.
  const auto skewed = tests::judge(versioned(own, {20, 10, 0}), Model::read_your_writes);
  CHECK(skewed.verdict == Verdict::holds);
  CHECK(skewed.anomalies.size() == 1);
  CHECK(checker::sessions::versions_decide(versioned(own, {10, 20, 0})));
  CHECK_FALSE(checker::sessions::versions_decide(own));
}

TEST_CASE("versions that can't be trusted are not used, and the judgement says so") {
  const History h = tests::litmus("p1:w(x,1) w(x,2) r(x)->1; p2:r(x)->1 r(y)->0; p3:w(x,3)?; p4:r(x)->3");
  const auto judged = [&](const auto& change) {
    History changed = versioned(h, {10, 20, 0, 0, 0, 30, 0});
    change(changed);
    return tests::judge(changed, Model::read_your_writes);
  };
  const auto set = [](History& changed, OpId op, std::int64_t version) {
    changed.version[op] = changed.values.intern_integer(version);
  };
  CHECK(judged([](History&) {}).verdict == Verdict::violated);
  const auto falls_back = [&](const auto& change, std::string_view why) {
    const auto judgement = judged(change);
    CHECK(judgement.verdict == Verdict::holds);
    INFO(judgement.detail);
    CHECK(judgement.detail.starts_with("the store's versions are not used, but any order: "));
    CHECK(judgement.detail.find(why) != std::string::npos);
  };
  falls_back([&](History& c) { c.version[1] = histories::no_value; }, "carries no integer version");
  falls_back([&](History& c) { c.version[6] = c.values.intern_string("v3"); }, "carries no integer version");
  falls_back([&](History& c) { set(c, 1, 10); }, "share a version");
  falls_back([&](History& c) { set(c, 3, 11); }, "carries version 11");
  const History early = versioned(tests::litmus("p1:r(x)->0 w(x,1) w(x,2) r(x)->1"), {0, 10, 20, 0});
  for (const std::int64_t version : {9, 10}) {
    History changed = early;
    set(changed, 0, version);
    const Verdict expected = version < 10 ? Verdict::violated : Verdict::holds;
    CHECK(tests::judge(changed, Model::read_your_writes).verdict == expected);
  }
}

TEST_CASE("proofs about versions that are bent are refused") {
  const History plain = tests::litmus("p1:w(x,1) w(x,2); p2:r(x)->2 r(x)->1");
  const History h = versioned(plain, {10, 20, 0, 0});
  for (const Model model : {Model::monotonic_reads, Model::session}) {
    const auto judgement = tests::judge(h, model);
    REQUIRE(judgement.verdict == Verdict::violated);
    const auto* proof = std::get_if<checker::ForcedOrder>(&judgement.certificate.proof);
    REQUIRE(proof != nullptr);
    if (!uses_versions(judgement.certificate)) continue;
    const auto accepted = [&](const History& history, Model claimed, const checker::ForcedOrder& bent) {
      return checker::verify(history, claimed, Verdict::violated, {bent}).accepted;
    };
    CHECK(accepted(h, model, *proof));
    CHECK_FALSE(accepted(plain, model, *proof));
    CHECK_FALSE(accepted(versioned(plain, {20, 10, 0, 0}), model, *proof));
    for (const Model other : {Model::causal, Model::causal_convergent, Model::causal_memory, Model::pram,
                              Model::monotonic_writes, Model::writes_follow_reads, Model::read_your_writes}) {
      CHECK_FALSE(accepted(h, other, *proof));
    }
    checker::ForcedOrder bent = *proof;
    for (checker::Link& link : bent.end) {
      if (link.force == checker::Force::version) link.force = checker::Force::session_order;
    }
    CHECK_FALSE(accepted(h, model, bent));
    bent = *proof;
    bent.end = {{0, 1, checker::Force::version, 0}, {1, 0, checker::Force::version, 0}};
    CHECK_FALSE(accepted(h, model, bent));
    bent = *proof;
    bent.end = {{0, 99, checker::Force::version, 0}, {99, 0, checker::Force::version, 0}};
    CHECK_FALSE(accepted(h, model, bent));
  }
}

TEST_CASE("a witness that goes against the versions is refused") {
  const History plain = tests::litmus("p1:w(x,1) // p2:w(x,2); p3:r(x)->2 r(x)->1");
  for (const Model model : {Model::monotonic_reads, Model::session}) {
    const auto formal = tests::judge(plain, model);
    REQUIRE(formal.verdict == Verdict::holds);
    CHECK(checker::verify(versioned(plain, {20, 10, 0, 0}), model, Verdict::holds, formal.certificate).accepted);
    CHECK_FALSE(checker::verify(versioned(plain, {10, 20, 0, 0}), model, Verdict::holds, formal.certificate).accepted);
  }
}

TEST_CASE("monotonic writes and writes-follow-reads, by versions, across keys") {
  // Each session's writes are in order on their own; only together with both keys' versions they go round.
  const History writes = tests::litmus("p1:w(x,1) w(y,1) // p2:w(y,2) w(x,2)");
  const auto mixed = [&](std::int64_t x1, std::int64_t y1, std::int64_t y2, std::int64_t x2) {
    std::vector<std::int64_t> of(writes.size());
    for (OpId op = 0; op < writes.size(); ++op) {
      const bool one = writes.session[op] == writes.session[0];
      const bool x = writes.key[op] == writes.key[0];
      of[op] = one ? (x ? x1 : y1) : (x ? x2 : y2);
    }
    return versioned(writes, of);
  };
  // x: 2 before 1; y: 1 before 2. So w(x,1) < w(y,1) < w(y,2) < w(x,2) < w(x,1).
  const auto circle = tests::judge(mixed(20, 10, 20, 10), Model::monotonic_writes);
  REQUIRE(circle.verdict == Verdict::violated);
  CHECK(circle.anomalies.front().name == "MonotonicWrites");
  CHECK(tests::judge(mixed(10, 10, 20, 20), Model::monotonic_writes).verdict == Verdict::holds);
  CHECK(tests::judge(mixed(20, 10, 20, 10), Model::writes_follow_reads).verdict == Verdict::holds);

  const History reads = tests::litmus("p1:w(x,1); p2:r(x)->1 w(x,2)");
  const auto follows = tests::judge(versioned(reads, {20, 0, 10}), Model::writes_follow_reads);
  REQUIRE(follows.verdict == Verdict::violated);
  CHECK(follows.anomalies.front().name == "WritesFollowReads");
  CHECK(tests::judge(versioned(reads, {20, 0, 10}), Model::monotonic_writes).verdict == Verdict::holds);
  CHECK(tests::judge(versioned(reads, {10, 0, 20}), Model::writes_follow_reads).verdict == Verdict::holds);
  const auto& proof = std::get<checker::ForcedOrder>(follows.certificate.proof);
  for (const Model other : {Model::monotonic_writes, Model::read_your_writes, Model::monotonic_reads, Model::causal}) {
    CHECK_FALSE(checker::verify(versioned(reads, {20, 0, 10}), other, Verdict::violated, {proof}).accepted);
  }
}
