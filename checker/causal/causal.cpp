// One question, four models: which engine answers, and what its findings mean for the model that was asked for.

#include "checker/causal/causal.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "checker/causal/cases.hpp"
#include "checker/causal/elements.hpp"
#include "checker/causal/findings.hpp"
#include "checker/causal/outcome.hpp"
#include "checker/causal/relations.hpp"
#include "checker/causal/views.hpp"

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

Judgement judge_memory(const Relations& relations, Model which, unsigned threads, Outcome& outcome, Budget& budget) {
  const bool causal = which == Model::causal_memory;
  // The bad patterns of the weak model are those of causal memory too, and say more than a cycle of HB.
  if (causal) (void)examine(relations, outcome, budget);
  std::string undecided;
  Certificate witness;
  if (!outcome.violated()) witness.proof = judge_views(relations, causal, threads, outcome, undecided, budget);
  if (!undecided.empty() && !outcome.violated() && !budget.stopped()) {
    return unknown(
        which, Cause::unsupported,
        fmt::format("calls of session {} overlap, and none of the orders tried for them explains what it read",
                    undecided));
  }
  return outcome.finish(std::move(witness), budget);
}

Judgement judge(const Relations& relations, Model which, unsigned threads, Budget& budget) {
  Outcome outcome{which, relations};
  const bool order = which == Model::causal || which == Model::causal_convergent;
  return order ? judge_order(relations, which, outcome, budget)
               : judge_memory(relations, which, threads, outcome, budget);
}

}  // namespace

Judgement check_causal(const histories::History& history, Model which, const Options& options, Budget& budget) {
  if (has_elements(history)) {
    const Elements elements = told_by_elements(history);
    if (!elements.problem.empty()) return unknown(which, Cause::unsupported, elements.problem);
    return of_the_whole(history, elements, check_causal(elements.registers, which, options, budget));
  }
  std::string problem = unsupported(history);
  if (!problem.empty()) return unknown(which, Cause::unsupported, std::move(problem));
  Sources sources{history};
  return judge_sources(
      sources, which, [&](const Relations& relations) { return judge(relations, which, options.threads, budget); },
      budget);
}

}  // namespace kasauti::checker::causal
