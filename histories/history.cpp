#include "histories/history.hpp"

#include <fmt/format.h>

namespace kasauti::histories {

std::string History::describe_call(OpId op) const {
  std::string text{name_of(header.object, function[op])};
  if (key_name[key[op]] != no_value) text += " " + values.to_json(key_name[key[op]]);
  if (function[op] == Function::cas && values.is_list(argument[op])) {
    const auto pair = values.elements(argument[op]);
    text += " " + values.to_json(pair[0]) + "→" + values.to_json(pair[1]);
  } else if (argument[op] != no_value) {
    text += " " + values.to_json(argument[op]);
  }
  if (outcome[op] == Outcome::info) return text + " (unknown outcome)";
  if (outcome[op] == Outcome::fail) return text + " (failed)";
  if (result[op] != no_value) text += " → " + values.to_json(result[op]);
  if (flag[op] == Flag::no) text += function[op] == Function::contains ? " → false" : " refused";
  if (flag[op] == Flag::yes && function[op] == Function::contains) text += " → true";
  return text;
}

std::string History::describe(OpId op) const {
  const auto line = completed_line[op] != 0 ? completed_line[op] : invoked_line[op];
  return fmt::format("process {}: {} (line {})", values.to_json(process_name[process[op]]), describe_call(op), line);
}

}  // namespace kasauti::histories
