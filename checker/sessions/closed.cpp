// All four session guarantees at once, with Terry's closed visibility (S4).
//
// Question: visibility is the least relation by which a read sees what it returned, its session's earlier writes, what
// its session saw before, and with a write all that the write's session had written or seen before it. Has each
// session an order of the writes that respects monotonic writes and writes-follow-reads, and in which no read returned
// an older version than one visible to it?
//
// Method: closing under all four rules makes visible exactly what causally precedes, CO = (SO ∪ RF)⁺, and the two
// rules about order are CO between writes. So each session asks that CO and the conflicts of its own reads have no
// cycle: causal convergence, one session at a time. If all conflicts together have none, that settles every session.
// Otherwise a session's cycle lies in one strongly connected component of all of them, and only there each session is
// tried alone. For the witness, sessions whose conflicts agree share an order.
//
// Where the store's versions order the writes of a key, every session's order has to agree with them: each write and
// the next one by version are one more edge, which belongs to all sessions.
//
// Cost: O(n·k), and for each session the size of the components. Sound and complete for distinct values. Tested by
// tests/causal/oracle.cpp and tests/sessions/versions.cpp against the definition.

#include "checker/sessions/closed.hpp"

#include <algorithm>
#include <utility>

namespace kasauti::checker::sessions {

using causal::CausalFindings;
using causal::Components;
using causal::Conflict;
using causal::Conflicts;
using causal::EdgesFrom;
using causal::GraphEdge;
using causal::Outcome;
using causal::Relations;
using histories::Budget;
using histories::OpId;
using histories::SessionId;

namespace {

/// Tells whether causal order and some conflicts have a cycle inside the components.
class Inside {
 public:
  Inside(const Relations& relations, const Components& components)
      : relations_{relations}, components_{components}, waits_for_(relations.size(), 0) {}

  bool cyclic(const std::vector<Conflict>& conflicts, Budget& budget) {
    const Conflicts graph{conflicts, relations_.size()};
    std::vector<std::uint32_t> touched;
    for (const Conflict& conflict : conflicts) touched.push_back(components_.of[conflict.to]);
    std::ranges::sort(touched);
    touched.erase(std::ranges::unique(touched).begin(), touched.end());
    return std::ranges::any_of(touched, [&](std::uint32_t component) { return cyclic_in(component, graph, budget); });
  }

 private:
  bool cyclic_in(std::uint32_t component, const Conflicts& graph, Budget& budget) {
    const std::vector<OpId>& members = components_.members[component];
    const auto each_edge = [&](OpId op, const auto& visit) {
      EdgesFrom edges{relations_, op};
      for (GraphEdge edge; edges.next(relations_, &graph, edge);) {
        if (components_.of[edge.to] == component) visit(edge.to);
      }
    };
    for (const OpId op : members) each_edge(op, [&](OpId to) { ++waits_for_[to]; });
    std::vector<OpId> ready;
    for (const OpId op : members) {
      if (waits_for_[op] == 0) ready.push_back(op);
    }
    std::size_t placed = 0;
    while (!ready.empty() && budget.spend(spent_)) {
      const OpId op = ready.back();
      ready.pop_back();
      ++placed;
      each_edge(op, [&](OpId to) {
        if (--waits_for_[to] == 0) ready.push_back(to);
      });
    }
    for (const OpId op : members) waits_for_[op] = 0;
    return placed < members.size();
  }

  const Relations& relations_;
  const Components& components_;
  std::vector<std::uint32_t> waits_for_;
  std::uint32_t spent_ = 0;
};

/// Sessions whose conflicts fit together.
struct Company {
  std::vector<SessionId> sessions;
  std::vector<Conflict> conflicts;
};

std::vector<Conflict> together(std::vector<Conflict> some, const std::vector<Conflict>& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

/// First fit among the last few companies: agreement is the rule, and a new company is always right.
std::vector<Company> gather(const std::vector<std::vector<Conflict>>& by_session, const std::vector<Conflict>& shared,
                            Inside& inside, Budget& budget) {
  constexpr std::size_t tried = 4;
  std::vector<Company> companies{{{}, shared}};
  for (SessionId session = 0; session < by_session.size() && !budget.stopped(); ++session) {
    bool placed = false;
    for (std::size_t i = companies.size() - std::min(tried, companies.size()); i < companies.size() && !placed; ++i) {
      Company& company = companies[i];
      const std::size_t before = company.conflicts.size();
      company.conflicts.insert(company.conflicts.end(), by_session[session].begin(), by_session[session].end());
      placed = by_session[session].empty() || !inside.cyclic(company.conflicts, budget);
      if (placed) {
        company.sessions.push_back(session);
      } else {
        company.conflicts.resize(before);
      }
    }
    if (!placed) companies.push_back({{session}, together(by_session[session], shared)});
  }
  return companies;
}

void add_session_cycle(const Relations& relations, SessionId session, std::uint64_t sessions,
                       std::vector<Conflict> conflicts, Outcome& outcome, Budget& budget) {
  const Conflicts graph{std::move(conflicts), relations.size()};
  causal::Anomalous anomaly{"CyclicSessionOrder", session, sessions};
  causal::add_cycle(relations, &graph, causal::components(relations, &graph, budget), anomaly, outcome, budget);
}

/// The findings, with the order of the versions among the conflicts.
void add_versions(const Relations& relations, const Versions& versions, CausalFindings& findings, Budget& budget) {
  findings.conflicts = Conflicts{together(findings.conflicts.edges(), versions.order()), relations.size()};
  findings.arbitration = causal::topological_order(relations, &findings.conflicts, budget);
  findings.components = {};
  if (!budget.stopped() && findings.arbitration.size() < findings.order.size())
    findings.components = causal::components(relations, &findings.conflicts, budget);
}

bool tells_version(const Conflict& conflict) { return conflict.read == histories::no_operation; }

}  // namespace

Arbitration judge_closed(const Relations& relations, const Versions& versions, Outcome& outcome, Budget& budget) {
  CausalFindings findings = causal::examine(relations, outcome, budget);
  if (outcome.violated() || budget.stopped()) return {};
  if (versions.any()) {
    add_versions(relations, versions, findings, budget);
    if (budget.stopped()) return {};
  }
  if (findings.components.members.empty()) return {{{{}, std::move(findings.arbitration)}}};

  // Conflicts that lead from one component to another, or touch none, close no cycle: they go into every order.
  const auto& component = findings.components.of;
  std::vector<Conflict> between, shared;
  std::vector<std::vector<Conflict>> by_session(relations.history().session_name.size());
  for (const Conflict& conflict : findings.conflicts.edges()) {
    const bool inside_one =
        component[conflict.to] != Components::none && component[conflict.from] == component[conflict.to];
    if (component[conflict.to] == Components::none || (tells_version(conflict) && !inside_one)) {
      between.push_back(conflict);
    } else if (tells_version(conflict)) {
      shared.push_back(conflict);
    }
  }
  for (const Conflict& conflict :
       causal::find_conflicts(relations, findings.order, &findings.components, budget).conflicts) {
    const bool inside_one = component[conflict.from] == component[conflict.to];
    (inside_one ? by_session[relations.history().session[conflict.read]] : between).push_back(conflict);
  }
  Inside inside{relations, findings.components};
  if (!shared.empty() && inside.cyclic(shared, budget)) {
    add_session_cycle(relations, ForcedOrder::any_session, 0, std::move(shared), outcome, budget);
    return {};
  }
  std::vector<SessionId> cyclic;
  for (SessionId session = 0; session < by_session.size() && !budget.stopped(); ++session) {
    if (!by_session[session].empty() && inside.cyclic(together(by_session[session], shared), budget)) cyclic.push_back(session);
  }
  if (budget.stopped()) return {};
  if (!cyclic.empty()) {
    add_session_cycle(relations, cyclic.front(), cyclic.size(), together(by_session[cyclic.front()], shared), outcome,
                      budget);
    return {};
  }
  Arbitration proof;
  for (Company& company : gather(by_session, shared, inside, budget)) {
    company.conflicts.insert(company.conflicts.end(), between.begin(), between.end());
    const Conflicts graph{std::move(company.conflicts), relations.size()};
    proof.parts.push_back({std::move(company.sessions), causal::topological_order(relations, &graph, budget)});
  }
  return proof;
}

}  // namespace kasauti::checker::sessions
