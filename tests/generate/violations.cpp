// A history that is said to be violated is violated, and one that isn't is not: by arguments of a few lines on larger
// histories, and by trying every order on tiny ones.

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "checker/objects/specification.hpp"
#include "tests/generate/support.hpp"

using namespace kasauti;
using histories::Function;
using histories::History;
using histories::no_operation;
using histories::OpId;
using histories::ValueId;
using histories::generate::Options;

namespace {

/// The writes of a register or map by key and value; every value is written once.
std::map<std::pair<histories::KeyId, ValueId>, OpId> writes_of(const History& history) {
  std::map<std::pair<histories::KeyId, ValueId>, OpId> writes;
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.function[op] != Function::write) continue;
    CHECK(writes.emplace(std::pair{history.key[op], history.argument[op]}, op).second);
  }
  return writes;
}

struct Refutations {
  std::size_t stale = 0, future = 0, thin_air = 0;
};

/// Counts the reads that, with one other write at most, refute linearizability of a map with distinct values.
Refutations refutations(const History& history, bool within_process) {
  const auto writes = writes_of(history);
  const auto precedes = [&](OpId a, OpId b) {
    return history.precedes(a, b) && (!within_process || history.process[a] == history.process[b]);
  };
  Refutations found;
  for (OpId read = 0; read < history.size(); ++read) {
    if (history.function[read] != Function::read || !history.ok(read)) continue;
    const auto write = writes.find({history.key[read], history.result[read]});
    if (history.result[read] != histories::null_value && write == writes.end()) ++found.thin_air;
    if (write != writes.end() && precedes(read, write->second)) ++found.future;
    if (write == writes.end()) continue;
    for (const auto& [key_and_value, other] : writes) {
      if (key_and_value.first != history.key[read] || other == write->second) continue;
      if (precedes(write->second, other) && precedes(other, read)) {
        ++found.stale;
        break;
      }
    }
  }
  return found;
}

bool can_happen(const Options& options) {
  const auto& kinds = histories::generate::kinds();
  const auto kind = std::ranges::find(kinds, options.kind, &histories::generate::Kind::name);
  return options.violate == "none" || std::ranges::find(kind->violations, options.violate) != kind->violations.end();
}

/// Tries every order of a history of one key, operation by operation; pairs of a state and a set of operations that
/// were seen fail.
bool linearizable(const History& history) {
  const auto specification = checker::objects::make_specification(history.header, history.values);
  std::set<std::pair<std::uint64_t, checker::objects::State>> seen;
  std::uint64_t must = 0;
  for (OpId op = 0; op < history.size(); ++op) must |= std::uint64_t{history.ok(op)} << op;
  using checker::objects::State;
  const std::function<bool(std::uint64_t, const State&)> search = [&](std::uint64_t done, const State& state) {
    if ((done & must) == must) return true;
    if (!seen.emplace(done, state).second) return false;
    for (OpId op = 0; op < history.size(); ++op) {
      if ((done >> op & 1U) != 0 || history.outcome[op] == histories::Outcome::fail) continue;
      bool minimal = true;
      for (OpId other = 0; other < history.size() && minimal; ++other) {
        minimal = (done >> other & 1U) != 0 || !history.precedes(other, op);
      }
      if (!minimal) continue;
      std::vector<checker::objects::State> after;
      specification->step(state, history.operation(op), after);
      for (const auto& next : after) {
        if (search(done | std::uint64_t{1} << op, next)) return true;
      }
    }
    return false;
  };
  return search(0, specification->initial());
}

}  // namespace

TEST_CASE("registers and maps are refuted by a read and two writes, and only where a violation was asked for") {
  for (const std::string kind : {"register", "kv", "causal", "sequential"}) {
    const bool weaker = kind == "causal" || kind == "sequential";
    for (const std::string violate : {"none", "stale", "lost", "future", "thin-air"}) {
      const unsigned keys = kind == "register" ? 1 : 5;
      const Options options{.kind = kind, .ops = 1500, .clients = 10, .keys = keys, .info = 0.02, .seed = 11,
                            .violate = violate};
      if (!can_happen(options)) continue;
      // A weaker model is refuted by operations of one process alone.
      const Refutations found = refutations(tests::generated_history(options), weaker);
      INFO(kind << " " << violate);
      CHECK((found.stale > 0) == (violate == "stale" || violate == "lost"));
      CHECK((found.future > 0) == (violate == "future"));
      CHECK((found.thin_air > 0) == (violate == "thin-air"));
    }
  }
}

TEST_CASE("the weaker kinds are not linearizable") {
  for (const std::string kind : {"causal", "sequential"}) {
    const History history = tests::generated_history({.kind = kind, .ops = 1500, .clients = 10, .keys = 5});
    INFO(kind);
    CHECK(refutations(history, false).stale > 0);
  }
}

TEST_CASE("a process of the weaker kinds never sees a key go back") {
  for (const std::string kind : {"causal", "sequential"}) {
    const Options options{.kind = kind, .ops = 20'000, .clients = 10, .keys = 4, .info = 0.01};
    const History history = tests::generated_history(options);
    // Values of one key count up in the order in which they were written, as the clients of one key take turns; those
    // of a sequential map are in the order of their effects, which reads of one process must agree on.
    std::map<std::pair<histories::ProcessId, histories::KeyId>, std::vector<ValueId>> seen;
    for (OpId op = 0; op < history.size(); ++op) {
      if (history.function[op] != Function::read || !history.ok(op)) continue;
      auto& values = seen[{history.process[op], history.key[op]}];
      if (values.empty() || values.back() != history.result[op]) values.push_back(history.result[op]);
    }
    INFO(kind);
    for (auto& [who, values] : seen) {
      std::ranges::sort(values);
      CHECK(std::ranges::adjacent_find(values) == values.end());
    }
  }
}

TEST_CASE("a container that is said to be violated is") {
  for (const std::string kind : {"queue", "stack", "priority-queue", "bag"}) {
    for (const std::string violate : {"none", "lost", "duplicate", "future", "thin-air"}) {
      const History history = tests::generated_history(
          {.kind = kind, .ops = 2000, .clients = 10, .info = 0.05, .seed = 2, .violate = violate});
      std::map<ValueId, OpId> added;
      std::map<ValueId, unsigned> taken;
      unsigned future = 0, thin_air = 0, lost = 0, unknown_removals = 0;
      const auto adds = [&](OpId op) { return history.argument[op] != histories::no_value; };
      for (OpId op = 0; op < history.size(); ++op) {
        if (adds(op)) CHECK(added.emplace(history.argument[op], op).second);
        else if (!history.ok(op)) ++unknown_removals;
        else if (history.result[op] != histories::null_value) ++taken[history.result[op]];
      }
      for (OpId op = 0; op < history.size(); ++op) {
        if (adds(op) || !history.ok(op)) continue;
        const auto addition = added.find(history.result[op]);
        if (history.result[op] == histories::null_value) {
          for (const auto& [value, add] : added) {
            lost += history.ok(add) && history.precedes(add, op) && !taken.contains(value) && unknown_removals == 0;
          }
        } else if (addition == added.end()) {
          ++thin_air;
        } else {
          future += history.precedes(op, addition->second);
        }
      }
      INFO(kind << " " << violate);
      CHECK((lost > 0) == (violate == "lost"));
      CHECK((future > 0) == (violate == "future"));
      CHECK((thin_air > 0) == (violate == "thin-air"));
      CHECK(std::ranges::any_of(taken, [](const auto& entry) { return entry.second > 1; }) == (violate == "duplicate"));
    }
  }
}

TEST_CASE("more permits are out than there are, and only where that was asked for") {
  for (const std::string kind : {"lock", "semaphore"}) {
    for (const std::string violate : {"none", "duplicate"}) {
      const History history = tests::generated_history(
          {.kind = kind, .ops = 1000, .clients = 6, .info = 0.02, .violate = violate});
      // Acquisitions that have completed less releases that have begun, as the events pass.
      std::map<histories::Rank, int> change;
      for (OpId op = 0; op < history.size(); ++op) {
        if (history.function[op] == Function::release) --change[history.invoked[op]];
        else if (history.ok(op)) ++change[history.completed[op]];
      }
      int out = 0, most = 0;
      for (const auto& [rank, by] : change) most = std::max(most, out += by);
      INFO(kind << " " << violate);
      CHECK((most > (kind == "lock" ? 1 : 3)) == (violate == "duplicate"));
    }
  }
}

TEST_CASE("money is kept, but where it is said to be lost or made") {
  for (const std::string violate : {"none", "lost", "thin-air"}) {
    const History history = tests::generated_history({.kind = "bank", .ops = 1000, .keys = 4, .violate = violate});
    const auto sum = [&](ValueId balances) {
      std::int64_t total = 0;
      const auto pairs = history.values.elements(balances);
      for (std::size_t i = 1; i < pairs.size(); i += 2) total += history.values.integer(pairs[i]);
      return total;
    };
    const std::int64_t whole = sum(history.header.initial);
    bool less = false, more = false;
    for (OpId op = 0; op < history.size(); ++op) {
      if (history.function[op] != Function::read_all || !history.ok(op)) continue;
      less |= sum(history.result[op]) < whole;
      more |= sum(history.result[op]) > whole;
    }
    CHECK(less == (violate == "lost"));
    CHECK(more == (violate == "thin-air"));
  }
}

TEST_CASE("every order of tiny histories agrees with what was asked for") {
  for (const auto& kind : histories::generate::kinds()) {
    if (kind.name == "causal" || kind.name == "sequential") continue;
    std::vector<std::string_view> violations = kind.violations;
    violations.push_back("none");
    for (const std::string_view violate : violations) {
      for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        // The longest violation, of a semaphore, has six operations; some more run beside it.
        const double info = violate == "none" ? 0.1 : 0.02;
        const Options options{.kind = std::string{kind.name}, .ops = 22, .clients = 3, .info = info, .seed = seed,
                              .violate = std::string{violate}, .permits = 2};
        const History history = tests::generated_history(options);
        if (checker::objects::make_specification(history.header, history.values) == nullptr) break;
        INFO(kind.name << " " << violate << " seed " << seed << "\n" << tests::generated(options));
        CHECK(linearizable(history) == (violate == "none"));
      }
    }
  }
}
