#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::histories::formats {

/// By process: the session that needs no `session` field, for it is that of the process alone; UINT32_MAX if there is
/// none. A session that was given a process's name is another session than the process's own: the names don't tell them
/// apart, but the one that other processes call in, or else the earlier one, is the given one. O(n).
inline std::vector<SessionId> sessions_of_processes(const History& h) {
  constexpr ProcessId nobody = UINT32_MAX;
  std::vector<ProcessId> caller(h.session_name.size(), nobody);
  std::vector<bool> shared(h.session_name.size(), false);
  for (OpId op = 0; op < h.size(); ++op) {
    ProcessId& known = caller[h.session[op]];
    if (known != nobody && known != h.process[op]) shared[h.session[op]] = true;
    known = h.process[op];
  }
  std::vector<SessionId> own(h.process_name.size(), UINT32_MAX);
  for (SessionId session = 0; session < caller.size(); ++session) {
    const ProcessId process = caller[session];
    if (process == nobody || shared[session] || h.session_name[session] != h.process_name[process]) continue;
    own[process] = session;
  }
  return own;
}

/// Visits a history's events in the order of their ranks, as a writer needs them: `event(op, completion)` and
/// `fault(what)`. A completion of unknown outcome has no rank: it comes before its process's next call, or else at
/// the end; an invocation that was never completed has none. Where a process called again in the nanosecond of its
/// last completion, that order would show two open calls of it; then calls come one after the other, which is as good
/// because they have times. O(n).
template <class OnEvent, class OnFault>
void visit_events(const History& h, OnEvent event, OnFault fault) {
  if (h.ties_in_process) {
    for (OpId op = 0; op < h.size(); ++op) {
      event(op, false);
      if (h.completed_line[op] != 0) event(op, true);
    }
    for (const Fault& what : h.faults) fault(what);
    return;
  }
  constexpr std::uint32_t nothing = UINT32_MAX;
  std::size_t ranks = 0;
  for (OpId op = 0; op < h.size(); ++op) {
    ranks = std::max<std::size_t>(ranks, std::size_t{h.invoked[op]} + 1);
    if (h.completed[op] != never) ranks = std::max<std::size_t>(ranks, std::size_t{h.completed[op]} + 1);
  }
  // By rank: the operation, and in the lowest bit whether the event completes it.
  std::vector<std::uint32_t> events(ranks, nothing);
  for (OpId op = 0; op < h.size(); ++op) {
    events[h.invoked[op]] = op << 1U;
    if (h.completed[op] != never) events[h.completed[op]] = op << 1U | 1U;
  }
  // By process: its call that still needs its `info`.
  std::vector<OpId> unresolved(h.process_name.size(), no_operation);
  std::size_t next_fault = 0;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    for (; next_fault < h.faults.size() && h.faults[next_fault].rank <= rank; ++next_fault) fault(h.faults[next_fault]);
    if (events[rank] == nothing) continue;
    const OpId op = events[rank] >> 1U;
    OpId& open = unresolved[h.process[op]];
    const bool completion = (events[rank] & 1U) != 0;
    if (!completion) {
      if (open != no_operation) event(open, true);
      open = h.completed[op] == never && h.completed_line[op] != 0 ? op : no_operation;
    }
    event(op, completion);
  }
  for (; next_fault < h.faults.size(); ++next_fault) fault(h.faults[next_fault]);
  for (const OpId op : unresolved) {
    if (op != no_operation) event(op, true);
  }
}

}  // namespace kasauti::histories::formats
