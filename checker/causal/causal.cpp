// One question, four models: which engine answers, and what its findings mean for the model that was asked for.

#include "checker/causal/causal.hpp"

#include <utility>

#include "checker/causal/findings.hpp"
#include "checker/causal/outcome.hpp"
#include "checker/causal/relations.hpp"

namespace kasauti::checker::causal {

using histories::Budget;

namespace {

Judgement judge_order(const Relations& relations, Model which, Outcome& outcome, Budget& budget) {
  CausalFindings findings = examine(relations, outcome, budget);
  const bool converges = findings.acyclic && findings.components.members.empty();
  if (which == Model::causal_convergent && findings.acyclic && !converges && !budget.stopped()) {
    add_cycle(relations, &findings.conflicts, findings.components, {"CyclicCF"}, outcome, budget);
  }
  Certificate witness;
  if (converges) {
    witness.proof = Arbitration{{{{}, std::move(findings.arbitration)}}};
  } else {
    witness.proof = CausalOrder{std::move(findings.order)};
  }
  return outcome.finish(std::move(witness), budget);
}

}  // namespace

Judgement check_causal(const histories::History& history, Model which, const Options&, Budget& budget) {
  std::string problem = unsupported(history);
  if (!problem.empty()) return unknown(which, Cause::unsupported, std::move(problem));
  const Relations relations{history, budget};
  Outcome outcome{which, relations};
  if (which == Model::causal || which == Model::causal_convergent) return judge_order(relations, which, outcome, budget);
  return unknown(which, Cause::unsupported, "no such model");
}

}  // namespace kasauti::checker::causal
