#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kasauti::checker::policy {

/// Something wrong with a policy file, and where.
struct Problem {
  std::uint32_t line = 1;    ///< 1-based
  std::uint32_t column = 1;  ///< 1-based, in bytes
  std::string message;       ///< what is wrong, what was expected
};

enum class Kind : std::uint8_t { null, boolean, number, string, list, map };

struct Field;

/// A JSON value that knows where it stands in its text.
struct Node {
  Kind kind = Kind::null;
  std::size_t offset = 0;       ///< of its first byte
  std::string text;             ///< of a string its content, of other scalars their token
  std::vector<Node> elements;   ///< of a list
  std::vector<Field> fields;    ///< of a map, in the order of the text
};

struct Field {
  std::string name;
  std::size_t offset = 0;       ///< of the name's first byte
  Node value;
};

/// The problem `message` at a byte of `text`. O(offset).
[[nodiscard]] Problem problem_at(std::string_view text, std::size_t offset, std::string message);

/// Reads one JSON value. Nullopt if the text is none; then `problem` says where it stops being one.
[[nodiscard]] std::optional<Node> read_document(std::string_view text, Problem& problem);

}  // namespace kasauti::checker::policy
