// Regular and safe registers, with many writers.
//
// Lamport ("On interprocess communication", 1986) has one writer: a *regular* register returns the value of the last
// write that completed before the read began, or of one that overlaps it; a *safe* one does so if no write overlaps
// the read, and else anything. With many writers there are several generalisations (Shao, Welch, Pierce, Lee,
// "Multiwriter consistency conditions for shared memory registers", 2011); taken here is the weakest, MWWeak: for
// each read alone, the writes and that read have a legal order that respects real time. That is what makes
// linearizable ⇒ regular ⇒ safe, and needs no search: a read may have come from w iff the read did not end before w
// began and no other write lies in real time between the two; from the initial value iff no write ended before it
// began. The value that a successful compare-and-set found counts as a read, one that was refused as nothing.
//
// Of all writes that ended before the read began only the one invoked last matters. A write of unknown outcome never
// ends, so it hides nothing and may be returned at any time. Values may have several writers: one that fits is
// enough. O(n log n). Sound and complete. Tests: tests/staleness.

#include "checker/staleness/regular.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checker/staleness/clusters.hpp"

namespace kasauti::checker::staleness {

namespace {

using histories::never;
using histories::no_operation;
using histories::no_value;
using histories::Rank;

class KeyCheck {
 public:
  KeyCheck(const History& history, bool safe) : h_{history}, safe_{safe} {}

  void load(std::span<const OpId> operations) {
    writes_.clear();
    by_value_.clear();
    for (const OpId op : operations) {
      const Access access = access_of(h_, op);
      if (access.written == no_value) continue;
      writes_.push_back(op);
      auto& writers = by_value_[access.written];
      const bool later = writers.empty() || h_.completed[op] >= h_.completed[writers.back().last];
      writers.push_back({op, later ? op : writers.back().last});
    }
    ended_.clear();
    for (const OpId write : writes_) {
      if (h_.completed[write] != never) ended_.push_back({h_.completed[write], h_.invoked[write], write});
    }
    std::ranges::sort(ended_, {}, &Ended::completed);
    for (std::size_t i = 1; i < ended_.size(); ++i) {
      if (ended_[i].last_invoked < ended_[i - 1].last_invoked) {
        ended_[i].last_invoked = ended_[i - 1].last_invoked;
        ended_[i].last = ended_[i - 1].last;
      }
    }
  }

  /// Whether the observation is in order; then `source` is what it may have returned.
  bool fits(OpId observer, OpId& source, OpId& hidden_by) const {
    source = hidden_by = no_operation;
    const ValueId value = access_of(h_, observer).observed;
    const auto after = std::ranges::partition_point(
        ended_, [&](const Ended& ended) { return ended.completed < h_.invoked[observer]; });
    const bool any_ended = after != ended_.begin();
    const Rank floor = any_ended ? std::prev(after)->last_invoked : 0;
    if (any_ended) hidden_by = std::prev(after)->last;
    if (value == h_.header.initial && !any_ended) return true;
    const auto found = by_value_.find(value);
    if (found == by_value_.end()) return false;
    const std::vector<Writer>& writers = found->second;
    const auto begun = std::ranges::partition_point(
        writers, [&](const Writer& writer) { return h_.invoked[writer.write] < h_.completed[observer]; });
    if (begun == writers.begin()) return false;
    source = std::prev(begun)->last;
    if (source == observer) {  // a compare-and-set to the same value: look for another writer, one by one
      source = no_operation;
      for (auto writer = writers.begin(); writer != begun; ++writer) {
        if (writer->write == observer) continue;
        if (source == no_operation || h_.completed[writer->write] > h_.completed[source]) {
          source = writer->write;
        }
      }
    }
    return source != no_operation && (!any_ended || h_.completed[source] >= floor);
  }

  [[nodiscard]] bool overlaps_a_write(OpId observer) const {
    const auto begun = std::ranges::partition_point(
        writes_, [&](OpId write) { return h_.invoked[write] < h_.completed[observer]; });
    const auto gone = std::ranges::partition_point(
        ended_, [&](const Ended& ended) { return ended.completed < h_.invoked[observer]; });
    const auto itself = access_of(h_, observer).written != no_value ? 1 : 0;
    return (begun - writes_.begin()) - (gone - ended_.begin()) > itself;
  }

  [[nodiscard]] bool excused(OpId observer) const { return safe_ && overlaps_a_write(observer); }

  [[nodiscard]] bool written_at_all(ValueId value) const {
    return value == h_.header.initial || by_value_.contains(value);
  }

 private:
  struct Ended {
    Rank completed;
    Rank last_invoked;  // among those that ended up to here
    OpId last;
  };
  struct Writer {
    OpId write;
    OpId last;  // of those invoked up to here the one that ended last
  };

  const History& h_;
  bool safe_;
  std::vector<OpId> writes_;
  std::vector<Ended> ended_;
  boost::unordered_flat_map<ValueId, std::vector<Writer>> by_value_;
};

}  // namespace

Judgement check_regular(const History& history, Model which, histories::Budget& budget) {
  const index::Keys keys{history, true};
  KeyCheck check{history, which == Model::safe};
  ReadSources sources;
  std::vector<Anomaly> anomalies;
  OpId first_bad = no_operation;
  std::uint64_t observed = 0;
  std::uint32_t spent = 0;
  for (histories::KeyId key = 0; key < keys.size(); ++key) {
    check.load(keys.operations(key));
    for (const OpId op : keys.operations(key)) {
      if (!budget.spend(spent, 4)) {
        return unknown(which, Cause::time,
                       fmt::format("{} of {} operations looked at; raise --timeout", op, history.size()));
      }
      const ValueId value = access_of(history, op).observed;
      if (value == no_value) continue;
      ++observed;
      OpId source = no_operation;
      OpId hidden_by = no_operation;
      if (check.fits(op, source, hidden_by)) {
        sources.entries.push_back({op, source});
        continue;
      }
      if (check.excused(op)) continue;
      if (first_bad == no_operation || op < first_bad) first_bad = op;
      const bool stale = check.written_at_all(value);
      const std::string name = stale ? "StaleRead" : "ThinAirRead";
      const auto known = std::ranges::find(anomalies, name, &Anomaly::name);
      if (known != anomalies.end()) {
        ++known->count;
        known->occurrences.push_back(op);
        continue;
      }
      Anomaly anomaly;
      anomaly.name = name;
      anomaly.models = {which};
      anomaly.operations = {op};
      anomaly.occurrences = {op};
      anomaly.reason = history.describe(op) + " returned a value that nobody wrote";
      if (stale && hidden_by == no_operation) {
        anomaly.reason = history.describe(op) + " returned a value whose write had not begun";
      } else if (stale) {
        anomaly.operations.insert(anomaly.operations.begin(), hidden_by);
        anomaly.reason = fmt::format(
            "{} had completed before {} began, which returned neither it nor one that overlaps or follows it",
            history.describe(hidden_by), history.describe(op));
      }
      anomalies.push_back(std::move(anomaly));
    }
  }
  if (anomalies.empty()) return holds(which, {std::move(sources)});
  for (Anomaly& anomaly : anomalies) anomaly.at_risk = observed;
  return violated(which, {StaleObservation{first_bad}}, std::move(anomalies));
}

}  // namespace kasauti::checker::staleness
