// Registers: read, write, compare-and-set; and one key of a map: get, put, delete, append, cas.
//
// The state of a register is its value. A map's key may also hold the concatenation of what was appended; such a state
// is the string's bytes, so that equal strings are equal states however they were put together.

#include "checker/objects/factories.hpp"

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;
using histories::Flag;
using histories::Function;
using histories::no_value;
using histories::null_value;

/// One word, the value, or this mark and then a string's length and bytes. No value has this id.
constexpr std::uint32_t string_mark = no_value;

/// One long order in place: a key to which very much was appended is not copied with each append.
class RegisterReplayer final : public Replayer {
 public:
  RegisterReplayer(const ValueTable& values, ValueId initial, ValueId absent)
      : values_{values}, value_{initial}, absent_{absent} {}

  bool apply(const Operation& op) override {
    switch (op.function) {
      case read: return !op.known || is(op.result);
      case write: become(op.argument); return true;
      case remove: become(absent_); return true;
      case append: return extend(op.argument);
      case cas: {
        const auto pair = values_.elements(op.argument);
        const bool matches = is(pair[0]);
        if (op.known && matches != (op.flag != Flag::no)) return false;
        if (matches) become(pair[1]);
        return true;
      }
      default: return false;
    }
  }

 private:
  void become(ValueId value) {
    value_ = value;
    text_.clear();
  }

  bool extend(ValueId more) {
    if (value_ == null_value) {
      become(more);
      return true;
    }
    if (value_ != no_value && !values_.is_string(value_)) return false;
    if (text_.empty()) text_ = values_.text(value_);
    value_ = no_value;
    text_ += values_.text(more);
    return true;
  }

  // Equal texts are one value, so a value that was recognised once need not be compared again.
  bool is(ValueId value) {
    if (value_ != no_value) return value_ == value;
    if (!values_.is_string(value) || values_.text(value) != text_) return false;
    value_ = value;
    return true;
  }

  const ValueTable& values_;
  ValueId value_;     ///< no_value: text_, which was put together from several
  ValueId absent_;
  std::string text_;  ///< or empty, where value_ says it all
};

class Register final : public Specification {
 public:
  Register(const Header& header, const ValueTable& values) : values_{values}, initial_{header.initial} {
    const bool empty_is_absent = values.is_string(initial_) && values.text(initial_).empty();
    absent_ = empty_is_absent ? initial_ : null_value;
  }

  State initial() const override { return of(initial_); }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    switch (op.function) {
      case read:
        if (!op.known || before == of(op.result)) after.push_back(before);
        return;
      case write: after.push_back(of(op.argument)); return;
      case remove: after.push_back(of(absent_)); return;
      case append:
        if (before == of(null_value)) {
          after.push_back(of(op.argument));
        } else if (before[0] == string_mark) {
          after.push_back(text_state(text_of(before) + std::string{values_.text(op.argument)}));
        }
        return;
      case cas: {
        const auto pair = values_.elements(op.argument);
        const bool matches = before == of(pair[0]);
        if (op.known && matches != (op.flag != Flag::no)) return;
        after.push_back(matches ? of(pair[1]) : before);
        return;
      }
      default: return;
    }
  }

  bool observes_only(const Operation& op) const override {
    return op.function == read || (op.function == cas && op.known && op.flag == Flag::no);
  }

  bool overwrites(const Operation& op) const override { return op.function == write || op.function == remove; }

  std::unique_ptr<Replayer> replayer() const override {
    return std::make_unique<RegisterReplayer>(values_, initial_, absent_);
  }

 private:
  State of(ValueId value) const {
    if (values_.is_string(value)) return text_state(values_.text(value));
    return {value};
  }

  static State text_state(std::string_view text) {
    State state(2 + (text.size() + 3) / 4, 0);
    state[0] = string_mark;
    state[1] = static_cast<std::uint32_t>(text.size());
    if (!text.empty()) std::memcpy(state.data() + 2, text.data(), text.size());
    return state;
  }

  static std::string text_of(const State& state) {
    return std::string{reinterpret_cast<const char*>(state.data() + 2), state[1]};
  }

  const ValueTable& values_;
  ValueId initial_;
  ValueId absent_;
};

}  // namespace

std::unique_ptr<Specification> make_register(const Header& header, const ValueTable& values) {
  return std::make_unique<Register>(header, values);
}

}  // namespace kasauti::checker::objects
