#pragma once

#include <string>
#include <string_view>

namespace kasauti::histories::formats {

/// Where a text stops being one JSON value, and why.
struct JsonProblem {
  const char* at = nullptr;  ///< null: nothing is wrong with the text
  std::string what;
};

/// Looks for the first breach of JSON's grammar (RFC 8259), or a nesting of values beyond deepest_nesting within the
/// `around` brackets that events stand in (1: their own). Slow and exact: for texts that
/// the fast parser refused without saying where. O(bytes), and no recursion.
[[nodiscard]] JsonProblem find_json_problem(std::string_view text, int around);

}  // namespace kasauti::histories::formats
