// One question, five guarantees: which method answers.
//
// Monotonic writes and writes-follow-reads make nothing visible; they only say in which order the writes come. The
// writes of each session in their order never form a cycle, so that monotonic writes alone forbids nothing but reads
// of what nobody wrote. Writes-follow-reads alone forbids cycles of w read by r, and r before w' in its session: these
// are the cycles of session order and reads-from, as each stretch of a session in such a cycle begins at a read and
// ends at a write.

#include "checker/sessions/sessions.hpp"

#include <utility>

#include "checker/causal/findings.hpp"
#include "checker/causal/graph.hpp"
#include "checker/causal/outcome.hpp"
#include "checker/causal/relations.hpp"
#include "checker/sessions/closed.hpp"
#include "checker/sessions/guarantees.hpp"

namespace kasauti::checker::sessions {

using causal::Outcome;
using causal::Relations;
using histories::Budget;

namespace {

Judgement judge_alone(const Relations& relations, Model which, Outcome& outcome, Budget& budget) {
  bool undecided = false;
  Certificate witness;
  witness.proof = judge_guarantee(relations, which, outcome, undecided, budget);
  if (undecided && !outcome.violated()) {
    return unknown(which, Cause::unsupported,
                   "calls of one session overlap while calls of one process share a time stamp");
  }
  return outcome.finish(std::move(witness), budget);
}

Judgement judge_follow(const Relations& relations, Outcome& outcome, Budget& budget) {
  const auto components = causal::components(relations, nullptr, budget);
  if (!components.members.empty()) {
    const causal::Anomalous anomaly{"WritesFollowReads"};
    causal::add_cycle(relations, nullptr, components, anomaly, outcome, budget);
  }
  Certificate witness;
  if (!outcome.violated()) witness.proof = CausalOrder{causal::topological_order(relations, nullptr, budget)};
  return outcome.finish(std::move(witness), budget);
}

// The anomalies of single guarantees say more to a reader than a cycle through all of them, so they are looked for as
// well.
Judgement judge_all(const Relations& relations, Outcome& outcome, Budget& budget) {
  Certificate witness;
  witness.proof = judge_closed(relations, outcome, budget);
  bool undecided = false;
  if (outcome.violated()) {
    for (const Model guarantee : {Model::read_your_writes, Model::monotonic_reads}) {
      (void)judge_guarantee(relations, guarantee, outcome, undecided, budget);
    }
  }
  return outcome.finish(std::move(witness), budget);
}

}  // namespace

Judgement check_sessions(const histories::History& history, Model which, const Options&, Budget& budget) {
  std::string problem = causal::unsupported(history);
  if (!problem.empty()) return unknown(which, Cause::unsupported, std::move(problem));
  const Relations relations{history, budget};
  Outcome outcome{which, relations};
  switch (which) {
    case Model::read_your_writes:
    case Model::monotonic_reads: return judge_alone(relations, which, outcome, budget);
    case Model::monotonic_writes: {
      Certificate witness;
      witness.proof = SessionOrders{};
      return outcome.finish(std::move(witness), budget);
    }
    case Model::writes_follow_reads: return judge_follow(relations, outcome, budget);
    case Model::session: return judge_all(relations, outcome, budget);
    default: return unknown(which, Cause::unsupported, "this is no session guarantee");
  }
}

}  // namespace kasauti::checker::sessions
