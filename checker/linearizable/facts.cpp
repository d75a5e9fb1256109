#include "checker/linearizable/facts.hpp"

#include "checker/linearizable/configuration.hpp"

namespace kasauti::checker::linearizable {

namespace {

/// Of more kinds it is not asked which unknown blind writes are useless.
constexpr std::size_t most_kinds_judged = 4096;

}  // namespace

Facts::Facts(const Problem& what, const objects::Specification& specification, const SearchOptions& options,
             StateTable& states)
    : problem{what}, dominance{options.reductions.dominance}, narrow{options.beam != 0} {
  const bool free = what.previous.empty();
  hide = free && options.reductions.hide_overwritten;
  exchange = free && options.reductions.earliest_deadline;
  for (const auto& kind : what.kinds) {
    observes.push_back(specification.observes_only(kind));
    overwrites.push_back(specification.overwrites(kind));
  }
  completes_at.assign(what.calls.size(), none);
  for (std::uint32_t event = 0; event < what.events.size(); ++event) {
    if (what.events[event].completion) completes_at[what.events[event].call] = event;
  }
  group_of.assign(what.kinds.size(), none);
  const bool judge = hide && what.kinds.size() < most_kinds_judged;
  for (const Call& call : what.calls) {
    if (call.required || observes[call.kind] || group_of[call.kind] != none) continue;
    if (judge && overwrites[call.kind] && !is_observed(call.kind, states)) continue;
    group_of[call.kind] = static_cast<std::uint32_t>(kind_of_group.size());
    kind_of_group.push_back(call.kind);
  }
}

// Whether some call looks at the state that an unknown blind write leaves. If none does, the write is useless: whatever
// it would hide can be seen itself instead, just as unobserved.
bool Facts::is_observed(std::uint32_t blind, StateTable& states) const {
  const StateId state = states.after(states.intern(problem.initial.front()), blind).front();
  for (std::uint32_t kind = 0; kind < problem.kinds.size(); ++kind) {
    if (!overwrites[kind] && !states.after(state, kind).empty()) return true;
  }
  return false;
}

}  // namespace kasauti::checker::linearizable
