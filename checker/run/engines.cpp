#include "checker/run/engines.hpp"

#include <algorithm>

#include "checker/causal/causal.hpp"
#include "checker/convergence/convergence.hpp"
#include "checker/linearizable/linearizable.hpp"
#include "checker/sequential/sequential.hpp"
#include "checker/sessions/sessions.hpp"
#include "checker/sessions/versions.hpp"
#include "checker/staleness/staleness.hpp"

namespace kasauti::checker::run {

Judgement run_engine(Model model, const History& history, unsigned threads, histories::Budget& budget) {
  switch (model) {
    case Model::linearizable: return linearizable::check(history, {linearizable::Engine::automatic, threads}, budget);
    case Model::sequential: return sequential::check_sequential(history, {sequential::Engine::automatic, threads}, budget);
    case Model::per_key_sequential: return sequential::check_per_key_sequential(history, {sequential::Engine::automatic, threads}, budget);
    case Model::causal:
    case Model::causal_convergent:
    case Model::causal_memory:
    case Model::pram: return causal::check_causal(history, model, {threads}, budget);
    case Model::session:
    case Model::read_your_writes:
    case Model::monotonic_reads:
    case Model::monotonic_writes:
    case Model::writes_follow_reads: return sessions::check_sessions(history, model, {}, budget);
    case Model::regular:
    case Model::safe:
    case Model::k_atomic:
    case Model::delta_atomic: return staleness::check_staleness(history, model, {threads, nullptr}, budget);
    case Model::convergent: return convergence::check_convergent(history, budget);
  }
  return unknown(model, Cause::unsupported, "there is no engine for it");
}

namespace {

bool sessions_are_sequential(const History& history) {
  if (history.ties_in_process) return false;
  std::vector<histories::Rank> last(history.session_name.size(), 0);
  for (OpId op = 0; op < history.size(); ++op) {
    histories::Rank& end = last[history.session[op]];
    if (end > history.invoked[op]) return false;
    if (history.completed[op] != histories::never) end = std::max(end, history.completed[op]);
  }
  return true;
}

bool may_use_versions(Model model) {
  return model == Model::session || model == Model::read_your_writes || model == Model::monotonic_reads ||
         model == Model::monotonic_writes || model == Model::writes_follow_reads;
}

}  // namespace

Lattice::Lattice(const History& history)
    : sequential_sessions_{sessions_are_sequential(history)}, by_versions_{sessions::versions_decide(history)} {}

bool Lattice::implies(Model stronger, Model weaker) const {
  if (!sequential_sessions_ || (by_versions_ && (may_use_versions(stronger) || may_use_versions(weaker)))) return false;
  return checker::implies(stronger, weaker);
}

bool lattice_applies(const History& history) { return Lattice{history}.complete(); }

}  // namespace kasauti::checker::run
