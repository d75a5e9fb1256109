#pragma once

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::linearizable {

/// Which engine may answer, for tests that set one against another.
enum class Engine : std::uint8_t { automatic, zones, search };

struct Options {
  Engine engine = Engine::automatic;
  unsigned threads = 1;
};

/// Whether one legal order respects real time (Herlihy & Wing 1990), key by key, with the engine that each key
/// allows. A key that an engine asked for by name can't answer makes the verdict `unknown: precondition`.
[[nodiscard]] Judgement check(const History& history, const Options& options, histories::Budget& budget);

}  // namespace kasauti::checker::linearizable
