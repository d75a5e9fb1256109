#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kasauti::histories {

enum class Severity : std::uint8_t { note, warning, error };

/// One thing that lint has to say of a history (DESIGN §3). Errors leave no history to judge.
struct Finding {
  std::string rule;            ///< the rule's name, from rules()
  Severity severity = Severity::error;
  std::uint32_t line = 0;      ///< 1-based; 0 where the file as a whole is meant
  std::uint32_t column = 0;    ///< 1-based, in bytes
  std::string message;         ///< what is wrong, what was expected, how to mend it
};

/// A lint rule: its name, its severity and one line for the documentation.
struct Rule {
  std::string_view name;
  Severity severity;
  std::string_view summary;
};

/// Every rule, errors first. Readers and lint use these names and no others.
[[nodiscard]] const std::vector<Rule>& rules();
/// A finding with the severity that its rule has.
[[nodiscard]] Finding finding(std::string_view rule, std::uint32_t line, std::uint32_t column, std::string message);

}  // namespace kasauti::histories
