#include "histories/formats/jepsen.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "histories/formats/format.hpp"
#include "histories/formats/json_lines.hpp"

namespace kasauti::histories::formats {

namespace {

/// Operations that are invoked without a value, in all of the objects.
bool takes_nothing(std::string_view f) {
  constexpr std::string_view names[] = {"read", "get", "delete", "dequeue", "pop", "poll", "take", "generate", "inc"};
  return std::ranges::find(names, f) != std::end(names);
}

}  // namespace

void JepsenHistory::complain(std::string_view rule, const Event& event, const char* at, std::string message) {
  builder_.error(rule, event, at, std::move(message));
}

void JepsenHistory::field(JepsenOp& op, std::string_view name, ValueId value, bool keyword, const char* at) {
  Event& event = op.event;
  const ValueTable& values = builder_.values();
  const ValueId named = value == null_value ? no_value : value;
  if (name == "process") {
    event.process = named;
    event.marks.process = at;
  } else if (name == "type") {
    const auto type = values.is_string(value) ? event_type_named(values.text(value)) : std::nullopt;
    if (type) event.type = *type;
    else complain("malformed", event, at, "the type is one of invoke, ok, fail, info, found " + values.to_json(value));
  } else if (name == "f") {
    event.marks.f = at;
    op.f = named;
    if (named != no_value && !values.is_string(value)) {
      complain("malformed", event, at, fmt::format("f is the operation's name, found {}", values.to_json(value)));
      op.f = no_value;
    }
  } else if (name == "value") {
    event.value = value;
    event.marks.value = at;
    op.value_is_keyword = keyword;
  } else if (name == "key") {
    event.key = named;
    event.marks.key = at;
  } else if (name == "time") {
    if (named != no_value && !values.is_integer(value)) {
      complain("malformed", event, at, "the time is an integer of nanoseconds, found " + values.to_json(value));
    } else if (named != no_value && (header_given_ || values.integer(value) >= 0)) {
      event.time = values.integer(value);
      event.marks.time = at;
    }
  } else if (name == "result") {
    if (value == true_value) event.flag = Flag::yes;
    if (value == false_value) event.flag = Flag::no;
  } else if (name == "phase") {
    event.final_phase = values.is_string(value) && values.text(value) == "final";
  } else if (name == "error") {
    event.error = named;
  } else if (name == "session") {
    event.session = named;
  } else if (name == "node") {
    event.node = named;
  } else if (name == "version") {
    event.version = named;
  } else if (name == "level") {
    event.level = named;
  }
}

void JepsenHistory::add(const JepsenOp& op, bool has_type) {
  const ValueTable& values = builder_.values();
  const Event& event = op.event;
  const bool nemesis = values.is_string(event.process) && values.text(event.process) == "nemesis";
  is_fault_.push_back(nemesis);
  if (nemesis) {
    faults_.push_back(op);
    return;
  }
  any_process_ |= event.process != no_value;
  if (!has_type) complain("missing-field", event, nullptr, "an op needs a :type");
  if (event.process != no_value && !values.is_integer(event.process) && !values.is_string(event.process)) {
    complain("malformed", event, event.marks.process,
             "the process is a number or a name, found " + values.to_json(event.process));
  }
  ops_.push_back(op);
}

void JepsenHistory::header(Header header, bool tuples) {
  header_given_ = header.given;
  header_tuples_ = tuples;
  builder_.header(std::move(header));
}

bool JepsenHistory::is_pair(ValueId value) const {
  return builder_.values().is_list(value) && builder_.values().elements(value).size() == 2;
}

bool JepsenHistory::is_micro_operations(ValueId value) const {
  const ValueTable& values = builder_.values();
  if (!values.is_list(value) || values.elements(value).empty()) return false;
  return std::ranges::all_of(values.elements(value), [&values](ValueId step) {
    if (!values.is_list(step) || values.elements(step).size() != 3) return false;
    if (!values.is_string(values.elements(step)[0])) return false;
    const std::string_view name = values.text(values.elements(step)[0]);
    return name == "r" || name == "w" || name == "append";
  });
}

bool JepsenHistory::is_transactional() const {
  bool any = false;
  for (const JepsenOp& op : ops_) {
    if (op.f != no_value && builder_.values().text(op.f) == "txn") return true;
    if (op.event.type != EventType::invoke) continue;
    if (!is_micro_operations(op.event.value)) return false;
    any = true;
  }
  return any;
}

bool JepsenHistory::has_tuples() const {
  const ValueTable& values = builder_.values();
  bool decided = false;
  for (const JepsenOp& op : ops_) {
    if (op.event.type != EventType::invoke) continue;
    if (op.f == no_value || op.event.key != no_value || !is_pair(op.event.value)) return false;
    const ValueId inner = values.elements(op.event.value)[1];
    const std::string_view f = values.text(op.f);
    if (takes_nothing(f) && inner != null_value) return false;
    if (f == "cas" && !is_pair(inner)) return false;
    decided |= takes_nothing(f) || f == "cas";
  }
  return decided;
}

bool JepsenHistory::missing_reads_empty() const {
  const ValueTable& values = builder_.values();
  bool any = false;
  for (const JepsenOp& op : ops_) {
    const std::string_view f = op.f == no_value ? "" : values.text(op.f);
    if (op.event.key == no_value || (f != "get" && f != "put" && f != "append")) return false;
    const bool returned = f == "get" && op.event.type == EventType::ok;
    if (returned && (op.event.value == null_value || op.event.value == no_value)) return false;
    any = true;
  }
  return any;
}

// A completion's key has to be its invocation's, which the builder checks. Some clients take the tuple off what they
// return: what is no pair is a plain value then.
void JepsenHistory::untuple(JepsenOp& op) {
  if (!is_pair(op.event.value)) return;
  const auto parts = builder_.values().elements(op.event.value);
  op.event.key = parts[0] == null_value ? no_value : parts[0];
  op.event.marks.key = op.event.marks.value;
  op.event.value = parts[1];
}

void JepsenHistory::finish() {
  const bool transactions = header_given_ ? builder_.header().object == ObjectKind::txn : is_transactional();
  const bool tuples = header_given_ ? header_tuples_ : !transactions && has_tuples();
  ValueTable& values = builder_.values();
  if (!header_given_ && (transactions || missing_reads_empty())) {
    Header header = builder_.header();
    header.object = transactions ? ObjectKind::txn : ObjectKind::kv;
    if (!transactions) header.initial = values.intern_string("");
    builder_.settle(std::move(header));
  }
  const ValueId only_process = values.intern_integer(0);
  std::size_t next_op = 0;
  std::size_t next_fault = 0;
  std::string f;
  for (const bool fault : is_fault_) {
    JepsenOp& op = fault ? faults_[next_fault++] : ops_[next_op++];
    Event& event = op.event;
    f = op.f == no_value ? "" : values.text(op.f);
    event.f = f;
    if (fault) {
      builder_.nemesis(event);
      continue;
    }
    if (!any_process_) event.process = only_process;
    if (event.process == no_value) complain("missing-field", event, nullptr, "an op needs a :process");
    if (transactions) event.f = "txn";
    if (event.f.empty()) complain("missing-field", event, nullptr, "an op needs an :f");
    if (tuples) untuple(op);
    const bool unsettled = event.type == EventType::fail || event.type == EventType::info;
    if (unsettled && op.value_is_keyword) {
      if (event.error == no_value) event.error = op.event.value;
      event.value = no_value;
    }
    if (event.process != no_value && !event.f.empty()) builder_.event(event);
    if (builder_.errors() > too_many_errors) return;
  }
}

}  // namespace kasauti::histories::formats
