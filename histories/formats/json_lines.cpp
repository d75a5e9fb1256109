// The native format: one JSON object a line (histories/FORMAT.md).
//
// Most lines are plain, and json_lines_fast.cpp takes them in one pass. Every other line, and every line that is
// wrong in any way, is parsed here on its own with simdjson's on-demand interface, so that an error has a line and a
// column and spoils nothing beyond its line. Fields may come in any order; unknown ones are passed over. Cost
// O(bytes).
//
// Both ways give the same events: tests/histories/test_json_lines.cpp reads each corpus file with and without the
// fast one.

#include "histories/formats/json_lines.hpp"

#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "histories/formats/format.hpp"
#include "histories/formats/header.hpp"
#include "histories/formats/json_syntax.hpp"
#include "histories/formats/json_value.hpp"

namespace kasauti::histories::formats {

namespace {

namespace ondemand = simdjson::ondemand;
using Error = simdjson::error_code;

constexpr std::array<std::string_view, field_count> field_names = {
    "process", "type", "f", "value", "key", "time", "result", "session", "node", "version", "level", "error",
    "phase", "index",
    "kasauti", "object", "initial", "workload", "store", "specification", "permits", "meta"};

std::string_view name_of(Field field) { return field_names[static_cast<unsigned>(field)]; }

Field field_named(std::string_view name) {
  for (unsigned i = 0; i < field_count; ++i) {
    if (field_names[i] == name) return static_cast<Field>(i);
  }
  return Field::unknown;
}

}  // namespace

// simdjson finds errors fast but says little of where; the slow scanner does.
bool JsonObjectReader::syntax(Error code, const char* where) {
  const JsonProblem found = find_json_problem(text_, 1);
  too_deep = code == simdjson::DEPTH_ERROR;
  if (found.at != nullptr) {
    problem = found.what;
    problem_at = found.at;
    return false;
  }
  problem = fmt::format("not a JSON object: {}", simdjson::error_message(code));
  const bool inside = where != nullptr && where >= text_.data() && where <= text_.data() + text_.size();
  problem_at = inside ? where : text_.data();
  return false;
}

void JsonObjectReader::complain(std::string_view rule, const char* at, std::string message) {
  bad_ = true;
  const char* begin = at;
  while (begin > text_.data() && begin[-1] != '\n') --begin;
  const auto passed = std::count(event_.marks.event, std::max(event_.marks.event, at), '\n');
  const auto line = event_.line + static_cast<std::uint32_t>(passed);
  builder_.add(finding(rule, line, static_cast<std::uint32_t>(at - begin) + 1, std::move(message)));
}

Error JsonObjectReader::take_name(ondemand::value& value, ValueId& id, const char* what, bool any) {
  const char* at = value.raw_json_token().data();
  if (const Error code = intern(value, builder_.values(), id)) return code;
  const ValueKind kind = builder_.values().kind(id);
  if (id == null_value) {
    id = no_value;
  } else if (!any && kind != ValueKind::integer && kind != ValueKind::string) {
    complain("malformed", at,
             fmt::format("\"{}\" is a number or a string, found {}", what, builder_.values().to_json(id)));
  }
  return simdjson::SUCCESS;
}

Error JsonObjectReader::take_type(ondemand::value& value, const char* at) {
  std::string_view text;
  const Error code = value.get_string().get(text);
  if (code != simdjson::SUCCESS && code != simdjson::INCORRECT_TYPE) return code;
  const auto type = event_type_named(text);
  if (type) event_.type = *type;
  else complain("malformed", at, R"("type" is one of "invoke", "ok", "fail", "info")");
  return simdjson::SUCCESS;
}

Error JsonObjectReader::take_integer(Field field, ondemand::value& value, const char* at) {
  const char* name = field == Field::time ? "time" : "index";
  const char* unit = field == Field::time ? " of nanoseconds" : "";
  ondemand::number number;
  const Error code = value.get_number().get(number);
  if (code != simdjson::SUCCESS) {
    bool is_null = false;
    if (!value.is_null().get(is_null) && is_null) return simdjson::SUCCESS;
    if (code != simdjson::INCORRECT_TYPE && code != simdjson::NUMBER_ERROR) return code;
    complain("malformed", at, fmt::format("\"{}\" is an integer{}", name, unit));
    return simdjson::SUCCESS;
  }
  const double real = number.is_double() ? number.get_double() : 0.0;
  if ((number.is_double() && (std::trunc(real) != real || std::abs(real) > 9.0e18)) || number.is_uint64()) {
    complain("malformed", at, fmt::format("\"{}\" is a 64-bit integer{}", name, unit));
  } else if (field == Field::time) {
    event_.time = number.is_double() ? static_cast<std::int64_t>(real) : number.get_int64();
    event_.marks.time = at;
  }
  return simdjson::SUCCESS;
}

Error JsonObjectReader::take(Field field, ondemand::value& value) {
  const char* at = value.raw_json_token().data();
  ValueId id = no_value;
  switch (field) {
    case Field::process:
      event_.marks.process = at;
      return take_name(value, event_.process, "process", false);
    case Field::key:
      event_.marks.key = at;
      return take_name(value, event_.key, "key", true);
    case Field::session: return take_name(value, event_.session, "session", false);
    case Field::node: return take_name(value, event_.node, "node", true);
    case Field::version: return take_name(value, event_.version, "version", true);
    case Field::level: return take_name(value, event_.level, "level", true);
    case Field::error: return take_name(value, event_.error, "error", true);
    case Field::value:
      event_.marks.value = at;
      return intern(value, builder_.values(), event_.value);
    case Field::type: return take_type(value, at);
    case Field::f: {
      event_.marks.f = at;
      const Error code = value.get_string().get(event_.f);
      if (code != simdjson::INCORRECT_TYPE) return code;
      complain("malformed", at, "\"f\" is the operation's name, a string");
      return simdjson::SUCCESS;
    }
    case Field::time: case Field::index: return take_integer(field, value, at);
    case Field::result:
      if (const Error code = intern(value, builder_.values(), id)) return code;
      if (id == true_value) event_.flag = Flag::yes;
      else if (id == false_value) event_.flag = Flag::no;
      else if (id != null_value) complain("malformed", at, "\"result\" is true or false");
      return simdjson::SUCCESS;
    case Field::phase:
      if (const Error code = intern(value, builder_.values(), id)) return code;
      event_.final_phase = builder_.values().is_string(id) && builder_.values().text(id) == "final";
      return simdjson::SUCCESS;
    default: return intern(value, builder_.values(), id);
  }
}

bool JsonObjectReader::read(ondemand::object object, ondemand::document& document, std::string_view text,
                            const char* begin, std::uint32_t line) {
  text_ = text;
  bad_ = false;
  seen_ = 0;
  event_ = Event{};
  event_.line = line;
  event_.marks.event = begin;
  const auto here = [&document]() -> const char* {
    const char* place = nullptr;
    return document.current_location().get(place) ? nullptr : place;
  };
  for (auto entry : object) {
    ondemand::raw_json_string raw;
    if (const Error code = entry.key().get(raw)) return syntax(code, here());
    const char* name_end = raw.raw();
    while (*name_end != '"') name_end += *name_end == '\\' ? 2 : 1;
    const Field field = field_named({raw.raw(), static_cast<std::size_t>(name_end - raw.raw())});
    ondemand::value value;
    if (const Error code = entry.value().get(value)) return syntax(code, here());
    if (field != Field::unknown) {
      if (has(field)) {
        complain("malformed", raw.raw() - 1, fmt::format("\"{}\" is given twice", name_of(field)));
      }
      seen_ |= 1U << static_cast<unsigned>(field);
      at_[static_cast<unsigned>(field)] = value.raw_json_token().data();
    }
    if (const Error code = take(field, value)) return syntax(code, here());
  }
  return true;
}

bool JsonObjectReader::complete() {
  for (const Field field : {Field::process, Field::type, Field::f}) {
    if (has(field) && (field != Field::process || event_.process != no_value)) continue;
    complain("missing-field", event_.marks.event, fmt::format("an event needs a \"{}\"", name_of(field)));
    return false;
  }
  return true;
}

namespace {

class JsonLines : public Reader {
 public:
  JsonLines(HistoryBuilder& builder, Budget* budget) : builder_{builder}, budget_{budget}, object_{builder} {}

  bool read(std::string_view text, bool last) override {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    const char* const end = text.data() + text.size();
    const char* begin = text.data();
    if (number_ == 1 && text.starts_with(byte_order_mark)) begin += byte_order_mark.size();
    while (begin < end) {
      if (budget_ != nullptr && !budget_->spend(polled_, 4)) return false;
      Event event;
      if (const char* next = read_plain_line(begin, end, builder_.values(), event)) {
        event.line = number_++;
        any_event_ = true;
        hand_over(event);
        begin = next;
      } else {
        const auto* stop = static_cast<const char*>(std::memchr(begin, '\n', static_cast<std::size_t>(end - begin)));
        const bool terminated = stop != nullptr;
        if (!terminated) stop = end;
        read_line({begin, static_cast<std::size_t>(stop - begin)}, terminated,
            static_cast<std::size_t>(end - stop) + padding);
        ++number_;
        begin = stop + 1;
      }
      if (builder_.errors() > too_many_errors) return false;
    }
    return last || begin <= end;
  }

 private:
  void hand_over(const Event& event) {
    const ValueTable& values = builder_.values();
    if (values.is_string(event.process) && values.text(event.process) == "nemesis") builder_.nemesis(event);
    else builder_.event(event);
  }

  void read_line(std::string_view line, bool terminated, std::size_t room) {
    if (line.size() > longest_line) {
      builder_.add(finding("too-large", number_, static_cast<std::uint32_t>(longest_line) + 1,
                           fmt::format("the line is longer than {} bytes", longest_line)));
      return;
    }
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    if (parse(line, room)) return;
    const auto column = static_cast<std::uint32_t>(object_.problem_at - line.data()) + 1;
    if (!terminated && number_ > 1) {
      builder_.add(finding("truncated-line", number_, column,
          "the last line is cut off and not used; everything before it is"));
    } else {
      builder_.add(finding(object_.too_deep ? "too-large" : "malformed", number_, column, object_.problem));
    }
  }

  bool parse(std::string_view line, std::size_t room) {
    const char* begin = line.data() + line.find_first_not_of(" \t\r");
    ondemand::document document;
    object_.start(line);
    if (const Error code = parser_.iterate(line.data(), line.size(), line.size() + room).get(document)) {
      return object_.syntax(code, begin);
    }
    ondemand::object object;
    if (const Error code = document.get_object().get(object)) return object_.syntax(code, begin);
    if (!object_.read(object, document, line, begin, number_)) return false;
    const char* rest = nullptr;
    if (document.current_location().get(rest) == simdjson::SUCCESS) {
      return object_.syntax(simdjson::TRAILING_CONTENT, rest);
    }
    if (object_.has(Field::kasauti)) {
      header(line);
      return true;
    }
    any_event_ = true;
    if (object_.bad()) return true;
    if (!object_.is_nemesis() && !object_.complete()) return true;
    hand_over(object_.event());
    return true;
  }

  void header(std::string_view line) {
    if (any_header_ || any_event_) {
      builder_.add(finding("bad-header", number_, object_.column_of(Field::kasauti),
          "the header is the first line, and there is one only"));
      return;
    }
    any_header_ = true;
    Header header;
    const bool good = parse_header(line, builder_.values(), header,
                                   [this](std::string_view rule, std::string_view field, std::string message) {
                                     const auto column = field.empty() ? 1 : object_.column_of(field_named(field));
                                     builder_.add(finding(rule, number_, column, std::move(message)));
                                   });
    if (good && !object_.bad()) builder_.header(std::move(header));
  }

  HistoryBuilder& builder_;
  Budget* budget_;
  JsonObjectReader object_;
  ondemand::parser parser_;
  std::uint32_t polled_ = 0;
  std::uint32_t number_ = 1;  ///< of the line that is read next
  bool any_event_ = false;
  bool any_header_ = false;
};

}  // namespace

bool sniff_json_lines(std::string_view beginning) {
  const std::size_t brace = beginning.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (brace == std::string_view::npos) return true;  // an empty file is an empty history
  if (beginning[brace] != '{') return false;
  const std::size_t next = beginning.find_first_not_of(" \t\r\n", brace + 1);
  return next != std::string_view::npos && (beginning[next] == '"' || beginning[next] == '}');
}

std::unique_ptr<Reader> open_json_lines(HistoryBuilder& builder, Budget* budget) {
  return std::make_unique<JsonLines>(builder, budget);
}

}  // namespace kasauti::histories::formats
