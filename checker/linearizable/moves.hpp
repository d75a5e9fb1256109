#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/linearizable/configuration.hpp"
#include "checker/linearizable/facts.hpp"
#include "checker/linearizable/open_calls.hpp"

namespace kasauti::checker::linearizable {

/// The tables that a search fills as it goes. Those of a part of a wide layer rest upon the ones of the whole, and take
/// in what the part needs and the whole lacks.
struct Tables {
  Tables(const objects::Specification& specification, const Problem& problem) : states{specification, problem.kinds} {}
  explicit Tables(const Tables* base) : states{&base->states}, used{&base->used} {}

  StateTable states;
  UsedTable used;
  /// By state: the event for which it was asked whether any open call could observe it, and the answer.
  boost::unordered_flat_map<StateId, std::pair<std::uint32_t, bool>> wanted;
};

/// The single steps from one configuration to the next while the completion of a call is being explained.
template <unsigned Words>
class Moves {
 public:
  using Configuration = linearizable::Configuration<Words>;

  Moves(const Facts& facts, const OpenCalls<Words>& open, Tables& tables)
      : facts_{facts}, open_{open}, tables_{tables} {}

  /// The call whose completion is being explained has taken effect in c, or is hidden there: its slot is free again.
  static Configuration finished(Configuration c, std::uint32_t ending);

  /// Tells `sink` of every single step from c: sink.finished(c, step) where it explains the completion of the call in
  /// the slot `ending`, which is the `event`-th event, sink.pending(c, step) where more steps must follow.
  template <class Sink>
  void from(const Configuration& c, std::uint32_t ending, std::uint32_t event, Sink& sink);

  /// Whether a step was left out, which only a beam does.
  [[nodiscard]] bool left_out() const { return left_out_; }

 private:
  template <class Sink>
  void take(const Configuration& from, std::uint32_t slot, StateId state, std::uint32_t ending, Sink& sink);
  template <class Sink>
  void take_unknown(const Configuration& from, std::uint32_t group, StateId state, Sink& sink);
  bool settle(Configuration& c, bool blind);
  bool leads_on(const Configuration& c);
  bool wanted(StateId state, std::uint32_t event);

  const Facts& facts_;
  const OpenCalls<Words>& open_;
  Tables& tables_;
  bool left_out_ = false;
  std::vector<StateId> after_;  // scratch: what the table says is valid until the next question only
};

template <unsigned Words>
Configuration<Words> Moves<Words>::finished(Configuration c, std::uint32_t ending) {
  c.used.clear(ending);
  c.hideable.clear(ending);
  c.fresh = c.idle = false;
  return c;
}

template <unsigned Words>
template <class Sink>
void Moves<Words>::from(const Configuration& c, std::uint32_t ending, std::uint32_t event, Sink& sink) {
  const bool unobserved = c.fresh || c.idle;
  if (c.hideable.has(ending) && !unobserved) {
    sink.finished(finished(c, ending), Step{open_.call_in(ending), true});
  }
  open_.masks().changing.minus(c.used).each([&](std::uint32_t slot) {
    const std::uint32_t kind = open_.kind_in(slot);
    if ((unobserved && facts_.overwrites[kind]) || !open_.may_go(c, slot)) return;
    if (slot != ending && open_.twin_goes_first(c, slot)) return;
    const auto after = tables_.states.after(c.state, kind);
    after_.assign(after.begin(), after.end());
    for (const StateId state : after_) take(c, slot, state, ending, sink);
  });
  for (std::uint32_t group = 0; group < open_.groups(); ++group) {
    const std::uint32_t kind = facts_.kind_of_group[group];
    if (open_.available(group) == 0 || (unobserved && facts_.overwrites[kind])) continue;
    if (tables_.used.count(c.unknown, group) >= open_.available(group)) continue;
    const auto after = tables_.states.after(c.state, kind);
    after_.assign(after.begin(), after.end());
    for (const StateId state : after_) {
      if (wanted(state, event)) take_unknown(c, group, state, sink);
    }
  }
}

// What follows upon every change: where it was a blind write, every other one that is open and pending could stand
// unseen before it; and observers that are legal now take effect. Whether any did.
template <unsigned Words>
bool Moves<Words>::settle(Configuration& c, bool blind) {
  if (blind && facts_.hide) c.hideable.add(open_.masks().blind.minus(c.used));
  bool observed = false;
  open_.saturate(c, tables_.states, [&](std::uint32_t) { observed = true; });
  return observed;
}

template <unsigned Words>
template <class Sink>
void Moves<Words>::take(const Configuration& from, std::uint32_t slot, StateId state, std::uint32_t ending,
                        Sink& sink) {
  const bool blind = facts_.overwrites[open_.kind_in(slot)];
  const Step step{open_.call_in(slot), false};
  Configuration c = from;
  c.used.set(slot);
  c.hideable.clear(slot);
  c.state = state;
  const bool observed = settle(c, blind);
  c.fresh = facts_.hide && blind && !observed;
  c.idle = false;
  if (slot == ending) {
    sink.finished(finished(c, ending), step);
  } else if (!c.fresh || leads_on(c)) {
    sink.pending(c, step);
  }
}

template <unsigned Words>
template <class Sink>
void Moves<Words>::take_unknown(const Configuration& from, std::uint32_t group, StateId state, Sink& sink) {
  const bool blind = facts_.overwrites[facts_.kind_of_group[group]];
  Configuration c = from;
  c.state = state;
  const bool observed = settle(c, blind);
  if (state == from.state && c.hideable == from.hideable) return;  // it would change nothing
  c.unknown = tables_.used.with(c.unknown, group);
  ++c.unknowns;
  c.fresh = facts_.hide && blind && !observed;
  c.idle = facts_.hide && !observed;
  if (!(c.fresh || c.idle) || leads_on(c)) sink.pending(c, Step{group_mark | group, false});
}

// A change that nobody has observed yet must be observed next, by a call that is not blind. Whether there is any. A
// beam does not look for chains of unknown calls.
template <unsigned Words>
bool Moves<Words>::leads_on(const Configuration& c) {
  bool any = false;
  open_.masks().changing.minus(c.used).minus(open_.masks().blind).each([&](std::uint32_t slot) {
    any = any || !tables_.states.after(c.state, open_.kind_in(slot)).empty();
  });
  for (std::uint32_t group = 0; group < open_.groups() && !any; ++group) {
    const std::uint32_t kind = facts_.kind_of_group[group];
    if (facts_.overwrites[kind] || tables_.used.count(c.unknown, group) >= open_.available(group)) continue;
    const auto after = tables_.states.after(c.state, kind);
    if (after.empty() || (after.size() == 1 && after.front() == c.state)) continue;
    if (facts_.narrow) {
      left_out_ = true;
      return false;
    }
    any = true;
  }
  return any;
}

// Whether any open call at all, in whatever configuration, could observe this state: leads_on() for all of them at
// once, and remembered for the event.
template <unsigned Words>
bool Moves<Words>::wanted(StateId state, std::uint32_t event) {
  if (!facts_.hide) return true;
  const auto [known, first] = tables_.wanted.try_emplace(state, none, false);
  if (known->second.first == event) return known->second.second;
  Configuration nobody;
  nobody.state = state;
  bool any = leads_on(nobody);
  open_.masks().observing.each([&](std::uint32_t slot) {
    any = any || !tables_.states.after(state, open_.kind_in(slot)).empty();
  });
  tables_.wanted[state] = {event, any};
  return any;
}

}  // namespace kasauti::checker::linearizable
