// From values to their spans, and from an order of values back to one of all operations.
//
// A read has to stand behind its own write and behind every write whose value was certainly there when it was invoked
// (`visible` before its invocation): one of that value's operations completed before, and stands behind that write. In
// an order of writes that respects `visible` before `begun`, putting each read right behind the last of those is an
// order of real time: whatever completed before the read began stands before it, and a write invoked after the read
// had completed began after all of those were visible. So the order of the writes alone decides how many versions old
// the reads are. Test: tests/staleness, whose witnesses the verifier replays.

#include "checker/staleness/spans.hpp"

#include <algorithm>

namespace kasauti::checker::staleness {

using histories::no_operation;

std::vector<Span> spans_of(const History& history, const std::vector<Cluster>& clusters) {
  const auto moment = [](histories::Rank rank) { return std::uint64_t{rank} + 2; };
  std::vector<Span> spans;
  spans.reserve(clusters.size());
  for (std::uint32_t i = 0; i < clusters.size(); ++i) {
    Span span;
    span.cluster = i;
    if (const OpId write = clusters[i].write; write != no_operation) {
      span.begun = moment(history.invoked[write]);
      span.visible = moment(history.completed[write]);
      span.first = write;
    }
    for (const OpId read : clusters[i].reads) {
      if (moment(history.completed[read]) < span.visible) {
        span.visible = moment(history.completed[read]);
        span.first = read;
      }
      if (moment(history.invoked[read]) > span.latest) {
        span.latest = moment(history.invoked[read]);
        span.last = read;
      }
    }
    spans.push_back(span);
  }
  std::ranges::sort(spans, {}, [](const Span& span) { return std::pair{span.visible, span.begun}; });
  return spans;
}

std::vector<OpId> with_reads(const History& history, const std::vector<Cluster>& clusters,
                             const std::vector<std::uint32_t>& order) {
  struct Placed {
    std::uint32_t behind;  // the number in `order` of the write that it stands behind
    bool read;
    histories::Rank invoked;
    OpId operation;
  };
  std::vector<std::uint32_t> number(clusters.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) number[order[i]] = i;
  const std::vector<Span> spans = spans_of(history, clusters);
  std::vector<std::uint32_t> furthest(spans.size());  // of the spans visible up to here, the last in the order
  for (std::size_t i = 0; i < spans.size(); ++i) {
    furthest[i] = std::max(number[spans[i].cluster], i == 0 ? 0 : furthest[i - 1]);
  }
  std::vector<Placed> placed;
  for (std::uint32_t i = 0; i < clusters.size(); ++i) {
    const OpId write = clusters[i].write;
    if (write != no_operation) placed.push_back({number[i], false, history.invoked[write], write});
    for (const OpId read : clusters[i].reads) {
      const auto after = std::ranges::lower_bound(spans, std::uint64_t{history.invoked[read]} + 2, {}, &Span::visible);
      const auto seen = static_cast<std::size_t>(after - spans.begin());
      const std::uint32_t behind = std::max(number[i], seen == 0 ? 0 : furthest[seen - 1]);
      placed.push_back({behind, true, history.invoked[read], read});
    }
  }
  std::ranges::sort(placed, {}, [](const Placed& p) { return std::tuple{p.behind, p.read, p.invoked}; });
  std::vector<OpId> operations;
  operations.reserve(placed.size());
  for (const Placed& each : placed) operations.push_back(each.operation);
  return operations;
}

}  // namespace kasauti::checker::staleness
