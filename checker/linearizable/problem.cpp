#include "checker/linearizable/problem.hpp"

#include <algorithm>

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::checker::linearizable {

namespace {

using histories::never;
using histories::no_operation;
using histories::Operation;
using histories::Rank;

struct OperationHash {
  std::size_t operator()(const Operation& op) const {
    std::size_t seed = static_cast<std::size_t>(op.function);
    boost::hash_combine(seed, op.argument);
    boost::hash_combine(seed, op.result);
    boost::hash_combine(seed, static_cast<unsigned>(op.flag) * 2U + (op.known ? 1U : 0U));
    return seed;
  }
};

}  // namespace

Problem make_part(const History& history, std::span<const OpId> operations, const std::vector<bool>& included,
                  const std::vector<bool>& required, std::vector<objects::State> initial) {
  Problem problem;
  problem.initial = std::move(initial);
  boost::unordered_flat_map<Operation, std::uint32_t, OperationHash> kinds;
  std::vector<std::pair<Rank, CallEvent>> events;
  std::vector<std::uint32_t> last;
  if (history.ties_in_process) last.assign(history.process_name.size(), UINT32_MAX);
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (!included[i]) continue;
    const OpId op = operations[i];
    const Operation operation = history.operation(op);
    const bool whole = required[i] && operation.known;
    const auto [entry, inserted] = kinds.try_emplace(operation, static_cast<std::uint32_t>(problem.kinds.size()));
    if (inserted) problem.kinds.push_back(operation);
    const auto call = static_cast<std::uint32_t>(problem.calls.size());
    problem.calls.push_back({op, entry->second, whole});
    events.push_back({history.invoked[op], {call, false}});
    if (whole) events.push_back({history.completed[op], {call, true}});
    if (!history.ties_in_process) continue;
    std::uint32_t& before = last[history.process[op]];
    if (before != UINT32_MAX && history.completed[problem.calls[before].operation] > history.invoked[op]) {
      if (problem.previous.empty()) problem.previous.resize(operations.size(), UINT32_MAX);
      problem.previous[call] = before;
    }
    if (whole) before = call;
  }
  std::ranges::sort(events, {}, [](const auto& event) { return event.first; });
  problem.events.reserve(events.size());
  for (const auto& [rank, event] : events) problem.events.push_back(event);
  return problem;
}

Problem make_problem(const History& history, std::span<const OpId> operations, const objects::Specification& specification) {
  const std::vector<bool> all(operations.size(), true);
  return make_part(history, operations, all, all, {specification.initial()});
}

}  // namespace kasauti::checker::linearizable
