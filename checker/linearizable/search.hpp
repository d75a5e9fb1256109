#pragma once

#include <cstdint>
#include <vector>

#include "checker/linearizable/problem.hpp"
#include "checker/objects/specification.hpp"
#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::linearizable {

/// Which of the search's reductions are in force. Tests switch them off one by one to set the search against itself.
struct Reductions {
  bool hide_overwritten = true;   ///< a blind write may be placed unseen before a later one
  bool earliest_deadline = true;  ///< of equal operations, the one that must end first goes first
  bool dominance = true;          ///< a configuration that has used more unknown operations than its twin is dropped
};

struct SearchOptions {
  Reductions reductions;
  std::uint64_t most_steps = 0;   ///< give up after so many configurations; 0: never
  std::uint32_t beam = 0;         ///< keep only so many configurations after each completion; 0: all. Then it may end
                                  ///< without a verdict (`cut`), but what it says is certain all the same
  unsigned threads = 1;           ///< more than one: wide layers and segments are shared among the caller's task arena
                                  ///< (TBB). The result is the same, unless a budget runs out on the way
  std::size_t wide = 2048;        ///< so many unexpanded configurations make a layer wide
  std::size_t segment = 4096;     ///< where it can be, the key is cut into segments of so many events or more; 0: never
  bool final_states = false;      ///< holds: say in which states the object can be at the end
};

struct SearchResult {
  Verdict verdict = Verdict::unknown;
  Cause cause = Cause::none;
  std::vector<OpId> witness;      ///< holds: see KeyAnswer
  std::size_t events_done = 0;    ///< violated: the number of events up to and with the completion that no order
                                  ///< allows; unknown: how far it got
  bool cut = false;               ///< the beam was too narrow: events_done is where it lost its last configuration
  std::uint64_t steps = 0;        ///< configurations visited
  std::vector<objects::State> final_states;  ///< holds, and asked for: the states that the object can be in at the end
  std::size_t widest = 0;         ///< the most configurations that were alive at once
};

/// Searches all orders of the calls. Exact: holds and violated are both certain. Exponential in the number of calls
/// that are open at once; linear in the rest where that number is bounded.
[[nodiscard]] SearchResult search(const Problem& problem, const objects::Specification& specification,
                                  const SearchOptions& options, histories::Budget& budget);

}  // namespace kasauti::checker::linearizable
