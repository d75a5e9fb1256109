#include "histories/builder.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include <boost/unordered/unordered_flat_set.hpp>
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

/// A value as messages show it: the beginning will do.
std::string shown(const ValueTable& values, ValueId id) {
  constexpr std::size_t longest = 80;
  std::string text = values.to_json(id);
  if (text.size() <= longest) return text;
  std::size_t cut = longest;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return text.substr(0, cut) + "…";
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

void HistoryBuilder::settle(Header header) {
  history_.header = std::move(header);
  object_known_ = true;
}

void HistoryBuilder::add(Finding finding) {
  if (finding.severity == Severity::error) ++errors_;
  const std::size_t count = ++finding_counts_[finding.rule];
  if (count <= finding_limit) findings_.push_back(std::move(finding));
}

// The event's line is known; from there the mark's is counted, since an event may run over several lines.
void HistoryBuilder::error(std::string_view rule, const Event& event, const char* mark, std::string message) {
  std::uint32_t line = event.line;
  std::uint32_t column = event.column;
  if (mark == nullptr) mark = event.marks.event;
  if (mark != nullptr) {
    line += static_cast<std::uint32_t>(std::count(event.marks.event, mark, '\n'));
    const char* begin = mark;
    while (begin > text_.data() && begin[-1] != '\n') --begin;
    column = static_cast<std::uint32_t>(mark - begin) + 1;
  }
  add(finding(rule, line, column, std::move(message)));
}

void HistoryBuilder::reserve(std::size_t operations, bool timed) {
  History& h = history_;
  const auto reserve_all = [operations](auto&... columns) { (columns.reserve(operations), ...); };
  reserve_all(h.function, h.outcome, h.process, h.session, h.key, h.argument, h.result, h.flag, h.invoked, h.completed,
              h.invoked_line, h.completed_line);
  if (timed) reserve_all(h.invoked_time, h.completed_time);
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
  // The text may be gone by the time these are looked at: of the marks only the column stays.
  if (event.marks.event != nullptr && !text_lasts_) {
    const char* begin = event.marks.event;
    while (begin > text_.data() && begin[-1] != '\n') --begin;
    undecided_.back().column = static_cast<std::uint32_t>(event.marks.event - begin) + 1;
    undecided_.back().marks = {};
  }
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
    error("unknown-function", event, event.marks.f,
          fmt::format("no object has an operation \"{}\"; see histories/FORMAT.md for their names", f));
  }
}

// Only adds: of a counter if one number is added again and again, which tells nothing of a set.
bool HistoryBuilder::adds_repeat() const {
  boost::unordered_flat_set<ValueId> seen;
  for (const Event& event : undecided_) {
    if (event.type != EventType::invoke || event.value == no_value) continue;
    if (!history_.values.is_integer(event.value)) return false;
    if (!seen.insert(event.value).second) return true;
  }
  return false;
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
  NamedFunction& cached = named_functions_[(event.f.size() + static_cast<unsigned char>(event.f.empty() ? 0 : event.f[0])) % named_functions_.size()];
  if (event.f == cached.f && !cached.f.empty()) {
    function = cached.function;
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
      if (found) object = wider;  // what the cache holds stays true: a wider object has all of a narrower one's names
    }
  }
  if (!found) {
    error("unknown-function", event, event.marks.f,
          fmt::format("a {} has no operation \"{}\"; it has {}", name_of(object), event.f, functions_of(object)));
    return false;
  }
  function = *found;
  cached.f = event.f;
  cached.function = function;
  return true;
}

bool HistoryBuilder::check_time(const Event& event, ProcessId process) {
  if (!timed_) timed_ = event.time.has_value();
  if (*timed_ != event.time.has_value()) {
    error("mixed-times", event, event.marks.time,
          fmt::format("this event has {} time, earlier ones have {}; give every event a \"time\" or none",
                      event.time ? "a" : "no", event.time ? "none" : "one"));
    return false;
  }
  if (!event.time) return true;
  std::int64_t& last = process_time_[process];
  if (*event.time < last) {
    const bool completes = event.type != EventType::invoke;
    error(completes ? "completion-before-invocation" : "time-goes-back", event, event.marks.time,
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
    invoke(event, process, function);
  } else {
    complete(event, process, function);
  }
  note_order(event);
}

void HistoryBuilder::set_optional(std::vector<ValueId>& column, OpId op, ValueId value) {
  if (value == no_value || value == null_value) return;
  if (column.size() <= op) column.resize(static_cast<std::size_t>(op) + 1, no_value);
  column[op] = value;
}

void HistoryBuilder::invoke(const Event& event, ProcessId process, Function function) {
  History& h = history_;
  if (open_[process] != no_operation) {
    error("two-open-calls", event, event.marks.process,
          fmt::format("process {} makes a call while its call of line {} is open; a thread that goes on after a time-out "
                      "completes that call with \"info\" and continues as a new process",
                      shown(values(), event.process), h.invoked_line[open_[process]]));
    return;
  }
  std::string problem;
  if (!argument_fits(values(), h.header.object, function, event.value, problem)) {
    error("value-shape", event, event.marks.value, fmt::format("{} of a {} takes {}, found {}", event.f, name_of(h.header.object), problem,
                                   shown(values(), event.value)));
  }
  if (next_rank_ >= never - 2) {
    error("too-large", event, nullptr, "more than two thousand million events");
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
  if (event.final_phase) {
    h.final_phase.resize(static_cast<std::size_t>(op) + 1, false);
    h.final_phase[op] = true;
  }
}

void HistoryBuilder::complete(const Event& event, ProcessId process, Function function) {
  History& h = history_;
  const OpId op = open_[process];
  if (op == no_operation) {
    error("completion-without-invocation", event, event.marks.process,
          fmt::format("process {} has no open call that this could complete", shown(values(), event.process)));
    return;
  }
  if (h.function[op] != function) {
    error("contradictory-completion", event, event.marks.f,
          fmt::format("completes {}, but line {} invoked {}", event.f, h.invoked_line[op],
                      name_of(h.header.object, h.function[op])));
    return;
  }
  if (event.key != no_value && id_in(key_index_, h.key_name, event.key) != h.key[op]) {
    error("contradictory-completion", event, event.marks.key,
          fmt::format("completes an operation on key {}, but line {} invoked it on {}", shown(values(), event.key),
                      h.invoked_line[op], shown(values(), h.key_name[h.key[op]])));
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

// A set is read as a sorted list, however the client listed it: numbers first, by value, then the rest by their text.
ValueId HistoryBuilder::sorted(ValueId list) {
  const ValueTable& table = values();
  const auto elements = table.elements(list);
  std::vector<ValueId> order(elements.begin(), elements.end());
  const auto before = [&table](ValueId a, ValueId b) {
    if (table.is_integer(a) && table.is_integer(b)) return table.integer(a) < table.integer(b);
    if (table.is_integer(a) != table.is_integer(b)) return table.is_integer(a);
    return a != b && table.to_json(a) < table.to_json(b);
  };
  if (std::ranges::is_sorted(order, before)) return list;
  std::ranges::sort(order, before);
  return values().intern_list(order);
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
      error("value-shape", event, event.marks.value, fmt::format("{} of a {} returns {}, found {}", event.f, name_of(h.header.object), problem,
                                     shown(values(), value)));
    }
    h.result[op] = h.header.object == ObjectKind::set && values().is_list(value) ? sorted(value) : value;
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
      error("value-shape", event, event.marks.value, "contains returns [element, true or false], or has a \"result\"");
      return;
    }
    if (pair) return;
  }
  const bool says = value != no_value && value != null_value;
  if (says && h.argument[op] != no_value && value != h.argument[op]) {
    error("contradictory-completion", event, event.marks.value,
          fmt::format("completes {} {}, but line {} invoked it with {}", event.f, shown(values(), value),
                      h.invoked_line[op], shown(values(), h.argument[op])));
  }
}

void HistoryBuilder::nemesis(const Event& event) {
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

History HistoryBuilder::finish() {
  History& h = history_;
  if (!object_known_ && !undecided_.empty()) {
    decide(seen_add_ ? (adds_repeat() ? ObjectKind::counter : ObjectKind::set) : seen_append_ ? ObjectKind::list : seen_put_ ? ObjectKind::kv : ObjectKind::reg);
  }
  if (failed()) return std::move(history_);
  for (std::vector<ValueId>* column : {&h.node, &h.version, &h.level, &h.error}) {
    if (!column->empty()) column->resize(h.size(), no_value);
  }
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
  mark_final_phase();
  return std::move(history_);
}

}  // namespace kasauti::histories
