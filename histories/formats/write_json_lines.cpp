#include <cstddef>
#include <iterator>

#include <fmt/format.h>

#include "histories/formats/event_order.hpp"
#include "histories/formats/format.hpp"
#include "histories/formats/header.hpp"

namespace kasauti::histories::formats {

namespace {

void append_field(std::string& out, std::string_view name, const ValueTable& values, ValueId id) {
  if (id == no_value) return;
  out += ",\"";
  out += name;
  out += "\":";
  values.append_json(out, id);
}

void append_optional(std::string& out, std::string_view name, const History& h, const std::vector<ValueId>& column,
                     OpId op) {
  if (!column.empty()) append_field(out, name, h.values, column[op]);
}

void append_event(std::string& out, const History& h, OpId op, bool completion, bool own_session, std::size_t number) {
  fmt::format_to(std::back_inserter(out), "{{\"index\":{}", number);
  const bool timed = !h.invoked_time.empty();
  if (timed && (!completion || h.completed_time[op] != INT64_MAX)) {
    fmt::format_to(std::back_inserter(out), ",\"time\":{}", completion ? h.completed_time[op] : h.invoked_time[op]);
  }
  append_field(out, "process", h.values, h.process_name[h.process[op]]);
  static constexpr std::string_view types[] = {"ok", "fail", "info"};
  const std::string_view type = completion ? types[static_cast<int>(h.outcome[op])] : "invoke";
  fmt::format_to(std::back_inserter(out), ",\"type\":\"{}\",\"f\":\"{}\"", type,
                 name_of(h.header.object, h.function[op]));
  append_field(out, "key", h.values, h.key_name[h.key[op]]);
  const bool returned = completion && h.ok(op) && h.result[op] != no_value;
  out += ",\"value\":";
  h.values.append_json(out, returned ? h.result[op] : h.argument[op]);
  if (completion && h.flag[op] != Flag::absent) {
    out += h.flag[op] == Flag::yes ? ",\"result\":true" : ",\"result\":false";
  }
  if (!own_session) append_field(out, "session", h.values, h.session_name[h.session[op]]);
  append_optional(out, "node", h, h.node, op);
  append_optional(out, "level", h, h.level, op);
  if (completion) {
    append_optional(out, "version", h, h.version, op);
    append_optional(out, "error", h, h.error, op);
  } else if (!h.final_phase.empty() && h.final_phase[op]) {
    out += ",\"phase\":\"final\"";
  }
  out += "}\n";
}

void append_fault(std::string& out, const History& h, const Fault& what, std::size_t number) {
  fmt::format_to(std::back_inserter(out), "{{\"index\":{}", number);
  if (!h.invoked_time.empty()) fmt::format_to(std::back_inserter(out), ",\"time\":{}", what.time);
  out += ",\"process\":\"nemesis\",\"type\":\"info\",\"f\":";
  append_json_string(out, what.name);
  append_field(out, "value", h.values, what.value);
  out += "}\n";
}

}  // namespace

void write_json_lines(const History& h, std::string& out) {
  append_header(out, h);
  out += '\n';
  std::size_t number = 0;
  const std::vector<SessionId> own = sessions_of_processes(h);
  visit_events(
      h, [&](OpId op, bool completion) {
        append_event(out, h, op, completion, own[h.process[op]] == h.session[op], number++);
      },
      [&](const Fault& what) { append_fault(out, h, what, number++); });
}

}  // namespace kasauti::histories::formats
