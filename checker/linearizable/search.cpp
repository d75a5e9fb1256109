// The search: is there any legal order of the calls of one key? For every object and every history, where nothing
// faster applies.
//
// Events are taken in real-time order. A configuration says which of the *open* calls have taken effect, the object's
// state, and how many unknown calls of each kind were used; the calls that completed are all in, so they need no names,
// and its size depends on how many calls are open and not on the length of the history. Linearisation is just in time
// (Lowe, "Testing for linearizability", Concurrency and Computation 29(4), 2017): only when a call completes without
// having taken effect are orders of open calls tried that end with it. When no configuration is left, nothing explains
// that completion: violated, and certainly so. When the events end, any configuration left gives the witness.
//
// What keeps the number of configurations down, each sound and complete, each with a switch for the tests:
//  - Reads are greedy. A call that only observes takes effect as soon as the state allows: it changes nothing for the
//    others.
//  - Overwritten writes are hidden. A blind write that was open while a later blind write took effect may be placed
//    just before that one, where nobody sees it. So it need not be tried in the open: at its completion it is either
//    seen now or was hidden then. A configuration keeps a bit for each pending write that can still be hidden. And a
//    blind write that nobody has observed is not followed by another: the order in which it is hidden is tried anyway.
//  - Unknown calls wait. They have no end, so one whose effect nobody observes before a blind write erases it need not
//    be used at all, and one that is observed later can be used then. So neither a blind write nor a hidden one follows
//    an unobserved unknown call. Nor does a hidden one follow an unobserved blind write: seeing it instead, and the
//    other later, leaves more open.
//  - Equal calls: the one that completes first goes first. Swapping two equal calls in an order keeps it legal.
//  - Unknown calls of one kind are counted (Lowe names them); of two configurations that differ only there, the one
//    that has used less can do all that the other can, and the other is dropped. Calls of one process whose stamps tie
//    carry an order of their own; where there are such, hiding and exchanging are off.
//
// The configurations of a completion are taken breadth first, so the shortest explanations, which leave the most
// freedom, come first. Where there are many, they are expanded by several threads (wide_expansion.hpp), with the
// outcome of one. A beam keeps only the best of each layer (beam.hpp): it is the quick way to an order where there is
// one, in bounded memory, and is tried with growing widths, one after the other and before the search that keeps
// everything, so that no verdict or witness hangs on which of two is faster. A long key is cut where its state is known
// (segments.cpp).
//
// What must be held is the layer, its closure, and the steps that lead there; there is nothing to be forgotten but
// those steps that no living configuration rests on. When the limit of memory is near, the search ends as unknown.
//
// Cost: events × configurations × open calls; the number of configurations is exponential in the calls open at once, at
// worst. Covered by tests/linearizable: every small history against brute force, with and without each reduction, and
// against zones; any number of threads against one; with segments and without.

#include "checker/linearizable/search.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "checker/linearizable/beam.hpp"
#include "checker/linearizable/facts.hpp"
#include "checker/linearizable/layer.hpp"
#include "checker/linearizable/moves.hpp"
#include "checker/linearizable/open_calls.hpp"
#include "checker/linearizable/segments.hpp"
#include "checker/linearizable/step_tree.hpp"
#include "checker/linearizable/wide_expansion.hpp"

namespace kasauti::checker::linearizable {

namespace {

/// What the candidates of a wide expansion may take.
constexpr std::size_t most_candidate_bytes = std::size_t{32} << 20;
constexpr std::size_t most_at_once = 8192;
/// Memory is looked at again after so many expansions.
constexpr std::uint32_t between_looks = 256;

template <unsigned Words>
class Search {
 public:
  Search(const Problem& problem, const objects::Specification& specification, const SearchOptions& options,
         histories::Budget& budget)
      : problem_{problem}, options_{options}, budget_{budget}, tables_{specification, problem},
        facts_{problem, specification, options, tables_.states}, open_{facts_}, moves_{facts_, open_, tables_} {}

  SearchResult run();

 private:
  using Configuration = linearizable::Configuration<Words>;
  using Layer = linearizable::Layer<Words>;

  void invoke(std::uint32_t call);
  bool complete(std::uint32_t call);
  bool explain(std::uint32_t ending);
  bool explain_one(std::size_t index, std::uint32_t ending);
  bool explain_many(std::size_t from, std::size_t to, std::uint32_t ending);
  std::uint32_t record(const Configuration& parent, const Configuration& child, Step step);
  void saturate(Configuration& c);
  void forget_steps();
  bool room(std::size_t besides = 0);
  Rules<Words> rules() const { return {open_.masks(), tables_.used, options_.reductions.dominance}; }

  /// Where the steps from one configuration go.
  struct Sink {
    Search& search;
    Configuration from;
    void pending(const Configuration& c, Step step) { add(search.closure_, c, step); }
    void finished(const Configuration& c, Step step) { add(search.next_, c, step); }
    void add(Layer& layer, const Configuration& c, Step step) {
      Configuration* const there = layer.insert(c, search.rules());
      if (there != nullptr) there->node = search.record(from, c, step);
    }
  };

  const Problem& problem_;
  const SearchOptions& options_;
  histories::Budget& budget_;
  Tables tables_;
  Facts facts_;
  OpenCalls<Words> open_;
  Moves<Words> moves_;
  std::unique_ptr<WideExpansion<Words>> wide_;

  Layer frontier_, closure_, next_;
  StepTree tree_;
  std::uint32_t event_ = 0;
  std::uint32_t polled_ = 0;
  std::uint32_t looked_ = 0;
  std::uint64_t steps_ = 0;
  bool cut_ = false;                            // the beam has left configurations out
  bool starved_ = false;  // it ended for want of memory
};

// The number of the last step that led to `child`: from its parent, and the observers that took effect with it.
template <unsigned Words>
std::uint32_t Search<Words>::record(const Configuration& parent, const Configuration& child, Step step) {
  const Bits<Words> reads = child.used.minus(parent.used).both(open_.masks().observing);
  const auto call_in = [&](std::uint32_t slot) { return open_.call_in(slot); };
  if (problem_.previous.empty()) return tree_.add(parent.node, step, reads, call_in);
  // Observers that tie have an order of their own: they take effect once more.
  Configuration again = child;
  again.used = child.used.minus(reads);
  if (step.call != none && (step.call & group_mark) == 0) again.used.set(open_.slot_of(step.call));
  std::uint32_t node = step.call == none ? parent.node : tree_.add(parent.node, step);
  open_.saturate(again, tables_.states,
                 [&](std::uint32_t slot) { node = tree_.add(node, Step{open_.call_in(slot), false}); });
  return node;
}

template <unsigned Words>
void Search<Words>::saturate(Configuration& c) {
  open_.saturate(c, tables_.states,
                 [&](std::uint32_t slot) { c.node = tree_.add(c.node, Step{open_.call_in(slot), false}); });
}

template <unsigned Words>
void Search<Words>::invoke(std::uint32_t call) {
  open_.invoke(call);
  const Call& which = problem_.calls[call];
  if (!which.required || !facts_.observes[which.kind]) return;
  // Twins stay twins: whether the read is legal depends on the state, which they share.
  for (Configuration& c : frontier_.items()) saturate(c);
}

template <unsigned Words>
bool Search<Words>::explain_one(std::size_t index, std::uint32_t ending) {
  const Configuration& c = closure_.items()[index];
  if (closure_.died_before(c)) return true;
  Sink sink{*this, c};
  sink.from.died = 0;  // what follows upon it is no less alive for what happened in this turn
  // An observer takes effect by saturation, in whichever configuration first allows it.
  if (sink.from.used.has(ending)) {
    sink.finished(Moves<Words>::finished(sink.from, ending), {});
    return true;
  }
  ++steps_;
  if (!budget_.step(polled_) || !budget_.spend(polled_, open_.weight())) return false;
  if (options_.most_steps != 0 && steps_ > options_.most_steps) return false;
  moves_.from(sink.from, ending, event_, sink);
  return ++looked_ % between_looks != 0 || room();
}

// The configurations [from, to) at once. By one thread or by several, the outcome is the same.
template <unsigned Words>
bool Search<Words>::explain_many(std::size_t from, std::size_t to, std::uint32_t ending) {
  if (options_.threads <= 1) {
    for (std::size_t i = from; i < to; ++i) {
      if (!explain_one(i, ending)) return false;
    }
    return true;
  }
  if (options_.most_steps != 0 && steps_ + (to - from) > options_.most_steps) return false;
  const std::size_t steps_from_one = std::size_t{1} + open_.groups() + open_.weight();
  if (!room((to - from) * steps_from_one * sizeof(Candidate<Words>)) || !budget_.poll()) return false;
  if (!wide_) wide_ = std::make_unique<WideExpansion<Words>>(facts_, open_, tables_, options_.wide, budget_);
  const auto expanded = wide_->expand(
      closure_, next_, from, to, ending, event_,
      [&](const Configuration& parent, const Configuration& child, Step step) { return record(parent, child, step); });
  steps_ += expanded.value_or(0);
  return expanded.has_value();
}

// Takes single steps from every configuration of the closure, which grows meanwhile, until none is left to be looked
// at. False when out of budget.
template <unsigned Words>
bool Search<Words>::explain(std::uint32_t ending) {
  const std::size_t steps_from_one = std::size_t{1} + open_.groups() + open_.weight();
  const std::size_t at_once =
      std::min(most_at_once, most_candidate_bytes / (sizeof(Candidate<Words>) * steps_from_one));
  for (std::size_t i = 0; i < closure_.items().size();) {
    // A beam needs no more than it can keep; the shortest explanations, which come first, leave the most freedom.
    if (options_.beam != 0 && (i > options_.beam * 64U || next_.items().size() > options_.beam * 8U)) {
      cut_ = true;
      break;
    }
    const std::size_t to = std::min(closure_.items().size(), i + at_once);
    const bool wide = options_.beam == 0 && to - i >= options_.wide;
    closure_.begin_turn();
    if (!(wide ? explain_many(i, to, ending) : explain_one(i, ending))) return false;
    i = wide ? to : i + 1;
  }
  return true;
}

// Explains the completion of a call in every configuration; false when out of budget.
template <unsigned Words>
bool Search<Words>::complete(std::uint32_t call) {
  const std::uint32_t ending = open_.slot_of(call);
  next_.clear();
  closure_.clear();
  for (Configuration& c : frontier_.items()) {
    if (!budget_.spend(polled_)) return false;
    if (!problem_.previous.empty()) saturate(c);  // what a tie had kept back may be free now
    if (c.used.has(ending)) {
      next_.insert(Moves<Words>::finished(c, ending), rules());
    } else {
      closure_.insert(c, rules());
    }
  }
  if (!explain(ending)) return false;
  cut_ = cut_ || moves_.left_out();
  open_.complete(call);
  std::swap(frontier_, next_);
  std::erase_if(frontier_.items(), [](const Configuration& c) { return c.died != 0; });
  cut_ = keep_best(frontier_.items(), options_.beam) || cut_;
  if (tree_.is_full()) forget_steps();
  return true;
}

template <unsigned Words>
void Search<Words>::forget_steps() {
  std::vector<std::uint32_t*> leaves;
  for (Configuration& c : frontier_.items()) leaves.push_back(&c.node);
  tree_.forget(leaves);
}

// Whether what the tables, and what is named besides, may take before the next look leaves a tenth of the limit. The budget itself is not
// exhausted by asking: what this search gives back, another one with a beam can use.
template <unsigned Words>
bool Search<Words>::room(std::size_t besides) {
  constexpr std::size_t more = std::size_t{between_looks} * 64;
  const std::size_t bytes =
      closure_.growth(more) + next_.growth(more) + tree_.growth(more) + tables_.states.growth(more) +
      tables_.used.growth(more) + besides;
  if (bytes < (std::size_t{1} << 20)) return true;
  const std::uint64_t limit = budget_.limits().bytes;
  starved_ = limit != 0 && histories::resident_bytes() + bytes > limit - limit / 10;
  return !starved_ && budget_.poll();
}

template <unsigned Words>
SearchResult Search<Words>::run() {
  SearchResult result;
  for (const objects::State& state : problem_.initial) {
    Configuration c;
    c.state = tables_.states.intern(state);
    frontier_.insert(c, rules());
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
  }
  result.steps = steps_;
  if (result.events_done < problem_.events.size()) {
    const auto exhausted = budget_.exhausted();
    const bool memory = starved_ || exhausted == histories::Exhausted::memory;
    result.cause = exhausted == histories::Exhausted::time ? Cause::time : memory ? Cause::memory : Cause::steps;
    return result;
  }
  result.verdict = Verdict::holds;
  if (options_.final_states) {
    std::vector<StateId> states;
    for (const Configuration& c : frontier_.items()) states.push_back(c.state);
    std::ranges::sort(states);
    const auto repeated = std::ranges::unique(states);
    states.erase(repeated.begin(), repeated.end());
    for (const StateId state : states) result.final_states.push_back(tables_.states.state(state));
  }
  result.witness = tree_.order(frontier_.items().front().node, facts_);
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
  if (options.segment != 0 && problem.events.size() >= 2 * options.segment) {
    const auto segments = divide(problem, specification, options.segment, budget);
    if (segments.size() > 1) return search_segments(problem, segments, specification, options, budget);
  }
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
