#include "histories/builder.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "histories/shapes.hpp"

namespace kasauti::histories {

namespace {

template <class T>
void reorder(std::vector<T>& column, const std::vector<OpId>& order) {
  if (column.empty()) return;
  std::vector<T> moved(column.size());
  for (std::size_t i = 0; i < order.size(); ++i) moved[i] = column[order[i]];
  column = std::move(moved);
}

bool names_one_of(std::string_view f, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, f) != names.end();
}

}  // namespace

HistoryBuilder::HistoryBuilder(BuildOptions options) : options_{options} {}

void HistoryBuilder::header(Header header) {
  history_.header = std::move(header);
  object_known_ = history_.header.given;
}

void HistoryBuilder::add(Finding finding) {
  if (finding.severity == Severity::error) ++errors_;
  const std::size_t count = ++finding_counts_[finding.rule];
  if (count <= finding_limit) findings_.push_back(std::move(finding));
}

void HistoryBuilder::error(std::string_view rule, const Event& event, std::string message) {
  add(finding(rule, event.line, event.column, std::move(message)));
}

void HistoryBuilder::value_error(const Event& event, std::string message) {
  add(finding("value-shape", event.line, event.value_column != 0 ? event.value_column : event.column, std::move(message)));
}

std::uint32_t HistoryBuilder::id_in(std::vector<std::uint32_t>& index, std::vector<ValueId>& names, ValueId name) {
  const std::size_t place = static_cast<std::size_t>(name) + 1;  // no_value wraps to 0: a name like any other
  const std::size_t slot = name == no_value ? 0 : place;
  if (slot >= index.size()) index.resize(std::max(slot + 1, 2 * index.size()), UINT32_MAX);
  if (index[slot] == UINT32_MAX) {
    index[slot] = static_cast<std::uint32_t>(names.size());
    names.push_back(name);
  }
  return index[slot];
}

void HistoryBuilder::event(const Event& event) {
  if (object_known_) {
    accept(event);
  } else {
    settle_object(event);
  }
}

// Without a header the object is told by the operations. Some names are shared (read, put, add, append), so events wait until
// one comes that decides; a register may still widen to a compare-and-set register or a map in resolve().
void HistoryBuilder::settle_object(const Event& event) {
  undecided_.push_back(event);
  undecided_f_.push_back(values().intern_string(event.f));
  const std::string_view f = event.f;
  seen_put_ |= f == "put";
  seen_append_ |= f == "append";
  seen_add_ |= f == "add";
  seen_read_ |= f == "read";
  if (f == "read" && event.type == EventType::ok && event.value != no_value) first_read_ = event.value;
  if (names_one_of(f, {"put", "append", "add", "read"})) {
    if (seen_put_ && (event.key != no_value || seen_append_)) {
      decide(ObjectKind::kv);
    } else if (seen_append_ && seen_read_) {
      decide(ObjectKind::list);
    } else if (seen_add_ && first_read_ != no_value) {
      decide(values().is_integer(first_read_) ? ObjectKind::counter : ObjectKind::set);
    } else if (first_read_ != no_value && values().is_map(first_read_)) {
      decide(ObjectKind::bank);
    }
  } else if (const auto object = object_implied_by(f)) {
    decide(*object);
  } else {
    undecided_.pop_back();
    undecided_f_.pop_back();
    error("unknown-function", event,
          fmt::format("no object has an operation \"{}\"; see histories/FORMAT.md for their names", f));
  }
}

void HistoryBuilder::decide(ObjectKind object) {
  history_.header.object = object;
  object_known_ = true;
  std::vector<Event> events = std::move(undecided_);
  const std::vector<ValueId> names = std::move(undecided_f_);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string f{values().text(names[i])};
    events[i].f = f;
    accept(events[i]);
  }
}

bool HistoryBuilder::resolve(const Event& event, Function& function) {
  if (event.f == last_f_) {
    function = last_function_;
    return true;
  }
  ObjectKind& object = history_.header.object;
  auto found = function_named(object, event.f);
  if (!found && !history_.header.given) {
    // A register that also compares and sets, or that is also called a map.
    for (const ObjectKind wider : {ObjectKind::cas_register, ObjectKind::kv, ObjectKind::fenced_lock}) {
      const bool widens = wider == ObjectKind::fenced_lock
                              ? object == ObjectKind::lock
                              : object == ObjectKind::reg || object == ObjectKind::cas_register;
      if (found || !widens) continue;
      found = function_named(wider, event.f);
      if (found) object = wider;
    }
  }
  if (!found) {
    error("unknown-function", event,
          fmt::format("a {} has no operation \"{}\"; it has {}", name_of(object), event.f, functions_of(object)));
    return false;
  }
  function = *found;
  last_f_ = event.f;
  last_function_ = function;
  return true;
}

bool HistoryBuilder::check_time(const Event& event, ProcessId process) {
  if (!timed_) timed_ = event.time.has_value();
  if (*timed_ != event.time.has_value()) {
    error("mixed-times", event,
          fmt::format("this event has {} time, earlier ones have {}; give every event a \"time\" or none",
                      event.time ? "a" : "no", event.time ? "none" : "one"));
    return false;
  }
  if (!event.time) return true;
  std::int64_t& last = process_time_[process];
  if (*event.time < last) {
    const bool completes = event.type != EventType::invoke;
    error(completes ? "completion-before-invocation" : "time-goes-back", event,
          fmt::format("stamped {} ns, but this process's {} was at {} ns", *event.time,
                      completes ? "invocation" : "previous event", last));
    return false;
  }
  last = *event.time;
  return true;
}

void HistoryBuilder::note_order(const Event& event) {
  if (!event.time) return;
  const bool completion = event.type == EventType::ok || event.type == EventType::fail;
  // Intervals are closed: at one stamp every invocation comes before every completion.
  if (*event.time < last_time_ || (*event.time == last_time_ && last_completed_ && event.type == EventType::invoke)) {
    in_order_ = false;
  }
  if (*event.time > last_time_) last_completed_ = false;
  last_completed_ |= completion;
  last_time_ = *event.time;
}

void HistoryBuilder::accept(const Event& event) {
  Function function{};
  if (!resolve(event, function)) return;
  const ProcessId process = id_in(process_index_, history_.process_name, event.process);
  if (process >= open_.size()) {
    open_.push_back(no_operation);
    process_time_.push_back(INT64_MIN);
  }
  if (!check_time(event, process)) return;
  if (event.type == EventType::invoke) {
    invoke(event, function);
  } else {
    complete(event, function);
  }
  note_order(event);
}

void HistoryBuilder::set_optional(std::vector<ValueId>& column, OpId op, ValueId value) {
  if (value == no_value || value == null_value) return;
  if (column.size() <= op) column.resize(static_cast<std::size_t>(op) + 1, no_value);
  column[op] = value;
}

void HistoryBuilder::invoke(const Event& event, Function function) {
  History& h = history_;
  const ProcessId process = id_in(process_index_, h.process_name, event.process);
  if (open_[process] != no_operation) {
    error("two-open-calls", event,
          fmt::format("process {} makes a call while its call of line {} is open; a thread that goes on after a time-out "
                      "completes that call with \"info\" and continues as a new process",
                      values().to_json(event.process), h.invoked_line[open_[process]]));
    return;
  }
  std::string problem;
  if (!argument_fits(values(), h.header.object, function, event.value, problem)) {
    value_error(event, fmt::format("{} of a {} takes {}, found {}", event.f, name_of(h.header.object), problem,
                                   values().to_json(event.value)));
  }
  if (next_rank_ >= never - 2) {
    error("too-large", event, "more than two thousand million events");
    return;
  }
  const auto op = static_cast<OpId>(h.size());
  open_[process] = op;
  ValueId argument = takes_nothing(h.header.object, function) ? no_value : event.value;
  if (function == Function::contains && values().is_list(event.value) && values().elements(event.value).size() == 2 &&
      values().elements(event.value)[1] <= true_value) {
    argument = values().elements(event.value)[0];
  }
  h.function.push_back(function);
  h.outcome.push_back(Outcome::info);
  h.process.push_back(process);
  h.session.push_back(0);
  h.key.push_back(id_in(key_index_, h.key_name, event.key));
  h.argument.push_back(argument);
  h.result.push_back(no_value);
  h.flag.push_back(Flag::absent);
  h.invoked.push_back(next_rank_++);
  h.completed.push_back(never);
  h.invoked_line.push_back(event.line);
  h.completed_line.push_back(0);
  if (event.time) {
    h.invoked_time.push_back(*event.time);
    h.completed_time.push_back(INT64_MAX);
  }
  if (event.session != no_value) h.sessions_given = true;
  h.session[op] = event.session;  // the name for now; ids are given in finish()
  set_optional(h.node, op, event.node);
  set_optional(h.version, op, event.version);
  set_optional(h.level, op, event.level);
  set_optional(h.error, op, event.error);
  if (event.final_phase || in_final_phase_) {
    h.final_phase.resize(static_cast<std::size_t>(op) + 1, false);
    h.final_phase[op] = true;
  }
}

void HistoryBuilder::complete(const Event& event, Function function) {
  History& h = history_;
  const ProcessId process = id_in(process_index_, h.process_name, event.process);
  const OpId op = open_[process];
  if (op == no_operation) {
    error("completion-without-invocation", event,
          fmt::format("process {} has no open call that this could complete", values().to_json(event.process)));
    return;
  }
  if (h.function[op] != function) {
    error("contradictory-completion", event,
          fmt::format("completes {}, but line {} invoked {}", event.f, h.invoked_line[op],
                      name_of(h.header.object, h.function[op])));
    return;
  }
  if (event.key != no_value && id_in(key_index_, h.key_name, event.key) != h.key[op]) {
    error("contradictory-completion", event,
          fmt::format("completes an operation on key {}, but line {} invoked it on {}", values().to_json(event.key),
                      h.invoked_line[op], values().to_json(h.key_name[h.key[op]])));
    return;
  }
  open_[process] = no_operation;
  h.completed_line[op] = event.line;
  if (event.time) h.completed_time[op] = *event.time;
  h.outcome[op] = event.type == EventType::ok ? Outcome::ok : event.type == EventType::fail ? Outcome::fail : Outcome::info;
  if (event.type != EventType::info) h.completed[op] = next_rank_++;
  if (event.type == EventType::ok) fill_result(event, op);
  if (event.session != no_value && h.session[op] == no_value) {
    h.session[op] = event.session;
    h.sessions_given = true;
  }
  set_optional(h.node, op, event.node);
  set_optional(h.version, op, event.version);
  set_optional(h.level, op, event.level);
  set_optional(h.error, op, event.error);
}

void HistoryBuilder::fill_result(const Event& event, OpId op) {
  History& h = history_;
  const Function function = h.function[op];
  std::string problem;
  ValueId value = event.value;
  h.flag[op] = event.flag;
  if (returns_value(function)) {
    if (value == no_value) value = null_value;
    if (!result_fits(values(), h.header.object, function, value, problem)) {
      value_error(event, fmt::format("{} of a {} returns {}, found {}", event.f, name_of(h.header.object), problem,
                                     values().to_json(value)));
    }
    h.result[op] = value;
    return;
  }
  if (function == Function::contains) {
    const bool pair = values().is_list(value) && values().elements(value).size() == 2 &&
                      values().elements(value)[0] == h.argument[op];
    if (event.flag == Flag::absent && pair && values().kind(values().elements(value)[1]) == ValueKind::boolean) {
      h.flag[op] = values().elements(value)[1] == true_value ? Flag::yes : Flag::no;
      return;
    }
    if (event.flag == Flag::absent) {
      value_error(event, "contains returns [element, true or false], or has a \"result\"");
      return;
    }
    if (pair) return;
  }
  const bool says = value != no_value && value != null_value;
  if (says && h.argument[op] != no_value && value != h.argument[op]) {
    error("contradictory-completion", event,
          fmt::format("completes {} {}, but line {} invoked it with {}", event.f, values().to_json(value),
                      h.invoked_line[op], values().to_json(h.argument[op])));
  }
}

void HistoryBuilder::nemesis(const Event& event) {
  if (event.f == "final") in_final_phase_ = true;
  history_.faults.push_back(
      {std::string{event.f}, event.value, event.time.value_or(0), next_rank_, event.line});
}

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

History HistoryBuilder::finish() {
  History& h = history_;
  if (!object_known_ && !undecided_.empty()) {
    decide(seen_add_ ? ObjectKind::set : seen_append_ ? ObjectKind::list : seen_put_ ? ObjectKind::kv : ObjectKind::reg);
  }
  if (failed()) return std::move(history_);
  for (std::vector<ValueId>* column : {&h.node, &h.version, &h.level, &h.error}) {
    if (!column->empty()) column->resize(h.size(), no_value);
  }
  if (!h.final_phase.empty()) h.final_phase.resize(h.size(), false);
  // A session is its name where one is given, else the process; a name and a process never mean one session.
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
  if (timed_.value_or(false) && (!in_order_ || options_.clock_error != 0)) order_by_time();
  find_ties();
  return std::move(history_);
}

}  // namespace kasauti::histories
