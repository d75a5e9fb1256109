#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::histories {

/// An interned JSON value: two values are equal exactly if their ids are.
using ValueId = std::uint32_t;

inline constexpr ValueId null_value = 0;
inline constexpr ValueId false_value = 1;
inline constexpr ValueId true_value = 2;
/// No value at all: the result of an operation whose outcome nobody knows, or a field that was not given.
inline constexpr ValueId no_value = UINT32_MAX;

enum class ValueKind : std::uint8_t { null, boolean, integer, number, string, list, map };

/// All values of a history, each stored once.
///
/// Numbers are equal when JSON says so: 5 and 5.0 are one value. Numbers that are no 64-bit integer are kept as their
/// shortest decimal text. A map is stored as its pairs, sorted by the key's text, so that the order in which a client
/// printed them does not matter. Interning is O(size of the value) on average; ids are dense and given in order of
/// first appearance. A map's elements() alternate key (a string value) and value.
class ValueTable {
 public:
  ValueTable();

  ValueId intern_integer(std::int64_t value);
  /// A number that is not a 64-bit integer, by value; integral doubles become integers.
  ValueId intern_number(double value);
  /// A number too large for both, by its text.
  ValueId intern_number_text(std::string_view text);
  ValueId intern_string(std::string_view text);
  ValueId intern_list(std::span<const ValueId> elements);
  /// Pairs as key, value, key, value…; keys are string values. Sorted here. A repeated key keeps its last value.
  ValueId intern_map(std::vector<ValueId> pairs);

  /// The id of an already interned integer or string, else no_value.
  [[nodiscard]] ValueId find_integer(std::int64_t value) const;
  [[nodiscard]] ValueId find_string(std::string_view text) const;

  [[nodiscard]] std::size_t size() const { return kind_.size(); }
  [[nodiscard]] ValueKind kind(ValueId id) const { return kind_[id]; }
  [[nodiscard]] bool is_integer(ValueId id) const { return id != no_value && kind_[id] == ValueKind::integer; }
  [[nodiscard]] bool is_list(ValueId id) const { return id != no_value && kind_[id] == ValueKind::list; }
  [[nodiscard]] bool is_map(ValueId id) const { return id != no_value && kind_[id] == ValueKind::map; }
  [[nodiscard]] bool is_string(ValueId id) const { return id != no_value && kind_[id] == ValueKind::string; }
  /// Precondition: is_integer(id).
  [[nodiscard]] std::int64_t integer(ValueId id) const { return static_cast<std::int64_t>(payload_[id]); }
  /// Precondition: a string, or a number that is no integer.
  [[nodiscard]] std::string_view text(ValueId id) const;
  /// Precondition: a list or a map.
  [[nodiscard]] std::span<const ValueId> elements(ValueId id) const;

  /// The value as JSON, without blanks. `no_value` becomes null.
  [[nodiscard]] std::string to_json(ValueId id) const;
  void append_json(std::string& out, ValueId id) const;

 private:
  ValueId add(ValueKind kind, std::uint64_t payload);
  ValueId intern_text(ValueKind kind, std::string_view text);
  ValueId intern_elements(ValueKind kind, std::span<const ValueId> elements);
  [[nodiscard]] bool same_text(ValueId id, ValueKind kind, std::string_view text) const;

  std::vector<ValueKind> kind_;
  std::vector<std::uint64_t> payload_;  // an integer itself, or offset << 24 … see text_length_
  std::vector<std::uint32_t> length_;   // bytes of a text, elements of a list or map
  std::vector<char> characters_;
  std::vector<ValueId> elements_;
  std::vector<ValueId> small_integers_;  // ids of 0, 1, 2…, the common case, without hashing
  boost::unordered_flat_map<std::int64_t, ValueId> integers_;
  boost::unordered_flat_map<std::uint64_t, ValueId> texts_;     // by hash; on a clash the next hash is tried
  boost::unordered_flat_map<std::uint64_t, ValueId> compounds_;
};

/// Appends `text` as a JSON string, quotes included; control characters are escaped.
void append_json_string(std::string& out, std::string_view text);

}  // namespace kasauti::histories
