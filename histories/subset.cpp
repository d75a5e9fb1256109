// A part of a history as a history of its own, for the minimiser and for reports about a few operations.
//
// The columns are copied for the operations that stay; whatever is numbered densely (ranks, processes, sessions, keys,
// values) is numbered again in the order of first appearance, so that a few operations out of 10⁶ cost no table of 10⁶
// entries to whoever judges them. Tested in tests/minimize/subset.cpp.

#include "histories/subset.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::histories {

namespace {

/// Moves values from one table to another, each once.
class Values {
 public:
  Values(const ValueTable& from, ValueTable& to) : from_{from}, to_{to} {}

  ValueId move(ValueId id) {
    if (id == no_value || id <= true_value) return id;
    if (const auto known = moved_.find(id); known != moved_.end()) return known->second;
    const ValueId moved = intern(id);
    moved_.emplace(id, moved);
    return moved;
  }

 private:
  ValueId intern(ValueId id) {
    switch (from_.kind(id)) {
      case ValueKind::integer: return to_.intern_integer(from_.integer(id));
      case ValueKind::string: return to_.intern_string(from_.text(id));
      case ValueKind::number: return to_.intern_number_text(from_.text(id));
      case ValueKind::list: return to_.intern_list(elements(id));
      case ValueKind::map: return to_.intern_map(elements(id));
      case ValueKind::null:
      case ValueKind::boolean: break;
    }
    return id;
  }

  std::vector<ValueId> elements(ValueId id) {
    std::vector<ValueId> moved;
    for (const ValueId element : from_.elements(id)) moved.push_back(move(element));
    return moved;
  }

  const ValueTable& from_;
  ValueTable& to_;
  boost::unordered_flat_map<ValueId, ValueId> moved_;
};

/// Gives numbers in the order of first appearance.
class Numbers {
 public:
  Numbers(const std::vector<ValueId>& old_names, std::vector<ValueId>& names, Values& values)
      : old_names_{old_names}, names_{names}, values_{values} {}

  std::uint32_t of(std::uint32_t old) {
    const auto [place, is_new] = numbers_.emplace(old, static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.push_back(values_.move(old_names_[old]));
    return place->second;
  }

 private:
  const std::vector<ValueId>& old_names_;
  std::vector<ValueId>& names_;
  Values& values_;
  boost::unordered_flat_map<std::uint32_t, std::uint32_t> numbers_;
};

class Part {
 public:
  Part(const History& whole, std::span<const Fate> fates)
      : whole_{whole}, fates_{fates}, kept_{origins(fates)}, values_{whole.values, part_.values} {}

  History make() {
    part_.header = whole_.header;
    part_.header.initial = values_.move(whole_.header.initial);
    part_.sessions_given = whole_.sessions_given;
    copy_calls();
    copy_optional(whole_.node, part_.node);
    copy_optional(whole_.version, part_.version);
    copy_optional(whole_.level, part_.level);
    copy_optional(whole_.error, part_.error);
    if (!whole_.final_phase.empty()) {
      for (const OpId op : kept_) part_.final_phase.push_back(whole_.final_phase[op]);
    }
    rank();
    find_ties();
    return std::move(part_);
  }

 private:
  [[nodiscard]] bool weakened(OpId op) const { return fates_[op] == Fate::weakened; }

  void copy_calls() {
    Numbers processes{whole_.process_name, part_.process_name, values_};
    Numbers sessions{whole_.session_name, part_.session_name, values_};
    Numbers keys{whole_.key_name, part_.key_name, values_};
    const bool timed = !whole_.invoked_time.empty();
    for (const OpId op : kept_) {
      part_.function.push_back(whole_.function[op]);
      part_.outcome.push_back(weakened(op) ? Outcome::info : whole_.outcome[op]);
      part_.process.push_back(processes.of(whole_.process[op]));
      part_.session.push_back(sessions.of(whole_.session[op]));
      part_.key.push_back(keys.of(whole_.key[op]));
      part_.argument.push_back(values_.move(whole_.argument[op]));
      part_.result.push_back(weakened(op) ? no_value : values_.move(whole_.result[op]));
      part_.flag.push_back(weakened(op) ? Flag::absent : whole_.flag[op]);
      part_.invoked.push_back(whole_.invoked[op]);
      part_.completed.push_back(weakened(op) ? never : whole_.completed[op]);
      part_.invoked_line.push_back(whole_.invoked_line[op]);
      part_.completed_line.push_back(whole_.completed_line[op]);
      if (!timed) continue;
      part_.invoked_time.push_back(whole_.invoked_time[op]);
      part_.completed_time.push_back(whole_.completed_time[op]);
    }
  }

  void copy_optional(const std::vector<ValueId>& from, std::vector<ValueId>& to) {
    if (from.empty()) return;
    for (const OpId op : kept_) to.push_back(values_.move(from[op]));
  }

  // Ranks without gaps. A fault's rank is the first event that is not before it.
  void rank() {
    std::vector<Rank> old = part_.invoked;
    for (const Rank completion : part_.completed) {
      if (completion != never) old.push_back(completion);
    }
    std::ranges::sort(old);
    const auto place = [&old](Rank rank) {
      return static_cast<Rank>(std::ranges::lower_bound(old, rank) - old.begin());
    };
    for (Rank& each : part_.invoked) each = place(each);
    for (Rank& each : part_.completed) each = each == never ? never : place(each);
    std::size_t last_before = whole_.faults.size();
    for (std::size_t i = 0; i < whole_.faults.size(); ++i) {
      if (!old.empty() && whole_.faults[i].rank <= old.front()) last_before = i;
    }
    for (std::size_t i = 0; i < whole_.faults.size(); ++i) {
      const Fault& fault = whole_.faults[i];
      const bool among = !old.empty() && fault.rank > old.front() && fault.rank <= old.back();
      if (!among && i != last_before && fault.name != "final") continue;
      part_.faults.push_back(fault);
      part_.faults.back().value = values_.move(fault.value);
      part_.faults.back().rank = place(fault.rank);
    }
  }

  // As the builder does: calls of one process that touch at one stamp.
  void find_ties() {
    std::vector<OpId> last(part_.process_name.size(), no_operation);
    for (OpId op = 0; op < part_.size(); ++op) {
      OpId& before = last[part_.process[op]];
      if (before != no_operation && part_.completed[before] > part_.invoked[op]) {
        if (part_.previous.empty()) part_.previous.resize(part_.size(), no_operation);
        part_.previous[op] = before;
        part_.ties_in_process = true;
      }
      if (part_.completed[op] != never) before = op;
    }
  }

  const History& whole_;
  std::span<const Fate> fates_;
  std::vector<OpId> kept_;
  History part_;
  Values values_;
};

}  // namespace

std::vector<OpId> origins(std::span<const Fate> fates) {
  std::vector<OpId> kept;
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (fates[i] != Fate::gone) kept.push_back(static_cast<OpId>(i));
  }
  return kept;
}

History subset(const History& history, std::span<const Fate> fates) { return Part{history, fates}.make(); }

}  // namespace kasauti::histories
