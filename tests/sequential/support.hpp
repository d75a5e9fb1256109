#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/verdict.hpp"
#include "histories/history.hpp"

namespace kasauti::tests {

using checker::Judgement;
using checker::Model;
using checker::Verdict;
using histories::Function;
using histories::History;
using histories::ObjectKind;
using histories::OpId;
using histories::Outcome;

/// One call of a history under construction. Of equal stamps those of the earlier call come first.
struct Call {
  int process = 0;
  int session = 0;
  Function function = Function::read;
  int key = 0;
  int value = 0;        ///< read: what it returned; write: what it wrote; cas: the old value
  int second = 0;       ///< cas: the new value
  bool refused = false; ///< cas
  Outcome outcome = Outcome::ok;
  int invoked = 0;
  int completed = 0;
};

/// Values are integers and 0 is the initial one. With `timed` the stamps are times, so that equal ones overlap.
[[nodiscard]] History make_history(ObjectKind object, const std::vector<Call>& calls, bool timed = false);

/// What a random history is made of.
struct Recipe {
  ObjectKind object = ObjectKind::reg;
  int calls = 5;
  int processes = 3;
  int sessions = 0;     ///< 0: each process is one; else calls of one session may overlap
  int keys = 2;
  int values = 2;       ///< written at random from 1 to this; 0: every write has a value of its own
  int failed = 0;       ///< per cent
  int unknown = 0;      ///< per cent
  int lost = 0;         ///< per cent of reads that return any value instead of one from a store
};

/// A history of a store that answers reads from a copy that may lag, so that both verdicts are common. `seed` decides
/// all.
[[nodiscard]] History random_history(const Recipe& recipe, std::uint64_t seed);

/// A register history of one copy of every key, on which sessions take turns at random, so that the order of the turns
/// is a witness. Then the calls of each session are moved apart in time, as if replies had been late by up to `lag`.
[[nodiscard]] History sequential_history(int calls, int sessions, int keys, int lag, std::uint64_t seed);

/// Straight from the definition: is there an order of all `ok` operations and some `info` ones that respects the
/// session order and is legal for integer registers? Tries them all. `key` restricts it to one key; -1: all together.
[[nodiscard]] bool has_sequential_order(const History& history, int key = -1);

/// Every line of a history, for a failing test to show.
[[nodiscard]] std::string show(const History& history);

}  // namespace kasauti::tests
