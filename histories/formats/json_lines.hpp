#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "histories/builder.hpp"

namespace kasauti::histories::formats {

/// The fields of an event and of a header.
enum class Field : unsigned {
  process, type, f, value, key, time, result, session, node, version, level, error, phase, index,
  kasauti, object, initial, workload, store, specification, permits, meta, unknown,
};
inline constexpr unsigned field_count = static_cast<unsigned>(Field::unknown);

[[nodiscard]] std::optional<EventType> event_type_named(std::string_view name);

/// Reads one event from a JSON object, strictly: each error goes to the builder with its place.
class JsonObjectReader {
 public:
  explicit JsonObjectReader(HistoryBuilder& builder) : builder_{builder} {}

  /// The text that syntax() judges; read() sets it too.
  void start(std::string_view text) { text_ = text; }
  /// False if it isn't JSON; then `problem_at` and `problem` say why. Errors of meaning go to the builder and make it
  /// bad(). `text` holds the object, which begins at `begin` in line `line`; its first byte begins a line.
  bool read(simdjson::ondemand::object object, simdjson::ondemand::document& document, std::string_view text,
            const char* begin, std::uint32_t line);
  /// Notes a syntax error at `where`; always false.
  bool syntax(simdjson::error_code code, const char* where);
  /// Whether the event has everything that a client's event needs; if not, the builder is told.
  bool complete();

  [[nodiscard]] const Event& event() const { return event_; }
  [[nodiscard]] bool bad() const { return bad_; }
  [[nodiscard]] bool has(Field field) const { return (seen_ >> static_cast<unsigned>(field) & 1U) != 0; }
  [[nodiscard]] bool is_nemesis() const {
    const ValueTable& values = builder_.values();
    return values.is_string(event_.process) && values.text(event_.process) == "nemesis";
  }
  /// The column of a field's value in a text of one line; 1 if the field is not there.
  [[nodiscard]] std::uint32_t column_of(Field field) const {
    return has(field) ? static_cast<std::uint32_t>(at_[static_cast<unsigned>(field)] - text_.data()) + 1 : 1;
  }

  std::string problem;
  const char* problem_at = nullptr;
  bool too_deep = false;  ///< the problem is a nesting beyond what is read

 private:
  using Error = simdjson::error_code;

  void complain(std::string_view rule, const char* at, std::string message);
  Error take(Field field, simdjson::ondemand::value& value);
  Error take_name(simdjson::ondemand::value& value, ValueId& id, const char* what, bool any);
  Error take_type(simdjson::ondemand::value& value, const char* at);
  Error take_integer(Field field, simdjson::ondemand::value& value, const char* at);

  HistoryBuilder& builder_;
  std::string_view text_;
  Event event_;
  std::uint32_t seen_ = 0;
  std::array<const char*, field_count> at_{};
  bool bad_ = false;
};

/// Reads one plain line: an event without blanks, escapes, fractions or bytes beyond ASCII, as recorders write them.
/// The place behind the line's end, or null if the line is not that plain (or not right), and `event` is of no use
/// then. `text` up to `end` is followed by formats::padding readable bytes.
[[nodiscard]] const char* read_plain_line(const char* text, const char* end, ValueTable& values, Event& event);

}  // namespace kasauti::histories::formats
