// Sets that are read whole, with removals: what each read found and did not find, as an order of calls.
//
// Every element was added once, so it is out, then in, then out for good (set_elements.cpp). What found it lies between
// its add and its removal; what did not lies before the add, or behind the removal. Mostly real time says which: behind
// the removal, if something that found the element had completed before; before the add, if something that found it
// began later, or if no removal began by then.
//
// Calls take effect as late as can be: go through the completions in order; when a call completes that has not taken
// effect, all calls that must precede it do first, and what must precede those, a depth-first walk. A read wants the
// adds of its elements and the removals of all others that are in; a removal wants what found its element; an add wants
// what must not find its element any more. What observes takes effect as soon as what it found is there. If a wanted
// call has not begun, or the walk comes back to a call, the path is a circle of calls that must precede each other: the
// refutation, if each step is forced. Where a read may lie on either side of an element, it is first tried before the
// add; where that, or what comes of it later, leads nowhere, all since then is undone and the read left to lie behind
// the removal (chronological backtracking, so often and no more). If no order is found so, there is no answer, and the
// search decides.
//
// A call of unknown outcome never completes, so it takes effect only if it is wanted. Cost: O(n · clients) and the
// sizes of the reads, each a few times. Covered by tests/containers against brute force.

#include <algorithm>
#include <utility>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/set_elements.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::never;
using histories::no_operation;

constexpr std::uint32_t none = Element::none;
/// So often a choice may turn out wrong, beside once for each hundred operations.
constexpr std::size_t most_returns = 20'000;
enum class Phase : std::uint8_t { before, in, behind };

/// Why one call wants another to take effect first.
struct Why {
  bool forced = false;
  SetReason reason = SetReason::real_time;
  std::uint32_t evidence = none;
};

class ReadSet {
 public:
  ReadSet(const History& history, std::span<const OpId> operations, const SetCalls& calls, Budget& budget)
      : history_{history}, operations_{operations}, calls_{calls}, budget_{budget},
        done_(operations.size(), false), phase_(calls.elements.size(), Phase::before),
        stamp_(calls.elements.size(), 0) {}

  std::optional<KeyAnswer> decide();

 private:
  struct Step {
    std::uint32_t place;
    Why why;  // it must come before the step below it
  };

  /// Whether a read was tried before an add, where it may lie behind the removal too.
  struct Choice {
    std::size_t completion;    // when it was made
    std::size_t placed;        // what had been placed when that completion was begun
    std::uint32_t next;        // the first call that had not begun then
    bool tried;
  };

  bool go_on(std::size_t& completion, std::uint32_t& next);
  bool go_back(std::size_t& completion, std::uint32_t& next);
  bool choose();
  bool want(std::uint32_t place, const Why& why);
  bool want_add(std::uint32_t place);
  bool want_removal(std::uint32_t place);
  bool want_observer(std::uint32_t place);
  bool want_read(std::uint32_t place);
  bool want_out(ElementId id, std::uint32_t observer);
  void change(std::uint32_t place);
  void undo(std::uint32_t place);
  void leave(ElementId id);
  void look(std::vector<std::uint32_t>& open);
  bool agrees(std::uint32_t place);
  bool reachable(std::uint32_t read);
  void mark(std::uint32_t read);
  Why before_add(ElementId id, std::uint32_t observer) const;
  bool refute(std::size_t from, std::uint32_t wanted, const Why& why);
  bool refute_missing(ElementId id, std::uint32_t observer);
  bool refute_by(std::vector<SetEdge> edges);

  OpId op(std::uint32_t place) const { return operations_[place]; }
  bool begun(std::uint32_t place) const { return history_.invoked[op(place)] < now_; }

  const History& history_;
  std::span<const OpId> operations_;
  const SetCalls& calls_;
  Budget& budget_;
  std::vector<bool> done_;
  std::vector<Phase> phase_;
  std::vector<ElementId> in_;            // the set
  std::vector<std::uint32_t> stamp_;     // by element: the last read that it was marked for
  std::uint32_t last_stamp_ = 0;
  std::vector<std::uint32_t> open_;      // observers that have begun and not taken effect
  std::vector<std::uint32_t> placed_;    // what has taken effect, in order
  std::vector<std::pair<Rank, std::uint32_t>> completions_;
  std::vector<Choice> choices_;
  std::size_t completion_ = 0, chosen_ = 0;  // now, and how many choices were made before or again since
  std::size_t placed_before_ = 0;
  std::uint32_t next_before_ = 0;
  std::vector<Step> path_;
  Rank now_ = 0;
  std::uint32_t polled_ = 0;
  std::optional<KeyAnswer> refutation_;
};

void ReadSet::mark(std::uint32_t read) {
  ++last_stamp_;
  for (const ElementId id : calls_.read(calls_.calls[read])) stamp_[id] = last_stamp_;
}

// Whether an observer finds now what it found.
bool ReadSet::agrees(std::uint32_t place) {
  const Observation& seen = calls_.calls[place];
  if (!seen.whole) return (phase_[seen.first] == Phase::in) == seen.found;
  const auto read = calls_.read(seen);
  return read.size() == in_.size() &&
         std::ranges::all_of(read, [&](ElementId id) { return phase_[id] == Phase::in; });
}

// Observers that agree take effect.
void ReadSet::look(std::vector<std::uint32_t>& open) {
  std::erase_if(open, [&](std::uint32_t place) {
    if (!done_[place] && agrees(place)) {
      done_[place] = true;
      placed_.push_back(place);
    }
    return static_cast<bool>(done_[place]);
  });
}

void ReadSet::change(std::uint32_t place) {
  const ElementId id = calls_.changes[place];
  done_[place] = true;
  placed_.push_back(place);
  if (history_.function[op(place)] == Function::add) {
    phase_[id] = Phase::in;
    in_.push_back(id);
  } else {
    phase_[id] = Phase::behind;
    leave(id);
  }
  look(open_);
}

void ReadSet::leave(ElementId id) {
  *std::ranges::find(in_, id) = in_.back();
  in_.pop_back();
}

void ReadSet::undo(std::uint32_t place) {
  done_[place] = false;
  const ElementId id = calls_.changes[place];
  if (calls_.calls[place].observes) {
    open_.push_back(place);
  } else if (phase_[id] == Phase::in) {
    phase_[id] = Phase::before;
    leave(id);
  } else {
    phase_[id] = Phase::in;
    in_.push_back(id);
  }
}

bool ReadSet::refute_by(std::vector<SetEdge> edges) {
  refutation_ = set_cycle(history_, std::move(edges));
  return false;
}

// `wanted` must come before the last step of the path, and that one, by the steps from `from` on, before the first of
// them, which must come before `wanted`: it is the same, or completed before `wanted` began.
bool ReadSet::refute(std::size_t from, std::uint32_t wanted, const Why& why) {
  std::vector<SetEdge> edges;
  const auto add = [&](std::uint32_t before, const Why& because, std::uint32_t behind) {
    edges.push_back({op(before), op(behind), because.reason,
                     because.evidence == none ? no_operation : op(because.evidence)});
    return because.forced;
  };
  bool forced = add(wanted, why, path_.back().place);
  for (std::size_t i = path_.size() - 1; i > from; --i) {
    forced = add(path_[i].place, path_[i].why, path_[i - 1].place) && forced;
  }
  constexpr Why completed_first{true, SetReason::real_time, none};
  if (path_[from].place != wanted) forced = add(path_[from].place, completed_first, wanted) && forced;
  return forced && refute_by(std::move(edges));
}

// The observer did not find an element that nobody can have removed by then.
bool ReadSet::refute_missing(ElementId id, std::uint32_t observer) {
  const Element& element = calls_.elements[id];
  const Why why = before_add(id, observer);
  if (!why.forced || element.first_found == none || element.first_end >= history_.invoked[op(observer)]) return false;
  const OpId add = op(element.add), found = op(element.first_found), missed = op(observer);
  std::vector<SetEdge> edges{{missed, add, why.reason, why.evidence == none ? no_operation : op(why.evidence)}};
  if (found != add) edges.push_back({add, found, SetReason::seen});
  edges.push_back({found, missed, SetReason::real_time});
  return refute_by(std::move(edges));
}

// Whether an observer that did not find an element must come before its add.
Why ReadSet::before_add(ElementId id, std::uint32_t observer) const {
  const Element& element = calls_.elements[id];
  const Rank end = history_.completed[op(observer)];
  if (element.last_found != none && end < element.last_begin) return {true, SetReason::not_yet, element.last_found};
  // Of removals that are equal candidates the first to begin is known.
  const bool removed = element.removal != none && history_.invoked[op(element.removal)] < end;
  return {!removed, SetReason::not_yet, none};
}

bool ReadSet::want(std::uint32_t place, const Why& why) {
  if (done_[place]) return true;
  if (!budget_.spend(polled_, 4)) return false;
  if (!begun(place)) return refute(0, place, why);
  const auto same = std::ranges::find(path_, place, &Step::place);
  if (same != path_.end()) return refute(static_cast<std::size_t>(same - path_.begin()), place, why);
  path_.push_back({place, why});
  bool possible = true;
  if (calls_.calls[place].observes) possible = want_observer(place);
  else if (history_.function[op(place)] == Function::add) possible = want_add(place);
  else possible = want_removal(place);
  path_.pop_back();
  return possible;
}

bool ReadSet::want_add(std::uint32_t place) {
  const ElementId id = calls_.changes[place];
  // What is open changes on the way.
  const std::vector<std::uint32_t> open = open_;
  for (const std::uint32_t observer : open) {
    const Observation& seen = calls_.calls[observer];
    if (done_[observer] || (!seen.whole && (seen.first != id || seen.found))) continue;
    if (seen.whole && std::ranges::binary_search(calls_.read(seen), id)) continue;
    const Why why = before_add(id, observer);
    const bool tries = why.forced || (seen.whole && std::ranges::find(path_, observer, &Step::place) == path_.end() &&
                                      reachable(observer) && choose());
    if (tries && !want(observer, why)) return false;
  }
  if (!done_[place]) change(place);
  return true;
}

// Whether all calls that would make the set what the read found have begun.
bool ReadSet::reachable(std::uint32_t read) {
  mark(read);
  const auto wanted = calls_.read(calls_.calls[read]);
  const bool may_add = std::ranges::all_of(wanted, [&](ElementId id) { return begun(calls_.elements[id].add); });
  return may_add && std::ranges::all_of(in_, [&](ElementId id) {
    const Element& element = calls_.elements[id];
    return stamp_[id] == last_stamp_ ||
           (element.removal != none && begun(element.removal) && element.last_begin < now_);
  });
}

bool ReadSet::want_removal(std::uint32_t place) {
  const ElementId id = calls_.changes[place];
  const Element& element = calls_.elements[id];
  const bool known = history_.ok(op(place));
  if (element.add == none || !want(element.add, {known, SetReason::seen, none})) return false;
  const Why kept{element.one_removal, SetReason::kept, none};
  if (element.last_found != none && element.last_found != place && !want(element.last_found, kept)) return false;
  const std::vector<std::uint32_t> open = open_;
  for (const std::uint32_t observer : open) {
    const Observation& seen = calls_.calls[observer];
    if (done_[observer]) continue;
    const bool found = seen.whole ? std::ranges::binary_search(calls_.read(seen), id) : seen.first == id && seen.found;
    if (found && !want(observer, kept)) return false;
  }
  if (!done_[place]) change(place);
  return true;
}

// An element that is in must be out for the observer.
bool ReadSet::want_out(ElementId id, std::uint32_t observer) {
  const Element& element = calls_.elements[id];
  const bool was_in = element.first_end < history_.invoked[op(observer)];
  if (element.removal == none || !begun(element.removal)) {
    (void)refute_missing(id, observer);
    if (refutation_ || element.removal == none) return false;
  }
  return want(element.removal, {was_in && element.one_removal, SetReason::gone, element.first_found});
}

bool ReadSet::want_observer(std::uint32_t place) {
  const Observation& seen = calls_.calls[place];
  if (seen.whole) return want_read(place);
  const ElementId id = seen.first;
  if (seen.found && phase_[id] == Phase::before) {
    if (!want(calls_.elements[id].add, {true, SetReason::seen, none})) return false;
  } else if (!seen.found && phase_[id] == Phase::in && !want_out(id, place)) {
    return false;
  }
  return done_[place];
}

bool ReadSet::want_read(std::uint32_t place) {
  const auto read = calls_.read(calls_.calls[place]);
  // What is wanted may bring in others that have to go again, but no element twice.
  for (std::size_t rounds = in_.size() + read.size() + open_.size() + 2; rounds > 0 && !done_[place]; --rounds) {
    for (const ElementId id : read) {
      if (phase_[id] != Phase::before) continue;
      if (!want(calls_.elements[id].add, {true, SetReason::seen, none})) return false;
      if (done_[place]) return true;
    }
    mark(place);
    const auto other = std::ranges::find_if(in_, [&](ElementId id) { return stamp_[id] != last_stamp_; });
    if (other == in_.end()) break;
    if (!want_out(*other, place)) return false;
  }
  return done_[place];
}

// The next choice: as it was made before, or a new one.
bool ReadSet::choose() {
  if (chosen_ == choices_.size()) choices_.push_back({completion_, placed_before_, next_before_, true});
  return choices_[chosen_++].tried;
}

// The call that completes takes effect, if it has not, with all that must precede it.
bool ReadSet::go_on(std::size_t& completion, std::uint32_t& next) {
  const auto [end, place] = completions_[completion];
  completion_ = completion;
  placed_before_ = placed_.size();
  next_before_ = next;
  std::vector<std::uint32_t> fresh;
  for (; next < operations_.size() && history_.invoked[op(next)] < end; ++next) {
    if (calls_.calls[next].observes) fresh.push_back(next);
  }
  look(fresh);
  open_.insert(open_.end(), fresh.begin(), fresh.end());
  now_ = end;
  path_.clear();
  if (!want(place, {})) return false;
  ++completion;
  return true;
}

// Back to the last choice that can still be made otherwise.
bool ReadSet::go_back(std::size_t& completion, std::uint32_t& next) {
  while (!choices_.empty() && !choices_.back().tried) choices_.pop_back();
  if (choices_.empty()) return false;
  Choice& last = choices_.back();
  last.tried = false;
  completion = last.completion;
  next = last.next;
  for (; placed_.size() > last.placed; placed_.pop_back()) undo(placed_.back());
  std::erase_if(open_, [&](std::uint32_t place) { return place >= next; });
  for (chosen_ = choices_.size(); chosen_ > 0 && choices_[chosen_ - 1].completion == completion;) --chosen_;
  return true;
}

std::optional<KeyAnswer> ReadSet::decide() {
  for (std::uint32_t place = 0; place < operations_.size(); ++place) {
    if (history_.ok(op(place))) completions_.emplace_back(history_.completed[op(place)], place);
  }
  std::ranges::sort(completions_);
  placed_.reserve(completions_.size());
  std::size_t returns = most_returns + operations_.size() / 100;
  std::uint32_t next = 0;
  for (std::size_t completion = 0; completion < completions_.size();) {
    if (!budget_.spend(polled_)) return std::nullopt;
    if (go_on(completion, next)) continue;
    if (refutation_ || budget_.stopped() || returns-- == 0) return std::move(refutation_);
    if (!go_back(completion, next)) return std::nullopt;
  }
  KeyAnswer answer;
  answer.verdict = Verdict::holds;
  answer.method = "set with reads";
  for (const std::uint32_t place : placed_) answer.witness.push_back(op(place));
  return answer;
}

}  // namespace

std::optional<KeyAnswer> decide_read_set(const History& history, std::span<const OpId> operations, Budget& budget) {
  auto calls = set_calls_of(history, operations);
  if (!calls) return std::nullopt;
  if (calls->clash) return std::move(calls->clash);
  return ReadSet{history, operations, *calls, budget}.decide();
}

}  // namespace kasauti::checker::linearizable
