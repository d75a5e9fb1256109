#include "histories/finding.hpp"

#include <utility>

namespace kasauti::histories {

const std::vector<Rule>& rules() {
  using enum Severity;
  static const std::vector<Rule> table = {
      {"unreadable", error, "the file cannot be opened, read or decompressed"},
      {"unknown-format", error, "none of the known formats fits the file's beginning"},
      {"malformed", error, "a line or form that the format's grammar does not allow, or a field of the wrong type"},
      {"missing-field", error, "an event without one of the fields that every event needs"},
      {"too-large", error, "a line, a number or a nesting beyond what is read"},
      {"bad-header", error, "a header that is not understood"},
      {"unknown-object", error, "the object is not one that Kasauti knows, or cannot be told"},
      {"unknown-function", error, "an operation that the object does not have"},
      {"value-shape", error, "a value of a shape that the operation does not take"},
      {"mixed-times", error, "some events have a time and others have none"},
      {"time-goes-back", error, "an event of a process is stamped before that process's previous event"},
      {"completion-before-invocation", error, "a completion is stamped before its invocation"},
      {"completion-without-invocation", error, "a process completes a call that it did not make"},
      {"two-open-calls", error, "a process makes a call while its previous one is open"},
      {"contradictory-completion", error, "a completion names another operation, key or value than its invocation"},
      {"truncated-line", warning, "the last line is cut off; everything before it is used"},
      {"unwritten-read", warning, "a read returned a value that nobody wrote: a violation, not bad input"},
      {"duplicate-write", warning, "a value is written more than once where a method needs distinct ones"},
      {"session-overlap", warning, "calls of one session overlap, so that its order is partial"},
      {"process-after-info", warning, "a process went on after a call of unknown outcome"},
      {"no-concurrency", warning, "no two operations overlap: weak evidence"},
      {"no-observation-at-risk", warning, "no completed read that a write could have changed: weak evidence"},
      {"vacuous", warning, "no completed observation at all: nothing can be concluded"},
  };
  return table;
}

Finding finding(std::string_view rule, std::uint32_t line, std::uint32_t column, std::string message) {
  Severity severity = Severity::error;
  for (const Rule& row : rules()) {
    if (row.name == rule) severity = row.severity;
  }
  return {std::string{rule}, severity, line, column, std::move(message)};
}

}  // namespace kasauti::histories
