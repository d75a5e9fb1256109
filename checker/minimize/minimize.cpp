// The search for a small history that is still violated.
//
// Question: which few operations of a violated history are enough? First the operations of the anomaly that the engine
// found, with those that they depend on; if these alone are not violated, the keys they are on; and, for
// linearizability, the shortest prefix that is violated, by bisection (a longer prefix of a violated one is violated),
// and the latest beginning (beginnings.cpp), by looking back ever further from the end. Then delta debugging (Zeller &
// Hildebrandt 2002): leave out halves, quarters, … of the elements, keys or accounts (projections.cpp), and of the
// operations, each with whatever must go with it, and begin anew until nothing goes; at last weaken single operations.
// Each trial is judged by the model's own engine and its certificate verified, so that an error in a step could only
// cost meaning, never the violation.
//
// Where the engine could not decide the whole, parts of it are judged that are so small that it can: windows from one
// beginning to a few operations later, and single keys of transactions. One that is violated shows that the whole is.
//
// Cost: trials × judging. The first guess leaves a few operations where the engine's proof is local, and about O(m²)
// trials follow for m operations that are left then; O(m log m) when most of them go. A trial may take only a small
// share of the time, so that an unlucky one does not eat that of all. Tests: tests/minimize/.

#include "checker/minimize/minimize.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "checker/certificate/verify.hpp"
#include "checker/minimize/beginnings.hpp"
#include "checker/minimize/projections.hpp"
#include "checker/minimize/steps.hpp"
#include "checker/run/engines.hpp"
#include "histories/subset.hpp"

namespace kasauti::checker::minimize {

namespace {

using histories::Fate;
using histories::Rank;

/// A trial may take this share of the whole time, but not less nor more than these.
constexpr double trial_share = 0.05;
constexpr double shortest_trial = 0.25;
constexpr double longest_trial = 10;
constexpr std::uint64_t verification_steps = 1'000'000;
/// Beyond so many pairs of operations to look at, only steps are taken that need no closure.
constexpr std::uint64_t most_pairs = 5'000'000;
/// The sizes of the windows in which a violation is looked for where the whole could not be decided.
constexpr std::size_t windows[] = {24, 64};
/// The most configurations that the search may visit in one of them.
constexpr std::uint64_t window_steps = 4'000;

class Search {
 public:
  Search(const History& whole, const Options& options) : whole_{whole}, options_{options}, budget_{options.limits} {}

  Minimized run(const Judgement* known) {
    if (!judge_whole(known)) return std::move(best_);
    // The guess keeps no answers but those of the anomaly: where others tell the state, they come first.
    const bool tells = !Beginnings{now(), options_.model}.candidates().empty();
    if (tells) (void)cut();
    while (tells && begin_later()) {
    }
    guess();
    while (!stopped()) {
      undecided_ = false;
      bool smaller = cut();
      smaller |= begin_later();
      smaller |= project();
      smaller |= drop_chunks(true);
      smaller |= drop_chunks(false);
      if (!smaller && options_.weaken) smaller = weaken();
      if (!smaller) break;
    }
    finish();
    return std::move(best_);
  }

 private:
  [[nodiscard]] const History& now() const { return rebased_ ? best_.history : whole_; }
  [[nodiscard]] bool stopped() { return !budget_.poll(); }

  bool judge_whole(const Judgement* known) {
    best_.judgement = known != nullptr ? *known : run::run_engine(options_.model, whole_, options_.threads, budget_);
    best_.origins.resize(whole_.size());
    for (OpId op = 0; op < whole_.size(); ++op) best_.origins[op] = op;
    const double seconds = options_.limits.seconds;
    if (seconds > 0) patience_ = std::clamp(seconds * trial_share, shortest_trial, longest_trial);
    if (best_.judgement.verdict == Verdict::violated) {
      best_.violated = true;
      best_.verified = verified(whole_, best_.judgement);
      renew_steps();
      return true;
    }
    return best_.judgement.verdict == Verdict::unknown && hunt();
  }

  [[nodiscard]] histories::Limits limits_of_a_trial() const {
    histories::Limits limits = options_.limits;
    if (limits.seconds > 0) limits.seconds = std::max(0.001, limits.seconds - budget_.seconds());
    limits.seconds = limits.seconds > 0 ? std::min(patience_, limits.seconds) : patience_;
    return limits;
  }

  [[nodiscard]] bool verified(const History& history, const Judgement& judgement) const {
    histories::Budget budget{limits_of_a_trial()};
    const Verification answer = verify(history, options_.model, judgement.verdict, judgement.certificate,
        verification_steps, &budget);
    return answer.accepted && answer.complete;
  }

  void renew_steps() {
    steps_ = std::make_unique<Steps>(now(), options_.model);
    steps_->poll(budget_);
    closes_ = steps_->pairs() <= most_pairs;
  }

  bool attempt(const std::vector<Fate>& fates) {
    if (stopped()) return false;
    if (std::ranges::all_of(fates, [](Fate fate) { return fate == Fate::gone; })) return false;
    return attempt({histories::subset(now(), fates), histories::origins(fates)});
  }

  // Judges the smaller history, and goes on from there if it is violated. A proof that verifies is not given up for
  // one that doesn't.
  bool attempt(Rewritten smaller, std::uint64_t most_steps = 0) {
    if (stopped() || smaller.history.size() == 0) return false;
    histories::Limits limits = limits_of_a_trial();
    if (most_steps != 0) limits.steps = most_steps;
    histories::Budget budget{limits};
    Judgement judgement = run::run_engine(options_.model, smaller.history, options_.threads, budget);
    ++best_.trials;
    const bool exhausted = judgement.cause == Cause::time || judgement.cause == Cause::memory ||
        judgement.cause == Cause::steps;
    undecided_ |= judgement.verdict == Verdict::unknown && exhausted;
    if (judgement.verdict != Verdict::violated) return false;
    const bool proved = verified(smaller.history, judgement);
    if (!proved && best_.verified) {
      undecided_ = true;
      return false;
    }
    for (OpId& op : smaller.origins) op = best_.origins[op];
    best_.origins = std::move(smaller.origins);
    best_.history = std::move(smaller.history);
    best_.judgement = std::move(judgement);
    best_.verified = proved;
    best_.violated = true;
    rebased_ = true;
    renew_steps();
    return true;
  }

  void note(std::string words) {
    if (std::ranges::find(best_.rewritten, words) == best_.rewritten.end()) best_.rewritten.push_back(std::move(words));
  }

  // The engine did not decide the whole: it may be able to decide a part.
  bool hunt() {
    const histories::ObjectKind object = whole_.header.object;
    const Projection projection{whole_, options_.model};
    const bool apart = object == histories::ObjectKind::txn || object == histories::ObjectKind::bank;
    for (std::size_t part = 0; apart && part < projection.parts() && !stopped(); ++part) {
      std::vector<bool> kept(projection.parts(), false);
      kept[part] = true;
      const Rewritten alone = projection.keep(kept);
      if (!hunt_in(alone, true) && !hunt_in(alone, false) && !attempt(alone)) continue;
      note(std::string{projection.in_words()});
      return true;
    }
    std::vector<OpId> all(whole_.size());
    for (OpId op = 0; op < all.size(); ++op) all[op] = op;
    const Rewritten whole{whole_, std::move(all)};
    return hunt_in(whole, true) || hunt_in(whole, false);
  }

  bool hunt_in(const Rewritten& part, bool strict) {
    const History& h = part.history;
    const Beginnings beginnings{h, options_.model};
    for (const std::size_t window : windows) {
      std::size_t next = 0;  // windows overlap by two thirds, which is enough to hold what lies closely together
      for (const OpId first : beginnings.candidates()) {
        if (stopped()) return false;
        if (first < next) continue;
        if (first + window >= h.size()) break;
        next = first + window / 3;
        auto later = beginnings.from(first, h.invoked[first + window], strict);
        if (!later) continue;
        for (OpId& op : later->origins) op = part.origins[op];
        if (!attempt(*std::move(later), window_steps)) continue;
        note(beginnings.in_words(first));
        return true;
      }
    }
    return false;
  }

  bool attempt_keeping(const std::vector<OpId>& seed) {
    if (!closes_) return false;
    std::vector<bool> kept(now().size(), false);
    steps_->close_kept(kept, seed);
    std::vector<Fate> fates(now().size(), Fate::gone);
    std::size_t left = 0;
    for (OpId op = 0; op < fates.size(); ++op) {
      if (kept[op]) fates[op] = Fate::kept;
      left += kept[op] ? 1U : 0U;
    }
    return left < fates.size() && attempt(fates);
  }

  // The first guesses, the smallest first: the first anomaly, all of them, their keys.
  void guess() {
    std::vector<OpId> first, all;
    for (const Anomaly& anomaly : best_.judgement.anomalies) {
      if (first.empty()) first = anomaly.operations;
      all.insert(all.end(), anomaly.operations.begin(), anomaly.operations.end());
    }
    if (first.empty() || attempt_keeping(first) || attempt_keeping(all)) return;
    const auto of_keys = [this](const std::vector<OpId>& operations) {
      std::vector<bool> wanted(now().key_count(), false);
      for (const OpId op : operations) wanted[now().key[op]] = true;
      std::vector<OpId> seed;
      for (OpId op = 0; op < now().size(); ++op) {
        if (wanted[now().key[op]]) seed.push_back(op);
      }
      return seed;
    };
    if (!attempt_keeping(of_keys(first))) (void)attempt_keeping(of_keys(all));
  }

  // Completions are the moments at which a violation can first show.
  bool cut() {
    if (!steps_->cuts()) return false;
    std::vector<Rank> ends;
    for (OpId op = 0; op < now().size(); ++op) {
      if (now().ok(op)) ends.push_back(now().completed[op]);
    }
    std::ranges::sort(ends);
    bool smaller = false;
    std::size_t violated = ends.size();  // so many completions are known to be enough
    for (std::size_t low = 1; low < violated && !stopped();) {
      const std::size_t middle = low + (violated - low) / 2;
      // Ranks change with every success, so that the events before the cut are found again by counting.
      std::vector<Rank> current;
      for (OpId op = 0; op < now().size(); ++op) {
        if (now().ok(op)) current.push_back(now().completed[op]);
      }
      std::ranges::sort(current);
      if (middle > current.size()) break;
      const std::vector<Fate> fates = steps_->prefix(current[middle - 1] + 1);
      const bool same = std::ranges::all_of(fates, [](Fate fate) { return fate == Fate::kept; });
      if (same || attempt(fates)) {
        smaller |= !same;
        violated = middle;
      } else {
        low = middle + 1;
      }
    }
    return smaller;
  }

  // From the latest beginnings to earlier ones, twice as far back each time: the violation shows at the end.
  bool begin_later() {
    const Beginnings beginnings{now(), options_.model};
    const std::vector<OpId>& candidates = beginnings.candidates();
    for (std::size_t back = 1; back <= candidates.size() && !stopped(); back *= 2) {
      const OpId first = candidates[candidates.size() - back];
      auto later = beginnings.from(first);
      if (!later) continue;
      if (later->history.size() == now().size()) break;
      std::string words = beginnings.in_words(first);
      if (!attempt(*std::move(later))) continue;
      note(std::move(words));
      return true;
    }
    return false;
  }

  // Leaves out halves, quarters, … of the parts; each success makes the rest the whole.
  bool project() {
    bool smaller = false;
    for (std::size_t size = SIZE_MAX; size != 1 && !stopped();) {
      const std::size_t parts = Projection{now(), options_.model}.parts();
      if (parts == 0) break;
      size = std::max<std::size_t>(1, std::min(size, parts) / 2);
      for (std::size_t begin = 0; !stopped();) {
        const Projection projection{now(), options_.model};
        if (begin >= projection.parts()) break;
        std::vector<bool> kept(projection.parts(), true);
        std::fill_n(kept.begin() + static_cast<std::ptrdiff_t>(begin), std::min(size, kept.size() - begin), false);
        std::string words{projection.in_words()};
        Rewritten part = projection.keep(kept);
        const bool less = part.history.size() < now().size() || told(part.history) < told(now());
        if (less && attempt(std::move(part))) {
          note(std::move(words));
          smaller = true;
        } else {
          begin += size;
        }
      }
    }
    return smaller;
  }

  // The candidates of one round: from the end, since what comes late is rarely the cause.
  [[nodiscard]] std::vector<OpId> candidates(bool observers) const {
    std::vector<OpId> seed;
    for (OpId op = static_cast<OpId>(now().size()); op-- > 0;) {
      if (!observers || steps_->only_observes(op)) seed.push_back(op);
    }
    return seed;
  }

  bool drop_chunks(bool observers) {
    bool smaller = false;
    if (!observers && !closes_) return false;
    std::size_t count = candidates(observers).size();
    for (std::size_t size = std::max<std::size_t>(1, count / 2); count != 0; size /= 2) {
      for (std::size_t begin = 0; begin < count && !stopped();) {
        std::vector<OpId> all = candidates(observers);
        const std::span<const OpId> chunk{all.data() + begin, std::min(size, all.size() - begin)};
        if (attempt_without(chunk)) {
          smaller = true;
          count = candidates(observers).size();
        } else {
          begin += size;
        }
      }
      if (size == 1 || stopped()) break;
    }
    return smaller;
  }

  bool attempt_without(std::span<const OpId> chunk) {
    std::vector<bool> dropped(now().size(), false);
    steps_->close_dropped(dropped, chunk);
    std::vector<Fate> fates(now().size(), Fate::kept);
    for (OpId op = 0; op < fates.size(); ++op) {
      if (dropped[op]) fates[op] = Fate::gone;
    }
    return attempt(fates);
  }

  bool weaken() {
    bool smaller = false;
    for (OpId op = 0; op < now().size() && !stopped(); ++op) {
      if (!steps_->weakens(op)) continue;
      std::vector<Fate> fates(now().size(), Fate::kept);
      fates[op] = Fate::weakened;
      smaller |= attempt(fates);
    }
    return smaller;
  }

  void finish() {
    if (!rebased_) {
      best_.history = histories::subset(whole_, std::vector<Fate>(whole_.size(), Fate::kept));
    }
    best_.minimal = !budget_.stopped() && !undecided_ && closes_;
    switch (budget_.exhausted()) {
      case histories::Exhausted::time:
        best_.detail = "the time ran out before every step was tried; raise --timeout";
        break;
      case histories::Exhausted::memory:
        best_.detail = "the memory ran out before every step was tried; raise --memory";
        break;
      case histories::Exhausted::steps:
        best_.detail = "the steps ran out before every step was tried; raise --steps";
        break;
      case histories::Exhausted::no:
        if (!closes_) best_.detail = "its operations depend on each other in too many ways to try every step";
        if (undecided_) best_.detail = "some smaller histories could not be decided in the time given to each";
    }
  }

  const History& whole_;
  const Options& options_;
  histories::Budget budget_;
  double patience_ = longest_trial;
  Minimized best_;
  std::unique_ptr<Steps> steps_;
  bool closes_ = true;     // closures are cheap enough
  bool rebased_ = false;
  bool undecided_ = false;
};

}  // namespace

Minimized minimize(const History& history, const Options& options, const Judgement* known) {
  return Search{history, options}.run(known);
}

}  // namespace kasauti::checker::minimize
