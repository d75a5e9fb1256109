// From the operations of a component to lanes: a decomposition of every session into chains of its order.

#include "checker/sequential/problem.hpp"

#include <algorithm>
#include <numeric>

#include "checker/sequential/reads_from.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::no_operation;
using histories::no_value;
using histories::Outcome;

/// The accesses that stay, by session, as indexes in order of invocation.
struct Sessions {
  std::vector<std::size_t> begin;
  std::vector<std::uint32_t> accesses;
};

Sessions by_session(const History& history, const std::vector<Access>& accesses) {
  std::vector<std::uint64_t> order;
  order.reserve(accesses.size());
  for (std::uint32_t i = 0; i < accesses.size(); ++i) {
    if (!accesses[i].dropped) order.push_back(std::uint64_t{history.session[accesses[i].operation]} << 32 | i);
  }
  std::ranges::sort(order);
  Sessions sessions;
  sessions.accesses.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || order[i] >> 32 != order[i - 1] >> 32) sessions.begin.push_back(i);
    sessions.accesses.push_back(static_cast<std::uint32_t>(order[i]));
  }
  sessions.begin.push_back(order.size());
  return sessions;
}

/// Builds lanes session by session. Calls that completed come first: each joins the first lane whose last call was
/// before it. One of unknown outcome is before nothing, so it can only end a lane, or be one alone.
class LaneBuilder {
 public:
  LaneBuilder(const History& history, const std::vector<Access>& accesses) : history_{history}, accesses_{accesses} {}

  void session(std::span<const std::uint32_t> members) {
    const std::size_t first = lanes.size();
    for (const std::uint32_t member : members) {
      if (completed(member)) place(first, member);
    }
    const std::size_t chains = lanes.size();
    std::size_t open = first;  // lanes from here on may still be ended
    for (const std::uint32_t member : members) {
      if (completed(member)) continue;
      std::size_t home = lanes.size();
      for (std::size_t lane = open; lane < chains && home == lanes.size(); ++lane) {
        if (before(lanes[lane].back(), member)) home = lane;
      }
      link(first, chains, home, member);
      if (home == lanes.size()) {
        lanes.push_back({member});
      } else {
        lanes[home].push_back(member);
        std::swap(lanes[home], lanes[open]);
        ++open;
      }
    }
  }

  std::vector<std::vector<std::uint32_t>> lanes;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> links;

 private:
  [[nodiscard]] bool completed(std::uint32_t access) const {
    return history_.outcome[accesses_[access].operation] != Outcome::info;
  }
  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const {
    return history_.session_precedes(accesses_[a].operation, accesses_[b].operation);
  }

  void place(std::size_t first, std::uint32_t member) {
    std::size_t home = first;
    while (home < lanes.size() && !before(lanes[home].back(), member)) ++home;
    link(first, lanes.size(), home, member);
    if (home == lanes.size()) {
      lanes.push_back({member});
    } else {
      lanes[home].push_back(member);
    }
  }

  /// What is before `member` in the lanes other than its own: of each the last, which follows all others of that lane.
  void link(std::size_t first, std::size_t last, std::size_t home, std::uint32_t member) {
    for (std::size_t lane = first; lane < last; ++lane) {
      if (lane == home) continue;
      const auto& chain = lanes[lane];
      const auto end = std::partition_point(chain.begin(), chain.end(),
                                            [&](std::uint32_t other) { return before(other, member); });
      if (end != chain.begin()) links.emplace_back(*std::prev(end), member);
    }
  }

  const History& history_;
  const std::vector<Access>& accesses_;
};

}  // namespace

Problem make_problem(const History& history, std::span<const OpId> operations,
                     std::span<const std::uint32_t> local_key, std::uint32_t key_count, histories::Budget& budget) {
  const ReadsFrom relation = reads_from(history, operations, local_key, key_count, budget);
  const std::vector<Access>& accesses = relation.accesses;
  Problem problem;
  problem.history = &history;
  problem.key_count = key_count;
  problem.thin_air = relation.thin_air;
  if (problem.thin_air != no_operation || budget.stopped()) return problem;

  const Sessions sessions = by_session(history, accesses);
  LaneBuilder builder{history, accesses};
  std::uint32_t spent = 0;
  for (std::size_t i = 0; i + 1 < sessions.begin.size(); ++i) {
    const auto members = static_cast<std::uint32_t>(sessions.begin[i + 1] - sessions.begin[i]);
    if (!budget.spend(spent, members)) return problem;
    builder.session({sessions.accesses.data() + sessions.begin[i], sessions.accesses.data() + sessions.begin[i + 1]});
  }

  if (accesses.size() > histories::Budget::poll_every && !budget.poll()) return problem;
  std::vector<Node> node_of(accesses.size(), no_node);
  for (std::uint32_t lane = 0; lane < builder.lanes.size(); ++lane) {
    problem.lane_begin.push_back(problem.size());
    for (const std::uint32_t member : builder.lanes[lane]) {
      const Access& access = accesses[member];
      node_of[member] = problem.size();
      problem.operation.push_back(access.operation);
      problem.key.push_back(access.key);
      problem.source.push_back(access.source);
      problem.writes.push_back(access.written != no_value);
      problem.optional.push_back(access.optional);
      problem.lane.push_back(lane);
      problem.position.push_back(problem.size() - problem.lane_begin.back());
    }
  }
  problem.lane_begin.push_back(problem.size());
  for (Node& source : problem.source) {
    if (source < from_anyone) source = node_of[source];
  }
  for (const auto& [from, to] : builder.links) problem.links.push_back({node_of[from], node_of[to]});
  return problem;
}

}  // namespace kasauti::checker::sequential
