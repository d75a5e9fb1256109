// What refutes a history, order by order, in words.

#include "checker/report/proof_words.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "checker/objects/specification.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::report {

namespace {

using histories::History;
using histories::no_operation;
using histories::ObjectKind;
using objects::State;

std::string sentence(const History& h, OpId from, OpId to, const std::string& reason) {
  return fmt::format("{} comes before {}, because {}", h.describe(from), h.describe(to), reason);
}

std::string reason_of(Reason reason) {
  switch (reason) {
    case Reason::real_time: return "it had completed when the other was invoked";
    case Reason::process_order: return "one process called both, in this order";
    case Reason::session_order: return "they are calls of one session, in this order";
    case Reason::reads_from: return "the second returned what only the first wrote";
  }
  return {};
}

std::vector<std::string> words(const History& h, const ClusterCycle& proof) {
  std::vector<std::string> lines;
  for (const Edge& edge : proof.edges) {
    if (edge.from >= h.size() || edge.to >= h.size()) return {};
    lines.push_back(sentence(h, edge.from, edge.to, reason_of(edge.reason)));
  }
  const OpId last = proof.edges.empty() ? no_operation : proof.edges[0].to;
  if (lines.size() == 1 && h.function[last] == histories::Function::read) {
    lines.push_back("but the second returned the initial value, as if the first had not happened");
  } else if (lines.size() == 1) {
    lines.push_back("but the first returned what the second wrote");
  } else {
    lines.push_back("a write and the reads of its value come as one block, and these blocks precede each other");
  }
  return lines;
}

std::string reason_of(const History& h, const ForcedOrder& proof, const Link& link) {
  switch (link.force) {
    case Force::session_order: return "they are calls of one session, in this order";
    case Force::reads_from: return "the second returned what only the first wrote";
    case Force::version: return "the versions that the store gave them say so";
    case Force::derived: break;
  }
  if (link.derived >= proof.derived.size()) return "of what was derived before";
  const OpId read = proof.derived[link.derived].read;
  if (read >= h.size()) return "of what was derived before";
  return fmt::format("the first precedes {}, which returned what the second wrote", h.describe(read));
}

std::vector<std::string> words(const History& h, const ForcedOrder& proof) {
  std::vector<std::string> lines;
  const auto tell = [&](const std::vector<Link>& path) {
    for (const Link& link : path) {
      if (link.from >= h.size() || link.to >= h.size()) continue;
      std::string line = sentence(h, link.from, link.to, reason_of(h, proof, link));
      if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
    }
  };
  for (const DerivedOrder& derived : proof.derived) tell(derived.path);
  tell(proof.end);
  if (proof.end.empty() || proof.end.back().to >= h.size()) return lines;
  const OpId first = proof.end.front().from, last = proof.end.back().to;
  if (first == last) {
    lines.push_back("so they form a circle: each would have to come before itself");
  } else {
    lines.push_back(fmt::format("but {} returned the initial value, as if {} had not happened", h.describe(last),
                                h.describe(first)));
  }
  return lines;
}

std::string reason_of(const History& h, const ForcedFact& fact) {
  switch (fact.by) {
    case ForcedBy::session_order: return "they are calls of one session, in this order";
    case ForcedBy::reads_from: return "the second observed what only the first can have written";
    case ForcedBy::overwritten:
      if (fact.read >= h.size()) return {};
      return fmt::format("it comes before {}, which observed what the second wrote", h.describe(fact.read));
    case ForcedBy::overwrites: return "the second overwrites what the first observed";
    case ForcedBy::listed:
      return fact.read < h.size() ? fmt::format("{} lists them in this order", h.describe(fact.read)) : std::string{};
    case ForcedBy::unlisted: return "the first read the whole list, and the second's value was not in it";
  }
  return {};
}

std::vector<std::string> words(const History& h, const ForcedCycle& proof) {
  std::vector<std::string> lines;
  for (const ForcedFact& fact : proof.facts) {
    if (fact.from >= h.size() || fact.to >= h.size()) continue;
    lines.push_back(sentence(h, fact.from, fact.to, reason_of(h, fact)));
  }
  if (!lines.empty()) lines.push_back("so they form a circle: each would have to come before itself");
  return lines;
}

std::string reason_of(const History& h, const SetEdge& edge) {
  const auto evidence = [&](std::string_view how) {
    return edge.evidence >= h.size() ? std::string{} : fmt::format(", and {} {}", h.describe(edge.evidence), how);
  };
  switch (edge.reason) {
    case SetReason::real_time: return reason_of(Reason::real_time);
    case SetReason::seen: return "the second found what only the first added";
    case SetReason::kept: return "the second removed what the first found";
    case SetReason::not_yet:
      return "the first did not find what the second added" +
             (edge.evidence >= h.size() ? ", and nobody had removed it by then" : evidence("found it later"));
    case SetReason::gone:
      return "the second did not find what the first removed" + evidence("had shown that it was there");
    case SetReason::nobody: break;
  }
  return {};
}

std::vector<std::string> words(const History& h, const SetCycle& proof) {
  std::vector<std::string> lines;
  for (const SetEdge& edge : proof.edges) {
    if (edge.from >= h.size() || edge.to >= h.size()) return {};
    if (edge.reason == SetReason::nobody) return {fmt::format("{} found what nobody added", h.describe(edge.from))};
    lines.push_back(sentence(h, edge.from, edge.to, reason_of(h, edge)));
  }
  return lines;
}

std::vector<std::string> words(const History& h, const FalseRefusal& proof) {
  if (proof.refused >= h.size()) return {};
  const std::string since = proof.since < h.size() ? "the end of " + h.describe(proof.since) : "the start";
  const bool acquire = h.function[proof.refused] == histories::Function::acquire;
  return {fmt::format("counted from {}: even with every {} that can have taken effect, and only those {} that "
                      "surely did, {} at every moment of {}",
                      since, acquire ? "acquire" : "release", acquire ? "releases" : "acquires",
                      acquire ? "a permit was left" : "one was held", h.describe(proof.refused))};
}

std::vector<std::string> words(const History& h, const ChainClash& proof) {
  const auto& ops = proof.operations;
  if (std::ranges::any_of(ops, [&](OpId op) { return op >= h.size(); })) return {};
  std::vector<std::string> lines;
  const auto before = [&](std::size_t a, std::size_t b) {
    if (std::max(a, b) < ops.size()) lines.push_back(sentence(h, ops[a], ops[b], reason_of(Reason::real_time)));
  };
  switch (proof.fault) {
    case ChainFault::rootless: return {"every value was written, or exchanged for one that was, but for this one"};
    case ChainFault::fork:
      return {"each value was written once, and after the first exchange of it it was gone for the second"};
    case ChainFault::inverted:
      before(0, 1);
      lines.push_back("but the value of the first is that of the second, or was exchanged for it in some steps");
      break;
    case ChainFault::initial_again:
      before(0, 1);
      lines.push_back("but the initial value, and what was exchanged for it in unbroken steps, comes before all else");
      break;
    case ChainFault::crossing:
      before(0, 1);
      before(2, 3);
      lines.push_back("values exchanged for each other come as one block, and these blocks precede each other");
      break;
    case ChainFault::refused:
      for (std::size_t i = 0; i + 1 < ops.size(); ++i) before(i, i + 1);
      lines.push_back("each value was written once, so it was there all the while, and the exchange had to succeed");
      break;
  }
  return lines;
}

std::vector<std::string> words(const History& h, const StaleVersions& proof) {
  constexpr std::size_t shown = 8;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(proof.between.size(), shown); ++i) {
    if (proof.between[i] >= h.size() || proof.read >= h.size()) return {};
    lines.push_back(
        fmt::format("{} began when the value that {} returned was there, and its own was when that was invoked",
                    h.describe(proof.between[i]), h.describe(proof.read)));
  }
  if (proof.between.size() > shown) lines.push_back(fmt::format("and so for {} more", proof.between.size() - shown));
  if (!proof.core.empty()) {
    lines.push_back(fmt::format("of {} operations no order has every read among the last {}", proof.core.size(),
                                proof.at_least - 1));
  }
  return lines;
}

std::vector<std::string> words(const History& h, const StaleTime& proof) {
  std::vector<std::string> lines;
  const std::pair<StaleTime::Extent, StaleTime::Extent> pairs[] = {{proof.one, proof.other}, {proof.other, proof.one}};
  for (const auto& [before, after] : pairs) {
    if (after.last >= h.size() || (before.first != no_operation && before.first >= h.size())) return {};
    const std::string first = before.first == no_operation ? "the beginning" : h.describe(before.first);
    lines.push_back(fmt::format("{} comes before {}, even if reads had been invoked {} ns earlier", first,
                                h.describe(after.last), proof.nanoseconds - 1));
  }
  lines.push_back("a write and the reads of its value come as one block, and these two precede each other");
  return lines;
}

template <class Other>
std::vector<std::string> words(const History&, const Other&) {
  return {};
}

/// Tries the orders of a few operations and remembers the one that got furthest.
class Furthest {
 public:
  Furthest(const History& h, const objects::Specification& specification, bool sessions)
      : h_{h}, specification_{specification}, sessions_{sessions} {
    for (OpId op = 0; op < h.size(); ++op) {
      if (h.outcome[op] != histories::Outcome::fail) operations_.push_back(op);
    }
  }

  bool all_placed(std::uint32_t placed, const State& state) {
    if (!seen_.emplace(placed, state).second) return false;
    if (path_.size() > best_.size() || best_state_.empty()) {
      best_ = path_;
      best_state_ = state;
    }
    if (complete(placed)) return true;
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (!may_be_next(placed, i)) continue;
      std::vector<State> after;
      specification_.step(state, h_.operation(operations_[i]), after);
      for (const State& next : after) {
        path_.emplace_back(operations_[i], next);
        if (all_placed(placed | 1U << i, next)) return true;
        path_.pop_back();
      }
    }
    return false;
  }

  [[nodiscard]] bool may_be_next(std::uint32_t placed, std::uint32_t i) const {
    if ((placed >> i & 1U) != 0) return false;
    for (std::uint32_t j = 0; j < operations_.size(); ++j) {
      if ((placed >> j & 1U) != 0 || j == i || !h_.ok(operations_[j])) continue;
      if (precedes(operations_[j], operations_[i])) return false;
    }
    return true;
  }

  [[nodiscard]] const std::vector<std::pair<OpId, State>>& best() const { return best_; }

  /// What has to come next after the best order, and can't.
  [[nodiscard]] std::vector<OpId> stuck() const {
    std::uint32_t placed = 0;
    for (const auto& [op, state] : best_) {
      placed |= 1U << static_cast<std::uint32_t>(std::ranges::find(operations_, op) - operations_.begin());
    }
    std::vector<OpId> next;
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (h_.ok(operations_[i]) && may_be_next(placed, i)) next.push_back(operations_[i]);
    }
    return next;
  }

 private:
  [[nodiscard]] bool precedes(OpId a, OpId b) const {
    return sessions_ ? h_.session_precedes(a, b) : h_.precedes(a, b);
  }
  [[nodiscard]] bool complete(std::uint32_t placed) const {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if ((placed >> i & 1U) == 0 && h_.ok(operations_[i])) return false;
    }
    return true;
  }

  const History& h_;
  const objects::Specification& specification_;
  bool sessions_;
  std::vector<OpId> operations_;
  std::vector<std::pair<OpId, State>> path_, best_;
  State best_state_;
  std::set<std::pair<std::uint32_t, State>> seen_;
};

// What the object holds, in words, where its states are values, numbers, or lists of values.
std::string held(const History& h, const State& state) {
  if (!h.header.specification.empty()) return {};
  switch (h.header.object) {
    case ObjectKind::reg: case ObjectKind::cas_register: case ObjectKind::kv:
      return state.size() == 1 ? fmt::format(": it holds {}", h.values.to_json(state[0])) : "";
    case ObjectKind::counter: case ObjectKind::fetch_add:
      return fmt::format(": it is at {}", objects::integer_at(state, 0));
    case ObjectKind::booking: return fmt::format(": {} left", objects::integer_at(state, 0));
    case ObjectKind::semaphore: return fmt::format(": {} out", objects::integer_at(state, 0));
    case ObjectKind::lock: return state[0] == 0 ? ": it is free" : ": it is held";
    case ObjectKind::list: case ObjectKind::set: case ObjectKind::queue: case ObjectKind::stack:
    case ObjectKind::priority_queue: case ObjectKind::bag: break;
    default: return {};
  }
  std::string text = ": it holds [";
  constexpr std::size_t shown = 10;
  for (std::size_t i = 0; i < std::min(state.size(), shown); ++i) {
    if (i > 0) text += ", ";
    h.values.append_json(text, state[i]);
  }
  return text + (state.size() > shown ? ", …]" : "]");
}

}  // namespace

std::vector<std::string> proof_words(const History& history, const Certificate& certificate) {
  return std::visit([&](const auto& proof) { return words(history, proof); }, certificate.proof);
}

std::vector<std::string> furthest_order(const History& history, bool sessions) {
  constexpr std::size_t most_operations = 16;
  if (history.size() > most_operations) return {};
  if (history.key_count() != 1) return {};
  const auto specification = objects::make_specification(history.header, history.values);
  if (specification == nullptr) return {};
  Furthest search{history, *specification, sessions};
  const State initial = specification->initial();
  if (search.all_placed(0, initial)) return {};
  const std::string first = held(history, initial);
  std::vector<std::string> lines{"at first" + (first.empty() ? ": the object is as it began" : first)};
  for (const auto& [op, state] : search.best()) {
    lines.push_back(fmt::format("then {}{}", history.describe(op), held(history, state)));
  }
  const std::vector<OpId> stuck = search.stuck();
  std::string last = stuck.size() == 1 ? "next has to come " : "next has to come one of these: ";
  for (std::size_t i = 0; i < stuck.size(); ++i) {
    last += fmt::format("{}{}", i == 0 ? "" : "; ", history.describe(stuck[i]));
  }
  lines.push_back(last + (stuck.size() == 1 ? ", and it does not fit" : ", and none of them fits"));
  return lines;
}

}  // namespace kasauti::checker::report
