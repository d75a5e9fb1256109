#include "recorder/value.hpp"

#include <charconv>

#include "recorder/json.hpp"

namespace kasauti {

namespace recorder {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' && c != '\\';
}

/// The length of the UTF-8 sequence at the beginning of `text` (RFC 3629), 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool outside = (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) >= 0x90);
    return follows(1) && follows(2) && follows(3) && !outside ? 4 : 0;
  }
  return 0;
}

void append_escape(std::string& out, unsigned char byte) {
  out += '\\';
  switch (byte) {
    case '"': case '\\': out += static_cast<char>(byte); return;
    case '\n': out += 'n'; return;
    case '\t': out += 't'; return;
    case '\r': out += 'r'; return;
    default:
      out += "u00";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && plain(text[end])) ++end;
    out.append(text, at, end - at);
    at = end;
    if (at == text.size()) break;
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      append_escape(out, byte);
      ++at;
    } else if (const std::size_t length = sequence_length(text.substr(at)); length != 0) {
      out.append(text, at, length);
      at += length;
    } else {
      out += "\\ufffd";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
      ++at;
    }
  }
  out += '"';
}

void append_integer(std::string& out, std::int64_t integer) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, integer).ptr;
  out.append(buffer, static_cast<std::size_t>(end - buffer));
}

}  // namespace recorder

void Value::append_json(std::string& out) const {
  switch (kind_) {
    case Kind::none: case Kind::null: out += "null"; return;
    case Kind::boolean: out += integer_ != 0 ? "true" : "false"; return;
    case Kind::integer: recorder::append_integer(out, integer_); return;
    case Kind::string: recorder::append_json_text(out, text_); return;
    case Kind::list:
      out += '[';
      for (std::size_t i = 0; i < elements_.size(); ++i) {
        if (i != 0) out += ',';
        elements_[i].append_json(out);
      }
      out += ']';
  }
}

std::string Value::to_json() const {
  std::string out;
  append_json(out);
  return out;
}

}  // namespace kasauti
