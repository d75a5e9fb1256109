// What the engines must decide by themselves, and what they must not get wrong: calls drawn at random, with values
// added twice, refusals, and unknown outcomes, against brute force.

#include <random>

#include <catch2/catch_test_macros.hpp>

#include "support/judge.hpp"
#include "support/script.hpp"
#include "support/small.hpp"

namespace kasauti::tests {

namespace {

using enum histories::Function;
using histories::no_value;

/// Calls of few values, most of which could have happened.
Made any_call(ObjectKind object, histories::ValueTable& values, std::mt19937& random) {
  const auto number = [&](std::uint32_t many) {
    return values.intern_integer(static_cast<std::int64_t>(random() % many));
  };
  const Outcome outcome = random() % 6 == 0 ? Outcome::info : Outcome::ok;
  const std::uint32_t kind = random() % 4;
  const Flag refused = random() % 3 == 0 ? Flag::no : Flag::absent;
  const auto whole = [&] {
    std::vector<ValueId> elements(random() % 4);
    for (ValueId& element : elements) element = number(2);
    return values.intern_list(elements);
  };
  switch (object) {
    case ObjectKind::list:
      if (kind < 2) return {append, number(2), no_value, Flag::absent, outcome};
      return {read, no_value, whole(), Flag::absent, Outcome::ok};
    case ObjectKind::set:
      if (kind == 0) return {add, number(2), no_value, outcome == Outcome::ok ? refused : Flag::absent, outcome};
      if (kind == 1) return {remove, number(2), no_value, outcome == Outcome::ok ? refused : Flag::absent, outcome};
      return {contains, number(2), no_value, random() % 2 == 0 ? Flag::yes : Flag::no, Outcome::ok};
    case ObjectKind::ids: return {generate, no_value, number(4), Flag::absent, outcome};
    case ObjectKind::fetch_add:
      return {fetch_add, values.intern_integer(1 + static_cast<std::int64_t>(random() % 2)), number(4), Flag::absent,
              outcome};
    case ObjectKind::counter:
      if (kind == 0) return {add, number(3), no_value, Flag::absent, outcome};
      if (kind == 1) return {increment, no_value, no_value, Flag::absent, outcome};
      return {read, no_value, number(5), Flag::absent, Outcome::ok};
    default:
      return {kind < 2 ? acquire : release, no_value, histories::null_value,
              outcome == Outcome::ok && kind == 0 ? refused : Flag::absent, outcome};
  }
}

/// The engine's answer on its one key, without any search.
std::optional<checker::linearizable::KeyAnswer> answer(const History& history) {
  const checker::index::Keys keys{history, true};
  histories::Budget budget;
  return checker::linearizable::decide_by_object(history, keys.operations(0), budget);
}

void must_refute(const std::string& header, const std::vector<Call>& calls) {
  const History history = script(header, calls);
  const auto found = answer(history);
  INFO(show(history));
  REQUIRE(found.has_value());
  CHECK(found->verdict == checker::Verdict::violated);
  Tally tally;
  judge(history, tally);
  CHECK(tally.violated == 1);
}

}  // namespace

TEST_CASE("whatever an engine answers is true, also where values repeat and calls are refused") {
  for (const ObjectKind object : {ObjectKind::list, ObjectKind::set, ObjectKind::ids, ObjectKind::fetch_add,
                                  ObjectKind::counter, ObjectKind::lock, ObjectKind::semaphore}) {
    INFO(histories::name_of(object));
    std::mt19937 random{31};
    Tally tally;
    for (int round = 0; round < 15'000; ++round) {
      histories::ValueTable values;
      std::vector<Made> calls(1 + random() % 5);
      for (Made& call : calls) call = any_call(object, values, random);
      History history = make_history(object, values, calls, random_intervals(calls.size(), 1 + random() % 3, random));
      history.header.permits = object == ObjectKind::semaphore ? 2 : 1;
      judge(history, tally);
    }
    CHECK(tally.holds > 200);
    CHECK(tally.violated > 200);
  }
}

TEST_CASE("a removal of unknown outcome that began too late explains no lost value") {
  must_refute(R"("object":"queue")", {{0, "enqueue", "1", "", 0, 1},
                                      {0, "enqueue", "2", "", 2, 3},
                                      {0, "dequeue", "", "2", 4, 5},
                                      {1, "dequeue", "", "", 6, 7, "info"}});
  must_refute(R"("object":"stack")", {{0, "push", "1", "", 0, 1},
                                      {0, "push", "2", "", 2, 3},
                                      {0, "pop", "", "1", 4, 5},
                                      {1, "pop", "", "", 6, 7, "info"}});
}

TEST_CASE("no proof by a few values is trusted of a container that did not begin empty") {
  const History history = script(R"("object":"queue","initial":[5])", {{0, "enqueue", "1", "", 0, 1},
                                                                      {0, "dequeue", "", "5", 2, 3},
                                                                      {0, "dequeue", "", "1", 4, 5}});
  const checker::Certificate proof{checker::ValuesCore{0, {0, 2}}};
  CHECK_FALSE(checker::verify(history, checker::Model::linearizable, checker::Verdict::violated, proof).accepted);
}

TEST_CASE("additions between two reads of a counter are more than the reads differ by") {
  must_refute(R"("object":"counter")", {{0, "inc", "", "", 0, 20},
                                        {1, "read", "", "1", 1, 2},
                                        {1, "inc", "", "", 3, 5},
                                        {2, "inc", "", "", 4, 6},
                                        {1, "read", "", "2", 7, 8}});
}

}  // namespace kasauti::tests
