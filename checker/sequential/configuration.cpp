// Operations placed one after the other along the session order, with the way back. The search (frontier.cpp) says
// which.
//
// An operation that only observes is placed as soon as it is legal; one that writes is a move. Each step costs O(1) and
// the edges of its operation; the moves of a configuration O(k) with k lanes.

#include "checker/sequential/configuration.hpp"

#include <algorithm>

#include "checker/sequential/reads_from.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::Operation;
using histories::Rank;

constexpr std::uint32_t unset = UINT32_MAX;
/// How many of the most recent values with observers left are looked at to choose the next write.
constexpr std::size_t awaited_values = 4;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t hash = (a + 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U ^ b;
  hash ^= hash >> 31;
  hash *= 0x94d049bb133111ebU;
  return hash ^ (hash >> 29);
}

}  // namespace

Configuration::Configuration(const Problem& problem, const objects::Specification& specification,
                             const Saturation* forced, histories::Budget& budget)
    : problem_{problem}, specification_{specification}, forced_{forced}, budget_{budget}, states_{specification} {
  prepare_order();
  prepare_operations();
  prepare_memory();
  for (std::uint32_t lane = 0; lane < problem.lanes(); ++lane) wake(lane);
}

std::vector<OpId> Configuration::order() const {
  std::vector<OpId> order;
  for (const Step& step : steps_) {
    if (step.kind == Step::Kind::placed) order.push_back(problem_.operation[step.subject]);
  }
  return order;
}

void Configuration::prepare_order() {
  const Node n = problem_.size();
  const Node nodes = forced_ != nullptr ? forced_->nodes() : n;
  waiting_.assign(nodes, 0);
  successor_begin_.assign(std::size_t{nodes} + 1, 0);
  const auto each_edge = [&](const auto& visit) {
    if (forced_ != nullptr) {
      for (const ForcedEdge& edge : forced_->edges()) visit(edge.from, edge.to);
    } else {
      for (const Link& link : problem_.links) visit(link.from, link.to);
    }
  };
  each_edge([&](Node from, Node to) {
    ++waiting_[to];
    ++successor_begin_[from + 1];
  });
  for (Node node = 0; node < nodes; ++node) successor_begin_[node + 1] += successor_begin_[node];
  successors_.resize(successor_begin_.back());
  std::vector<std::uint32_t> next(successor_begin_.begin(), successor_begin_.end() - 1);
  each_edge([&](Node from, Node to) { successors_[next[from]++] = to; });
  progress_.assign(problem_.lanes(), 0);
}

void Configuration::prepare_operations() {
  const Node n = problem_.size();
  observes_.resize(n);
  overwrites_.resize(n);
  tried_state_.assign(n, unset);
  tried_result_.assign(n, unset);
  several_.assign(n, 0);
  unread_.assign(n, 0);
  initial_unread_.assign(problem_.key_count, 0);
  current_.assign(problem_.key_count, from_initial);
  state_.assign(problem_.key_count, states_.initial());
  stateful_.assign(problem_.key_count, 0);
  const bool plain = is_register(problem_.history->header);
  for (Node node = 0; node < n; ++node) {
    const Operation operation = operation_of(node);
    observes_[node] = specification_.observes_only(operation);
    overwrites_[node] = specification_.overwrites(operation);
    if (problem_.optional[node] == 0) ++required_left_;
    const Node source = problem_.source[node];
    if (source < n) ++unread_[source];
    if (source == from_initial) ++initial_unread_[problem_.key[node]];
    const bool blind = source == no_node && overwrites_[node] != 0 && problem_.optional[node] == 0;
    if (!plain || source == from_anyone || !(blind || source == from_initial || source < n)) {
      stateful_[problem_.key[node]] = 1;
    }
  }
}

void Configuration::prepare_memory() {
  for (std::uint32_t key = 0; key < problem_.key_count; ++key) {
    if (stateful_[key] == 0) continue;
    stateful_keys_.push_back(key);
    hash_ ^= mix(std::uint64_t{key} << 32 | state_[key], 1);
  }
  // Observers that wait for a state, not for an edge, are looked at again whenever their key changes.
  if (forced_ == nullptr || !stateful_keys_.empty()) watchers_.resize(problem_.key_count);
}

/// The state after the operation, or `unset` if it is illegal now. Where there are several, `variant` chooses.
std::uint32_t Configuration::state_after(Node node, std::size_t variant) {
  const std::uint32_t before = state_[problem_.key[node]];
  if (variant == 0 && tried_state_[node] == before) return tried_result_[node];
  if (variant == 0 && overwrites_[node] != 0 && tried_state_[node] != unset) return tried_result_[node];
  if (variant != 0 && tried_state_[node] == before && several_[node] == 0) return unset;
  const auto& after = states_.after(before, operation_of(node));
  if (variant != 0) return variant < after.size() ? after[variant] : unset;
  tried_state_[node] = before;
  several_[node] = after.size() > 1;
  tried_result_[node] = after.empty() ? unset : after[0];
  return tried_result_[node];
}

/// An operation that changes the key's value waits until the value has no other observers left.
bool Configuration::blocked(Node node) {
  const std::uint32_t key = problem_.key[node];
  const Node current = current_[key];
  const std::uint32_t left = unread(key, current);
  return left > (problem_.source[node] == current ? 1U : 0U);
}

void Configuration::place(Node node, std::uint32_t state) {
  const std::uint32_t key = problem_.key[node];
  steps_.push_back({Step::Kind::placed, node, state_[key], current_[key]});
  set_state(key, state);
  const Node source = problem_.source[node];
  if (source <= from_initial && source != from_anyone) --unread(key, source);
  if (observes_[node] == 0) {
    current_[key] = node;
    if (unread_[node] != 0) {
      steps_.push_back({Step::Kind::awaited, key, node, no_node});
      awaited_.emplace_back(key, node);
    }
  }
  move_lane(problem_.lane[node], 1);
  ++placed_;
  if (problem_.optional[node] == 0) --required_left_;
  release(node);
  wake(problem_.lane[node]);
  if (observes_[node] == 0 && !watchers_.empty()) {
    for (const std::uint32_t lane : watchers_[key]) wake(lane);
    watchers_[key].clear();
  }
}

void Configuration::release(Node node) {
  for (std::uint32_t i = successor_begin_[node]; i < successor_begin_[node + 1]; ++i) {
    const Node to = successors_[i];
    if (--waiting_[to] != 0) continue;
    if (to >= problem_.size()) {
      release(to);
    } else if (head(problem_.lane[to]) == to) {
      wake(problem_.lane[to]);
    }
  }
}

void Configuration::hold(Node node) {
  for (std::uint32_t i = successor_begin_[node]; i < successor_begin_[node + 1]; ++i) {
    const Node to = successors_[i];
    if (waiting_[to]++ == 0 && to >= problem_.size()) hold(to);
  }
}

void Configuration::undo_to(std::size_t count) {
  for (; steps_.size() > count; steps_.pop_back()) {
    const Step& step = steps_.back();
    if (step.kind == Step::Kind::awaited) {
      awaited_.pop_back();
      continue;
    }
    if (step.kind == Step::Kind::settled) {
      awaited_.emplace_back(step.subject, step.state_before);
      continue;
    }
    const Node node = step.subject;
    const std::uint32_t key = problem_.key[node];
    hold(node);
    move_lane(problem_.lane[node], -1);
    --placed_;
    if (problem_.optional[node] == 0) ++required_left_;
    const Node source = problem_.source[node];
    if (source <= from_initial && source != from_anyone) ++unread(key, source);
    current_[key] = step.current_before;
    set_state(key, step.state_before);
  }
}

void Configuration::move_lane(std::uint32_t lane, int by) {
  hash_ ^= mix(std::uint64_t{lane} << 32 | progress_[lane], 0);
  progress_[lane] = static_cast<std::uint32_t>(static_cast<int>(progress_[lane]) + by);
  hash_ ^= mix(std::uint64_t{lane} << 32 | progress_[lane], 0);
}

void Configuration::set_state(std::uint32_t key, std::uint32_t state) {
  if (state == state_[key]) return;
  if (stateful_[key] != 0) {
    hash_ ^= mix(std::uint64_t{key} << 32 | state_[key], 1) ^ mix(std::uint64_t{key} << 32 | state, 1);
  }
  state_[key] = state;
}

/// Places every observer that can be placed, until none can.
void Configuration::place_observers() {
  while (!awake_.empty()) {
    const std::uint32_t lane = awake_.back();
    awake_.pop_back();
    if (!budget_.spend(spent_)) {
      awake_.clear();
      return;
    }
    const Node node = head(lane);
    if (node == no_node || observes_[node] == 0 || waiting_[node] != 0) continue;
    const std::uint32_t state = state_after(node, 0);
    if (state != unset) {
      place(node, state);
    } else if (!watchers_.empty()) {
      watchers_[problem_.key[node]].push_back(lane);
    }
  }
}

std::vector<Move>& Configuration::moves() {
  moves_.clear();
  settle_awaited();
  for (std::uint32_t lane = 0; lane < problem_.lanes(); ++lane) {
    const Node node = head(lane);
    if (node == no_node || observes_[node] != 0 || waiting_[node] != 0 || blocked(node)) continue;
    const OpId op = problem_.operation[node];
    const Rank rank = problem_.optional[node] != 0 ? histories::never : problem_.history->invoked[op];
    const std::uint32_t urgency = urgency_of(node);
    for (std::size_t variant = 0;; ++variant) {
      const std::uint32_t state = state_after(node, variant);
      if (state == unset) break;
      moves_.push_back({urgency, rank, lane, state});
      if (overwrites_[node] != 0) break;
    }
  }
  return moves_;
}

/// Forgets values at the top whose observers have all been placed.
void Configuration::settle_awaited() {
  while (!awaited_.empty() && unread_[awaited_.back().second] == 0) {
    steps_.push_back({Step::Kind::settled, awaited_.back().first, awaited_.back().second, no_node});
    awaited_.pop_back();
  }
}

std::uint32_t Configuration::urgency_of(Node node) const {
  if (forced_ == nullptr || !forced_->has_clocks()) return 0;
  const std::size_t count = std::min(awaited_values, awaited_.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Node write = awaited_[awaited_.size() - 1 - i].second;
    if (unread_[write] != 0 && forced_->reaches(node, forced_->end_of(write))) return static_cast<std::uint32_t>(i);
  }
  return static_cast<std::uint32_t>(awaited_values);
}

void Configuration::make(const Move& move) {
  place(head(move.lane), move.state);
  place_observers();
}

void Configuration::make_after_undo(const Move& move) {
  awake_.clear();
  for (auto& lanes : watchers_) lanes.clear();
  for (std::uint32_t lane = 0; lane < problem_.lanes() && !watchers_.empty(); ++lane) {
    const Node node = head(lane);
    if (node != no_node && observes_[node] != 0) watchers_[problem_.key[node]].push_back(lane);
  }
  make(move);
}

}  // namespace kasauti::checker::sequential
