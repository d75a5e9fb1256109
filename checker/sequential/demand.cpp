// A witness for long histories of a healthy store, found in nearly linear time and without clocks.
//
// Operations are placed one after the other, as in the search (frontier.cpp), but on demand: the lane whose next
// operation has the earliest turn is to go on, and whatever keeps it waiting has to go first,
// - the write that a read observed, as long as it is not placed,
// - the observers of a key's present value, as long as one is missing, when the key is to be written,
// - what is known to come before,
// each of which may wait in its turn. The chain of waiting ends at an operation that may go, or it bites its tail: a
// conflict. Then one of the choices in the circle was wrong. A choice is that a write w was placed while another
// write u of its key was not, and u has to wait for an observer of w. The circle says that u is before that observer
// if the other choices in it stand, so u goes before w instead: that is learnt, and everything from w on is taken
// back. Where no other choice was in the circle, the lesson is the saturation's rule (saturation.cpp), true in every
// legal order; else it is a conjecture, and may be dropped at a later conflict that has no choice left to blame. This
// is conflict-driven learning as in satisfiability solvers (Marques-Silva & Sakallah, "GRASP", 1996), with the
// deadlocks of a schedule for conflicts.
//
// The chain is followed at once for the operation that is most overdue, so conflicts show soon after the choice, and
// little is taken back. Cost: O(n log k) with k lanes where turns are nearly the witness's order, and for each
// conflict what was placed since the choice. It gives up when conflicts bring it no further.
//
// Sound: an order is replayed by the verifier as any other; a circle without choices and conjectures refutes. Tests:
// tests/sequential/larger.cpp and demand.cpp.

#include "checker/sequential/demand.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <compare>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <tbb/parallel_for.h>

#include "checker/sequential/placement.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::Budget;
using histories::Rank;

/// After so many conflicts without a new record of operations placed it begins anew, from further back each time.
constexpr std::uint64_t round_of_conflicts = 128;
/// It goes back by the number of lanes, doubled with each round, but not more often than this.
constexpr std::uint64_t furthest_back = 4;
/// And blames at random only what lies no further back than so many operations for each lane.
constexpr std::uint64_t recent_turns = 64;
/// So many are taken for being stuck.
constexpr std::uint64_t most_barren_conflicts = 16 * round_of_conflicts;
/// And so many placements for each operation: what is taken back and done again must not outweigh the other methods.
constexpr std::uint64_t most_placements = 24;

struct Demand {
  std::uint32_t lane;
  Wait wait;
};

/// By preference.
constexpr Turn every_turn[] = {Turn::invoked, Turn::observed, Turn::completed};

/// Several turns at once. The first by preference to come to an end wins, whoever is the fastest: later ones are
/// stopped, earlier ones are waited for. So the result is that of one thread, which tries them in that order.
class Race {
 public:
  [[nodiscard]] bool lost(Turn turn) const { return winner_.load(std::memory_order_relaxed) < static_cast<int>(turn); }

  void won(Turn turn) {
    int best = winner_.load();
    while (static_cast<int>(turn) < best && !winner_.compare_exchange_weak(best, static_cast<int>(turn))) {
    }
  }

 private:
  std::atomic<int> winner_{INT32_MAX};
};

/// What may be to blame for a conflict; the least is blamed first.
struct Suspect {
  std::uint32_t tried;    // how often this order of two writes was turned round
  bool conjecture;        // else a choice
  Rank doubt;
  std::uint32_t subject;  // the lesson, or the write that waits

  friend auto operator<=>(const Suspect&, const Suspect&) = default;
};

class Builder {
 public:
  Builder(const Problem& problem, Turn turn, const Race& race, Budget& budget)
      : problem_{problem}, turn_{turn}, race_{race}, budget_{budget}, placement_{problem, turn},
        demanded_(problem.lanes(), 0) {}

  DemandResult run() {
    DemandResult result;
    for (;;) {
      const auto [turn, lane] = placement_.earliest();
      if (turn == histories::never) break;
      if (serve(lane)) continue;
      ++result.conflicts;
      if (placement_.size() > record_) {
        record_ = placement_.size();
        barren_ = 0;
      }
      const bool over = placement_.total() > most_placements * problem_.size() + Budget::poll_every;
      if (budget_.stopped() || race_.lost(turn_) || over || ++barren_ > most_barren_conflicts) return result;
      if (barren_ % round_of_conflicts == 0) {
        begin_anew();
      } else if (!mend()) {
        result.outcome = Demanded::circle;
        result.progress = placement_.progress();
        return result;
      }
    }
    result.outcome = Demanded::order;
    result.order = placement_.order();
    return result;
  }

 private:
  /// Places the lane's next operation and all that it waits for. False at a conflict, which demands_ then ends with,
  /// and once the budget has run out.
  bool serve(std::uint32_t lane) {
    for (const Demand& demand : demands_) demanded_[demand.lane] = 0;
    demands_.assign(1, {lane, {}});
    demanded_[lane] = 1;
    while (!demands_.empty()) {
      if (!budget_.spend(spent_) || race_.lost(turn_)) return false;
      Demand& demand = demands_.back();
      const Node node = placement_.head(demand.lane);
      demand.wait = placement_.wait_of(node);
      if (demand.wait.why == Wait::For::nothing) {
        placement_.place(node);
        demanded_[demand.lane] = 0;
        demands_.pop_back();
        continue;
      }
      const std::uint32_t next = problem_.lane[demand.wait.on];
      demands_.push_back({next, {}});
      if (demanded_[next] != 0) return false;
      demanded_[next] = 1;
    }
    return true;
  }

  /// Takes the choice back that is to blame, or drops the conjecture. False if the circle has neither.
  bool mend() {
    const std::uint32_t tail = demands_.back().lane;
    demands_.pop_back();
    suspects_.clear();
    for (auto demand = std::ranges::find(demands_, tail, &Demand::lane); demand != demands_.end(); ++demand) {
      const Node node = placement_.head(demand->lane);
      const std::uint32_t lesson = demand->wait.lesson;
      if (demand->wait.why == Wait::For::lesson && !placement_.lesson(lesson).certain) {
        const Node first = placement_.lesson(lesson).from;
        suspects_.push_back({tried_[name(first, node)], true, histories::never - lesson, lesson});
      } else if (demand->wait.why == Wait::For::observer && is_choice(node)) {
        const Node write = placement_.write_before(node);
        suspects_.push_back({tried_[name(write, node)], false, placement_.distance(write, node), node});
      }
    }
    if (suspects_.empty()) return false;
    const Suspect blamed = choose();
    if (blamed.conjecture) {
      const Lesson& lesson = placement_.lesson(blamed.subject);
      ++tried_[name(lesson.from, lesson.to)];
      placement_.drop(blamed.subject);
    } else {
      const Node write = placement_.write_before(blamed.subject);
      ++tried_[name(write, blamed.subject)];
      placement_.take_back_from(placement_.placed_at(write));
      placement_.learn(blamed.subject, write, suspects_.size() == 1);
    }
    return true;
  }

  /// The one that was tried least, then the most doubtful one; in every other round the one chosen last. From the
  /// second round on sometimes anyone is blamed: what is deterministic alone may go round and round.
  Suspect choose() {
    const std::uint64_t round = barren_ / round_of_conflicts;
    const auto placed_at = [&](const Suspect& choice) {
      return placement_.placed_at(placement_.write_before(choice.subject));
    };
    if (round != 0 && dice() % 5 == 0) {
      const Suspect any = suspects_[dice() % suspects_.size()];
      if (any.conjecture || placed_at(any) + recent_turns * problem_.lanes() > placement_.size()) return any;
    }
    if (round % 2 == 1) {
      for (Suspect& suspect : suspects_) {
        if (!suspect.conjecture) suspect.doubt = histories::never - placed_at(suspect);
      }
    }
    return *std::ranges::min_element(suspects_);
  }

  /// From some way back, without the conjectures about what comes after.
  void begin_anew() {
    const std::uint64_t back = std::uint64_t{problem_.lanes()} << std::min(barren_ / round_of_conflicts, furthest_back);
    placement_.take_back_from(placement_.size() > back ? placement_.size() - back : 0);
    placement_.drop_conjectures();
    tried_.clear();
  }

  /// The same numbers in every run.
  std::uint64_t dice() {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    return random_ >> 33;
  }

  static std::uint64_t name(Node first, Node second) { return std::uint64_t{first} << 32 | second; }

  /// Whether the write could have gone before the one whose observers it waits for.
  [[nodiscard]] bool is_choice(Node node) const {
    const Node write = placement_.write_before(node);
    return write < problem_.size() && problem_.lane[write] != problem_.lane[node] && problem_.source[node] != write;
  }

  const Problem& problem_;
  Turn turn_;
  const Race& race_;
  Budget& budget_;
  std::uint32_t spent_ = 0;
  Placement placement_;
  std::vector<std::uint8_t> demanded_;  // by lane
  std::vector<Demand> demands_;         // each waits for the next
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> tried_;  // by pair of writes: turned round
  std::vector<Suspect> suspects_;
  std::uint64_t random_ = 1;
  std::size_t record_ = 0;              // the most that were placed
  std::uint64_t barren_ = 0;            // conflicts since
};

}  // namespace

bool sources_known(const Problem& problem) {
  for (Node node = 0; node < problem.size(); ++node) {
    const Node source = problem.source[node];
    if (problem.optional[node] != 0 || source == from_anyone) return false;
    if (source == no_node && problem.writes[node] == 0) return false;
  }
  return true;
}

DemandResult order_by_demand(const Problem& problem, unsigned threads, Budget& budget) {
  Race race;
  std::array<DemandResult, std::size(every_turn)> results;
  const auto run = [&](std::size_t i) {
    if (race.lost(every_turn[i])) return;
    results[i] = Builder{problem, every_turn[i], race, budget}.run();
    if (results[i].outcome != Demanded::stuck) race.won(every_turn[i]);
  };
  if (threads <= 1) {
    for (std::size_t i = 0; i < results.size(); ++i) run(i);
  } else {
    tbb::parallel_for(std::size_t{0}, results.size(), run, tbb::simple_partitioner{});
  }
  for (DemandResult& result : results) {
    if (result.outcome != Demanded::stuck) return std::move(result);
  }
  return {};
}

}  // namespace kasauti::checker::sequential
