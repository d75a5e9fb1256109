#pragma once

#include <cstdint>
#include <vector>

#include "checker/linearizable/problem.hpp"
#include "checker/linearizable/search.hpp"
#include "checker/linearizable/state_table.hpp"

namespace kasauti::checker::linearizable {

/// What the search works out about a problem before it begins, and only reads from then on.
struct Facts {
  /// O(events + kinds), and the kinds squared at worst where there are unknown blind writes of 4096 kinds or fewer.
  Facts(const Problem& problem, const objects::Specification& specification, const SearchOptions& options,
        StateTable& states);

  const Problem& problem;
  bool hide = true;                          ///< see Reductions; off where calls that tie have an order of their own
  bool exchange = true;
  bool dominance = true;
  bool narrow = false;                       ///< in a beam, which does not look for chains of unknown calls
  std::vector<bool> observes, overwrites;    ///< by kind
  std::vector<std::uint32_t> completes_at;   ///< by call: the event of its completion, or none
  std::vector<std::uint32_t> group_of;       ///< by kind: its group of unknown calls, or none
  std::vector<std::uint32_t> kind_of_group;

 private:
  bool is_observed(std::uint32_t blind, StateTable& states) const;
};

}  // namespace kasauti::checker::linearizable
