// Weak causal consistency (CC) and causal convergence (CCv).
//
// Question: is there a causal order that contains session order and reads-from and in which each read returned a write
// that no other visible write of the key follows (CC), and one order of all writes in which it returned the last
// visible one (CCv)? Method: the bad patterns of Bouajjani, Enea, Guerraoui, Hamza, "On Verifying Causal Consistency"
// (POPL 2017): for distinct values the least causal order CO = (SO ∪ RF)⁺ decides. CC fails iff CO has a cycle
// (CyclicCO), or a read of the initial value (WriteCOInitRead) or of w1 (WriteCORead: w1 <CO w2) has a write of the
// key in its past that forbids it. CCv fails iff beside these the conflicts w2 → w1, for w2 <CO read of w1, form a
// cycle with CO (CyclicCF). Here CyclicCF is looked for first: without such a cycle there is no WriteCORead either,
// since that is a conflict w2 → w1 against w1 <CO w2; only inside strongly connected components is it worth a second
// pass.
//
// Cost: O(n·k). Sound and complete for distinct values, also where the calls of a session overlap, as the patterns'
// proof uses no more of the session order than that it is a partial order. Tested by tests/causal against the
// definitions.

#include "checker/causal/findings.hpp"

#include <algorithm>
#include <utility>

namespace kasauti::checker::causal {

using histories::Budget;

namespace {

std::size_t smallest(const Components& components) {
  const auto size = [](const std::vector<OpId>& members) { return members.size(); };
  return static_cast<std::size_t>(std::ranges::min_element(components.members, {}, size) - components.members.begin());
}

Anomaly named(std::string name, std::uint64_t count, std::uint64_t at_risk, std::uint64_t sessions,
              std::vector<OpId> occurrences = {}) {
  Anomaly anomaly;
  anomaly.name = std::move(name);
  anomaly.count = count;
  anomaly.at_risk = at_risk;
  anomaly.sessions = sessions;
  anomaly.occurrences = std::move(occurrences);
  return anomaly;
}

/// The different reads among the conflicts.
std::vector<OpId> reads_of(const std::vector<Conflict>& conflicts) {
  std::vector<OpId> reads;
  for (const Conflict& conflict : conflicts) reads.push_back(conflict.read);
  std::ranges::sort(reads);
  reads.erase(std::ranges::unique(reads).begin(), reads.end());
  return reads;
}

void add_initial_reads(const Relations& relations, const std::vector<Conflict>& reads, Outcome& outcome,
                       Budget& budget) {
  const Conflict& first = *std::ranges::min_element(reads, {}, &Conflict::read);
  ForcedOrder proof;
  proof.session = relations.history().session[first.read];
  proof.end = links(relations, causal_path(relations, first.from, first.read, budget), proof, budget);
  if (budget.stopped()) return;
  const auto all = reads_of(reads);
  outcome.add(
      named("WriteCOInitRead", all.size(), relations.initial_read_count(), session_count(relations.history(), all),
            all),
      std::move(proof));
}

/// The shortest of the first few. A path costs up to a walk over the history, hence few where it is long.
void add_overwritten(const Relations& relations, const std::vector<Conflict>& conflicts, Outcome& outcome,
                     Budget& budget) {
  const std::size_t tried = std::clamp<std::size_t>(2'000'000 / (relations.size() + 1), 1, 100);
  ForcedOrder best;
  std::size_t best_length = 0;
  for (std::size_t i = 0; i < std::min(tried, conflicts.size()); ++i) {
    const Conflict& conflict = conflicts[i];
    ForcedOrder proof;
    proof.session = relations.history().session[conflict.read];
    proof.derived.push_back(
        {conflict.read, links(relations, causal_path(relations, conflict.from, conflict.read, budget), proof, budget)});
    proof.end = links(relations, causal_path(relations, conflict.to, conflict.from, budget), proof, budget);
    proof.end.insert(proof.end.begin(), {conflict.from, conflict.to, Force::derived, 0});
    if (budget.stopped()) break;
    const std::size_t length = proof.end.size() + proof.derived.front().path.size();
    if (best_length == 0 || length < best_length) {
      best = std::move(proof);
      best_length = length;
    }
  }
  if (best_length == 0) return;
  const auto all = reads_of(conflicts);
  outcome.add(named("WriteCORead", all.size(), relations.read_count(), session_count(relations.history(), all), all),
              std::move(best));
}

}  // namespace

CausalFindings examine(const Relations& relations, Outcome& outcome, Budget& budget) {
  CausalFindings findings;
  if (budget.stopped()) return findings;
  std::size_t participants = 0;
  for (OpId op = 0; op < relations.size(); ++op) participants += relations.takes_part(op) ? 1 : 0;
  findings.order = topological_order(relations, nullptr, budget);
  if (budget.stopped()) return findings;
  if (findings.order.size() < participants) {
    add_cycle(relations, nullptr, components(relations, nullptr, budget), {"CyclicCO"}, outcome, budget);
    return findings;
  }
  findings.acyclic = true;
  findings.scan = find_conflicts(relations, findings.order, nullptr, budget);
  if (budget.stopped()) return findings;
  if (!findings.scan.initial_reads.empty()) add_initial_reads(relations, findings.scan.initial_reads, outcome, budget);
  findings.conflicts = Conflicts{std::move(findings.scan.conflicts), relations.size()};
  findings.arbitration = topological_order(relations, &findings.conflicts, budget);
  if (budget.stopped() || findings.arbitration.size() == participants) return findings;
  findings.arbitration.clear();
  findings.components = components(relations, &findings.conflicts, budget);
  findings.overwritten = overwritten(relations, findings.order, findings.conflicts, budget);
  if (!budget.stopped() && !findings.overwritten.empty())
    add_overwritten(relations, findings.overwritten, outcome, budget);
  return findings;
}

void add_cycle(const Relations& relations, const Conflicts* conflicts, const Components& components,
               const Anomalous& as, Outcome& outcome, Budget& budget) {
  if (budget.stopped()) return;
  const auto component = static_cast<std::uint32_t>(smallest(components));
  const auto cycle = short_cycle(relations, conflicts, components, component, budget);
  ForcedOrder proof;
  proof.session = as.session;
  proof.end = links(relations, cycle, proof, budget);
  if (budget.stopped()) return;
  std::vector<OpId> members;
  for (const auto& each : components.members) members.insert(members.end(), each.begin(), each.end());
  const std::uint64_t sessions =
      as.sessions != 0 ? as.sessions : session_count(relations.history(), std::move(members));
  outcome.add(named(as.name, components.members.size(), relations.read_count(), sessions), std::move(proof));
}

}  // namespace kasauti::checker::causal
