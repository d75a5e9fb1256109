#include "histories/formats/edn_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "histories/formats/format.hpp"

namespace kasauti::histories::formats {

namespace {

bool is_blank(char c) { return c == ' ' || c == ',' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Ends a symbol, keyword or number.
bool is_delimiter(char c) {
  return is_blank(c) || c == '(' || c == ')' || c == '[' || c == ']' || c == '{' || c == '}' || c == '"' || c == ';';
}
bool begins_symbol(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const char lower = static_cast<char>(c | 0x20);
  return (lower >= 'a' && lower <= 'z') || byte >= 0x80 ||
      std::string_view{".*+!-_?$%&=<>/|'"}.find(c) != std::string_view::npos;
}
char closing_of(char opening) { return opening == '(' ? ')' : opening == '[' ? ']' : '}'; }

void append_utf8(std::string& text, unsigned code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0U | code >> 6U);
    text += static_cast<char>(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0U | code >> 12U);
    text += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    text += static_cast<char>(0xF0U | code >> 18U);
    text += static_cast<char>(0x80U | (code >> 12U & 0x3FU));
    text += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

}  // namespace

bool EdnParser::fail(const char* at, std::string problem) {
  if (problem_.empty()) {
    problem_ = std::move(problem);
    problem_at_ = at;
  }
  return false;
}

bool EdnParser::fail_at_end(const char* opened, const char* what) {
  cut_off_ = true;
  return fail(opened, fmt::format("{} begins here and does not end", what));
}

bool EdnParser::next() {
  while (at_ < end_ && !failed()) {
    if (is_blank(*at_)) {
      ++at_;
    } else if (*at_ == ';') {
      at_ = std::find(at_, end_, '\n');
    } else if (*at_ == '#' && at_ + 1 < end_ && at_[1] == '_') {
      skip();
    } else {
      return true;
    }
  }
  return false;
}

bool EdnParser::take(char character) {
  if (at_ == end_ || *at_ != character) return false;
  ++at_;
  return true;
}

std::string_view EdnParser::token() const {
  const char* stop = at_;
  while (stop < end_ && !is_delimiter(*stop)) ++stop;
  return {at_, static_cast<std::size_t>(stop - at_)};
}

bool EdnParser::take_tag() {
  if (at_ + 1 >= end_ || *at_ != '#' || !(begins_symbol(at_[1]) || at_[1] == ':')) return false;
  const char* const tag = at_;
  ++at_;
  at_ += token().size();
  if (next()) return true;
  if (!failed()) fail_at_end(tag, "a tagged element");
  return false;
}

// Needs no stack of its own but the brackets that are open, so that a million of them are no danger.
bool EdnParser::skip() {
  std::vector<const char*> open;
  std::size_t wanted = 1;  // forms still to come at this level: one, and one for each discarded
  const char* const begin = at_;
  while (wanted != 0) {
    while (at_ < end_ && (is_blank(*at_) || *at_ == ';')) at_ = *at_ == ';' ? std::find(at_, end_, '\n') : at_ + 1;
    if (at_ == end_) return fail_at_end(open.empty() ? begin : open.back(), "a form");
    const char first = *at_;
    if (first == '#' && at_ + 1 < end_ && at_[1] == '_') {
      at_ += 2;
      if (open.empty()) ++wanted;
      if (open.empty() && at_ - 2 == begin) --wanted;  // what is skipped is the discard itself
      continue;
    }
    if (first == '#' && at_ + 1 < end_ && (begins_symbol(at_[1]) || at_[1] == ':')) {
      ++at_;
      at_ += token().size();
      continue;
    }
    if (first == '(' || first == '[' || first == '{' || (first == '#' && at_ + 1 < end_ && at_[1] == '{')) {
      if (first == '#') ++at_;
      open.push_back(at_++);
      continue;
    }
    if (first == ')' || first == ']' || first == '}') {
      const bool closes = !open.empty() && closing_of(*open.back()) == first;
      if (!closes) return fail(at_, fmt::format("'{}' closes nothing", first));
      ++at_;
      open.pop_back();
    } else {
      ValueId ignored = no_value;
      if (!read(ignored, nullptr, 0)) return false;
    }
    if (open.empty()) --wanted;
  }
  return true;
}

bool EdnParser::read(ValueId& id, bool* keyword, int depth) {
  if (keyword != nullptr) *keyword = false;
  const char* const begin = at_;
  const bool opens = *at_ == '(' || *at_ == '[' || *at_ == '{' || *at_ == '#';
  if (depth >= deepest_nesting && opens) {
    too_large_ = true;
    return fail(begin, fmt::format("lists within lists are read up to a depth of {}", deepest_nesting));
  }
  switch (*at_) {
    case '(': ++at_; return read_list(id, ')', depth, false);
    case '[': ++at_; return read_list(id, ']', depth, false);
    case '{': ++at_; return read_map(id, depth);
    case '\\': return read_character(id);
    case '"': {
      std::string text;
      if (!read_string(text)) return false;
      id = values_.intern_string(text);
      return true;
    }
    case ':': {
      ++at_;
      const std::string_view name = token();
      if (name.empty()) return fail(begin, "a keyword has a name behind its colon");
      at_ += name.size();
      id = values_.intern_string(name);
      if (keyword != nullptr) *keyword = true;
      return true;
    }
    case '#': {
      const char second = at_ + 1 < end_ ? at_[1] : '\0';
      if (second == '{') {
        at_ += 2;
        return read_list(id, '}', depth, true);
      }
      if (second == '"') {  // how Clojure prints a regular expression
        ++at_;
        return read(id, keyword, depth);
      }
      if (second == '#') {  // ##Inf, ##NaN
        const std::string_view name = token();
        at_ += name.size();
        id = values_.intern_string(name);
        return true;
      }
      if (take_tag()) return read(id, keyword, depth + 1);
      return failed() ? false : fail(begin, "'#' begins a tag, a set or a discarded form, and this is none");
    }
    default: break;
  }
  if (is_digit(*at_) || ((*at_ == '-' || *at_ == '+') && at_ + 1 < end_ && is_digit(at_[1]))) return read_number(id);
  if (!begins_symbol(*at_)) return fail(begin, "no form begins with this character");
  const std::string_view name = token();
  at_ += name.size();
  if (name == "nil") id = null_value;
  else if (name == "true") id = true_value;
  else if (name == "false") id = false_value;
  else id = values_.intern_string(name);
  return true;
}

bool EdnParser::read_list(ValueId& id, char closing, int depth, bool sorted) {
  const char* const opened = at_ - 1;
  std::vector<ValueId> elements;
  for (;;) {
    if (!next()) return failed() ? false : fail_at_end(opened, "a list");
    if (take(closing)) break;
    ValueId element = no_value;
    if (!read(element, nullptr, depth + 1)) return false;
    elements.push_back(element);
  }
  if (sorted) {
    std::ranges::sort(elements, [this](ValueId a, ValueId b) {
      if (values_.is_integer(a) && values_.is_integer(b)) return values_.integer(a) < values_.integer(b);
      if (values_.is_integer(a) != values_.is_integer(b)) return values_.is_integer(a);
      return a != b && values_.to_json(a) < values_.to_json(b);
    });
  }
  id = values_.intern_list(elements);
  return true;
}

ValueId EdnParser::key_of(ValueId id) {
  return values_.is_string(id) ? id : values_.intern_string(values_.to_json(id));
}

bool EdnParser::read_map(ValueId& id, int depth) {
  const char* const opened = at_ - 1;
  std::vector<ValueId> pairs;
  for (;;) {
    if (!next()) return failed() ? false : fail_at_end(opened, "a map");
    const char* const here = at_;
    if (take('}')) {
      if (pairs.size() % 2 != 0) return fail(here, "this map has a key without a value");
      break;
    }
    ValueId form = no_value;
    if (!read(form, nullptr, depth + 1)) return false;
    pairs.push_back(pairs.size() % 2 == 0 ? key_of(form) : form);
  }
  id = values_.intern_map(std::move(pairs));
  return true;
}

bool EdnParser::read_escape(std::string& text) {
  const char* const begin = at_ - 1;
  const char kind = at_ < end_ ? *at_++ : '\0';
  constexpr std::string_view names = "tnrbf\"\\/'";
  constexpr std::string_view meanings = "\t\n\r\b\f\"\\/'";
  if (const auto found = names.find(kind); found != std::string_view::npos) {
    text += meanings[found];
    return true;
  }
  const bool hexadecimal = kind == 'u';
  if (!hexadecimal && !(kind >= '0' && kind <= '7')) return fail(begin, "an escape that EDN does not have");
  if (!hexadecimal) --at_;
  const auto number = [this, hexadecimal](unsigned& code) {
    const char* const limit = std::min(end_, at_ + (hexadecimal ? 4 : 3));
    const auto [stop, failure] = std::from_chars(at_, limit, code, hexadecimal ? 16 : 8);
    const bool whole = failure == std::errc{} && (!hexadecimal || stop == at_ + 4);
    at_ = stop;
    return whole;
  };
  unsigned code = 0;
  if (!number(code)) return fail(begin, "an escape needs four hexadecimal digits");
  if (code >= 0xD800 && code < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
    at_ += 2;
    unsigned low = 0;
    if (!number(low) || low < 0xDC00 || low > 0xDFFF) return fail(begin, "half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
  }
  if (code >= 0xD800 && code < 0xE000) return fail(begin, "half of a surrogate pair");
  append_utf8(text, code);
  return true;
}

bool EdnParser::read_string(std::string& text) {
  const char* const opened = at_++;
  for (;;) {
    const char* const stop = std::find_if(at_, end_, [](char c) { return c == '"' || c == '\\'; });
    text.append(at_, stop);
    at_ = stop;
    if (at_ == end_ || (*at_ == '\\' && at_ + 1 == end_)) return fail_at_end(opened, "a string");
    if (*at_++ == '"') return true;
    if (!read_escape(text)) return false;
  }
}

bool EdnParser::read_character(ValueId& id) {
  const char* const begin = at_++;
  if (at_ == end_) return fail_at_end(begin, "a character");
  const char first = *at_++;
  std::string name{first};
  while (at_ < end_ && !is_delimiter(*at_)) name += *at_++;
  constexpr std::pair<std::string_view, std::string_view> named[] = {
      {"newline", "\n"}, {"space", " "}, {"tab", "\t"}, {"return", "\r"}, {"formfeed", "\f"}, {"backspace", "\b"}};
  for (const auto& [word, meaning] : named) {
    if (name == word) name = meaning;
  }
  if (name.size() == 5 && first == 'u') {
    unsigned code = 0;
    const auto [stop, failure] = std::from_chars(name.data() + 1, name.data() + 5, code, 16);
    if (failure == std::errc{} && stop == name.data() + 5 && (code < 0xD800 || code > 0xDFFF)) {
      name.clear();
      append_utf8(name, code);
    }
  }
  id = values_.intern_string(name);
  return true;
}

bool EdnParser::read_integer(std::string_view token, std::string_view digits, ValueId& id) {
  std::int64_t number = 0;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  if (digits.size() > sign + 1 && digits[sign] == '0') return fail(token.data(), "a number does not begin with 0");
  const auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  id = failure == std::errc{} ? values_.intern_integer(number) : values_.intern_number_text(digits);
  return true;
}

bool EdnParser::read_ratio(std::string_view token, std::size_t slash, ValueId& id) {
  std::int64_t above = 0;
  std::int64_t below = 0;
  const char* const begin = token.data() + (token[0] == '+' ? 1 : 0);
  const char* const end = token.data() + token.size();
  const auto [first_stop, first_failure] = std::from_chars(begin, token.data() + slash, above);
  const auto [stop, failure] = std::from_chars(token.data() + slash + 1, end, below);
  const bool read = first_failure == std::errc{} && failure == std::errc{} && stop == end &&
      first_stop == token.data() + slash;
  if (!read || below <= 0 || above == INT64_MIN) return fail(token.data(), "a ratio is two integers, n/d");
  const std::int64_t common = std::gcd(above, below);
  id = below == common ? values_.intern_integer(above / common)
                       : values_.intern_string(fmt::format("{}/{}", above / common, below / common));
  return true;
}

bool EdnParser::read_number(ValueId& id) {
  const std::string_view whole = token();
  at_ += whole.size();
  std::string_view digits = whole;
  if (digits.ends_with('N') || digits.ends_with('M')) digits.remove_suffix(1);
  const std::size_t after = digits.find_first_not_of("0123456789", digits[0] == '-' || digits[0] == '+' ? 1 : 0);
  if (after == std::string_view::npos) return read_integer(whole, digits, id);
  if (digits[after] == '/' && digits.size() == whole.size()) return read_ratio(whole, after, id);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double number = 0;
  const auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure == std::errc::result_out_of_range) {
    too_large_ = true;
    return fail(whole.data(), "a number beyond what a double holds");
  }
  if (failure != std::errc{} || stop != digits.data() + digits.size() || whole.ends_with('N')) {
    return fail(whole.data(), "not a number, though it begins like one");
  }
  id = values_.intern_number(number);
  return true;
}

}  // namespace kasauti::histories::formats
