// The end of building: the events' one total order, and what follows from it.
//
// Question: in which order did the events of a history happen? Without times in that of the lines, which the builder
// has given already. With times by their stamps, each interval widened by the clock error: at one stamp every
// invocation comes before every completion, since intervals are closed, and further ties go by the order of the file.
// Cost O(n log n), O(n) where the lines come in the order of their times. Tested in tests/histories/test_builder.cpp.

#include <algorithm>
#include <utility>

#include "histories/builder.hpp"

namespace kasauti::histories {

namespace {

template <class T>
void reorder(std::vector<T>& column, const std::vector<OpId>& order) {
  if (column.empty()) return;
  std::vector<T> moved(column.size());
  for (std::size_t i = 0; i < order.size(); ++i) moved[i] = column[order[i]];
  column = std::move(moved);
}

}  // namespace

void HistoryBuilder::permute(const std::vector<OpId>& order) {
  History& h = history_;
  reorder(h.function, order);
  reorder(h.outcome, order);
  reorder(h.process, order);
  reorder(h.session, order);
  reorder(h.key, order);
  reorder(h.argument, order);
  reorder(h.result, order);
  reorder(h.flag, order);
  reorder(h.invoked, order);
  reorder(h.completed, order);
  reorder(h.invoked_line, order);
  reorder(h.completed_line, order);
  reorder(h.invoked_time, order);
  reorder(h.completed_time, order);
  reorder(h.node, order);
  reorder(h.version, order);
  reorder(h.level, order);
  reorder(h.error, order);
  reorder(h.final_phase, order);
}

void HistoryBuilder::order_by_time() {
  struct Stamp {
    std::int64_t time;
    OpId op;
    bool completion;
  };
  History& h = history_;
  std::vector<Stamp> stamps;
  stamps.reserve(2 * h.size());
  const auto widened = [](std::int64_t time, std::int64_t by) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(time, by, &sum)) return by < 0 ? INT64_MIN : INT64_MAX;
    return sum;
  };
  for (OpId op = 0; op < h.size(); ++op) {
    stamps.push_back({widened(h.invoked_time[op], -options_.clock_error), op, false});
    if (h.completed[op] != never) stamps.push_back({widened(h.completed_time[op], options_.clock_error), op, true});
  }
  // Operations were numbered in the file's order, which is also the order of each process: the tie-break.
  std::ranges::sort(stamps, [](const Stamp& a, const Stamp& b) {
    if (a.time != b.time) return a.time < b.time;
    if (a.completion != b.completion) return b.completion;
    return a.op < b.op;
  });
  std::vector<OpId> order;
  order.reserve(h.size());
  Rank rank = 0;
  std::size_t fault = 0;
  std::ranges::stable_sort(h.faults, {}, &Fault::time);
  for (const Stamp& stamp : stamps) {
    for (; fault < h.faults.size() && h.faults[fault].time <= stamp.time; ++fault) h.faults[fault].rank = rank;
    (stamp.completion ? h.completed : h.invoked)[stamp.op] = rank++;
    if (!stamp.completion) order.push_back(stamp.op);
  }
  for (; fault < h.faults.size(); ++fault) h.faults[fault].rank = rank;
  if (!std::ranges::is_sorted(order)) permute(order);
}

void HistoryBuilder::find_ties() {
  History& h = history_;
  std::vector<OpId> last(h.process_name.size(), no_operation);
  for (OpId op = 0; op < h.size(); ++op) {
    OpId& before = last[h.process[op]];
    if (before != no_operation && h.completed[before] != never && h.completed[before] > h.invoked[op]) {
      if (h.previous.empty()) h.previous.resize(h.size(), no_operation);
      h.previous[op] = before;
      h.ties_in_process = true;
    }
    if (h.completed[op] != never) before = op;
  }
}

// The final phase: what says so itself, and everything invoked after a fault named "final".
void HistoryBuilder::mark_final_phase() {
  History& h = history_;
  const auto declared = std::ranges::find(h.faults, "final", &Fault::name);
  if (h.final_phase.empty() && declared == h.faults.end()) return;
  h.final_phase.resize(h.size(), false);
  if (declared == h.faults.end()) return;
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.invoked[op] >= declared->rank) h.final_phase[op] = true;
  }
}

// A session is its name where one is given, else the process; a name and a process never mean one session.
void HistoryBuilder::number_sessions() {
  History& h = history_;
  if (h.sessions_given) {
    for (OpId op = 0; op < h.size(); ++op) {
      if (h.session[op] != no_value) {
        h.session[op] = id_in(session_index_, h.session_name, h.session[op]);
      } else {
        h.session[op] = UINT32_MAX;
      }
    }
    std::vector<SessionId> of_process(h.process_name.size(), UINT32_MAX);
    for (OpId op = 0; op < h.size(); ++op) {
      if (h.session[op] != UINT32_MAX) continue;
      SessionId& session = of_process[h.process[op]];
      if (session == UINT32_MAX) {
        session = static_cast<SessionId>(h.session_name.size());
        h.session_name.push_back(h.process_name[h.process[op]]);
      }
      h.session[op] = session;
    }
  } else {
    h.session = h.process;
    h.session_name = h.process_name;
  }
}

History HistoryBuilder::finish() {
  History& h = history_;
  if (!object_known_ && !undecided_.empty()) {
    const ObjectKind adds = adds_repeat() ? ObjectKind::counter : ObjectKind::set;
    const ObjectKind others = seen_append_ ? ObjectKind::list : seen_put_ ? ObjectKind::kv : ObjectKind::reg;
    decide(seen_add_ ? adds : others);
  }
  if (failed()) return std::move(history_);
  for (std::vector<ValueId>* column : {&h.node, &h.version, &h.level, &h.error}) {
    if (!column->empty()) column->resize(h.size(), no_value);
  }
  number_sessions();
  if (timed_.value_or(false) && (!in_order_ || options_.clock_error != 0)) order_by_time();
  find_ties();
  mark_final_phase();
  return std::move(history_);
}

}  // namespace kasauti::histories
