// The bookkeeping of an order that is built by demand (demand.cpp): what is placed, what each operation waits for, and
// the way back. Every step costs O(log k) with k lanes, and the lessons about its operation.

#include "checker/sequential/placement.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::Rank;

constexpr std::uint32_t unset = UINT32_MAX;

}  // namespace

Placement::Placement(const Problem& problem, Turn turn) : problem_{problem}, turns_{problem.lanes()} {
  prepare_observers();
  prepare_turns(turn);
  value_.resize(problem.key_count);
  for (std::uint32_t key = 0; key < problem.key_count; ++key) value_[key] = problem.size() + key;
  waiting_.assign(problem.size(), 0);
  first_out_.assign(problem.size(), unset);
  first_in_.assign(problem.size(), unset);
  for (const Link& link : problem.links) learn(link.from, link.to, true);
  progress_.assign(problem.lanes(), 0);
  placed_at_.assign(problem.size(), unset);
  placed_.reserve(problem.size());
  for (std::uint32_t lane = 0; lane < problem.lanes(); ++lane) show_turn(lane);
}

std::vector<OpId> Placement::order() const {
  std::vector<OpId> order;
  order.reserve(placed_.size());
  for (const Placed& placed : placed_) order.push_back(problem_.operation[placed.node]);
  return order;
}

/// Values are numbered by the write that leaves them, the initial ones behind those, by key.
std::uint32_t Placement::value_observed(Node node) const {
  const Node source = problem_.source[node];
  return source == no_node ? unset : source == from_initial ? problem_.size() + problem_.key[node] : source;
}

void Placement::prepare_observers() {
  const Node n = problem_.size();
  observers_begin_.assign(std::size_t{n} + problem_.key_count + 1, 0);
  for (Node node = 0; node < n; ++node) {
    if (const auto value = value_observed(node); value != unset) ++observers_begin_[value + 1];
  }
  for (std::size_t i = 1; i < observers_begin_.size(); ++i) observers_begin_[i] += observers_begin_[i - 1];
  observers_.resize(observers_begin_.back());
  first_missing_.assign(observers_begin_.begin(), observers_begin_.end() - 1);
  auto next = first_missing_;
  for (Node node = 0; node < n; ++node) {
    if (const auto value = value_observed(node); value != unset) observers_[next[value]++] = node;
  }
  missing_.resize(first_missing_.size());
  for (std::size_t i = 0; i < missing_.size(); ++i) missing_[i] = observers_begin_[i + 1] - observers_begin_[i];
}

void Placement::prepare_turns(Turn turn) {
  const History& history = *problem_.history;
  turn_.resize(problem_.size());
  for (Node node = 0; node < problem_.size(); ++node) {
    const OpId op = problem_.operation[node];
    turn_[node] = turn == Turn::invoked ? history.invoked[op] : history.completed[op];
  }
  if (turn == Turn::observed) {
    for (Node node = 0; node < problem_.size(); ++node) {
      const Node source = problem_.source[node];
      if (source < problem_.size()) turn_[source] = std::min(turn_[source], turn_[node]);
    }
  }
  for (Node node = 0; node < problem_.size(); ++node) turn_[node] = std::min(turn_[node], histories::never - 1);
}

void Placement::show_turn(std::uint32_t lane) {
  const Node node = head(lane);
  turns_.set(lane, node == no_node ? histories::never : turn_[node]);
}

Wait Placement::wait_of(Node node) {
  if (waiting_[node] != 0) {
    for (std::uint32_t i = first_in_[node];; i = lessons_[i].next_in) {
      if (!lessons_[i].dropped && !is_placed(lessons_[i].from)) return {Wait::For::lesson, lessons_[i].from, i};
    }
  }
  const std::uint32_t value = value_[problem_.key[node]];
  const std::uint32_t observed = value_observed(node);
  if (observed != unset && observed != value) return {Wait::For::source, problem_.source[node], unset};
  if (problem_.writes[node] == 0 || missing_[value] == (observed == value ? 1U : 0U)) return {};
  std::uint32_t& first = first_missing_[value];
  while (is_placed(observers_[first])) ++first;
  if (observers_[first] != node) return {Wait::For::observer, observers_[first], unset};
  std::uint32_t second = first + 1;
  while (is_placed(observers_[second])) ++second;
  return {Wait::For::observer, observers_[second], unset};
}

void Placement::place(Node node) {
  const std::uint32_t key = problem_.key[node];
  placed_at_[node] = static_cast<std::uint32_t>(placed_.size());
  placed_.push_back({node, value_[key]});
  ++total_;
  if (const auto observed = value_observed(node); observed != unset) --missing_[observed];
  if (problem_.writes[node] != 0) value_[key] = node;
  ++progress_[problem_.lane[node]];
  show_turn(problem_.lane[node]);
  for (std::uint32_t i = first_out_[node]; i != unset; i = lessons_[i].next_out) {
    if (!lessons_[i].dropped) --waiting_[lessons_[i].to];
  }
}

void Placement::take_back_from(std::size_t count) {
  for (; placed_.size() > count; placed_.pop_back()) {
    const auto [node, value_before] = placed_.back();
    const std::uint32_t lane = problem_.lane[node];
    if (const auto observed = value_observed(node); observed != unset) {
      ++missing_[observed];
      const auto all = observers_.begin();
      const auto here = std::lower_bound(all + observers_begin_[observed], all + first_missing_[observed], node);
      first_missing_[observed] = static_cast<std::uint32_t>(here - all);
    }
    if (problem_.writes[node] != 0) value_[problem_.key[node]] = value_before;
    --progress_[lane];
    show_turn(lane);
    for (std::uint32_t i = first_out_[node]; i != unset; i = lessons_[i].next_out) {
      if (!lessons_[i].dropped) ++waiting_[lessons_[i].to];
    }
  }
}

void Placement::learn(Node from, Node to, bool certain) {
  const auto number = static_cast<std::uint32_t>(lessons_.size());
  lessons_.push_back({from, to, first_out_[from], first_in_[to], certain, false});
  first_out_[from] = first_in_[to] = number;
  ++waiting_[to];
}

void Placement::drop(std::uint32_t number) {
  Lesson& lesson = lessons_[number];
  lesson.dropped = true;
  if (!is_placed(lesson.from)) --waiting_[lesson.to];
}

void Placement::drop_conjectures() {
  for (std::uint32_t i = 0; i < lessons_.size(); ++i) {
    const Lesson& lesson = lessons_[i];
    if (!lesson.certain && !lesson.dropped && !is_placed(lesson.to)) drop(i);
  }
}

}  // namespace kasauti::checker::sequential
