// The plain lines of the native format, in one pass over their bytes.
//
// A recorder writes millions of lines of one shape; parsing them in general costs more than everything that is done
// with them. Here a line is taken only if it is beyond doubt: known fields, each once, integers of up to 18 digits,
// ASCII strings without escapes, flat lists of such. Anything else is left to the strict reader, so this file never
// has to say what is wrong. Every loop ends at a line's end or at a zero byte, so no check against the end of the
// text is needed inside a line: the text is followed by padding, and a line that runs into it is refused.
//
// Measured: about four times the speed of the strict reader. Tested against it in tests/histories/test_json_lines.cpp.

#include <cstring>

#include "histories/formats/json_lines.hpp"

namespace kasauti::histories::formats {

std::optional<EventType> event_type_named(std::string_view name) {
  if (name == "invoke") return EventType::invoke;
  if (name == "ok") return EventType::ok;
  if (name == "fail") return EventType::fail;
  if (name == "info") return EventType::info;
  return std::nullopt;
}

namespace {

constexpr std::size_t longest_plain_list = 16;
constexpr int most_digits = 18;

class PlainLine {
 public:
  PlainLine(const char* text, ValueTable& values, Event& event) : at_{text}, values_{values}, event_{event} {}

  bool read() {
    event_.marks.event = at_;
    if (*at_ != '{') return false;
    do {
      ++at_;
      if (!field()) return false;
    } while (*at_ == ',');
    if (*at_ != '}') return false;
    ++at_;
    if (*at_ == '\r') ++at_;
    constexpr unsigned needed = 1U << static_cast<unsigned>(Field::process) | 1U << static_cast<unsigned>(Field::type) |
                                1U << static_cast<unsigned>(Field::f);
    return (seen_ & needed) == needed && event_.process != no_value;
  }
  [[nodiscard]] const char* at() const { return at_; }

 private:
  /// Steps over `rest` if that is what comes next.
  template <std::size_t n>
  bool expect(const char (&rest)[n]) {
    if (std::memcmp(at_, rest, n - 1) != 0) return false;
    at_ += n - 1;
    return true;
  }
  bool once(Field field) {
    const std::uint32_t bit = 1U << static_cast<unsigned>(field);
    const bool first = (seen_ & bit) == 0;
    seen_ |= bit;
    return first;
  }

  bool field() {
    switch (at_[0] == '"' ? at_[1] : '\0') {
      case 'i': return expect("\"index\":") && once(Field::index) && skip_integer();
      case 't':
        if (at_[2] == 'i') return expect("\"time\":") && once(Field::time) && time();
        return expect("\"type\":\"") && once(Field::type) && type();
      case 'p':
        event_.marks.process = at_ + 10;
        return expect("\"process\":") && once(Field::process) && name(event_.process);
      case 'f':
        event_.marks.f = at_ + 4;
        return expect("\"f\":\"") && once(Field::f) && text(event_.f);
      case 'v':
        if (at_[2] == 'e') return expect("\"version\":") && once(Field::version) && name(event_.version);
        event_.marks.value = at_ + 8;
        return expect("\"value\":") && once(Field::value) && value(event_.value);
      case 'k':
        event_.marks.key = at_ + 6;
        return expect("\"key\":") && once(Field::key) && name(event_.key);
      case 's': return expect("\"session\":") && once(Field::session) && name(event_.session);
      case 'n': return expect("\"node\":") && once(Field::node) && name(event_.node);
      case 'l': return expect("\"level\":") && once(Field::level) && name(event_.level);
      case 'e': return expect("\"error\":") && once(Field::error) && name(event_.error);
      default: return false;
    }
  }

  bool integer(std::int64_t& number) {
    const bool negative = *at_ == '-';
    if (negative) ++at_;
    const char* const first = at_;
    std::uint64_t sum = 0;
    while (*at_ >= '0' && *at_ <= '9') sum = sum * 10 + static_cast<std::uint64_t>(*at_++ - '0');
    const auto digits = at_ - first;
    if (digits == 0 || digits > most_digits || (*first == '0' && (digits > 1 || negative))) return false;
    number = negative ? -static_cast<std::int64_t>(sum) : static_cast<std::int64_t>(sum);
    return true;
  }
  bool skip_integer() {
    std::int64_t number = 0;
    return integer(number);
  }
  bool time() {
    event_.marks.time = at_;
    std::int64_t number = 0;
    if (!integer(number)) return false;
    event_.time = number;
    return true;
  }
  bool type() {
    switch (*at_) {
      case 'i':
        if (at_[2] == 'v') {
          event_.type = EventType::invoke;
          return expect("invoke\"");
        }
        event_.type = EventType::info;
        return expect("info\"");
      case 'o': event_.type = EventType::ok; return expect("ok\"");
      case 'f': event_.type = EventType::fail; return expect("fail\"");
      default: return false;
    }
  }
  /// Up to the closing quote, which is stepped over; the opening one has been.
  bool text(std::string_view& into) {
    const char* const first = at_;
    while (*at_ != '"') {
      const auto byte = static_cast<unsigned char>(*at_);
      if (byte < 0x20 || byte >= 0x7F || byte == '\\') return false;
      ++at_;
    }
    into = {first, static_cast<std::size_t>(at_ - first)};
    ++at_;
    return true;
  }
  bool scalar(ValueId& id) {
    switch (*at_) {
      case '"': {
        ++at_;
        std::string_view string;
        if (!text(string)) return false;
        id = values_.intern_string(string);
        return true;
      }
      case 'n': id = null_value; return expect("null");
      case 't': id = true_value; return expect("true");
      case 'f': id = false_value; return expect("false");
      default: {
        std::int64_t number = 0;
        if (!integer(number)) return false;
        id = values_.intern_integer(number);
        return true;
      }
    }
  }
  bool value(ValueId& id) {
    if (*at_ != '[') return scalar(id);
    ValueId elements[longest_plain_list];
    std::size_t count = 0;
    do {
      ++at_;
      if (count == longest_plain_list || !scalar(elements[count++])) return false;
    } while (*at_ == ',');
    if (*at_ != ']') return false;
    ++at_;
    id = values_.intern_list({elements, count});
    return true;
  }
  /// An integer or a string that names something.
  bool name(ValueId& id) { return (*at_ == '"' || *at_ == '-' || (*at_ >= '0' && *at_ <= '9')) && scalar(id); }

  const char* at_;
  ValueTable& values_;
  Event& event_;
  std::uint32_t seen_ = 0;
};

}  // namespace

const char* read_plain_line(const char* text, const char* end, ValueTable& values, Event& event) {
  PlainLine line{text, values, event};
  if (!line.read()) return nullptr;
  // A last line without its end is as good; the padding behind the text must not pass for a part of it.
  if (line.at() == end) return end;
  return line.at() < end && *line.at() == '\n' ? line.at() + 1 : nullptr;
}

}  // namespace kasauti::histories::formats
