#include "histories/history.hpp"

#include <fmt/format.h>

namespace kasauti::histories {

namespace {

/// Of a longer value its two ends are shown: a list of ten thousand elements helps nobody in a sentence.
constexpr std::size_t longest_shown = 160;

bool inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

std::string shown(const ValueTable& values, ValueId value) {
  std::string text = values.to_json(value);
  if (text.size() <= longest_shown) return text;
  std::size_t head = longest_shown / 2, tail = text.size() - longest_shown / 2;
  while (inside_character(text[head])) --head;
  while (inside_character(text[tail])) ++tail;
  return fmt::format("{}…{} ({} bytes)", text.substr(0, head), text.substr(tail), text.size());
}

}  // namespace

std::string History::describe_call(OpId op) const {
  std::string text{name_of(header.object, function[op])};
  if (key_name[key[op]] != no_value) text += " " + values.to_json(key_name[key[op]]);
  if (function[op] == Function::cas && values.is_list(argument[op])) {
    const auto pair = values.elements(argument[op]);
    text += " " + shown(values, pair[0]) + "→" + shown(values, pair[1]);
  } else if (argument[op] != no_value) {
    text += " " + shown(values, argument[op]);
  }
  if (outcome[op] == Outcome::info) return text + " (unknown outcome)";
  if (outcome[op] == Outcome::fail) return text + " (failed)";
  // What says nothing beyond the call: a lock's null, a transfer or writes that come back as they were asked for.
  const Function called = function[op];
  const bool echo = (called == Function::transfer || called == Function::txn) && result[op] == argument[op];
  const bool idle = (called == Function::acquire || called == Function::release) && result[op] == null_value;
  if (result[op] != no_value && !echo && !idle) text += " → " + shown(values, result[op]);
  if (flag[op] == Flag::no) text += function[op] == Function::contains ? " → false" : " refused";
  if (flag[op] == Flag::yes && function[op] == Function::contains) text += " → true";
  return text;
}

std::string History::describe(OpId op) const {
  const auto line = completed_line[op] != 0 ? completed_line[op] : invoked_line[op];
  return fmt::format("process {}: {} (line {})", values.to_json(process_name[process[op]]), describe_call(op), line);
}

}  // namespace kasauti::histories
