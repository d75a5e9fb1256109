// How stale is a register that is not atomic: by how many versions, by how much time?
//
// *k-atomic* (Aiyer, Alvisi, Bazzi 2005): an order of reads and writes that respects real time, in which each read
// returns one of the last k versions. Deciding k = 1 takes O(n log n), k = 2 too (Golab, Hurwitz, Li 2013), more is
// open. Here the least k is enclosed by two proofs. From below: if a value's cluster (its write and reads) begins to
// be visible at f, its least completion, and is still returned by a read invoked at s, then every write that was
// invoked after f, and whose own cluster was visible before s, lies between that write and that read in every order.
// From above: an order that puts each write at its f and each read as early as can be is one of real time, and what
// it needs is enough. The two mostly meet. Where they do not, and the key has few operations, all orders are tried.
//
// *Δ-atomic* (Golab, Li, Shah, "Analyzing consistency properties for fun and profit", PODC 2011): the least Δ such
// that the history is atomic once each read's invocation is moved back by Δ, but not before its write's. Two clusters
// clash iff f_A < s_B and f_B < s_A, and s falls with Δ; so clashes vanish one by one, and the least Δ is found by
// bisection over whole ns, each step a sweep over the clusters sorted by f (Gibbons & Korach 1997). O(n log n + c log
// c log T) with c clusters and a span of T ns. Exact.
//
// Tests: tests/staleness, against all orders and against every shift.

#include <algorithm>
#include <limits>
#include <map>

#include "checker/staleness/clusters.hpp"
#include "checker/staleness/staleness.hpp"

namespace kasauti::checker::staleness {

namespace {

using histories::Budget;
using histories::no_operation;
using histories::no_value;
using histories::Rank;

/// With more operations in a key not all orders are tried.
constexpr std::size_t searched_operations = 24;
constexpr std::uint64_t search_steps = 200'000;

/// Counts of ranks, by prefix.
class Counts {
 public:
  explicit Counts(std::size_t size) : tree_(size + 1, 0) {}
  void add(std::size_t place) {
    for (++place; place < tree_.size(); place += place & -place) ++tree_[place];
  }
  [[nodiscard]] std::uint64_t below(std::size_t place) const {
    std::uint64_t sum = 0;
    for (; place > 0; place -= place & -place) sum += tree_[place];
    return sum;
  }

 private:
  std::vector<std::uint64_t> tree_;
};

/// What counts of a cluster for k: shifted by one, so that the initial value's write is before all.
struct Zone {
  std::uint64_t invoked = 0;  // of the write
  std::uint64_t visible = 0;  // the least completion: f
  std::uint64_t latest = 0;   // the greatest invocation of a read; 0: never read
  OpId read = no_operation;   // that read
};

class LeastVersions {
 public:
  LeastVersions(const History& history, std::span<const OpId> operations, const std::vector<Cluster>& clusters)
      : h_{history}, operations_{operations}, clusters_{clusters} {}

  /// False if the budget ran out.
  bool measure(LeastK& least, Budget& budget) {
    for (const Cluster& cluster : clusters_) {
      zones_.push_back(zone_of(cluster));
      if (zones_.back().visible < zones_.back().invoked) {
        least.bounded = false;
        least.read = zones_.back().read;
      }
    }
    if (!least.bounded) return true;
    LeastK here;
    here.at_least = lower_bound(here.read);
    here.at_most = upper_bound();
    if (here.at_least < here.at_most && operations_.size() <= searched_operations) search(here, budget);
    if (here.at_least > least.at_least) {
      least.at_least = here.at_least;
      least.read = here.read;
    }
    least.at_most = std::max(least.at_most, here.at_most);
    return !budget.stopped();
  }

 private:
  [[nodiscard]] Zone zone_of(const Cluster& cluster) const {
    Zone zone;
    if (cluster.write != no_operation) {
      zone.invoked = std::uint64_t{h_.invoked[cluster.write]} + 1;
      zone.visible = std::uint64_t{h_.completed[cluster.write]} + 1;
    }
    for (const OpId read : cluster.reads) {
      zone.visible = std::min(zone.visible, std::uint64_t{h_.completed[read]} + 1);
      if (std::uint64_t{h_.invoked[read]} + 1 > zone.latest) {
        zone.latest = std::uint64_t{h_.invoked[read]} + 1;
        zone.read = read;
      }
    }
    return zone;
  }

  /// Both bounds count writes by the place of their f among all f; `among` narrows to those invoked after the
  /// cluster's f.
  std::uint64_t lower_bound(OpId& read) const {
    std::vector<std::uint64_t> visible;
    for (const Zone& zone : zones_) visible.push_back(zone.visible);
    std::ranges::sort(visible);
    std::vector<std::size_t> by_invocation(zones_.size());
    for (std::size_t i = 0; i < zones_.size(); ++i) by_invocation[i] = i;
    std::ranges::sort(by_invocation, std::greater{}, [&](std::size_t i) { return zones_[i].invoked; });
    std::vector<std::size_t> by_visibility(by_invocation);
    std::ranges::sort(by_visibility, std::greater{}, [&](std::size_t i) { return zones_[i].visible; });
    const auto place = [&](std::uint64_t f) {
      return static_cast<std::size_t>(std::ranges::lower_bound(visible, f) - visible.begin());
    };
    Counts counts{zones_.size()};
    std::uint64_t most = 0;
    std::size_t next = 0;
    for (const std::size_t i : by_visibility) {
      for (; next < by_invocation.size() && zones_[by_invocation[next]].invoked > zones_[i].visible; ++next) {
        counts.add(place(zones_[by_invocation[next]].visible));
      }
      const std::uint64_t between = zones_[i].latest == 0 ? 0 : counts.below(place(zones_[i].latest));
      if (between > most) {
        most = between;
        read = zones_[i].read;
      }
    }
    return most + 1;
  }

  /// Of the order that has each write at its f, and each read at its invocation or right behind its write.
  [[nodiscard]] std::uint64_t upper_bound() const {
    std::vector<std::uint64_t> visible;
    for (const Zone& zone : zones_) visible.push_back(zone.visible);
    std::ranges::sort(visible);
    std::uint64_t most = 0;
    for (const Zone& zone : zones_) {
      if (zone.latest <= zone.visible) continue;
      const auto from = std::ranges::upper_bound(visible, zone.visible);
      const auto to = std::ranges::lower_bound(visible, zone.latest);
      most = std::max(most, static_cast<std::uint64_t>(to - from));
    }
    return most + 1;
  }

  /// Tries all orders, for each k between the bounds.
  void search(LeastK& here, Budget& budget) {
    cluster_of_.clear();
    for (std::uint32_t i = 0; i < clusters_.size(); ++i) {
      if (clusters_[i].write != no_operation) cluster_of_[clusters_[i].write] = i;
      for (const OpId read : clusters_[i].reads) cluster_of_[read] = i;
    }
    members_.clear();
    for (const OpId op : operations_) {
      if (cluster_of_.contains(op)) members_.push_back(op);
    }
    while (here.at_least < here.at_most) {
      dead_.clear();
      steps_ = search_steps;
      k_ = here.at_least;
      std::vector<std::uint32_t> versions{0};
      const bool found = some_order(0, versions, budget);
      if (budget.stopped() || (!found && steps_ == 0)) return;
      if (found) {
        here.at_most = k_;
      } else {
        ++here.at_least;
      }
    }
  }

  /// Whether what is not in `done` can follow, the newest version last in `versions`.
  bool some_order(std::uint32_t done, const std::vector<std::uint32_t>& versions, Budget& budget) {
    if (steps_ == 0 || !budget.spend(spent_)) return false;
    --steps_;
    if (std::popcount(done) == static_cast<int>(members_.size())) return true;
    if (dead_.contains({done, versions})) return false;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if ((done >> i & 1) != 0 || !may_go(i, done)) continue;
      const std::uint32_t cluster = cluster_of_.at(members_[i]);
      std::vector<std::uint32_t> next = versions;
      if (clusters_[cluster].write == members_[i]) {
        next.push_back(cluster);
        if (next.size() > k_) next.erase(next.begin());
      } else if (std::ranges::find(versions, cluster) == versions.end()) {
        continue;
      }
      if (some_order(done | std::uint32_t{1} << i, next, budget)) return true;
      if (steps_ == 0) return false;
    }
    dead_.emplace(std::pair{done, versions}, true);
    return false;
  }

  [[nodiscard]] bool may_go(std::size_t i, std::uint32_t done) const {
    for (std::size_t j = 0; j < members_.size(); ++j) {
      if ((done >> j & 1) == 0 && j != i && h_.completed[members_[j]] < h_.invoked[members_[i]]) return false;
    }
    return true;
  }

  const History& h_;
  std::span<const OpId> operations_;
  const std::vector<Cluster>& clusters_;
  std::vector<Zone> zones_;
  std::uint32_t spent_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t k_ = 1;
  std::vector<OpId> members_;
  std::map<OpId, std::uint32_t> cluster_of_;
  std::map<std::pair<std::uint32_t, std::vector<std::uint32_t>>, bool> dead_;
};

/// What counts of a cluster for Δ, in ns.
struct Interval {
  std::int64_t begun;    // of the write
  std::int64_t visible;  // f
  std::int64_t latest;   // of the reads' invocations; INT64_MIN: none
  std::size_t cluster;

  /// s, once reads were moved back by `shift`.
  [[nodiscard]] std::int64_t until(std::int64_t shift) const {
    return latest == INT64_MIN ? begun : std::max(begun, latest - shift);
  }
};

class LeastShift {
 public:
  LeastShift(const History& history, const std::vector<Cluster>& clusters) : h_{history} {
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      const OpId write = clusters[i].write;
      Interval interval{INT64_MIN, INT64_MIN, INT64_MIN, i};
      if (write != no_operation) {
        interval.begun = h_.invoked_time[write];
        interval.visible = h_.ok(write) ? h_.completed_time[write] : INT64_MAX;
      }
      for (const OpId read : clusters[i].reads) {
        interval.visible = std::min(interval.visible, h_.completed_time[read]);
        interval.latest = std::max(interval.latest, h_.invoked_time[read]);
      }
      if (interval.visible < interval.begun) impossible_ = true;
      longest_ = std::max(longest_, interval.latest);
      if (write != no_operation) first_ = std::min(first_, interval.begun);
      intervals_.push_back(interval);
    }
    std::ranges::sort(intervals_, {}, &Interval::visible);
  }

  [[nodiscard]] bool impossible() const { return impossible_; }

  /// The least shift without a clash; `clash` gets two clusters that still clash one ns below.
  std::int64_t least(std::vector<std::size_t>& clash, Budget& budget) {
    std::int64_t bad = -1;  // the greatest shift known to clash
    std::int64_t good = longest_ == INT64_MIN || first_ == INT64_MAX ? 0 : std::max<std::int64_t>(0, longest_ - first_);
    if (!clashes(0, clash)) return 0;
    while (good - bad > 1 && budget.poll()) {
      const std::int64_t middle = bad + (good - bad) / 2;
      (clashes(middle, clash) ? bad : good) = middle;
    }
    (void)clashes(good - 1, clash);
    return good;
  }

 private:
  bool clashes(std::int64_t shift, std::vector<std::size_t>& clash) const {
    std::vector<std::size_t> furthest(intervals_.size());  // of those up to here, the one visible for longest
    for (std::size_t i = 0; i < intervals_.size(); ++i) {
      furthest[i] = i != 0 && intervals_[furthest[i - 1]].until(shift) >= intervals_[i].until(shift) ? furthest[i - 1] : i;
    }
    for (std::size_t i = 1; i < intervals_.size(); ++i) {
      const Interval& here = intervals_[i];
      const std::int64_t until = here.until(shift);
      // Clusters visible before `until`, among those sorted before this one.
      const auto before = std::ranges::partition_point(
          intervals_.begin(), intervals_.begin() + static_cast<std::ptrdiff_t>(i), [&](const Interval& other) { return other.visible < until; });
      if (before == intervals_.begin()) continue;
      const std::size_t other = furthest[static_cast<std::size_t>(before - intervals_.begin() - 1)];
      if (intervals_[other].until(shift) > here.visible) {
        clash = {intervals_[other].cluster, here.cluster};
        return true;
      }
    }
    return false;
  }

  const History& h_;
  std::vector<Interval> intervals_;
  std::int64_t longest_ = INT64_MIN;
  std::int64_t first_ = INT64_MAX;  // the least invocation of a write: moved back to here, no read can clash
  bool impossible_ = false;
};

/// The operations of two clusters that make them clash: of each the write, and the read invoked last.
std::vector<OpId> operations_of(const History& history, const std::vector<Cluster>& clusters,
                                const std::vector<std::size_t>& clash) {
  std::vector<OpId> operations;
  for (const std::size_t i : clash) {
    if (clusters[i].write != no_operation) operations.push_back(clusters[i].write);
    const auto last = std::ranges::max_element(clusters[i].reads, {}, [&](OpId read) { return history.invoked[read]; });
    if (last != clusters[i].reads.end()) operations.push_back(*last);
  }
  std::ranges::sort(operations);
  return operations;
}

}  // namespace

std::optional<LeastK> least_k(const History& history, Budget& budget) {
  if (!is_plain_register(history)) return std::nullopt;
  const index::Keys keys{history, true};
  LeastK least;
  for (histories::KeyId key = 0; key < keys.size() && least.bounded; ++key) {
    const auto clusters = clusters_of(history, keys.operations(key));
    if (!clusters || !LeastVersions{history, keys.operations(key), *clusters}.measure(least, budget)) return std::nullopt;
  }
  return least;
}

std::optional<LeastDelta> least_delta(const History& history, Budget& budget) {
  if (!is_plain_register(history) || history.invoked_time.empty()) return std::nullopt;
  const index::Keys keys{history, true};
  LeastDelta least;
  for (histories::KeyId key = 0; key < keys.size(); ++key) {
    const auto clusters = clusters_of(history, keys.operations(key));
    if (!clusters) return std::nullopt;
    LeastShift shift{history, *clusters};
    if (shift.impossible()) {
      least.bounded = false;
      return least;
    }
    std::vector<std::size_t> clash;
    const std::int64_t here = shift.least(clash, budget);
    if (!budget.poll()) return std::nullopt;
    if (here <= least.nanoseconds) continue;
    least.nanoseconds = here;
    least.clash = operations_of(history, *clusters, clash);
  }
  return least;
}

}  // namespace kasauti::checker::staleness
