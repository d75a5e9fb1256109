// What a class is judged on: a subset of the history, in which weakened writes have left their sessions too.
//
// A store that promised little for a write has promised neither its time nor its place among the session's other calls.
// A write of unknown outcome still comes after its session's earlier calls; so the weakened ones go to a session of
// their own kind, in which nothing completes and so nothing is ordered. Cost O(n). Tested in tests/policy/random.cpp
// against files in which each of these writes has a process to itself.

#include "checker/policy/subhistory.hpp"

namespace kasauti::checker::policy {

Subhistory subhistory_of(const History& whole, const std::vector<Fate>& fates) {
  Subhistory part{histories::subset(whole, fates), histories::origins(fates), 0};
  History& h = part.history;
  const auto unordered = static_cast<histories::SessionId>(h.session_name.size());
  for (OpId op = 0; op < h.size(); ++op) {
    if (fates[part.origin[op]] != Fate::weakened) continue;
    h.session[op] = unordered;
    ++part.weakened;
  }
  if (part.weakened != 0) h.session_name.push_back(histories::null_value);
  return part;
}

}  // namespace kasauti::checker::policy
