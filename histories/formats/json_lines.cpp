// The native format: one JSON object a line (histories/FORMAT.md).
//
// Each line is parsed on its own with simdjson's on-demand interface, so that an error has a line and a column and spoils nothing
// beyond its line. Fields may come in any order; unknown ones are passed over. Cost O(bytes).

#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "histories/formats/format.hpp"

namespace kasauti::histories::formats {

namespace {

namespace ondemand = simdjson::ondemand;

enum Field : unsigned { process, type, f, value, key, time, result, session, node, version, level, error, phase, index, kasauti, unknown };

constexpr std::string_view field_names[] = {"process", "type", "f", "value", "key", "time", "result", "session", "node",
                                            "version", "level", "error", "phase", "index", "kasauti"};

/// The field that a key names; the key's text is up to `end`, with escapes as they stand.
Field field_named(std::string_view name) {
  for (unsigned i = 0; i < std::size(field_names); ++i) {
    if (field_names[i] == name) return static_cast<Field>(i);
  }
  return unknown;
}

class LineReader {
 public:
  LineReader(HistoryBuilder& builder) : builder_{builder} {}

  /// False if the line isn't JSON; then `problem_column` and `problem` say why. Other errors go to the builder.
  bool read(std::string_view line, std::uint32_t number, std::size_t room);

  std::string problem;
  std::uint32_t problem_column = 1;

 private:
  using Error = simdjson::error_code;

  bool syntax(Error code, const char* where);
  std::uint32_t column_of(const char* place) const { return static_cast<std::uint32_t>(place - line_.data()) + 1; }
  void complain(std::string_view rule, std::uint32_t column, std::string message) {
    bad_ = true;
    builder_.add(finding(rule, event_.line, column, std::move(message)));
  }
  Error take(Field field, ondemand::value& value);
  Error take_name(ondemand::value& value, ValueId& id, const char* what, bool any);
  Error intern(ondemand::value& value, ValueId& id, int depth = 0);
  Error intern_number(ondemand::value& value, ValueId& id);
  void header();
  void emit(unsigned seen);

  HistoryBuilder& builder_;
  ondemand::parser parser_;
  std::string_view line_;
  Event event_;
  bool bad_ = false;
  bool any_event_ = false;
  bool any_header_ = false;
  bool is_nemesis_ = false;
};

bool LineReader::syntax(Error code, const char* where) {
  problem = fmt::format("not a JSON object: {}", simdjson::error_message(code));
  const bool inside = where != nullptr && where >= line_.data() && where <= line_.data() + line_.size();
  problem_column = inside ? column_of(where) : 1;
  if (code == simdjson::UTF8_ERROR) problem_column = 1;
  return false;
}

LineReader::Error LineReader::intern_number(ondemand::value& value, ValueId& id) {
  const std::string_view raw = value.raw_json_token();
  ondemand::number number;
  const Error code = value.get_number().get(number);
  if (code == simdjson::SUCCESS) {
    if (number.is_int64()) {
      id = builder_.values().intern_integer(number.get_int64());
    } else if (number.is_uint64()) {
      id = builder_.values().intern_number_text(std::to_string(number.get_uint64()));
    } else {
      id = builder_.values().intern_number(number.get_double());
    }
    return code;
  }
  // Integers beyond 64 bits are kept as text; anything else that simdjson refuses is refused.
  std::size_t digits = 0;
  const std::size_t sign = !raw.empty() && raw[0] == '-' ? 1 : 0;
  while (sign + digits < raw.size() && raw[sign + digits] >= '0' && raw[sign + digits] <= '9') ++digits;
  const char next = sign + digits < raw.size() ? raw[sign + digits] : ' ';
  if (digits < 19 || raw[sign] == '0' || next == '.' || next == 'e' || next == 'E') return code;
  id = builder_.values().intern_number_text(raw.substr(0, sign + digits));
  return simdjson::SUCCESS;
}

LineReader::Error LineReader::intern(ondemand::value& value, ValueId& id, int depth) {
  ondemand::json_type kind{};
  if (const Error code = value.type().get(kind)) return code;
  switch (kind) {
    case ondemand::json_type::null: {
      bool is_null = false;
      if (const Error code = value.is_null().get(is_null)) return code;
      id = null_value;
      return is_null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }
    case ondemand::json_type::boolean: {
      bool truth = false;
      const Error code = value.get_bool().get(truth);
      id = truth ? true_value : false_value;
      return code;
    }
    case ondemand::json_type::number: return intern_number(value, id);
    case ondemand::json_type::string: {
      std::string_view text;
      if (const Error code = value.get_string().get(text)) return code;
      id = builder_.values().intern_string(text);
      return simdjson::SUCCESS;
    }
    case ondemand::json_type::array: {
      if (depth >= deepest_nesting) return simdjson::DEPTH_ERROR;
      ondemand::array array;
      if (const Error code = value.get_array().get(array)) return code;
      std::vector<ValueId> elements;
      for (auto element : array) {
        ondemand::value inner;
        if (const Error code = element.get(inner)) return code;
        ValueId inner_id = no_value;
        if (const Error code = intern(inner, inner_id, depth + 1)) return code;
        elements.push_back(inner_id);
      }
      id = builder_.values().intern_list(elements);
      return simdjson::SUCCESS;
    }
    case ondemand::json_type::object: {
      if (depth >= deepest_nesting) return simdjson::DEPTH_ERROR;
      ondemand::object object;
      if (const Error code = value.get_object().get(object)) return code;
      std::vector<ValueId> pairs;
      for (auto entry : object) {
        std::string_view name;
        if (const Error code = entry.unescaped_key().get(name)) return code;
        pairs.push_back(builder_.values().intern_string(name));
        ondemand::value inner;
        if (const Error code = entry.value().get(inner)) return code;
        ValueId inner_id = no_value;
        if (const Error code = intern(inner, inner_id, depth + 1)) return code;
        pairs.push_back(inner_id);
      }
      id = builder_.values().intern_map(std::move(pairs));
      return simdjson::SUCCESS;
    }
  }
  return simdjson::TAPE_ERROR;
}

LineReader::Error LineReader::take_name(ondemand::value& value, ValueId& id, const char* what, bool any) {
  const std::uint32_t column = column_of(value.raw_json_token().data());
  if (const Error code = intern(value, id)) return code;
  const ValueKind kind = builder_.values().kind(id);
  if (id == null_value) {
    id = no_value;
  } else if (!any && kind != ValueKind::integer && kind != ValueKind::string) {
    complain("malformed", column, fmt::format("\"{}\" is a number or a string, found {}", what, builder_.values().to_json(id)));
  }
  return simdjson::SUCCESS;
}

LineReader::Error LineReader::take(Field field, ondemand::value& value) {
  const std::uint32_t column = column_of(value.raw_json_token().data());
  switch (field) {
    case process: return take_name(value, event_.process, "process", false);
    case key: return take_name(value, event_.key, "key", true);
    case session: return take_name(value, event_.session, "session", false);
    case node: return take_name(value, event_.node, "node", true);
    case version: return take_name(value, event_.version, "version", true);
    case level: return take_name(value, event_.level, "level", true);
    case error: return take_name(value, event_.error, "error", true);
    case Field::value:
      event_.value_column = column;
      return intern(value, event_.value);
    case type: {
      std::string_view text;
      if (const Error code = value.get_string().get(text)) {
        if (code != simdjson::INCORRECT_TYPE) return code;
        complain("malformed", column, "\"type\" is one of \"invoke\", \"ok\", \"fail\", \"info\"");
        return simdjson::SUCCESS;
      }
      if (text == "invoke") event_.type = EventType::invoke;
      else if (text == "ok") event_.type = EventType::ok;
      else if (text == "fail") event_.type = EventType::fail;
      else if (text == "info") event_.type = EventType::info;
      else complain("malformed", column, fmt::format("\"type\" is one of \"invoke\", \"ok\", \"fail\", \"info\", found \"{}\"", text));
      return simdjson::SUCCESS;
    }
    case f: {
      std::string_view text;
      const Error code = value.get_string().get(text);
      if (code == simdjson::INCORRECT_TYPE) {
        complain("malformed", column, "\"f\" is the operation's name, a string");
        return simdjson::SUCCESS;
      }
      event_.f = text;
      return code;
    }
    case time: case index: {
      const char* name = field == time ? "time" : "index";
      ondemand::number number;
      const Error code = value.get_number().get(number);
      if (code != simdjson::SUCCESS) {
        bool is_null = false;
        if (!value.is_null().get(is_null) && is_null) return simdjson::SUCCESS;
        if (code != simdjson::INCORRECT_TYPE && code != simdjson::NUMBER_ERROR) return code;
        complain("malformed", column, fmt::format("\"{}\" is an integer{}", name, field == time ? " of nanoseconds" : ""));
        return simdjson::SUCCESS;
      }
      const double real = number.is_double() ? number.get_double() : 0.0;
      if ((number.is_double() && (std::trunc(real) != real || std::abs(real) > 9.0e18)) || number.is_uint64()) {
        complain("malformed", column, fmt::format("\"{}\" is a 64-bit integer{}", name, field == time ? " of nanoseconds" : ""));
      } else if (field == time) {
        event_.time = number.is_double() ? static_cast<std::int64_t>(real) : number.get_int64();
      }
      return simdjson::SUCCESS;
    }
    case result: {
      ValueId id = no_value;
      if (const Error code = intern(value, id)) return code;
      if (id == true_value) event_.flag = Flag::yes;
      else if (id == false_value) event_.flag = Flag::no;
      else if (id != null_value) complain("malformed", column, "\"result\" is true or false");
      return simdjson::SUCCESS;
    }
    case phase: {
      ValueId id = no_value;
      if (const Error code = intern(value, id)) return code;
      event_.final_phase = builder_.values().is_string(id) && builder_.values().text(id) == "final";
      return simdjson::SUCCESS;
    }
    default: {
      ValueId id = no_value;
      return intern(value, id);
    }
  }
}

void LineReader::header() {
  if (any_header_ || any_event_) {
    complain("bad-header", 1, "the header is the first line, and there is one only");
    return;
  }
  any_header_ = true;
  const auto json = nlohmann::json::parse(line_, nullptr, false);
  if (!json.is_object()) {
    complain("bad-header", 1, "the header is a JSON object");
    return;
  }
  Header header;
  if (json["kasauti"] != 1) {
    complain("bad-header", 1, fmt::format("this is version {} of the format; version 1 is what can be read", json["kasauti"].dump()));
    return;
  }
  const auto text_field = [&](const char* name, std::string& into) {
    if (!json.contains(name) || json[name].is_null()) return;
    if (json[name].is_string()) into = json[name].get<std::string>();
    else complain("bad-header", 1, fmt::format("\"{}\" is a string", name));
  };
  std::string object;
  text_field("object", object);
  text_field("workload", header.workload);
  text_field("store", header.store);
  text_field("specification", header.specification);
  if (!object.empty()) {
    const auto kind = object_named(object);
    if (kind) {
      header.object = *kind;
      header.given = true;
    } else {
      complain("unknown-object", 1, fmt::format("there is no object \"{}\"; see histories/FORMAT.md for their names", object));
    }
  }
  if (json.contains("permits")) {
    if (json["permits"].is_number_integer() && json["permits"].get<std::int64_t>() > 0) {
      header.permits = json["permits"].get<std::int64_t>();
    } else {
      complain("bad-header", 1, "\"permits\" is a positive integer");
    }
  }
  if (json.contains("meta")) header.meta = json["meta"].dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (json.contains("initial")) {
    const std::string initial = "{\"value\":" + json["initial"].dump() + "}";
    const simdjson::padded_string padded{initial};
    ondemand::document document;
    ondemand::value value;
    if (parser_.iterate(padded).get(document) || document["value"].get(value) || intern(value, header.initial)) {
      complain("bad-header", 1, "\"initial\" is a JSON value");
    }
  }
  if (!bad_) builder_.header(std::move(header));
}

void LineReader::emit(unsigned seen) {
  const auto has = [seen](Field field) { return (seen >> field & 1U) != 0; };
  if (has(kasauti)) {
    header();
    return;
  }
  any_event_ = true;
  if (bad_) return;
  const bool nemesis = builder_.values().is_string(event_.process) && builder_.values().text(event_.process) == "nemesis";
  if (nemesis) {
    builder_.nemesis(event_);
    return;
  }
  for (const Field field : {process, type, f}) {
    if (has(field) && (field != process || event_.process != no_value)) continue;
    complain("missing-field", 1, fmt::format("an event needs a \"{}\"", field_names[field]));
    return;
  }
  builder_.event(event_);
}

bool LineReader::read(std::string_view line, std::uint32_t number, std::size_t room) {
  line_ = line;
  bad_ = false;
  event_ = Event{};
  event_.line = number;
  const std::size_t indent = line.find_first_not_of(" \t\r");
  if (indent == std::string_view::npos) return true;
  event_.column = static_cast<std::uint32_t>(indent) + 1;
  ondemand::document document;
  if (const Error code = parser_.iterate(line.data(), line.size(), line.size() + room).get(document)) {
    return syntax(code, line.data() + indent);
  }
  const auto here = [&document]() -> const char* {
    const char* place = nullptr;
    return document.current_location().get(place) ? nullptr : place;
  };
  ondemand::object object;
  if (const Error code = document.get_object().get(object)) return syntax(code, line.data() + indent);
  unsigned seen = 0;
  for (auto entry : object) {
    ondemand::raw_json_string raw;
    if (const Error code = entry.key().get(raw)) return syntax(code, here());
    const char* name_end = raw.raw();
    while (*name_end != '"') name_end += *name_end == '\\' ? 2 : 1;
    const Field field = field_named({raw.raw(), static_cast<std::size_t>(name_end - raw.raw())});
    ondemand::value value;
    if (const Error code = entry.value().get(value)) return syntax(code, here());
    if (field != unknown && (seen >> field & 1U) != 0) {
      complain("malformed", column_of(raw.raw()) - 1, fmt::format("\"{}\" is given twice", field_names[field]));
    }
    seen |= 1U << field;
    if (const Error code = take(field, value)) return syntax(code, here());
  }
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    syntax(simdjson::TAPE_ERROR, rest);
    problem = "there is more on the line after the event; one JSON object a line is expected";
    return false;
  }
  emit(seen);
  return true;
}

}  // namespace

bool sniff_json_lines(std::string_view beginning) {
  const std::size_t brace = beginning.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (brace == std::string_view::npos) return true;  // an empty file is an empty history
  if (beginning[brace] != '{') return false;
  const std::size_t next = beginning.find_first_not_of(" \t\r\n", brace + 1);
  return next != std::string_view::npos && (beginning[next] == '"' || beginning[next] == '}');
}

void read_json_lines(std::string_view text, HistoryBuilder& builder, Budget* budget) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  const char* const end = text.data() + text.size();
  const char* begin = text.data();
  if (text.starts_with(byte_order_mark)) begin += byte_order_mark.size();
  LineReader reader{builder};
  std::uint32_t polled = 0;
  for (std::uint32_t number = 1; begin < end; ++number) {
    const auto* stop = static_cast<const char*>(std::memchr(begin, '\n', static_cast<std::size_t>(end - begin)));
    const bool terminated = stop != nullptr;
    if (!terminated) stop = end;
    const std::string_view line{begin, static_cast<std::size_t>(stop - begin)};
    if (line.size() > longest_line) {
      builder.add(finding("too-large", number, static_cast<std::uint32_t>(longest_line),
                          fmt::format("the line has {} bytes, more than {}", line.size(), longest_line)));
    } else if (!reader.read(line, number, static_cast<std::size_t>(end - stop) + padding)) {
      if (!terminated && number > 1) {
        builder.add(finding("truncated-line", number, reader.problem_column,
                            "the last line is cut off and not used; everything before it is"));
      } else {
        builder.add(finding("malformed", number, reader.problem_column, reader.problem));
      }
    }
    if (builder.errors() > 1000) return;
    begin = stop + 1;
    if (budget != nullptr && !budget->spend(polled, 4)) return;
  }
}

namespace {

void append_field(std::string& out, std::string_view name, const ValueTable& values, ValueId id) {
  if (id == no_value) return;
  out += ",\"";
  out += name;
  out += "\":";
  values.append_json(out, id);
}

void append_optional(std::string& out, std::string_view name, const History& h, const std::vector<ValueId>& column, OpId op) {
  if (!column.empty()) append_field(out, name, h.values, column[op]);
}

void append_event(std::string& out, const History& h, OpId op, bool completion, std::size_t number) {
  fmt::format_to(std::back_inserter(out), "{{\"index\":{}", number);
  const bool timed = !h.invoked_time.empty();
  if (timed && (!completion || h.completed_time[op] != INT64_MAX)) {
    fmt::format_to(std::back_inserter(out), ",\"time\":{}", completion ? h.completed_time[op] : h.invoked_time[op]);
  }
  append_field(out, "process", h.values, h.process_name[h.process[op]]);
  static constexpr std::string_view types[] = {"ok", "fail", "info"};
  fmt::format_to(std::back_inserter(out), ",\"type\":\"{}\",\"f\":\"{}\"",
                 completion ? types[static_cast<int>(h.outcome[op])] : "invoke", name_of(h.header.object, h.function[op]));
  append_field(out, "key", h.values, h.key_name[h.key[op]]);
  const bool returned = completion && h.ok(op) && h.result[op] != no_value;
  out += ",\"value\":";
  h.values.append_json(out, returned ? h.result[op] : h.argument[op]);
  if (completion && h.flag[op] != Flag::absent) out += h.flag[op] == Flag::yes ? ",\"result\":true" : ",\"result\":false";
  if (h.sessions_given) append_field(out, "session", h.values, h.session_name[h.session[op]]);
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

}  // namespace

void write_json_lines(const History& h, std::string& out) {
  out += "{\"kasauti\":1,\"object\":\"";
  out += name_of(h.header.object);
  out += "\",\"initial\":";
  h.values.append_json(out, h.header.initial);
  for (const auto& [name, text] : {std::pair{"workload", &h.header.workload}, std::pair{"store", &h.header.store},
                                   std::pair{"specification", &h.header.specification}}) {
    if (text->empty()) continue;
    out += ",\"" + std::string{name} + "\":";
    append_json_string(out, *text);
  }
  if (h.header.object == ObjectKind::semaphore) out += ",\"permits\":" + std::to_string(h.header.permits);
  if (h.header.meta != "{}") out += ",\"meta\":" + h.header.meta;
  out += "}\n";

  // In the order of the ranks; a call of unknown outcome is closed before its process goes on, or else at the end.
  constexpr std::uint32_t nothing = UINT32_MAX;
  std::size_t ranks = 0;
  for (OpId op = 0; op < h.size(); ++op) {
    ranks = std::max<std::size_t>(ranks, std::size_t{h.invoked[op]} + 1);
    if (h.completed[op] != never) ranks = std::max<std::size_t>(ranks, std::size_t{h.completed[op]} + 1);
  }
  std::vector<std::uint32_t> events(ranks, nothing);  // by rank: operation, and whether it is the completion in the lowest bit
  for (OpId op = 0; op < h.size(); ++op) {
    events[h.invoked[op]] = op << 1U;
    if (h.completed[op] != never) events[h.completed[op]] = op << 1U | 1U;
  }
  std::vector<OpId> unresolved(h.process_name.size(), no_operation);
  std::size_t number = 0;
  std::size_t fault = 0;
  const auto write_fault = [&](const Fault& what) {
    fmt::format_to(std::back_inserter(out), "{{\"index\":{}", number++);
    if (!h.invoked_time.empty()) fmt::format_to(std::back_inserter(out), ",\"time\":{}", what.time);
    out += ",\"process\":\"nemesis\",\"type\":\"info\",\"f\":";
    append_json_string(out, what.name);
    append_field(out, "value", h.values, what.value);
    out += "}\n";
  };
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    for (; fault < h.faults.size() && h.faults[fault].rank <= rank; ++fault) write_fault(h.faults[fault]);
    if (events[rank] == nothing) continue;
    const OpId op = events[rank] >> 1U;
    OpId& open = unresolved[h.process[op]];
    if ((events[rank] & 1U) == 0) {
      if (open != no_operation) append_event(out, h, open, true, number++);
      open = h.completed[op] == never && h.completed_line[op] != 0 ? op : no_operation;
    }
    append_event(out, h, op, (events[rank] & 1U) != 0, number++);
  }
  for (; fault < h.faults.size(); ++fault) write_fault(h.faults[fault]);
  for (const OpId op : unresolved) {
    if (op != no_operation) append_event(out, h, op, true, number++);
  }
}

}  // namespace kasauti::histories::formats
