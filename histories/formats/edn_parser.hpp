#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "histories/value.hpp"

namespace kasauti::histories::formats {

/// Reads the forms of EDN (github.com/edn-format/edn) one after the other.
///
/// Keywords, symbols and characters become strings (keywords without the colon), nil, true and false what they are in
/// JSON; a set becomes a list, a list or vector likewise; a tagged element becomes what it tags; keys of a map become
/// strings, numbers by their digits; a ratio that is no integer becomes the string "n/d". After an error problem()
/// says what is wrong and where; nothing further can be read then. Depth is limited where values are kept, and needs
/// no stack where they are skipped.
class EdnParser {
 public:
  EdnParser(std::string_view text, ValueTable& values)
      : at_{text.data()}, end_{text.data() + text.size()}, values_{values} {}

  /// Steps over blanks, commas, comments and discarded forms. False at the end of the text or after an error.
  bool next();
  [[nodiscard]] const char* at() const { return at_; }
  [[nodiscard]] bool failed() const { return !problem_.empty(); }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const char* problem_at() const { return problem_at_; }
  /// The text ended within a form.
  [[nodiscard]] bool cut_off() const { return cut_off_; }
  /// A nesting or number beyond what is read, rather than a breach of the grammar.
  [[nodiscard]] bool too_large() const { return too_large_; }

  /// Steps over one character that next() has come to, if it is that.
  bool take(char character);
  /// Steps over a tag (#jepsen.history.Op) and the blanks behind it, if next() has come to one.
  bool take_tag();
  /// Reads the form that next() has come to. `keyword` tells whether it is one.
  bool read(ValueId& id, bool* keyword = nullptr) { return read(id, keyword, 0); }
  /// Reads past it.
  bool skip();
  bool fail(const char* at, std::string problem);

 private:
  bool read(ValueId& id, bool* keyword, int depth);
  bool read_list(ValueId& id, char closing, int depth, bool sorted);
  bool read_map(ValueId& id, int depth);
  bool read_string(std::string& text);
  bool read_escape(std::string& text);
  bool read_character(ValueId& id);
  bool read_number(ValueId& id);
  bool read_integer(std::string_view token, std::string_view digits, ValueId& id);
  bool read_ratio(std::string_view token, std::size_t slash, ValueId& id);
  bool fail_at_end(const char* opened, const char* what);
  [[nodiscard]] std::string_view token() const;
  [[nodiscard]] ValueId key_of(ValueId id);

  const char* at_;
  const char* end_;
  ValueTable& values_;
  std::string problem_;
  const char* problem_at_ = nullptr;
  bool cut_off_ = false, too_large_ = false;
};

}  // namespace kasauti::histories::formats
