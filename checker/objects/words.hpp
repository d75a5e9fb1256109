#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/objects/specification.hpp"

// What several specifications say in the same way: numbers and initial values as words of a state.

namespace kasauti::checker::objects {

/// Null, or no value at all: what an empty container or list returns.
[[nodiscard]] inline bool is_nothing(ValueId value) {
  return value == histories::null_value || value == histories::no_value;
}

/// A 64-bit integer as two words of a state.
inline void push_integer(State& state, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  state.push_back(static_cast<std::uint32_t>(bits));
  state.push_back(static_cast<std::uint32_t>(bits >> 32));
}

[[nodiscard]] inline std::int64_t integer_at(const State& state, std::size_t place) {
  return static_cast<std::int64_t>(state[place] | static_cast<std::uint64_t>(state[place + 1]) << 32);
}

/// The state of an object that is a number.
[[nodiscard]] inline State integer_state(std::int64_t value) {
  State state;
  push_integer(state, value);
  return state;
}

/// Sum modulo 2⁶⁴, as the stores' own 64-bit counters have it.
[[nodiscard]] inline std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

/// The header's initial value where it is an integer, else 0.
[[nodiscard]] inline std::int64_t initial_integer(const Header& header, const ValueTable& values) {
  return values.is_integer(header.initial) ? values.integer(header.initial) : 0;
}

/// The elements of the header's initial value where it is a list, else none.
[[nodiscard]] inline std::span<const ValueId> initial_elements(const Header& header, const ValueTable& values) {
  if (!values.is_list(header.initial)) return {};
  return values.elements(header.initial);
}

/// The elements of a whole list, set or queue as it was read; null is an empty one.
[[nodiscard]] inline std::span<const ValueId> elements_read(const ValueTable& values, ValueId value) {
  if (!values.is_list(value)) return {};
  return values.elements(value);
}

}  // namespace kasauti::checker::objects
