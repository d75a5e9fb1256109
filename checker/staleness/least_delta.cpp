// By how much time are the reads stale? The least Δ for which a history is Δ-atomic: atomic once the invocation of each
// read is moved back by Δ, but not before its write's (Golab, Li, Shah, "Analyzing consistency properties for fun and
// profit", PODC 2011).
//
// Two values clash iff each has an operation that ended (f, the least completion) before one of the other began (s, the
// greatest invocation), and s falls with Δ. So clashes vanish one by one, and the least Δ is found by bisection over
// whole ns, each step a sweep over the values sorted by f (Gibbons & Korach 1997). Where none clash, an order is found
// by taking, again and again, a value that begins no later than all others have ended: the one that ends first, or else
// the one that begins first. O(n log n + c log c log T) with c values and a span of T ns. Exact.
//
// The proof is that order, and two values that still clash at Δ - 1. Test: tests/staleness, against every shift.

#include <algorithm>

#include "checker/staleness/clusters.hpp"
#include "checker/staleness/staleness.hpp"

namespace kasauti::checker::staleness {

namespace {

using histories::Budget;
using histories::no_operation;

/// What one operation takes in clusters, intervals and orders, about.
constexpr std::uint64_t bytes_of_operation = 160;

/// What counts of a cluster for Δ, in ns.
struct Interval {
  std::int64_t begun;    // of the write
  std::int64_t visible;  // f
  std::int64_t latest;   // of the reads' invocations; INT64_MIN: none
  std::size_t cluster;
  OpId first = no_operation;  // what completed at `visible`
  OpId last = no_operation;   // the read invoked at `latest`

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
      Interval interval{INT64_MIN, INT64_MIN, INT64_MIN, i, no_operation, no_operation};
      if (write != no_operation) {
        interval.begun = h_.invoked_time[write];
        interval.visible = h_.ok(write) ? h_.completed_time[write] : INT64_MAX;
        interval.first = write;
      }
      for (const OpId read : clusters[i].reads) {
        if (h_.completed_time[read] < interval.visible) {
          interval.visible = h_.completed_time[read];
          interval.first = read;
        }
        if (h_.invoked_time[read] >= interval.latest) {
          interval.latest = h_.invoked_time[read];
          interval.last = read;
        }
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

  /// The operations of a value that begin or end it, reads moved back by `shift`.
  [[nodiscard]] StaleTime::Extent extent(std::size_t cluster, std::int64_t shift, OpId write) const {
    const Interval& interval = *std::ranges::find(intervals_, cluster, &Interval::cluster);
    const bool by_read = interval.latest != INT64_MIN && interval.latest - shift > interval.begun;
    return {interval.first, by_read ? interval.last : write};
  }

  /// Clusters in an order of real time, reads moved back by `shift`, for which none clash.
  [[nodiscard]] std::vector<std::size_t> order(std::int64_t shift) const {
    std::vector<std::size_t> by_end(intervals_.size());
    for (std::size_t i = 0; i < by_end.size(); ++i) by_end[i] = i;  // they are sorted by `visible`
    std::vector<std::size_t> by_begin = by_end;
    std::ranges::stable_sort(by_begin, {}, [&](std::size_t i) { return intervals_[i].until(shift); });
    std::vector<bool> taken(intervals_.size(), false);
    std::vector<std::size_t> clusters;
    std::size_t end = 0;
    std::size_t begin = 0;
    std::size_t second = 0;  // of those not taken the second to end
    const auto skip = [&taken](const std::vector<std::size_t>& list, std::size_t& at) {
      while (at < list.size() && taken[list[at]]) ++at;
    };
    while (clusters.size() < intervals_.size()) {
      skip(by_end, end);
      skip(by_begin, begin);
      second = std::max(second, end + 1);
      skip(by_end, second);
      const std::size_t ends = by_end[end];
      const bool first_to_end = second >= by_end.size() ||
                                intervals_[ends].until(shift) <= intervals_[by_end[second]].visible;
      const std::size_t chosen = first_to_end ? ends : by_begin[begin];
      taken[chosen] = true;
      clusters.push_back(intervals_[chosen].cluster);
    }
    return clusters;
  }

 private:
  bool clashes(std::int64_t shift, std::vector<std::size_t>& clash) const {
    std::vector<std::size_t> furthest(intervals_.size());  // of those up to here, the one visible for longest
    for (std::size_t i = 0; i < intervals_.size(); ++i) {
      const bool earlier = i != 0 && intervals_[furthest[i - 1]].until(shift) >= intervals_[i].until(shift);
      furthest[i] = earlier ? furthest[i - 1] : i;
    }
    for (std::size_t i = 1; i < intervals_.size(); ++i) {
      const Interval& here = intervals_[i];
      const std::int64_t until = here.until(shift);
      // Clusters visible before `until`, among those sorted before this one.
      const auto here_in_list = intervals_.begin() + static_cast<std::ptrdiff_t>(i);
      const auto before = std::ranges::partition_point(
          intervals_.begin(), here_in_list, [&](const Interval& other) { return other.visible < until; });
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

/// The operations of the key in that order of its values: of each its write, then its reads by invocation.
std::vector<OpId> operations_in(const std::vector<Cluster>& clusters, const std::vector<std::size_t>& order) {
  std::vector<OpId> operations;
  for (const std::size_t i : order) {
    if (clusters[i].write != no_operation) operations.push_back(clusters[i].write);
    operations.insert(operations.end(), clusters[i].reads.begin(), clusters[i].reads.end());
  }
  return operations;
}

/// The operations that clash, in the order of invocation, each with its write.
std::vector<OpId> shown(const StaleTime& proof, OpId write, OpId other) {
  std::vector<OpId> operations{proof.one.first, proof.one.last, proof.other.first, proof.other.last, write, other};
  std::erase(operations, no_operation);
  std::ranges::sort(operations);
  const auto repeated = std::ranges::unique(operations);
  operations.erase(repeated.begin(), repeated.end());
  return operations;
}

}  // namespace

std::optional<LeastDelta> least_delta(const History& history, Budget& budget) {
  if (!is_plain_register(history) || history.invoked_time.empty()) return std::nullopt;
  if (!budget.may_allocate(history.size() * bytes_of_operation)) return std::nullopt;
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
    least.nanoseconds = least.proof.nanoseconds = here;
    const OpId write = (*clusters)[clash[0]].write;
    const OpId other = (*clusters)[clash[1]].write;
    least.proof.one = shift.extent(clash[0], here - 1, write);
    least.proof.other = shift.extent(clash[1], here - 1, other);
    least.clash = shown(least.proof, write, other);
  }
  for (histories::KeyId key = 0; key < keys.size() && least.nanoseconds > 0; ++key) {
    const auto clusters = *clusters_of(history, keys.operations(key));
    const LeastShift shift{history, clusters};
    least.proof.orders.push_back(operations_in(clusters, shift.order(least.nanoseconds)));
    if (!budget.poll()) return std::nullopt;
  }
  return least;
}

}  // namespace kasauti::checker::staleness
