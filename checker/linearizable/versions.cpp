// The store's own versions (revisions, write times) as a hint: do they tell a legal order?
//
// What a store says of its order is a claim. Taken at its word it gives an order that is then checked like any other
// witness: real time is respected, and each operation legal for the object where it stands. If so, the answer is yes,
// whatever the versions were; if not, nothing is known, and the search decides.
//
// A call that changes something stands at its version; one that only observes behind all changes of the version that
// it saw. One that has no version stands where real time first lets it: behind the greatest version among the
// operations that had completed when it was invoked. A write of unknown outcome has no version either; it takes effect
// at the version at which some read returned its value, if no known write has that version. Others are left out.
//
// O(n log n) and the replay. Covered by tests/linearizable (versions).

#include "checker/linearizable/versions.hpp"

#include <algorithm>
#include <compare>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::History;
using histories::no_operation;
using histories::Rank;
using histories::ValueId;

class Versions {
 public:
  Versions(const History& history, std::span<const OpId> operations, const objects::Specification& specification,
           histories::Budget& budget)
      : history_{history}, operations_{operations}, specification_{specification}, budget_{budget} {}

  std::optional<KeyAnswer> decide() {
    if (!place_known()) return std::nullopt;
    place_unversioned();
    place_unknown();
    std::ranges::sort(placed_);
    KeyAnswer answer;
    answer.verdict = Verdict::holds;
    answer.method = "versions";
    for (const Placed& each : placed_) answer.witness.push_back(each.operation);
    if (!respects_time(answer.witness) || !replays(answer.witness)) return std::nullopt;
    return answer;
  }

 private:
  struct Placed {
    std::int64_t version;
    bool observes;
    OpId operation;  // numbers rise with invocations
    auto operator<=>(const Placed&) const = default;
  };

  bool has_version(OpId op) const { return history_.values.is_integer(history_.version[op]); }
  std::int64_t version(OpId op) const { return history_.values.integer(history_.version[op]); }
  bool observes(OpId op) const { return specification_.observes_only(history_.operation(op)); }

  // False if some change has no version: then they don't tell.
  bool place_known() {
    for (const OpId op : operations_) {
      if (!history_.ok(op)) continue;
      if (has_version(op)) placed_.push_back({version(op), observes(op), op});
      else if (observes(op)) unversioned_.push_back(op);
      else return false;
    }
    return !placed_.empty();
  }

  void place_unversioned() {
    std::vector<std::pair<Rank, std::int64_t>> ends;
    for (const Placed& each : placed_) ends.emplace_back(history_.completed[each.operation], each.version);
    std::ranges::sort(ends);
    std::size_t next = 0;
    std::int64_t greatest = INT64_MIN;
    for (const OpId op : unversioned_) {
      for (; next < ends.size() && ends[next].first < history_.invoked[op]; ++next) {
        greatest = std::max(greatest, ends[next].second);
      }
      placed_.push_back({greatest, true, op});
    }
  }

  // The value that a write or exchange of a register leaves.
  ValueId value_left(OpId op) const {
    const ValueId argument = history_.argument[op];
    if (history_.function[op] == Function::write) return argument;
    return history_.function[op] == Function::cas ? history_.values.elements(argument)[1] : histories::no_value;
  }

  void place_unknown() {
    boost::unordered_flat_map<ValueId, OpId> unknown;
    for (const OpId op : operations_) {
      if (!history_.ok(op) && value_left(op) != histories::no_value) unknown.try_emplace(value_left(op), op);
    }
    if (unknown.empty()) return;
    std::vector<std::int64_t> changes;
    for (const Placed& each : placed_) {
      if (!each.observes) changes.push_back(each.version);
    }
    std::ranges::sort(changes);
    const std::size_t known = placed_.size();
    for (std::size_t i = 0; i < known; ++i) {
      const auto [at, observed, op] = placed_[i];
      if (!observed || history_.function[op] != Function::read || std::ranges::binary_search(changes, at)) continue;
      const auto writer = unknown.find(history_.result[op]);
      if (writer == unknown.end()) continue;
      placed_.push_back({at, false, writer->second});
      unknown.erase(writer);
    }
  }

  bool respects_time(const std::vector<OpId>& order) const {
    Rank latest = 0;
    std::vector<OpId> last(history_.ties_in_process ? history_.process_name.size() : 0, no_operation);
    for (const OpId op : order) {
      if (history_.completed[op] < latest) return false;
      latest = std::max(latest, history_.invoked[op]);
      if (last.empty()) continue;
      OpId& before = last[history_.process[op]];
      if (before != no_operation && history_.precedes(op, before)) return false;
      before = op;
    }
    return true;
  }

  bool replays(const std::vector<OpId>& order) {
    const auto object = specification_.replayer();
    return std::ranges::all_of(order, [&](OpId op) {
      return budget_.spend(polled_) && object->apply(history_.operation(op));
    });
  }

  const History& history_;
  std::span<const OpId> operations_;
  const objects::Specification& specification_;
  histories::Budget& budget_;
  std::vector<Placed> placed_;
  std::vector<OpId> unversioned_;
  std::uint32_t polled_ = 0;
};

}  // namespace

std::optional<KeyAnswer> decide_by_versions(const History& history, std::span<const OpId> operations,
                                            const objects::Specification& specification, histories::Budget& budget) {
  if (history.version.empty() || !budget.may_allocate(operations.size() * 48)) return std::nullopt;
  return Versions{history, operations, specification, budget}.decide();
}

}  // namespace kasauti::checker::linearizable
