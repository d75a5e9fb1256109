#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kasauti {

/// A value of an operation, as it goes into a history: null, a boolean, an integer, a string, or a list of values.
///
/// Made implicitly from the C++ types that stand for them, so that a call reads `session.invoke("write", "x", 5)`.
/// Building one from an integer or a short string allocates nothing. `none` is no value at all: the key of an object
/// without keys.
class Value {
 public:
  enum class Kind : std::uint8_t { none, null, boolean, integer, string, list };

  Value() = default;
  Value(std::nullptr_t) {}
  template <std::same_as<bool> T>
  Value(T truth) : kind_{Kind::boolean}, integer_{truth ? 1 : 0} {}
  /// Integers are 64 bits wide and signed; an unsigned one must fit.
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T integer) : kind_{Kind::integer}, integer_{static_cast<std::int64_t>(integer)} {}
  Value(const char* text) : kind_{Kind::string}, text_{text} {}
  Value(std::string_view text) : kind_{Kind::string}, text_{text} {}
  Value(std::string text) : kind_{Kind::string}, text_{std::move(text)} {}
  Value(std::vector<Value> elements) : kind_{Kind::list}, elements_(std::move(elements)) {}  // braces would nest it

  /// No value at all.
  [[nodiscard]] static Value none() {
    Value value;
    value.kind_ = Kind::none;
    return value;
  }

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_none() const { return kind_ == Kind::none; }
  [[nodiscard]] bool is_null() const { return kind_ == Kind::null; }
  [[nodiscard]] bool is_integer() const { return kind_ == Kind::integer; }
  [[nodiscard]] bool is_string() const { return kind_ == Kind::string; }
  /// Precondition: an integer or a boolean.
  [[nodiscard]] std::int64_t integer() const { return integer_; }
  /// Precondition: a string.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Precondition: a list.
  [[nodiscard]] const std::vector<Value>& elements() const { return elements_; }

  /// The value as JSON, appended to `out`; `none` becomes null. Bytes of a string that are no UTF-8 are written as
  /// U+FFFD and two hexadecimal digits, so that the file stays readable and different strings stay different.
  void append_json(std::string& out) const;
  [[nodiscard]] std::string to_json() const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  Kind kind_ = Kind::null;
  std::int64_t integer_ = 0;
  std::string text_;
  std::vector<Value> elements_;
};

}  // namespace kasauti
