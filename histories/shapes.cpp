#include "histories/shapes.hpp"

#include <utility>

namespace kasauti::histories {

namespace {

using enum Function;

bool absent(ValueId value) { return value == no_value || value == null_value; }

bool fits(bool good, std::string& problem, const char* expected) {
  if (!good) problem = expected;
  return good;
}

bool is_pair(const ValueTable& values, ValueId value) {
  return values.is_list(value) && values.elements(value).size() == 2;
}

bool integers_only(const ValueTable& values, ValueId map) {
  const auto pairs = values.elements(map);
  for (std::size_t i = 1; i < pairs.size(); i += 2) {
    if (!values.is_integer(pairs[i])) return false;
  }
  return true;
}

ValueId field_of(const ValueTable& values, ValueId map, std::string_view name) {
  const auto pairs = values.elements(map);
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    if (values.text(pairs[i]) == name) return pairs[i + 1];
  }
  return no_value;
}

bool is_transfer(const ValueTable& values, ValueId value) {
  return values.is_map(value) && !absent(field_of(values, value, "from")) && !absent(field_of(values, value, "to")) &&
         values.is_integer(field_of(values, value, "amount"));
}

bool is_transaction(const ValueTable& values, ValueId value) {
  if (!values.is_list(value)) return false;
  for (const ValueId step : values.elements(value)) {
    if (!values.is_list(step)) return false;
    const auto parts = values.elements(step);
    if (parts.size() != 3 || !values.is_string(parts[0])) return false;
    const auto name = values.text(parts[0]);
    if (name != "r" && name != "w" && name != "append") return false;
  }
  return true;
}

}  // namespace

bool takes_nothing(ObjectKind object, Function function) {
  switch (function) {
    case read: case increment: case dequeue: case pop: case poll: case take: case generate: case read_all: return true;
    case acquire: case release: return true;
    case remove: return object == ObjectKind::kv;
    default: return false;
  }
}

bool has_flag(ObjectKind object, Function function) {
  switch (function) {
    case cas: case contains: case acquire: case release: case transfer: case book: return true;
    case add: case remove: return object == ObjectKind::set;
    case write: return object == ObjectKind::fenced_lock;
    default: return false;
  }
}

bool returns_value(Function function) {
  switch (function) {
    case read: case dequeue: case pop: case poll: case take: case generate: case fetch_add: case acquire: case read_all:
    case txn: return true;
    default: return false;
  }
}

bool argument_fits(const ValueTable& values, ObjectKind object, Function function, ValueId value,
                   std::string& problem) {
  if (takes_nothing(object, function)) return true;
  switch (function) {
    case write:
      if (object == ObjectKind::fenced_lock)
        return fits(is_pair(values, value) && values.is_integer(values.elements(value)[1]), problem, "[resource, token]");
      return fits(value != no_value, problem, "a value to write");
    case cas: return fits(is_pair(values, value), problem, "[old, new]");
    case append:
      if (object == ObjectKind::kv) return fits(values.is_string(value), problem, "a string to append");
      return fits(!absent(value), problem, "a value to append");
    case add:
      if (object == ObjectKind::counter) return fits(values.is_integer(value), problem, "an integer to add");
      return fits(!absent(value), problem, "an element to add");
    case fetch_add: return fits(values.is_integer(value), problem, "an integer to add");
    case book: return fits(values.is_integer(value) && values.integer(value) >= 0, problem, "a number of seats");
    case transfer: return fits(is_transfer(values, value), problem, R"({"from":…,"to":…,"amount":integer})");
    case txn: return fits(is_transaction(values, value), problem, R"([["r"|"w"|"append", key, value], …])");
    default: return fits(!absent(value), problem, "a value other than null");
  }
}

bool result_fits(const ValueTable& values, ObjectKind object, Function function, ValueId value,
                 std::string& problem) {
  switch (function) {
    case read:
      if (object == ObjectKind::list || object == ObjectKind::set)
        return fits(values.is_list(value) || absent(value), problem, "the whole list");
      if (object == ObjectKind::counter || object == ObjectKind::booking)
        return fits(values.is_integer(value), problem, "an integer");
      return true;
    case read_all:
      return fits(values.is_map(value) && integers_only(values, value), problem, R"({"account": integer balance, …})");
    case fetch_add: return fits(values.is_integer(value), problem, "an integer, the value before");
    case generate: return fits(!absent(value), problem, "the id");
    case txn: return fits(is_transaction(values, value), problem, R"([["r"|"w"|"append", key, value], …])");
    case acquire:
      if (object == ObjectKind::fenced_lock) return fits(values.is_integer(value), problem, "the token, an integer");
      return true;
    default: return true;
  }
}

}  // namespace kasauti::histories
