// The verifier on its own: of a history that is linearizable, no proof that it is not may be accepted, whatever it
// names.

#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/index/keys.hpp"
#include "support/brute_force.hpp"
#include "support/small.hpp"

namespace kasauti::tests {

namespace {

using namespace checker;
using enum histories::Function;
using histories::no_value;

/// A call that fits the object, with an answer drawn at random from few.
Made random_call(ObjectKind object, histories::ValueTable& values, std::mt19937& random) {
  const auto number = [&] { return values.intern_integer(static_cast<std::int64_t>(1 + random() % 3)); };
  const bool first = random() % 2 == 0;
  const Outcome outcome = random() % 6 == 0 ? Outcome::info : Outcome::ok;
  const ValueId maybe_nothing = random() % 4 == 0 ? histories::null_value : number();
  const auto whole = [&] {
    std::vector<ValueId> ids(random() % 3);
    for (ValueId& id : ids) id = number();
    return values.intern_list(ids);
  };
  const Flag flag = random() % 2 == 0 ? Flag::yes : Flag::no;
  switch (object) {
    case ObjectKind::queue:
      return {first ? enqueue : dequeue, first ? number() : no_value, maybe_nothing, Flag::absent, outcome};
    case ObjectKind::stack:
      return {first ? push : pop, first ? number() : no_value, maybe_nothing, Flag::absent, outcome};
    case ObjectKind::priority_queue:
      return {first ? insert : poll, first ? number() : no_value, maybe_nothing, Flag::absent, outcome};
    case ObjectKind::bag:
      return {first ? put : take, first ? number() : no_value, maybe_nothing, Flag::absent, outcome};
    case ObjectKind::list: return {first ? append : read, first ? number() : no_value, whole(), Flag::absent, outcome};
    case ObjectKind::set:
      if (random() % 3 == 0) return {read, no_value, whole(), Flag::absent, Outcome::ok};
      if (first) return {add, number(), no_value, Flag::absent, outcome};
      return {random() % 2 == 0 ? remove : contains, number(), no_value, flag, Outcome::ok};
    case ObjectKind::ids: return {generate, no_value, number(), Flag::absent, outcome};
    case ObjectKind::fetch_add:
      return {fetch_add, number(), values.intern_integer(random() % 5), Flag::absent, outcome};
    case ObjectKind::counter:
      return {first ? add : read, first ? number() : no_value, values.intern_integer(random() % 6), Flag::absent,
              outcome};
    case ObjectKind::kv: {
      const auto letter = [&] { return values.intern_string(std::string(1, static_cast<char>('a' + random() % 4))); };
      std::string seen;
      for (auto left = random() % 3; left > 0; --left) seen += static_cast<char>('a' + random() % 4);
      const ValueId result = seen.empty() ? histories::null_value : values.intern_string(seen);
      if (random() % 4 == 0) return {write, letter(), no_value, Flag::absent, outcome};
      return {first ? append : read, first ? letter() : no_value, result, Flag::absent, outcome};
    }
    case ObjectKind::fenced_lock: {
      const ValueId pair[] = {values.intern_integer(random() % 2), number()};
      if (random() % 2 == 0) return {write, values.intern_list(pair), no_value, flag, outcome};
      return {first ? acquire : release, no_value, first ? number() : no_value, flag, outcome};
    }
    default: return {first ? acquire : release, no_value, no_value, flag, outcome};
  }
}

std::vector<Certificate> random_proofs(const History& history, std::mt19937& random) {
  const auto any = [&] { return static_cast<OpId>(random() % history.size()); };
  const auto maybe = [&] { return random() % 3 == 0 ? histories::no_operation : any(); };
  const auto some = [&] {
    std::vector<OpId> operations(1 + random() % 3);
    for (OpId& op : operations) op = any();
    return operations;
  };
  SetCycle cycle{0, {{any(), 0, static_cast<SetReason>(random() % 6), maybe()}}};
  for (std::size_t more = random() % 3; more > 0; --more) {
    cycle.edges.push_back({any(), 0, static_cast<SetReason>(random() % 6), maybe()});
  }
  for (std::size_t i = 0; i < cycle.edges.size(); ++i) {
    cycle.edges[i].to = cycle.edges[(i + 1) % cycle.edges.size()].from;
  }
  Outnumbered outnumbered{0, {{any(), any()}}};
  if (random() % 2 == 0) outnumbered.lost.push_back({any(), any()});
  return {{ValuesCore{0, some()}},           {AlwaysThere{any(), some()}}, {NoBottom{0, some()}}, {outnumbered},
          {OrderClash{0, any(), maybe(), maybe()}}, {OutOfBounds{any(), maybe()}}, {TooManyHeld{any(), maybe()}},
          {ConcatenationClash{0, some(), {}, maybe()}}, {ConcatenationClash{0, {}, {{any(), any()}}, maybe()}},
          {ConcatenationClash{0, {}, {{any(), any()}, {any(), any()}}, maybe()}},
          {FalseRefusal{any(), maybe()}},    {cycle}};
}

}  // namespace

TEST_CASE("no proof against a linearizable history is accepted") {
  for (const ObjectKind object :
       {ObjectKind::queue, ObjectKind::stack, ObjectKind::priority_queue, ObjectKind::bag, ObjectKind::list,
        ObjectKind::set,
        ObjectKind::ids, ObjectKind::fetch_add, ObjectKind::counter, ObjectKind::lock, ObjectKind::semaphore,
        ObjectKind::kv, ObjectKind::fenced_lock}) {
    INFO(histories::name_of(object));
    std::mt19937 random{5};
    std::size_t linearizable = 0, refuted = 0;
    for (int round = 0; round < 15'000; ++round) {
      histories::ValueTable values;
      std::vector<Made> calls(2 + random() % 5);
      for (Made& call : calls) call = random_call(object, values, random);
      const History history =
          make_history(object, values, calls, random_intervals(calls.size(), 2 + random() % 3, random));
      const index::Keys keys{history, true};
      if (keys.size() == 0) continue;
      const bool truth = linearizable_by_brute_force(history, keys.operations(0));
      linearizable += truth ? 1 : 0;
      for (int tries = 0; tries < 3; ++tries) {
        for (const Certificate& proof : random_proofs(history, random)) {
          const bool accepted = verify(history, Model::linearizable, Verdict::violated, proof).accepted;
          refuted += accepted ? 1 : 0;
          if (!accepted || !truth) continue;
          FAIL_CHECK("proof " << proof.proof.index() << " of round " << round << " was accepted");
        }
      }
    }
    CHECK(linearizable > 300);
    CHECK(refuted > 100);
  }
}

}  // namespace kasauti::tests
