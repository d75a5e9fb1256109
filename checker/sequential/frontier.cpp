// Is there a legal order of a component's operations that respects the session order? Decided by search.
//
// A *frontier* says how far each lane has come; with the states of the keys it is a configuration. The search goes
// depth first from the empty frontier, remembers the configurations from which it came back in vain, and so ends after
// at most one visit of each: exponential in the number of lanes only. What keeps it short:
// - An operation that only observes is placed as soon as it is legal: it changes nothing, and no order gets lost by
//   having it early.
// - The forced order (saturation.cpp) holds in every legal order, so an operation waits for all that are forced before
//   it.
// - Where reads-from is known, a write waits until all that observe the value it would overwrite are placed.
// - Values that are still awaited by their observers come first: of the writes that may go next, those that are before
//   an observer of the value most recently written, for the sooner that one is done, the fewer keys are blocked at a
//   time. Then the one that was invoked first: most histories are nearly in the order of real time. Choices guide, they
//   exclude nothing.
//
// With reads-from known throughout, the frontier alone tells what can follow: of all values of a key at most the
// current one has observers left. Then only frontiers are remembered; else also the states of the keys for which that
// fails.
//
// A search that may take long is split at its first choices: the tree of moves, unfolded to some hundred ends, in order
// of preference. Threads take the ends in that order, each with a configuration of its own, and share what they know to
// be dead. The first end that has an order wins: later ones are stopped, earlier ones are waited for. A dead
// configuration has no order beyond it, so sharing them changes no end's answer but only the time it takes, and the
// witness is the same at any number of threads. So is the number of dead configurations where there is no order: all
// that can be reached.
//
// Exact when it ends: an order is a witness, none means that there is none. Cost of a straight run O(n k) with k lanes.
// Tests: tests/sequential, against brute force and the verifier's own plain search.

#include "checker/sequential/frontier.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include <tbb/parallel_for.h>

#include "checker/sequential/configuration.hpp"
#include "checker/sequential/dead_configurations.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::Budget;

/// Into so many ends a search is split, as long as it has no more choices one after the other than `deepest_split`.
constexpr std::size_t most_ends = 128;
constexpr std::size_t deepest_split = 32;

/// Which move was made at each choice, by preference.
using Path = std::vector<std::uint32_t>;

struct Choice {
  std::size_t mark;  // before it
  std::size_t next;  // the move to try next
};

/// A search, depth first, of all that follows one path.
class Descent {
 public:
  Descent(Configuration& configuration, DeadConfigurations& dead, Budget& budget)
      : configuration_{configuration}, dead_{dead}, budget_{budget} {
    configuration_.place_observers();
    start_ = configuration_.mark();
  }

  /// Goes to the end of the path, from wherever it is.
  void follow(const Path& path) {
    configuration_.undo_to(start_);
    choices_.clear();
    for (const std::uint32_t nth : path) configuration_.make_after_undo(nth_move(nth));
  }

  /// Stops, undecided, after so many retreats, once `lost()`, or when the budget has run out.
  template <class Lost>
  Found run(std::uint64_t retreats, const Lost& lost) {
    for (;;) {
      if (!budget_.step(spent_) || lost()) return Found::exhausted;
      ++visited_;
      deepest_ = std::max(deepest_, configuration_.placed());
      if (configuration_.complete()) return Found::order;
      if (descend()) continue;
      if (retreats-- == 0) return Found::exhausted;
      if (!retreat()) return budget_.stopped() ? Found::exhausted : Found::none;
    }
  }

  [[nodiscard]] std::uint64_t visited() const { return visited_; }
  [[nodiscard]] std::size_t deepest() const { return deepest_; }

 private:
  [[nodiscard]] Move nth_move(std::size_t n) {
    auto& moves = configuration_.moves();
    const auto nth = moves.begin() + static_cast<std::ptrdiff_t>(n);
    std::ranges::nth_element(moves, nth);
    return *nth;
  }

  /// Makes the best move from here; false if there is none, or this configuration is known to lead nowhere.
  bool descend() {
    if (dead_.contains(configuration_)) return false;
    const auto& moves = configuration_.moves();
    if (moves.empty()) return false;
    choices_.push_back({configuration_.mark(), 1});
    configuration_.make(*std::ranges::min_element(moves));
    return true;
  }

  /// Goes back to the last configuration with a move untried and makes it; false if there is none.
  bool retreat() {
    while (!choices_.empty()) {
      if (!budget_.spend(spent_, static_cast<std::uint32_t>(configuration_.width() / 8 + 1))) return false;
      Choice& choice = choices_.back();
      configuration_.undo_to(choice.mark);
      if (choice.next < configuration_.moves().size()) {
        configuration_.make_after_undo(nth_move(choice.next++));
        return true;
      }
      dead_.add(configuration_);
      choices_.pop_back();
    }
    return false;
  }

  Configuration& configuration_;
  DeadConfigurations& dead_;
  Budget& budget_;
  std::uint32_t spent_ = 0;
  std::size_t start_ = 0;
  std::vector<Choice> choices_;
  std::uint64_t visited_ = 0;
  std::size_t deepest_ = 0;
};

/// The search of one problem by several threads.
class Split {
 public:
  Split(const Problem& problem, const objects::Specification& specification, const Saturation* forced, Budget& budget)
      : problem_{problem}, specification_{specification}, forced_{forced}, budget_{budget} {}

  FrontierResult run(unsigned threads) {
    unfold();
    found_.assign(ends_.size(), Found::exhausted);
    const std::size_t workers = std::min<std::size_t>(std::max(threads, 1U), std::max<std::size_t>(ends_.size(), 1));
    deepest_.assign(workers, 0);
    if (workers == 1) {
      work(0);
    } else {
      tbb::parallel_for(std::size_t{0}, workers, [&](std::size_t worker) { work(worker); }, tbb::simple_partitioner{});
    }
    return conclude();
  }

 private:
  /// Level by level, so that the ends are many before they are deep.
  void unfold() {
    Configuration configuration{problem_, specification_, forced_, budget_};
    Descent descent{configuration, dead_, budget_};
    ends_ = {{}};
    for (std::size_t depth = 0; depth < deepest_split && ends_.size() < most_ends && !budget_.stopped(); ++depth) {
      std::vector<Path> next;
      for (Path& path : ends_) {
        descent.follow(path);
        const bool complete = configuration.complete();
        const std::size_t moves = complete ? 0 : configuration.moves().size();
        if (path.size() < depth || complete) next.push_back(path);
        for (std::uint32_t i = 0; i < moves && path.size() == depth; ++i) {
          next.push_back(path);
          next.back().push_back(i);
        }
      }
      ends_ = std::move(next);
    }
  }

  void work(std::size_t worker) {
    Configuration configuration{problem_, specification_, forced_, budget_};
    Descent descent{configuration, dead_, budget_};
    for (;;) {
      const std::size_t end = next_.fetch_add(1);
      const auto lost = [&] { return winner_.load(std::memory_order_relaxed) < end; };
      if (end >= ends_.size() || lost() || budget_.stopped()) break;
      descent.follow(ends_[end]);
      found_[end] = descent.run(UINT64_MAX, lost);
      if (found_[end] != Found::order) continue;
      const std::lock_guard lock{mutex_};
      if (lost()) break;
      winner_ = end;
      order_ = configuration.order();
    }
    deepest_[worker] = descent.deepest();
  }

  FrontierResult conclude() {
    FrontierResult result;
    result.deepest = std::ranges::max(deepest_);
    result.visited = dead_.size();
    const auto open = std::ranges::find(found_, Found::exhausted);
    result.found = open != found_.end() || budget_.stopped() ? Found::exhausted : Found::none;
    if (winner_ != SIZE_MAX) {
      result.found = Found::order;
      result.order = std::move(order_);
      result.visited = result.order.size();
    }
    return result;
  }

  const Problem& problem_;
  const objects::Specification& specification_;
  const Saturation* forced_;
  Budget& budget_;
  DeadConfigurations dead_;
  std::vector<Path> ends_;
  std::vector<Found> found_;            // by end
  std::vector<std::size_t> deepest_;    // by worker
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> winner_{SIZE_MAX};
  std::mutex mutex_;
  std::vector<OpId> order_;             // the winner's
};

}  // namespace

FrontierResult try_frontiers(const Problem& problem, const objects::Specification& specification,
                             const Saturation* forced, std::uint64_t retreats, Budget& budget) {
  Configuration configuration{problem, specification, forced, budget};
  DeadConfigurations dead;
  Descent descent{configuration, dead, budget};
  FrontierResult result;
  result.found = descent.run(retreats, [] { return false; });
  result.visited = descent.visited();
  result.deepest = descent.deepest();
  if (result.found == Found::order) result.order = configuration.order();
  return result;
}

FrontierResult search_frontiers(const Problem& problem, const objects::Specification& specification,
                                const Saturation* forced, unsigned threads, Budget& budget) {
  return Split{problem, specification, forced, budget}.run(threads);
}

}  // namespace kasauti::checker::sequential
