// Containers against brute force: every small history, and random larger ones. Whatever an engine answers must be
// right and its certificate must verify; and it must answer what its head says it does.

#include <memory>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "support/judge.hpp"
#include "support/small.hpp"

namespace kasauti::tests {

namespace {

using enum histories::Function;

struct Names {
  ObjectKind object;
  Function in, out;
};

constexpr Names containers[] = {{ObjectKind::queue, enqueue, dequeue},
                                {ObjectKind::stack, push, pop},
                                {ObjectKind::priority_queue, insert, poll},
                                {ObjectKind::bag, put, take}};

}  // namespace

TEST_CASE("every history of up to four calls on a container") {
  for (const Names& names : containers) {
    INFO(histories::name_of(names.object));
    histories::ValueTable values;
    const ValueId one = values.intern_integer(1), two = values.intern_integer(2);
    const std::vector<Made> kinds = {{names.in, one, histories::no_value, Flag::absent, Outcome::ok},
                                     {names.in, two, histories::no_value, Flag::absent, Outcome::ok},
                                     {names.in, one, histories::no_value, Flag::absent, Outcome::info},
                                     {names.out, histories::no_value, one, Flag::absent, Outcome::ok},
                                     {names.out, histories::no_value, two, Flag::absent, Outcome::ok},
                                     {names.out, histories::no_value, histories::null_value, Flag::absent, Outcome::ok},
                                     {names.out, histories::no_value, histories::no_value, Flag::absent,
                                      Outcome::info}};
    Tally tally;
    for (std::size_t calls = 1; calls <= 4; ++calls) {
      const auto intervals = all_intervals(calls);
      std::vector<std::size_t> choice(calls, 0);
      for (bool more = true; more;) {
        std::vector<Made> made;
        for (const std::size_t kind : choice) made.push_back(kinds[kind]);
        for (const auto& overlap : intervals) judge(make_history(names.object, values, made, overlap), tally);
        std::size_t digit = 0;
        while (digit < calls && ++choice[digit] == kinds.size()) choice[digit++] = 0;
        more = digit < calls;
      }
    }
    CHECK(tally.holds > 1000);
    CHECK(tally.violated > 1000);
  }
}

TEST_CASE("random histories of up to eleven calls on a container") {
  for (const Names& names : containers) {
    for (const bool unknown : {false, true}) {
      INFO(histories::name_of(names.object));
      std::mt19937 random{unknown ? 2U : 1U};
      Tally tally;
      for (int round = 0; round < 30'000; ++round) {
        histories::ValueTable values;
        const std::size_t count = 2 + random() % 4;
        std::vector<Made> made;
        for (std::size_t v = 0; v < count; ++v) {
          const ValueId value = values.intern_integer(static_cast<std::int64_t>(v + 1));
          const bool lost = unknown && random() % 8 == 0;
          made.push_back({names.in, value, histories::no_value, Flag::absent, lost ? Outcome::info : Outcome::ok});
          if (random() % 5 != 0) {
            const bool forgotten = unknown && random() % 5 == 0;
            made.push_back({names.out, histories::no_value, value, Flag::absent,
                            forgotten ? Outcome::info : Outcome::ok});
          }
        }
        for (std::size_t extra = random() % 3; extra > 0; --extra) {
          const bool forgotten = unknown && random() % 2 == 0;
          made.push_back({names.out, histories::no_value, histories::null_value, Flag::absent,
                          forgotten ? Outcome::info : Outcome::ok});
        }
        // Removals mostly after adds, so that not all histories are wrong at once.
        for (std::size_t swaps = random() % 6; swaps > 0; --swaps) {
          std::swap(made[random() % made.size()], made[random() % made.size()]);
        }
        const auto intervals = random_intervals(made.size(), 2 + random() % 4, random);
        judge(make_history(names.object, values, made, intervals), tally);
      }
      if (!unknown) CHECK(tally.answered == tally.histories);
      CHECK(tally.holds > 300);
      CHECK(tally.violated > 300);
    }
  }
}

}  // namespace kasauti::tests
