// The search: is there any legal order of the calls of one key? For every object and every history, where nothing faster applies.
//
// Events are taken in real-time order. A configuration says which of the *open* calls have taken effect, the object's state, and how
// many unknown calls of each kind were used; the calls that completed are all in, so they need no names, and its size depends on how many
// calls are open and not on the length of the history. Linearisation is just in time (Lowe, "Testing for linearizability",
// Concurrency and Computation 29(4), 2017): only when a call completes without having taken effect are orders of open calls
// tried that end with it. When no configuration is left, nothing explains that completion: violated, and certainly so. When
// the events end, any configuration left gives the witness.
//
// What keeps the number of configurations down, each sound and complete, each with a switch for the tests:
//  - Reads are greedy. A call that only observes takes effect as soon as the state allows: it changes nothing for the others.
//  - Overwritten writes are hidden. A blind write that was open while a later blind write took effect may be placed just before that
//    one, where nobody sees it. So it need not be tried in the open: at its completion it is either seen now or was hidden then. A
//    configuration keeps a bit for each pending write that can still be hidden. And a blind write that nobody has observed is not
//    followed by another: the order in which it is hidden is tried anyway.
//  - Unknown calls wait. They have no end, so one whose effect nobody observes before a blind write erases it need not be used at all, and one
//    that is observed later can be used then. So neither a blind write nor a hidden one follows an unobserved unknown call. Nor does a
//    hidden one follow an unobserved blind write: seeing it instead, and the other later, leaves more open.
//  - Equal calls: the one that completes first goes first. Swapping two equal calls in an order keeps it legal.
//  - Unknown calls of one kind are counted (Lowe names them); of two configurations that differ only there, the one that has used
//    less can do all that the other can, and the other is dropped.
// Calls of one process whose stamps tie carry an order of their own; where there are such, hiding and exchanging are off.
//
// Cost: events × configurations × open calls; the number of configurations is exponential in the calls open at once, at worst.
// Covered by tests/linearizable: every small history against brute force, with and without each reduction, and against zones.

#include "checker/linearizable/search.hpp"

#include <algorithm>

#include "checker/linearizable/layer.hpp"
#include "checker/linearizable/state_table.hpp"
#include "checker/linearizable/used_table.hpp"

namespace kasauti::checker::linearizable {

namespace {

/// A step of an order, as a tree towards the past.
struct Node {
  std::uint32_t parent;
  std::uint32_t call;  // a call, or group_mark | group of unknown calls
  bool hidden;         // it stands just before the last blind write
};
constexpr std::uint32_t group_mark = 0x80000000U;

template <unsigned Words>
class Search {
 public:
  Search(const Problem& problem, const objects::Specification& specification, const SearchOptions& options,
         histories::Budget& budget)
      : problem_{problem}, options_{options}, budget_{budget}, states_{specification, problem.kinds} {
    const bool free = problem.previous.empty();
    hide_ = free && options.reductions.hide_overwritten;
    exchange_ = free && options.reductions.earliest_deadline;
    for (const auto& kind : problem.kinds) {
      observes_.push_back(specification.observes_only(kind));
      overwrites_.push_back(specification.overwrites(kind));
    }
    prepare_calls();
  }

  SearchResult run();

 private:
  using Configuration = linearizable::Configuration<Words>;
  using Masks = linearizable::Masks<Words>;
  using Layer = linearizable::Layer<Words>;

  void prepare_calls();
  bool is_observed(std::uint32_t blind);
  void invoke(std::uint32_t call);
  bool complete(std::uint32_t call);
  bool expand(std::uint32_t index, std::uint32_t ending);
  void finish_call(Configuration c, std::uint32_t ending);
  bool may_go(const Configuration& c, std::uint32_t slot) const;
  bool twin_goes_first(const Configuration& c, std::uint32_t slot) const;
  void take(const Configuration& from, std::uint32_t slot, StateId state, std::uint32_t ending);
  bool leads_on(const Configuration& c);
  bool wanted(StateId state);
  void explore(const Configuration& c);
  void take_unknown(const Configuration& from, std::uint32_t group, StateId state);
  void wrote_blindly(Configuration& c) const;
  bool saturate(Configuration& c);
  std::uint32_t add_node(std::uint32_t parent, std::uint32_t call, bool hidden);
  void collect_nodes();
  void keep_best();
  std::vector<OpId> witness(std::uint32_t node) const;
  bool room();

  const Problem& problem_;
  const SearchOptions& options_;
  histories::Budget& budget_;
  StateTable states_;
  UsedTable unknown_;
  bool hide_ = true;
  bool exchange_ = true;
  std::vector<bool> observes_, overwrites_;     // by kind

  std::vector<std::uint32_t> slot_of_;          // by call
  std::vector<std::uint32_t> call_in_;          // by slot
  std::vector<std::uint32_t> completes_at_;     // by call: the event of its completion
  Masks open_;
  std::vector<std::uint32_t> group_of_;         // by kind: the group of unknown calls, or none
  std::vector<std::uint32_t> kind_of_group_;
  std::vector<std::uint32_t> available_;        // by group: invoked so far
  std::vector<std::uint32_t> free_slots_;

  Layer frontier_, closure_, next_;
  std::vector<Node> nodes_;
  std::size_t collect_at_ = 1 << 20;
  std::vector<std::pair<std::uint32_t, bool>> wanted_;  // by state: for which event it was asked, and the answer
  std::uint32_t event_ = 0;
  std::uint32_t polled_ = 0;
  std::uint32_t weight_ = 1;                    // of one step for the budget: it looks at every group
  std::uint64_t steps_ = 0;
  bool cut_ = false;                            // the beam has left configurations out
};

template <unsigned Words>
void Search<Words>::prepare_calls() {
  slot_of_.assign(problem_.calls.size(), none);
  completes_at_.assign(problem_.calls.size(), none);
  call_in_.assign(Words * 64, none);
  for (std::uint32_t slot = Words * 64; slot-- > 0;) free_slots_.push_back(slot);
  for (std::uint32_t event = 0; event < problem_.events.size(); ++event) {
    if (problem_.events[event].completion) completes_at_[problem_.events[event].call] = event;
  }
  group_of_.assign(problem_.kinds.size(), none);
  const bool judge = hide_ && problem_.kinds.size() < 4096;
  for (const Call& call : problem_.calls) {
    if (call.required || observes_[call.kind] || group_of_[call.kind] != none) continue;
    if (judge && overwrites_[call.kind] && !is_observed(call.kind)) continue;
    group_of_[call.kind] = static_cast<std::uint32_t>(kind_of_group_.size());
    kind_of_group_.push_back(call.kind);
  }
  available_.assign(kind_of_group_.size(), 0);
  weight_ = 1 + static_cast<std::uint32_t>(kind_of_group_.size() / 4);
}

// Whether some required call looks at the state that an unknown blind write leaves. If none does, the write is useless: whatever it
// would hide can be seen itself instead, just as unobserved.
template <unsigned Words>
bool Search<Words>::is_observed(std::uint32_t blind) {
  const auto after = states_.after(states_.intern(problem_.initial.front()), blind);
  const StateId state = after.front();
  for (std::uint32_t kind = 0; kind < problem_.kinds.size(); ++kind) {
    if (!overwrites_[kind] && !states_.after(state, kind).empty()) return true;
  }
  return false;
}

template <unsigned Words>
std::uint32_t Search<Words>::add_node(std::uint32_t parent, std::uint32_t call, bool hidden) {
  nodes_.push_back({parent, call, hidden});
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

// Forgets the steps that no living configuration rests on. A parent is always older than its child.
template <unsigned Words>
void Search<Words>::collect_nodes() {
  if (nodes_.size() < collect_at_) return;
  std::vector<std::uint32_t> moved(nodes_.size(), none);
  for (const Configuration& c : frontier_.items()) {
    if (c.node != none) moved[c.node] = 0;
  }
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    if (moved[i] != none && nodes_[i].parent != none) moved[nodes_[i].parent] = 0;
  }
  std::uint32_t kept = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (moved[i] == none) continue;
    Node node = nodes_[i];
    if (node.parent != none) node.parent = moved[node.parent];
    moved[i] = kept;
    nodes_[kept++] = node;
  }
  nodes_.resize(kept);
  for (Configuration& c : frontier_.items()) {
    if (c.node != none) c.node = moved[c.node];
  }
  collect_at_ = std::max<std::size_t>(1 << 20, nodes_.size() * 2);
}

template <unsigned Words>
bool Search<Words>::may_go(const Configuration& c, std::uint32_t slot) const {
  if (problem_.previous.empty()) return true;
  const std::uint32_t before = problem_.previous[call_in_[slot]];
  if (before == none) return true;
  const std::uint32_t other = slot_of_[before];
  return other == none || call_in_[other] != before || c.used.has(other);
}

// Lets every open observer that is legal now take effect; whether any did.
template <unsigned Words>
bool Search<Words>::saturate(Configuration& c) {
  bool any = false;
  bool again = true;
  while (again) {
    again = false;
    open_.observing.minus(c.used).each([&](std::uint32_t slot) {
      const std::uint32_t call = call_in_[slot];
      if (!may_go(c, slot) || states_.after(c.state, problem_.calls[call].kind).empty()) return;
      c.used.set(slot);
      c.node = add_node(c.node, call, false);
      any = true;
      again = !problem_.previous.empty();
    });
  }
  return any;
}

// A blind write has just taken effect: every other one that is open and pending could stand unseen before it.
template <unsigned Words>
void Search<Words>::wrote_blindly(Configuration& c) const {
  if (hide_) c.hideable.add(open_.blind.minus(c.used));
}

template <unsigned Words>
void Search<Words>::invoke(std::uint32_t call) {
  const Call& which = problem_.calls[call];
  if (!which.required) {
    if (group_of_[which.kind] != none) ++available_[group_of_[which.kind]];
    return;
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  slot_of_[call] = slot;
  call_in_[slot] = call;
  if (!observes_[which.kind]) {
    open_.changing.set(slot);
    if (overwrites_[which.kind]) open_.blind.set(slot);
    return;
  }
  open_.observing.set(slot);
  // Twins stay twins: whether the read is legal depends on the state, which they share.
  for (Configuration& c : frontier_.items()) saturate(c);
}

// The call whose completion is being explained has taken effect in c, or is hidden there: its slot is free again.
template <unsigned Words>
void Search<Words>::finish_call(Configuration c, std::uint32_t ending) {
  c.used.clear(ending);
  c.hideable.clear(ending);
  c.fresh = c.idle = false;
  next_.insert(c, open_, unknown_, options_.reductions.dominance);
}

template <unsigned Words>
bool Search<Words>::twin_goes_first(const Configuration& c, std::uint32_t slot) const {
  if (!exchange_) return false;
  const std::uint32_t call = call_in_[slot];
  bool found = false;
  open_.changing.minus(c.used).each([&](std::uint32_t other) {
    const std::uint32_t twin = call_in_[other];
    found = found || (problem_.calls[twin].kind == problem_.calls[call].kind && completes_at_[twin] < completes_at_[call] &&
                      c.hideable.has(other) == c.hideable.has(slot));
  });
  return found;
}

// A change that nobody has observed yet must be observed next, by a call that is not blind. Whether there is any. A beam does not look
// for chains of unknown calls.
template <unsigned Words>
bool Search<Words>::leads_on(const Configuration& c) {
  bool any = false;
  open_.changing.minus(c.used).minus(open_.blind).each([&](std::uint32_t slot) {
    any = any || !states_.after(c.state, problem_.calls[call_in_[slot]].kind).empty();
  });
  for (std::uint32_t group = 0; group < available_.size() && !any; ++group) {
    const std::uint32_t kind = kind_of_group_[group];
    if (overwrites_[kind] || unknown_.count(c.unknown, group) >= available_[group]) continue;
    const auto after = states_.after(c.state, kind);
    if (after.empty() || (after.size() == 1 && after.front() == c.state)) continue;
    if (options_.beam != 0) {
      cut_ = true;
      return false;
    }
    any = true;
  }
  return any;
}

// Whether any open call at all, in whatever configuration, could observe this state: leads_on() for all of them at once, and
// remembered for the event.
template <unsigned Words>
bool Search<Words>::wanted(StateId state) {
  if (!hide_) return true;
  if (state >= wanted_.size()) wanted_.resize(std::max<std::size_t>(states_.size(), state + std::size_t{1}), {none, false});
  if (wanted_[state].first == event_) return wanted_[state].second;
  Configuration nobody;
  nobody.state = state;
  bool any = leads_on(nobody);
  open_.observing.each([&](std::uint32_t slot) {
    any = any || !states_.after(state, problem_.calls[call_in_[slot]].kind).empty();
  });
  wanted_[state] = {event_, any};
  return any;
}

template <unsigned Words>
void Search<Words>::explore(const Configuration& c) {
  if ((c.fresh || c.idle) && !leads_on(c)) return;
  closure_.insert(c, open_, unknown_, options_.reductions.dominance);
}

template <unsigned Words>
void Search<Words>::take(const Configuration& from, std::uint32_t slot, StateId state, std::uint32_t ending) {
  const std::uint32_t call = call_in_[slot];
  const bool blind = overwrites_[problem_.calls[call].kind];
  Configuration c = from;
  c.used.set(slot);
  c.hideable.clear(slot);
  c.state = state;
  c.node = add_node(c.node, call, false);
  if (blind) wrote_blindly(c);
  const bool observed = saturate(c);
  c.fresh = hide_ && blind && !observed;
  c.idle = false;
  if (slot == ending) {
    finish_call(c, ending);
  } else {
    explore(c);
  }
}

template <unsigned Words>
void Search<Words>::take_unknown(const Configuration& from, std::uint32_t group, StateId state) {
  const bool blind = overwrites_[kind_of_group_[group]];
  Configuration c = from;
  c.state = state;
  if (blind) wrote_blindly(c);
  if (state == from.state && c.hideable == from.hideable) return;  // it would change nothing
  c.unknown = unknown_.with(c.unknown, group);
  ++c.unknowns;
  c.node = add_node(c.node, group_mark | group, false);
  const bool observed = saturate(c);
  c.fresh = hide_ && blind && !observed;
  c.idle = hide_ && !observed;
  explore(c);
}

// All single steps from a configuration in which the ending call has not taken effect. False when out of budget.
template <unsigned Words>
bool Search<Words>::expand(std::uint32_t index, std::uint32_t ending) {
  if (closure_.items()[index].dead) return true;
  ++steps_;
  if (!budget_.step(polled_) || !budget_.spend(polled_, weight_)) return false;
  if (options_.most_steps != 0 && steps_ > options_.most_steps) return false;
  const Configuration c = closure_.items()[index];
  if (c.hideable.has(ending) && !c.fresh && !c.idle) {
    Configuration hidden = c;
    hidden.node = add_node(c.node, call_in_[ending], true);
    finish_call(hidden, ending);
  }
  std::vector<StateId> states;
  open_.changing.minus(c.used).each([&](std::uint32_t slot) {
    const std::uint32_t kind = problem_.calls[call_in_[slot]].kind;
    if (((c.fresh || c.idle) && overwrites_[kind]) || !may_go(c, slot) || (slot != ending && twin_goes_first(c, slot))) return;
    const auto after = states_.after(c.state, kind);
    states.assign(after.begin(), after.end());
    for (const StateId state : states) take(c, slot, state, ending);
  });
  for (std::uint32_t group = 0; group < available_.size(); ++group) {
    const std::uint32_t kind = kind_of_group_[group];
    if (available_[group] == 0 || ((c.fresh || c.idle) && overwrites_[kind])) continue;
    if (unknown_.count(c.unknown, group) >= available_[group]) continue;
    const auto after = states_.after(c.state, kind);
    states.assign(after.begin(), after.end());
    for (const StateId state : states) {
      if (wanted(state)) take_unknown(c, group, state);
    }
  }
  return true;
}

// Of the configurations with each state keeps those that have used the fewest unknown calls and can hide the most: the ones with the most
// freedom left.
template <unsigned Words>
void Search<Words>::keep_best() {
  std::vector<Configuration>& all = frontier_.items();
  std::erase_if(all, [](const Configuration& c) { return c.dead; });
  if (options_.beam == 0 || all.size() <= options_.beam) return;
  cut_ = true;
  const auto hideable = [](const Configuration& c) {
    int bits = 0;
    for (const std::uint64_t word : c.hideable.word) bits += std::popcount(word);
    return bits;
  };
  std::ranges::stable_sort(all, [&](const Configuration& a, const Configuration& b) {
    if (a.state != b.state) return a.state < b.state;
    if (a.unknowns != b.unknowns) return a.unknowns < b.unknowns;
    return hideable(a) > hideable(b);
  });
  std::vector<std::pair<std::uint32_t, std::uint32_t>> place(all.size());  // its place among those of its state, itself
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const bool first = i == 0 || all[i].state != all[i - 1].state;
    place[i] = {first ? 0 : place[i - 1].first + 1, i};
  }
  std::ranges::nth_element(place, place.begin() + static_cast<std::ptrdiff_t>(options_.beam));
  place.resize(options_.beam);
  std::ranges::sort(place, {}, [](const auto& p) { return p.second; });
  std::vector<Configuration> kept;
  for (const auto& [rank, index] : place) kept.push_back(all[index]);
  all = std::move(kept);
}

template <unsigned Words>
bool Search<Words>::room() {
  const std::size_t held = closure_.bytes() + next_.bytes() + nodes_.capacity() * sizeof(Node);
  return held < (std::size_t{64} << 20) || budget_.may_allocate(held / 2);
}

// Explains the completion of a call in every configuration; false when out of budget.
template <unsigned Words>
bool Search<Words>::complete(std::uint32_t call) {
  const std::uint32_t ending = slot_of_[call];
  next_.clear();
  closure_.clear();
  const bool observer = observes_[problem_.calls[call].kind];
  for (Configuration& c : frontier_.items()) {
    if (!budget_.spend(polled_)) return false;
    if (!problem_.previous.empty()) saturate(c);  // what a tie had kept back may be free now
    if (c.used.has(ending)) {
      finish_call(c, ending);
    } else {
      closure_.insert(c, open_, unknown_, options_.reductions.dominance);
    }
  }
  for (std::uint32_t i = 0; i < closure_.items().size(); ++i) {
    // An observer takes effect by saturation, in whichever configuration first allows it.
    if (observer && closure_.items()[i].used.has(ending)) {
      if (!closure_.items()[i].dead) finish_call(closure_.items()[i], ending);
      continue;
    }
    // A beam needs no more than it can keep; the shortest explanations, which come first, leave the most freedom.
    if (options_.beam != 0 && (i > options_.beam * 64U || next_.items().size() > options_.beam * 8U)) {
      cut_ = true;
      break;
    }
    if (!expand(i, ending)) return false;
    if ((i & 1023U) == 1023U && !room()) return false;
  }
  open_.changing.clear(ending);
  open_.observing.clear(ending);
  open_.blind.clear(ending);
  slot_of_[call] = none;
  call_in_[ending] = none;
  free_slots_.push_back(ending);
  std::swap(frontier_, next_);
  keep_best();
  return true;
}

// The order that a configuration stands for. A hidden write goes just before the last blind write in front of it; of
// unknown calls of one kind the one invoked first was used first.
template <unsigned Words>
std::vector<OpId> Search<Words>::witness(std::uint32_t node) const {
  std::vector<std::uint32_t> path;
  for (; node != none; node = nodes_[node].parent) path.push_back(node);
  std::vector<std::vector<std::uint32_t>> in_group(kind_of_group_.size());
  for (std::uint32_t call = 0; call < problem_.calls.size(); ++call) {
    const Call& which = problem_.calls[call];
    if (!which.required && group_of_[which.kind] != none) in_group[group_of_[which.kind]].push_back(call);
  }
  std::vector<std::size_t> taken(kind_of_group_.size(), 0);
  std::vector<std::uint32_t> order;             // visible calls
  std::vector<std::vector<std::uint32_t>> before;  // those hidden just before each of them
  std::size_t last_blind = 0;
  for (auto step = path.rbegin(); step != path.rend(); ++step) {
    std::uint32_t call = nodes_[*step].call;
    if (nodes_[*step].hidden) {
      before[last_blind].push_back(call);
      continue;
    }
    if ((call & group_mark) != 0) call = in_group[call & ~group_mark][taken[call & ~group_mark]++];
    if (overwrites_[problem_.calls[call].kind]) last_blind = order.size();
    order.push_back(call);
    before.emplace_back();
  }
  std::vector<OpId> operations;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (const std::uint32_t hidden : before[i]) operations.push_back(problem_.calls[hidden].operation);
    operations.push_back(problem_.calls[order[i]].operation);
  }
  return operations;
}

template <unsigned Words>
SearchResult Search<Words>::run() {
  SearchResult result;
  for (const objects::State& state : problem_.initial) {
    Configuration c;
    c.state = states_.intern(state);
    frontier_.insert(c, open_, unknown_, options_.reductions.dominance);
  }
  for (const CallEvent& event : problem_.events) {
    if (!event.completion) {
      if (!budget_.spend(polled_)) break;
      invoke(event.call);
      ++result.events_done;
      continue;
    }
    event_ = static_cast<std::uint32_t>(result.events_done);
    if (!complete(event.call)) break;
    ++result.events_done;
    result.widest = std::max(result.widest, frontier_.items().size());
    if (frontier_.items().empty()) {
      if (!cut_) result.verdict = Verdict::violated;
      result.cut = cut_;
      result.steps = steps_;
      return result;
    }
    collect_nodes();
  }
  result.steps = steps_;
  if (result.events_done < problem_.events.size()) {
    const auto exhausted = budget_.exhausted();
    result.cause = exhausted == histories::Exhausted::time     ? Cause::time
                   : exhausted == histories::Exhausted::memory ? Cause::memory
                                                               : Cause::steps;
    return result;
  }
  result.verdict = Verdict::holds;
  result.witness = witness(frontier_.items().front().node);
  return result;
}

std::size_t most_open(const Problem& problem) {
  std::size_t open = 0;
  std::size_t most = 0;
  for (const CallEvent& event : problem.events) {
    if (!problem.calls[event.call].required) continue;
    open = event.completion ? open - 1 : open + 1;
    most = std::max(most, open);
  }
  return most;
}

}  // namespace

SearchResult search(const Problem& problem, const objects::Specification& specification, const SearchOptions& options,
                    histories::Budget& budget) {
  const std::size_t open = most_open(problem);
  if (open <= 64) return Search<1>{problem, specification, options, budget}.run();
  if (open <= 256) return Search<4>{problem, specification, options, budget}.run();
  if (open <= 1024) return Search<16>{problem, specification, options, budget}.run();
  if (open <= 4096) return Search<64>{problem, specification, options, budget}.run();
  SearchResult result;
  result.cause = Cause::unsupported;
  return result;
}

}  // namespace kasauti::checker::linearizable
