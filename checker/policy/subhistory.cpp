// Part of a history, as a history of its own.
//
// Ranks are numbered anew without gaps, since engines count on that. Ids of keys, processes and values stay, so that
// what is said of the part is true of the whole. A weakened operation has no completion: nothing comes after it in
// real time. It goes to a session of its own kind, in which nothing completes and so nothing is ordered: a store that
// promised little for this write has promised neither its time nor its place among the session's other calls. Cost
// O(n). Tested in tests/policy/judge.cpp.

#include "checker/policy/subhistory.hpp"

#include <algorithm>

namespace kasauti::checker::policy {

namespace {

using histories::Flag;
using histories::Outcome;
using histories::Rank;
using histories::SessionId;
using histories::never;
using histories::no_operation;
using histories::no_value;

template <class T>
void gather(const std::vector<T>& from, const std::vector<OpId>& origin, std::vector<T>& to) {
  if (from.empty()) return;
  to.reserve(origin.size());
  for (const OpId op : origin) to.push_back(from[op]);
}

void gather_columns(const History& whole, const std::vector<OpId>& origin, History& h) {
  gather(whole.function, origin, h.function);
  gather(whole.outcome, origin, h.outcome);
  gather(whole.process, origin, h.process);
  gather(whole.session, origin, h.session);
  gather(whole.key, origin, h.key);
  gather(whole.argument, origin, h.argument);
  gather(whole.result, origin, h.result);
  gather(whole.flag, origin, h.flag);
  gather(whole.invoked, origin, h.invoked);
  gather(whole.completed, origin, h.completed);
  gather(whole.invoked_line, origin, h.invoked_line);
  gather(whole.completed_line, origin, h.completed_line);
  gather(whole.invoked_time, origin, h.invoked_time);
  gather(whole.completed_time, origin, h.completed_time);
  gather(whole.node, origin, h.node);
  gather(whole.version, origin, h.version);
  gather(whole.level, origin, h.level);
  gather(whole.error, origin, h.error);
  gather(whole.final_phase, origin, h.final_phase);
}

void weaken(History& h, OpId op, SessionId unordered) {
  h.outcome[op] = Outcome::info;
  h.session[op] = unordered;
  h.result[op] = no_value;
  h.flag[op] = Flag::absent;
  h.completed[op] = never;
  if (!h.completed_time.empty()) h.completed_time[op] = INT64_MAX;
}

/// Closes the gaps between the ranks that are left. A fault keeps its place between them.
void renumber(History& h, std::size_t ranks) {
  std::vector<Rank> number(ranks + 1, 0);
  for (const Rank rank : h.invoked) number[rank + 1] = 1;
  for (const Rank rank : h.completed) {
    if (rank != never) number[rank + 1] = 1;
  }
  for (std::size_t rank = 1; rank < number.size(); ++rank) number[rank] += number[rank - 1];
  for (Rank& rank : h.invoked) rank = number[rank];
  for (Rank& rank : h.completed) {
    if (rank != never) rank = number[rank];
  }
  for (histories::Fault& fault : h.faults) fault.rank = number[std::min<std::size_t>(fault.rank, ranks)];
}

void find_ties(History& h) {
  std::vector<OpId> last(h.process_name.size(), no_operation);
  for (OpId op = 0; op < h.size(); ++op) {
    OpId& before = last[h.process[op]];
    if (before != no_operation && h.completed[before] > h.invoked[op]) {
      if (h.previous.empty()) h.previous.resize(h.size(), no_operation);
      h.previous[op] = before;
      h.ties_in_process = true;
    }
    if (h.completed[op] != never) before = op;
  }
}

}  // namespace

Subhistory subhistory_of(const History& whole, const std::vector<Part>& parts) {
  Subhistory part;
  for (OpId op = 0; op < whole.size(); ++op) {
    if (parts[op] != Part::left_out) part.origin.push_back(op);
  }
  History& h = part.history;
  h.header = whole.header;
  h.values = whole.values;
  h.process_name = whole.process_name;
  h.session_name = whole.session_name;
  h.key_name = whole.key_name;
  h.faults = whole.faults;
  h.sessions_given = whole.sessions_given;
  gather_columns(whole, part.origin, h);
  const auto unordered = static_cast<SessionId>(h.session_name.size());
  for (OpId op = 0; op < h.size(); ++op) {
    if (parts[part.origin[op]] != Part::weakened) continue;
    weaken(h, op, unordered);
    ++part.weakened;
  }
  if (part.weakened != 0) h.session_name.push_back(histories::null_value);
  renumber(h, 2 * whole.size());
  if (whole.ties_in_process) find_ties(h);
  return part;
}

}  // namespace kasauti::checker::policy
