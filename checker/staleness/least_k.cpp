// How many versions old are the reads? The least k for which a history is k-atomic: there is an order of reads and
// writes that respects real time, in which each read returns one of the last k versions (Aiyer, Alvisi, Bazzi 2005).
//
// Enclosed from below and from above, key by key. From below: if a value was certainly there at f, and is still
// returned by a read invoked at s, then every write that was invoked after f, and whose own value was certainly there
// before s, lies between that write and that read in every order; the most such writes, plus one. From above: the order
// that puts each write where its value is certainly there. Both take O(n log n), and mostly meet. Where they do not,
// order_search.cpp decides k by k, by bisection; a "no" is cut down to a few operations that refute it alone.
//
// The answer comes with its proof: the orders for k, and the reason or the core against k - 1. Where a limit is reached
// first, or the verifier could not search the core, what is proved from below and above is told. Test:
// tests/staleness/versions.cpp, against all orders.

#include <algorithm>

#include "checker/certificate/verify.hpp"
#include "checker/staleness/counts.hpp"
#include "checker/staleness/order_search.hpp"
#include "checker/staleness/staleness.hpp"

namespace kasauti::checker::staleness {

namespace {

using histories::Budget;
using histories::KeyId;
using histories::no_operation;

/// For one k of one key; and so many more for each of its values.
constexpr std::uint64_t most_placements = 2'000'000;
constexpr std::uint64_t placements_of_a_value = 24;
/// Of the verifier's search of a core.
constexpr std::uint64_t core_steps = 300'000;
/// So many operations the verifier tries all orders of.
constexpr std::size_t largest_core = 64;
/// A core is not looked for among more values than this.
constexpr std::size_t most_of_a_core = 4096;
constexpr std::uint64_t placements_of_a_core = 2'000'000;

/// What one operation takes in clusters, spans, lists and orders, about.
constexpr std::uint64_t bytes_of_operation = 160;

/// How many of the spans, which are sorted by it, are visible before a moment.
std::size_t visible_before(const std::vector<Span>& spans, std::uint64_t moment) {
  return static_cast<std::size_t>(std::ranges::lower_bound(spans, moment, {}, &Span::visible) - spans.begin());
}

/// The most writes that lie between a value and a read of it in every order; `of` gets that value's span.
std::uint64_t most_between(const std::vector<Span>& spans, std::size_t& of) {
  std::vector<std::size_t> by_begun(spans.size());
  for (std::size_t i = 0; i < spans.size(); ++i) by_begun[i] = i;
  std::ranges::sort(by_begun, std::greater{}, [&](std::size_t i) { return spans[i].begun; });
  Counts counts{spans.size()};
  std::uint64_t most = 0;
  std::size_t next = 0;
  for (std::size_t i = spans.size(); i-- > 0;) {
    for (; next < by_begun.size() && spans[by_begun[next]].begun > spans[i].visible; ++next) counts.add(by_begun[next]);
    if (spans[i].latest == 0) continue;
    const std::uint64_t between = counts.below(visible_before(spans, spans[i].latest));
    if (between <= most) continue;
    most = between;
    of = i;
  }
  return most;
}

/// The k of the order in which the values are certainly there.
std::uint64_t needed_by_visible(const std::vector<Span>& spans) {
  std::uint64_t most = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const std::size_t seen = visible_before(spans, spans[i].latest);
    if (seen > i) most = std::max<std::uint64_t>(most, seen - i - 1);
  }
  return most + 1;
}

class LeastVersions {
 public:
  LeastVersions(const History& history, Budget& budget) : h_{history}, keys_{history, true}, budget_{budget} {}

  std::optional<LeastK> measure() {
    for (KeyId key = 0; key < keys_.size(); ++key) {
      const auto clusters = clusters_of(h_, keys_.operations(key));
      if (!clusters || !budget_.poll()) return std::nullopt;
      if (!enclose(*clusters)) return unbounded();
    }
    least_.at_most = least_.at_least;
    const std::uint64_t forced = least_.at_least;
    const StaleVersions by_force = least_.proof;
    for (KeyId key = 0; key < keys_.size() && !budget_.stopped(); ++key) order(key);
    if (budget_.stopped()) return std::nullopt;
    if (!core_verifies()) {
      least_.at_least = forced;
      least_.read = least_.proof.read = by_force.read;
      least_.proof.between = by_force.between;
      least_.proof.core.clear();
    }
    least_.proof.at_least = least_.at_least;
    least_.proof.at_most = least_.at_most;
    return std::move(least_);
  }

 private:
  /// A core that the verifier can't search within its steps proves nothing; what is forced does.
  [[nodiscard]] bool core_verifies() const {
    if (least_.proof.core.empty()) return true;
    StaleVersions core;
    core.at_least = least_.at_least;
    core.core = least_.proof.core;
    return verify(h_, Model::k_atomic, Verdict::violated, {std::move(core)}, core_steps, &budget_).complete;
  }

  /// False if a read ended before its write began.
  bool enclose(const std::vector<Cluster>& clusters) {
    const std::vector<Span> spans = spans_of(h_, clusters);
    for (const Span& span : spans) {
      if (span.visible >= span.begun) continue;
      least_.read = span.first;
      return false;
    }
    std::size_t of = 0;
    const std::uint64_t between = most_between(spans, of);
    if (between < least_.at_least) return true;
    least_.at_least = between + 1;
    least_.read = spans[of].last;
    least_.proof.read = least_.read;
    least_.proof.between.clear();
    for (std::size_t i = 0; i < visible_before(spans, spans[of].latest); ++i) {
      if (spans[i].begun > spans[of].visible) least_.proof.between.push_back(clusters[spans[i].cluster].write);
    }
    return true;
  }

  std::optional<LeastK> unbounded() {
    least_.bounded = false;
    least_.proof = {};
    least_.proof.read = least_.read;
    return std::move(least_);
  }

  /// Finds an order of the key for the least k so far, or makes it greater.
  void order(KeyId key) {
    const auto clusters = *clusters_of(h_, keys_.operations(key));
    const std::vector<Span> spans = spans_of(h_, clusters);
    std::vector<std::uint32_t> best;
    for (const Span& span : spans) best.push_back(span.cluster);
    std::uint64_t good = needed_by_visible(spans);
    std::uint64_t low = least_.at_least;  // what is below was refuted, or given up
    std::uint64_t k = low;
    while (good > low && !budget_.stopped()) {
      OrderSearch search{spans, k, budget_};
      const auto answer = search.run(most_placements + placements_of_a_value * spans.size());
      if (answer == OrderSearch::Answer::yes) {
        good = k;
        best = search.order();
      } else {
        if (answer == OrderSearch::Answer::no) refute(clusters, spans, search.looked_at(), k);
        low = k + 1;
      }
      k = low + (good - low) / 2;
    }
    least_.at_most = std::max({least_.at_most, least_.at_least, good});
    least_.proof.orders.push_back(with_reads(h_, clusters, best));
  }

  /// Takes over that the values looked at have no order for k, if a core can be found that shows it.
  void refute(const std::vector<Cluster>& clusters, const std::vector<Span>& spans, std::vector<std::uint32_t> values,
              std::uint64_t k) {
    std::uint64_t steps = placements_of_a_core;
    const auto refuted = [&](const std::vector<std::uint32_t>& some) {
      if (steps == 0) return false;
      std::vector<Span> part;
      for (const std::uint32_t i : some) part.push_back(spans[i]);
      OrderSearch search{part, k, budget_};
      const bool no = search.run(steps) == OrderSearch::Answer::no;
      steps -= std::min<std::uint64_t>(steps, search.steps() + part.size());
      return no;
    };
    if (values.size() > most_of_a_core || !refuted(values)) return;
    for (std::size_t chunk = values.size() / 2; chunk > 0; chunk /= 2) {
      for (std::size_t at = 0; at < values.size();) {
        std::vector<std::uint32_t> fewer = values;
        const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(at);
        fewer.erase(from, from + static_cast<std::ptrdiff_t>(std::min(chunk, values.size() - at)));
        if (refuted(fewer)) {
          values = std::move(fewer);
        } else {
          at += chunk;
        }
      }
    }
    std::vector<OpId> core;
    for (const std::uint32_t i : values) add_to_core(clusters, spans[i], core);
    if (core.size() > largest_core) return;
    least_.at_least = k + 1;
    least_.read = core.back();
    least_.proof.read = no_operation;
    least_.proof.between.clear();
    least_.proof.core = std::move(core);
  }

  static void add_to_core(const std::vector<Cluster>& clusters, const Span& span, std::vector<OpId>& core) {
    const OpId write = clusters[span.cluster].write;
    if (write != no_operation) core.push_back(write);
    if (span.first != write && span.first != no_operation) core.push_back(span.first);
    if (span.last != no_operation && span.last != span.first) core.push_back(span.last);
  }

  const History& h_;
  index::Keys keys_;
  Budget& budget_;
  LeastK least_;
};

}  // namespace

std::optional<LeastK> least_k(const History& history, Budget& budget) {
  if (!is_plain_register(history)) return std::nullopt;
  if (!budget.may_allocate(history.size() * bytes_of_operation)) return std::nullopt;
  return LeastVersions{history, budget}.measure();
}

}  // namespace kasauti::checker::staleness
