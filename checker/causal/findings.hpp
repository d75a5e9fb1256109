#pragma once

#include "checker/causal/clocks.hpp"
#include "checker/causal/outcome.hpp"

namespace kasauti::checker::causal {

/// Causal consistency in the weak sense and causal convergence, up to the point where they differ.
struct CausalFindings {
  bool acyclic = false;            ///< session order and reads-from form no cycle
  std::vector<OpId> order;         ///< a causal order of all operations, if acyclic
  ConflictScan scan;               ///< what it forces
  Conflicts conflicts;             ///< the same as a graph
  std::vector<OpId> arbitration;   ///< an order that respects the conflicts too; empty if there is none
  Components components;           ///< of the conflicts, if there is no arbitration
  std::vector<Conflict> overwritten;  ///< those that refute even the weak model
};

/// Computes the findings; anomalies of the weak model (CyclicCO, WriteCOInitRead, WriteCORead) are added to `outcome`.
[[nodiscard]] CausalFindings examine(const Relations& relations, Outcome& outcome, histories::Budget& budget);

/// How a cycle is reported.
struct Anomalous {
  std::string name;
  SessionId session = ForcedOrder::any_session;  ///< whose reads alone are used
  std::uint64_t sessions = 0;                    ///< how many have such a cycle; 0: those that the components touch
};

/// A short cycle of the smallest component as an anomaly, counted by components; nothing if the budget is exhausted.
void add_cycle(const Relations& relations, const Conflicts* conflicts, const Components& components,
               const Anomalous& as, Outcome& outcome, histories::Budget& budget);

}  // namespace kasauti::checker::causal
