// Segments: one long key by several threads, in the direction of time.
//
// At a quiescent point no call is open. If no unknown call has been invoked before it either, all that the future knows
// of the past is the object's state. Where the states are few, the calls between two such points are a relation between
// states, and relations can be worked out side by side and composed.
//
// Only relations whose image is one single state are of use here, and they are all that is needed: a read that stood
// alone, or a few calls around one, leave the same state whatever it was before. Behind such a stretch the state is
// known without anything that came earlier, so what follows is a search of its own, from one state, exactly the one
// that a search of the whole would do. (Composing full relations would have each segment searched from every state: the
// cost of the sequential search times the states that are still apart, while one thread has to walk along with only
// those that are possible.) So cutting costs next to nothing, and is done with one thread too: what is found does not
// depend on the threads.
//
// Soundness: every order of the whole passes the cuts in a state of the closure of the initial ones under all calls, so
// it leaves the stretch before a cut in its image. A segment without an order from there refutes the whole, and orders
// of all segments, one after the other, are an order of the whole, for each stretch ends the segment before the cut.
// Unknown calls can take effect at any later time: there is no cut behind the first one. Nor where stamps tie.
//
// Covered by tests/linearizable: with segments of a few events and without them the search says the same.

#include "checker/linearizable/segments.hpp"

#include <algorithm>
#include <atomic>
#include <optional>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "checker/linearizable/state_table.hpp"

namespace kasauti::checker::linearizable {

namespace {

/// An object with more states counts as one with many.
constexpr std::size_t most_states = 64;
/// What is spent on the question of how a stretch ends: events that it may have, and configurations.
constexpr std::size_t longest_stretch = 64;
constexpr std::uint64_t most_steps_in_stretch = 2'000;
constexpr std::size_t most_segments = 64;

/// Every state that the problem's calls can lead to, in whatever order; nullopt if they are many.
std::optional<std::vector<objects::State>> all_states(const Problem& problem,
                                                      const objects::Specification& specification) {
  if (problem.kinds.size() * most_states > problem.events.size()) return std::nullopt;
  StateTable states{specification, problem.kinds};
  for (const objects::State& state : problem.initial) states.intern(state);
  for (StateId state = 0; state < states.size(); ++state) {
    for (std::uint32_t kind = 0; kind < problem.kinds.size(); ++kind) (void)states.after(state, kind);
    if (states.size() > most_states) return std::nullopt;
  }
  std::vector<objects::State> all;
  for (StateId state = 0; state < states.size(); ++state) all.push_back(states.state(state));
  return all;
}

class Divider {
 public:
  Divider(const Problem& problem, const objects::Specification& specification, std::vector<objects::State> states,
          histories::Budget& budget)
      : problem_{problem}, specification_{specification}, states_{std::move(states)}, budget_{budget} {
    for (std::size_t event = 0, open = 0; event < problem.events.size(); ++event) {
      const CallEvent& each = problem.events[event];
      if (open == 0) quiescent_.push_back(event);
      const Call& call = problem.calls[each.call];
      if (!call.required && !specification.observes_only(problem.kinds[call.kind])) break;
      if (call.required) open += each.completion ? std::size_t(-1) : 1;
    }
  }

  std::vector<Segment> divide(std::size_t events) {
    std::vector<Segment> segments{{0, problem_.events.size(), problem_.initial}};
    std::size_t next = events;
    for (std::size_t i = 0; i < quiescent_.size(); ++i) {
      if (quiescent_[i] < next) continue;
      const auto cut = cut_behind(i);
      next = (cut ? cut->begin : quiescent_[i]) + (cut ? events : events / 8);
      if (!cut) continue;
      segments.back().end = cut->begin;
      segments.push_back(*cut);
    }
    return segments;
  }

 private:
  // The segment that begins at the first quiescent point behind the i-th one at which the state is known.
  std::optional<Segment> cut_behind(std::size_t i) {
    const std::size_t begin = quiescent_[i];
    SearchOptions options;
    options.most_steps = most_steps_in_stretch;
    options.segment = 0;
    options.final_states = true;
    for (++i; i < quiescent_.size() && quiescent_[i] - begin <= longest_stretch; ++i) {
      const Problem stretch = part_of(problem_, {begin, quiescent_[i], states_});
      SearchResult found = search(stretch, specification_, options, budget_);
      if (found.verdict != Verdict::holds) return std::nullopt;
      if (found.final_states.size() == 1) {
        return Segment{quiescent_[i], problem_.events.size(), std::move(found.final_states)};
      }
    }
    return std::nullopt;
  }

  const Problem& problem_;
  const objects::Specification& specification_;
  std::vector<objects::State> states_;
  histories::Budget& budget_;
  std::vector<std::size_t> quiescent_;  // events before which nothing is open
};

}  // namespace

std::vector<Segment> divide(const Problem& problem, const objects::Specification& specification, std::size_t events,
                            histories::Budget& budget) {
  std::vector<Segment> whole{{0, problem.events.size(), problem.initial}};
  if (events == 0 || problem.events.size() < 2 * events || !problem.previous.empty()) return whole;
  auto states = all_states(problem, specification);
  if (!states) return whole;
  return Divider{problem, specification, *std::move(states), budget}.divide(
      std::max(events, problem.events.size() / most_segments));
}

Problem part_of(const Problem& problem, const Segment& segment) {
  Problem part;
  part.initial = segment.initial;
  part.kinds = problem.kinds;
  if (segment.begin == segment.end) return part;
  // Calls are numbered by invocation, and all of a segment's are invoked in it.
  const std::uint32_t first = problem.events[segment.begin].call;
  for (std::size_t event = segment.begin; event < segment.end; ++event) {
    const CallEvent& each = problem.events[event];
    if (!each.completion) part.calls.push_back(problem.calls[each.call]);
    part.events.push_back({each.call - first, each.completion});
  }
  return part;
}

SearchResult search_segments(const Problem& problem, const std::vector<Segment>& segments,
                             const objects::Specification& specification, const SearchOptions& options,
                             histories::Budget& budget) {
  SearchOptions each = options;
  each.segment = 0;
  std::vector<SearchResult> found(segments.size());
  std::atomic<std::size_t> first_failed{segments.size()};
  const auto look_at = [&](std::size_t i) {
    if (i > first_failed.load(std::memory_order_relaxed)) return;  // whatever it is, an earlier one counts
    found[i] = search(part_of(problem, segments[i]), specification, each, budget);
    if (found[i].verdict == Verdict::holds) return;
    std::size_t first = first_failed.load(std::memory_order_relaxed);
    while (i < first && !first_failed.compare_exchange_weak(first, i, std::memory_order_relaxed)) {
    }
  };
  if (options.threads <= 1) {
    for (std::size_t i = 0; i < segments.size(); ++i) look_at(i);
  } else {
    tbb::this_task_arena::isolate([&] { tbb::parallel_for(std::size_t{0}, segments.size(), look_at); });
  }
  SearchResult all;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::uint64_t steps = all.steps + found[i].steps;
    const std::size_t widest = std::max(all.widest, found[i].widest);
    if (found[i].verdict != Verdict::holds) {
      all = std::move(found[i]);
      all.events_done += segments[i].begin;
    } else {
      all.verdict = Verdict::holds;
      all.witness.insert(all.witness.end(), found[i].witness.begin(), found[i].witness.end());
      all.final_states = std::move(found[i].final_states);
      all.events_done = segments[i].end;
    }
    all.steps = steps;
    all.widest = widest;
    found[i] = {};
    if (all.verdict != Verdict::holds) break;
  }
  return all;
}

}  // namespace kasauti::checker::linearizable
