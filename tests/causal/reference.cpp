// Histories of some dozens of operations against a reference that computes the bad patterns in the plainest way: relations as bit
// matrices, closed and saturated until nothing changes. What brute force can't reach: many reads of one key, hints, long chains.

#include <random>

#include "tests/support/judge_causal.hpp"
#include "tests/support/random_store.hpp"

using namespace kasauti;
using checker::Model;
using checker::Verdict;
using tests::SmallOp;

namespace {

/// At most 64 operations that happened; row b of a relation holds what comes before b.
struct Reference {
  explicit Reference(const std::vector<SmallOp>& all) {
    for (const SmallOp& op : all) {
      bool was_read = false;
      for (const SmallOp& read : all) was_read = was_read || (!read.write && read.key == op.key && read.value == op.value);
      if (op.end == histories::EventType::ok || (op.end == histories::EventType::info && was_read)) ops.push_back(op);
    }
    session.assign(ops.size(), 0);
    source.assign(ops.size(), -1);
    for (std::size_t b = 0; b < ops.size(); ++b) {
      for (std::size_t a = 0; a < ops.size(); ++a) {
        if (a < b && ops[a].session == ops[b].session && ops[a].end == histories::EventType::ok) session[b] |= bit(a);
        if (!ops[b].write && ops[a].write && ops[a].key == ops[b].key && ops[a].value == ops[b].value) source[b] = static_cast<int>(a);
      }
      unwritten = unwritten || (!ops[b].write && ops[b].value != 0 && source[b] < 0);
    }
    causal = session;
    for (std::size_t b = 0; b < ops.size(); ++b) {
      if (source[b] >= 0) causal[b] |= bit(static_cast<std::size_t>(source[b]));
    }
    close(causal);
  }

  static std::uint64_t bit(std::size_t i) { return std::uint64_t{1} << i; }
  using Relation = std::vector<std::uint64_t>;

  static void close(Relation& r) {
    for (std::size_t via = 0; via < r.size(); ++via) {
      for (std::uint64_t& row : r) {
        if ((row & bit(via)) != 0) row |= r[via];
      }
    }
  }
  static bool cyclic(const Relation& r) {
    for (std::size_t i = 0; i < r.size(); ++i) {
      if ((r[i] & bit(i)) != 0) return true;
    }
    return false;
  }
  bool clashes(std::size_t w, std::size_t r, const Relation& before) const {
    return !ops[r].write && ops[w].write && ops[w].key == ops[r].key && source[r] != static_cast<int>(w) && (before[r] & bit(w)) != 0;
  }
  /// Adds the conflicts of one session's reads, or of all (-1), as seen by `before`; false if an initial read clashes.
  bool add_conflicts(const Relation& before, Relation& to, int of) const {
    for (std::size_t r = 0; r < ops.size(); ++r) {
      if (of >= 0 && ops[r].session != static_cast<std::uint32_t>(of)) continue;
      for (std::size_t w = 0; w < ops.size(); ++w) {
        if (!clashes(w, r, before)) continue;
        if (source[r] < 0) return false;
        to[static_cast<std::size_t>(source[r])] |= bit(w);
      }
    }
    return true;
  }
  bool one_order(int of) const {
    Relation order = causal;
    if (!add_conflicts(causal, order, of)) return false;
    close(order);
    return !cyclic(order);
  }
  bool weak() const {
    for (std::size_t r = 0; r < ops.size(); ++r) {
      for (std::size_t w = 0; w < ops.size(); ++w) {
        if (clashes(w, r, causal) && (source[r] < 0 || (causal[w] & bit(static_cast<std::size_t>(source[r]))) != 0)) return false;
      }
    }
    return !cyclic(causal);
  }
  bool view(Relation base, int of) const {
    for (std::size_t r = 0; r < ops.size(); ++r) {
      if (ops[r].session == static_cast<std::uint32_t>(of) && source[r] >= 0) base[r] |= bit(static_cast<std::size_t>(source[r]));
    }
    for (Relation old; old != base;) {
      old = base;
      close(base);
      if (!add_conflicts(base, base, of)) return false;
    }
    return !cyclic(base);
  }
  bool holds(Model model) const {
    if (unwritten) return false;
    if (model == Model::causal) return weak();
    if (model == Model::causal_convergent) return one_order(-1);
    for (int of = 0; of < 8; ++of) {
      if (model == Model::session && !one_order(of)) return false;
      if (model == Model::causal_memory && (cyclic(causal) || !view(causal, of))) return false;
      if (model == Model::pram && !view(session, of)) return false;
    }
    return true;
  }

  std::vector<SmallOp> ops;
  std::vector<int> source;
  Relation session, causal;
  bool unwritten = false;
};

}  // namespace

TEST_CASE("histories of 10 to 60 operations against saturated bit matrices") {
  std::mt19937 random{5};
  constexpr Model models[] = {Model::causal, Model::causal_convergent, Model::causal_memory, Model::pram, Model::session};
  std::size_t holds[std::size(models)] = {};
  constexpr int rounds = 6000;
  for (int round = 0; round < rounds; ++round) {
    const auto ops = tests::random_store(random, {10 + tests::draw(random, 51), 2 + tests::draw(random, 4), 1 + tests::draw(random, 4),
                                                  tests::draw(random, 2), true});
    const auto history = tests::small_history(ops);
    const Reference reference{ops};
    for (std::size_t i = 0; i < std::size(models); ++i) {
      const bool expected = reference.holds(models[i]);
      const Verdict found = tests::judge(history, models[i]).verdict;
      holds[i] += expected ? 1 : 0;
      if (found == (expected ? Verdict::holds : Verdict::violated)) continue;
      INFO(checker::name_of(models[i]) << "\n" << tests::told(history));
      REQUIRE(expected == (found == Verdict::holds));
    }
  }
  for (std::size_t i = 0; i < std::size(models); ++i) {
    INFO(checker::name_of(models[i]) << " held " << holds[i]);
    CHECK(holds[i] > rounds / 50);
    CHECK(holds[i] < rounds - rounds / 50);
  }
}
