#pragma once

// The slow reference for linearizability: every order of one key's operations that respects real time, through the
// specification. Exponential; for histories of about ten operations.

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "checker/objects/specification.hpp"
#include "histories/history.hpp"

namespace kasauti::tests {

/// Whether the operations, of which the `ok` ones must and the others may take effect, have a legal order in which A
/// comes before B wherever precedes(A, B). At most 32 operations.
template <class Precedes>
bool has_legal_order(const histories::History& history, std::span<const histories::OpId> operations,
                     const Precedes& precedes) {
  using checker::objects::State;
  const auto specification = checker::objects::make_specification(history.header, history.values);
  std::set<std::pair<std::uint32_t, State>> seen;
  const auto place = [&](const auto& self, std::uint32_t placed, const State& state) -> bool {
    if (!seen.emplace(placed, state).second) return false;
    bool complete = true;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if ((placed >> i & 1U) == 0 && history.ok(operations[i])) complete = false;
    }
    if (complete) return true;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if ((placed >> i & 1U) != 0) continue;
      bool first = true;
      for (std::size_t j = 0; j < operations.size(); ++j) {
        const bool before = (placed >> j & 1U) == 0 && j != i && precedes(operations[j], operations[i]);
        if (before && history.ok(operations[j])) first = false;
      }
      if (!first) continue;
      std::vector<State> after;
      specification->step(state, history.operation(operations[i]), after);
      for (const State& next : after) {
        if (self(self, placed | 1U << i, next)) return true;
      }
    }
    return false;
  };
  return place(place, 0, specification->initial());
}

/// Linearizability of the operations of one key (failed ones left out by the caller).
inline bool linearizable_by_brute_force(const histories::History& history,
                                        std::span<const histories::OpId> operations) {
  return has_legal_order(history, operations,
                         [&](histories::OpId a, histories::OpId b) { return history.precedes(a, b); });
}

/// Sequential consistency: only the calls of one process keep their order. A call of unknown outcome is its process's
/// last.
inline bool sequential_by_brute_force(const histories::History& history,
                                      std::span<const histories::OpId> operations) {
  return has_legal_order(history, operations, [&](histories::OpId a, histories::OpId b) {
    return history.process[a] == history.process[b] && history.precedes(a, b);
  });
}

}  // namespace kasauti::tests
