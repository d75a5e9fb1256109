#pragma once

#include <cstdint>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker {

/// Why one operation is before another in every legal order that respects the session order. Write w → r where r
/// observed what w wrote.
enum class ForcedBy : std::uint8_t {
  session_order,  ///< calls of one session
  reads_from,     ///< `to` observed the value that only `from` can have written
  overwritten,    ///< `from` and `to` write one key, `read` observed what `to` wrote, and `path` leads from `from` to `read`
  overwrites,     ///< `from` (= `read`) observed w, `to` is another write of that key, and `path` leads from w to `to`; where w is
                  ///< the initial value there is no path
  listed,         ///< appends of one list, each value appended once: `read` lists that of `from` before that of `to`
  unlisted,       ///< `from` (= `read`) read the whole list, and `to`, an append that happened, is not in it
};

/// One forced order. Its path is made of facts that come before it in the proof, each ending where the next begins.
struct ForcedFact {
  histories::OpId from = histories::no_operation;
  histories::OpId to = histories::no_operation;
  ForcedBy by = ForcedBy::session_order;
  histories::OpId read = histories::no_operation;  ///< of the last two kinds
  std::vector<std::uint32_t> path;
};

/// violated (registers, and append lists with the kinds that need no path; sequential, and per-key sequential where all
/// operations are of one key): facts, the last of which close a circle.
struct ForcedCycle {
  std::vector<ForcedFact> facts;
  std::vector<std::uint32_t> cycle;  ///< facts, each ending where the next begins, the last where the first does
};

/// violated (sequential, per-key sequential): the operations of these keys alone admit no order; the verifier
/// searches them exhaustively. Sound since a legal order of all operations, restricted to some keys, is a legal order
/// of those.
struct KeysCore {
  std::vector<histories::KeyId> keys;
};

}  // namespace kasauti::checker
