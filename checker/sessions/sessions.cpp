// One question, five guarantees: which method answers.
//
// Older and newer need an order of the writes. The verdict takes any that fits, each session its own; on a key whose
// writes the store's own versions order it takes that one (versions.cpp). What is wrong relative to the real-time order
// of the writes only goes along with the judgement as an anomaly.
//
// Monotonic writes and writes-follow-reads make nothing visible; they only say in which order the writes come. The
// writes of each session in their order never form a cycle, so that monotonic writes alone forbids nothing but reads of
// what nobody wrote, unless versions order the writes (write_order.cpp). Writes-follow-reads alone forbids cycles of w
// read by r, and r before w' in its session: these are the cycles of session order and reads-from, as each stretch of a
// session in such a cycle begins at a read and ends at a write.

#include "checker/sessions/sessions.hpp"

#include <utility>
#include <vector>

#include "checker/causal/cases.hpp"
#include "checker/causal/elements.hpp"
#include "checker/causal/findings.hpp"
#include "checker/causal/graph.hpp"
#include "checker/causal/outcome.hpp"
#include "checker/causal/relations.hpp"
#include "checker/sessions/closed.hpp"
#include "checker/sessions/guarantees.hpp"
#include "checker/sessions/real_time.hpp"
#include "checker/sessions/versions.hpp"
#include "checker/sessions/write_order.hpp"

namespace kasauti::checker::sessions {

using causal::Outcome;
using causal::Relations;
using histories::Budget;

namespace {

Judgement with_note(Judgement judgement, const Versions& versions) {
  if (versions.note().empty()) return judgement;
  judgement.detail += (judgement.detail.empty() ? "" : "; ") + versions.note();
  return judgement;
}

Judgement judge_alone(const Relations& relations, const Versions& versions, Model which, Outcome& outcome,
                      Budget& budget) {
  GuaranteeFindings findings = judge_guarantee(relations, versions, which, outcome, budget);
  Certificate witness;
  witness.proof = std::move(findings.orders);
  if (findings.undecided && !outcome.violated()) {
    return unknown(which, Cause::unsupported,
                   "calls of one session overlap while calls of one process share a time stamp");
  }
  return outcome.finish(std::move(witness), budget);
}

Judgement judge_writes(const Relations& relations, const Versions& versions, Outcome& outcome, Budget& budget) {
  Certificate witness;
  witness.proof = SessionOrders{};
  if (versions.any())
    witness.proof = judge_write_order(relations, versions, Model::monotonic_writes, outcome, budget);
  return outcome.finish(std::move(witness), budget);
}

Judgement judge_follow(const Relations& relations, const Versions& versions, Outcome& outcome, Budget& budget) {
  const auto components = causal::components(relations, nullptr, budget);
  if (!components.members.empty()) {
    const causal::Anomalous anomaly{"WritesFollowReads"};
    causal::add_cycle(relations, nullptr, components, anomaly, outcome, budget);
  }
  Certificate witness;
  if (!outcome.violated()) {
    witness.proof = versions.any()
                        ? judge_write_order(relations, versions, Model::writes_follow_reads, outcome, budget)
                        : CausalOrder{causal::topological_order(relations, nullptr, budget)};
  }
  return outcome.finish(std::move(witness), budget);
}

// The anomalies of single guarantees say more to a reader than a cycle through all of them, so they are looked for as
// well. They also tell which reads went back relative to real time only; what closed visibility adds to those is
// looked for where the history is otherwise without fault.
Judgement judge_all(const Relations& relations, const Versions& versions, Outcome& outcome, Budget& budget) {
  Certificate witness;
  witness.proof = judge_closed(relations, versions, outcome, budget);
  const bool holds = !outcome.violated();
  std::vector<bool> late(relations.size(), false);
  for (const Model guarantee : {Model::read_your_writes, Model::monotonic_reads}) {
    const GuaranteeFindings findings = judge_guarantee(relations, versions, guarantee, outcome, budget);
    for (OpId op = 0; op < relations.size(); ++op) {
      if (findings.late_reads[op]) late[op] = true;
    }
  }
  if (holds && !budget.stopped()) {
    add_late_closed(relations, causal::topological_order(relations, nullptr, budget), late, outcome, budget);
  }
  return outcome.finish(std::move(witness), budget);
}

Judgement judge(const Relations& relations, Model which, Budget& budget) {
  Outcome outcome{which, relations};
  switch (which) {
    case Model::read_your_writes:
    case Model::monotonic_reads: {
      const Versions versions{relations, budget};
      return with_note(judge_alone(relations, versions, which, outcome, budget), versions);
    }
    case Model::monotonic_writes: {
      const Versions versions{relations, budget};
      return with_note(judge_writes(relations, versions, outcome, budget), versions);
    }
    case Model::writes_follow_reads: {
      const Versions versions{relations, budget};
      return with_note(judge_follow(relations, versions, outcome, budget), versions);
    }
    case Model::session: {
      const Versions versions{relations, budget};
      return with_note(judge_all(relations, versions, outcome, budget), versions);
    }
    default: return unknown(which, Cause::unsupported, "this is no session guarantee");
  }
}

}  // namespace

Judgement check_sessions(const histories::History& history, Model which, const Options& options, Budget& budget) {
  if (causal::has_elements(history)) {
    const causal::Elements elements = causal::told_by_elements(history);
    if (!elements.problem.empty()) return unknown(which, Cause::unsupported, elements.problem);
    return causal::of_the_whole(history, elements, check_sessions(elements.registers, which, options, budget));
  }
  std::string problem = causal::unsupported(history);
  if (!problem.empty()) return unknown(which, Cause::unsupported, std::move(problem));
  causal::Sources sources{history};
  return causal::judge_sources(
      sources, which, [&](const Relations& relations) { return judge(relations, which, budget); }, budget);
}

}  // namespace kasauti::checker::sessions
