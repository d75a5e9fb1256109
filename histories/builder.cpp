#include "histories/builder.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "histories/shapes.hpp"

namespace kasauti::histories {

namespace {

/// A value as messages show it: the beginning will do.
std::string shown(const ValueTable& values, ValueId id) {
  constexpr std::size_t longest = 80;
  std::string text = values.to_json(id);
  if (text.size() <= longest) return text;
  std::size_t cut = longest;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return text.substr(0, cut) + "…";
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

bool HistoryBuilder::resolve(const Event& event, Function& function) {
  const unsigned first = event.f.empty() ? 0U : static_cast<unsigned char>(event.f[0]);
  NamedFunction& cached = named_functions_[(event.f.size() + first) % named_functions_.size()];
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
          fmt::format("process {} makes a call while its call of line {} is open; a thread that goes on after a "
                      "time-out "
                      "completes that call with \"info\" and continues as a new process",
                      shown(values(), event.process), h.invoked_line[open_[process]]));
    return;
  }
  std::string problem;
  if (!argument_fits(values(), h.header.object, function, event.value, problem)) {
    error("value-shape", event, event.marks.value, fmt::format("{} of a {} takes {}, found {}", event.f,
        name_of(h.header.object), problem,
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
  h.outcome[op] = event.type == EventType::ok ? Outcome::ok : event.type == EventType::fail ? Outcome::fail
      : Outcome::info;
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
  if (has_flag(h.header.object, function)) {
    h.flag[op] = event.flag;
  } else if (event.flag == Flag::no && function != Function::remove) {
    // Passed over it would be taken for done. A delete that found nothing has left nothing, as any other.
    error("value-shape", event, event.marks.event,
          fmt::format("{} of a {} has no \"result\"; if it was refused, its type is \"fail\"", event.f,
                      name_of(h.header.object)));
  }
  // A refused acquire returned nothing, whatever was written down in the place of a token.
  if (function == Function::acquire && h.flag[op] == Flag::no) return;
  if (returns_value(function)) {
    if (value == no_value) value = null_value;
    if (!result_fits(values(), h.header.object, function, value, problem)) {
      error("value-shape", event, event.marks.value, fmt::format("{} of a {} returns {}, found {}", event.f,
          name_of(h.header.object), problem,
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

}  // namespace kasauti::histories
