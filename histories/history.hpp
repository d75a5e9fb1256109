#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "histories/operation.hpp"
#include "histories/value.hpp"

namespace kasauti::histories {

/// An operation's number in a history: dense, in order of invocation.
using OpId = std::uint32_t;
using KeyId = std::uint32_t;
using ProcessId = std::uint32_t;
using SessionId = std::uint32_t;
/// A place in the one total order of a history's events. A precedes B in real time iff completed[A] < invoked[B].
using Rank = std::uint32_t;

/// The completion rank of an operation that was never seen to complete.
inline constexpr Rank never = UINT32_MAX;
inline constexpr OpId no_operation = UINT32_MAX;

/// What the first line of a native file says, or what was concluded where there is none.
struct Header {
  ObjectKind object = ObjectKind::reg;
  ValueId initial = null_value;      ///< of every key; null: nothing was written yet
  std::string workload;              ///< empty if not given
  std::string store;                 ///< the URI of the store, if given
  std::string specification;         ///< of a user's own object that borrows `object`'s operations; else empty
  std::int64_t permits = 1;          ///< of a semaphore
  std::string meta = "{}";           ///< any further data, as JSON text, carried along
  bool given = false;                ///< the file had a header
};

/// A fault, or anything else that the nemesis did.
struct Fault {
  std::string name;                  ///< its `f`
  ValueId value = no_value;
  std::int64_t time = 0;             ///< ns, 0 where the history has no times
  Rank rank = 0;                     ///< the first operation event that is not before it
  std::uint32_t line = 0;
};

/// What clients saw of a store, as columns of integers; row i is operation i. Immutable once built.
///
/// Columns in the second group are empty where no event of the history has the field. All lookups are O(1).
struct History {
  Header header;
  ValueTable values;

  std::vector<Function> function;
  std::vector<Outcome> outcome;
  std::vector<ProcessId> process;
  std::vector<SessionId> session;
  std::vector<KeyId> key;                    ///< 0 for every operation of a history without keys
  std::vector<ValueId> argument;
  std::vector<ValueId> result;
  std::vector<Flag> flag;
  std::vector<Rank> invoked;
  std::vector<Rank> completed;               ///< `never` for info
  std::vector<std::uint32_t> invoked_line;
  std::vector<std::uint32_t> completed_line; ///< 0 if there is no completion

  std::vector<std::int64_t> invoked_time;    ///< ns; empty where the history has no times
  std::vector<std::int64_t> completed_time;  ///< ns; of a missing completion: INT64_MAX
  std::vector<ValueId> node, version, level, error;
  std::vector<bool> final_phase;             ///< invoked in the declared final phase

  std::vector<ValueId> process_name;         ///< by ProcessId
  std::vector<ValueId> session_name;         ///< by SessionId
  std::vector<ValueId> key_name;             ///< by KeyId; no_value for the one key of a history without keys
  std::vector<Fault> faults;

  bool sessions_given = false;               ///< some event has a `session` field
  /// Some process called again in the nanosecond of its last completion (or within the clock error), so that
  /// program order says more than the ranks do. Then use `previous` beside the ranks.
  bool ties_in_process = false;
  /// By operation, the last earlier `ok` or `fail` operation of the same process whose completion does not rank before
  /// this invocation, else no_operation. Empty unless ties_in_process.
  std::vector<OpId> previous;

  [[nodiscard]] std::size_t size() const { return function.size(); }
  [[nodiscard]] std::size_t key_count() const { return key_name.size(); }
  [[nodiscard]] bool ok(OpId op) const { return outcome[op] == Outcome::ok; }
  /// A precedes B: in real time, or as calls of one process (which agree but for equal time stamps).
  [[nodiscard]] bool precedes(OpId a, OpId b) const {
    return completed[a] < invoked[b] || (a < b && process[a] == process[b] && completed[a] != never);
  }
  /// A is before B in the session order: calls of one session, A completed before B was invoked.
  [[nodiscard]] bool session_precedes(OpId a, OpId b) const { return session[a] == session[b] && precedes(a, b); }
  [[nodiscard]] Operation operation(OpId op) const {
    return {function[op], argument[op], result[op], flag[op], outcome[op] == Outcome::ok};
  }
  /// The operation in words: `process 3: write x 5 (line 7)`.
  [[nodiscard]] std::string describe(OpId op) const;
  /// Without process and line: `write x 5`, `read x → 5`, `cas x 1→2 refused`. Of very long values the two ends.
  [[nodiscard]] std::string describe_call(OpId op) const;
};

}  // namespace kasauti::histories
