#include "histories/formats/json_syntax.hpp"

#include <fmt/format.h>

#include "histories/formats/format.hpp"
#include "histories/formats/utf8.hpp"

namespace kasauti::histories::formats {

namespace {

class JsonScanner {
 public:
  JsonScanner(std::string_view text, int around)
      : begin_{text.data()}, at_{text.data()}, end_{text.data() + text.size()},
        deepest_{static_cast<std::size_t>(deepest_nesting + around)} {}

  JsonProblem run() {
    if (const char* bad = first_invalid_utf8({begin_, static_cast<std::size_t>(end_ - begin_)})) {
      fail(bad, "this is not UTF-8");
      return std::move(problem_);
    }
    blanks();
    bool value_next = true;
    while (problem_.at == nullptr) {
      if (value_next) {
        value_next = value();
        continue;
      }
      blanks();
      if (open_.empty()) {
        if (at_ != end_) fail(at_, "there is more on the line after the event; one JSON object a line is expected");
        break;
      }
      value_next = after_value();
    }
    return std::move(problem_);
  }

 private:
  void fail(const char* at, std::string what) {
    if (problem_.at == nullptr) problem_ = {at, std::move(what)};
  }
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  [[nodiscard]] bool at(char character) const { return at_ != end_ && *at_ == character; }

  /// Reads a value, or the beginning of a list or object. Whether another value comes next.
  bool value() {
    blanks();
    if (at_ == end_) {
      fail(at_, "the text ends where a value was expected");
      return false;
    }
    switch (*at_) {
      case '{': case '[': {
        const char bracket = *at_++;
        open_ += bracket;
        if (open_.size() > deepest_) {
          fail(at_ - 1, fmt::format("lists within lists are read up to a depth of {}", deepest_nesting));
          return false;
        }
        blanks();
        if (at(bracket == '{' ? '}' : ']')) {
          ++at_;
          open_.pop_back();
          return false;
        }
        if (bracket == '{') name();
        return true;
      }
      case '"': string(); return false;
      case 't': word("true"); return false;
      case 'f': word("false"); return false;
      case 'n': word("null"); return false;
      default: number(); return false;
    }
  }

  /// Whether another value comes next.
  bool after_value() {
    const bool object = open_.back() == '{';
    if (at(',')) {
      ++at_;
      if (object) name();
      return true;
    }
    if (at(object ? '}' : ']')) {
      ++at_;
      open_.pop_back();
      return false;
    }
    fail(at_, object ? "',' or '}' was expected here" : "',' or ']' was expected here");
    return false;
  }

  void name() {
    blanks();
    if (!at('"')) return fail(at_, "a field's name in quotes was expected here");
    string();
    blanks();
    if (!at(':')) return fail(at_, "':' was expected here");
    ++at_;
  }

  void word(std::string_view whole) {
    const std::string_view rest{at_, static_cast<std::size_t>(end_ - at_)};
    if (!rest.starts_with(whole)) return fail(at_, fmt::format("not a JSON value; is \"{}\" meant?", whole));
    at_ += whole.size();
  }

  void digits() {
    if (at_ == end_ || *at_ < '0' || *at_ > '9') fail(at_, "a digit was expected here");
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
  }

  void number() {
    const char* const first = at_;
    if (at('-')) ++at_;
    if (at_ == end_ || *at_ < '0' || *at_ > '9') return fail(first, "not a JSON value");
    const bool zero = *at_ == '0';
    const char* const integer = at_;
    digits();
    if (zero && at_ - integer > 1) return fail(first, "a number does not begin with 0");
    if (at('.')) {
      ++at_;
      digits();
    }
    if (at('e') || at('E')) {
      ++at_;
      if (at('+') || at('-')) ++at_;
      digits();
    }
  }

  void string() {
    const char* const opened = at_++;
    while (at_ != end_ && *at_ != '"') {
      const bool control = static_cast<unsigned char>(*at_) < 0x20;
      if (control) return fail(at_, "a control character within a string has to be escaped");
      if (*at_++ != '\\') continue;
      if (at_ == end_) break;
      if (std::string_view{"\"\\/bfnrt"}.find(*at_) != std::string_view::npos) {
        ++at_;
        continue;
      }
      if (*at_ != 'u') return fail(at_ - 1, "an escape that JSON does not have");
      const char* const escape = at_++ - 1;
      for (int i = 0; i < 4; ++i, ++at_) {
        if (at_ == end_ || std::string_view{"0123456789abcdefABCDEF"}.find(*at_) == std::string_view::npos) {
          return fail(escape, "an escape needs four hexadecimal digits");
        }
      }
    }
    if (at_ == end_) return fail(opened, "a string begins here and does not end");
    ++at_;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::size_t deepest_;
  std::string open_;  ///< the brackets that wait for their end
  JsonProblem problem_;
};

}  // namespace

JsonProblem find_json_problem(std::string_view text, int around) { return JsonScanner{text, around}.run(); }

}  // namespace kasauti::histories::formats
