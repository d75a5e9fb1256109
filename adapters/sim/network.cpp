#include "adapters/sim/network.hpp"

#include <algorithm>

namespace kasauti::adapters::sim {

namespace {

/// How long a message waits before it tries again to get through.
constexpr Time retransmission = 2 * millisecond;

}  // namespace

void EventLoop::at(Time time, Action action) {
  heap_.push_back({std::max(time, now_), planned_++, std::move(action)});
  std::ranges::push_heap(heap_, later);
}

bool EventLoop::step() {
  if (heap_.empty()) return false;
  std::ranges::pop_heap(heap_, later);
  const Planned next = std::move(heap_.back());
  heap_.pop_back();
  now_ = next.time;
  next.action();
  return true;
}

Network::Network(EventLoop& loop, recorder::Random random, std::size_t nodes)
    : loop_{loop}, random_{random}, nodes_(nodes), links_(nodes * nodes) {}

bool Network::open(std::size_t from, std::size_t to) const {
  return nodes_[from].side == nodes_[to].side && !nodes_[to].down && !nodes_[to].paused;
}

Time Network::latency(std::size_t from, std::size_t to) {
  return from == to ? 0 : random_.between(200 * microsecond, 800 * microsecond);
}

void Network::send(std::size_t from, std::size_t to, Time extra, Action action) {
  std::deque<Message>& messages = link(from, to).messages;
  Time ready = loop_.now() + latency(from, to) + extra + link(from, to).lag;
  if (!messages.empty()) ready = std::max(ready, messages.back().ready);
  messages.push_back({ready, std::move(action)});
  loop_.at(ready, [this, from, to] { deliver(from, to); });
}

void Network::send_alone(std::size_t from, std::size_t to, Action action) {
  const Time delay = from != to && random_.chance(25) ? congestion_ : 0;
  loop_.at(loop_.now() + latency(from, to) + delay,
           [this, from, to, action = std::move(action)] { arrive_alone(from, to, action); });
}

void Network::arrive_alone(std::size_t from, std::size_t to, Action action) {
  if (open(from, to)) {
    action();
  } else {
    loop_.at(loop_.now() + retransmission,
             [this, from, to, action = std::move(action)] { arrive_alone(from, to, action); });
  }
}

void Network::deliver(std::size_t from, std::size_t to) {
  std::deque<Message>& messages = link(from, to).messages;
  while (!messages.empty() && messages.front().ready <= loop_.now() && open(from, to)) {
    const Action action = std::move(messages.front().action);
    messages.pop_front();
    action();
  }
}

void Network::deliver_all() {
  for (std::size_t from = 0; from < size(); ++from) {
    for (std::size_t to = 0; to < size(); ++to) deliver(from, to);
  }
}

void Network::set_down(std::size_t node, bool down) {
  nodes_[node].down = down;
  if (!down) deliver_all();
}

void Network::set_paused(std::size_t node, bool paused) {
  nodes_[node].paused = paused;
  if (!paused) deliver_all();
}

void Network::partition(std::vector<int> sides) {
  for (std::size_t i = 0; i < size(); ++i) nodes_[i].side = sides[i];
  deliver_all();
}

void Network::congest(Time lag) {
  congestion_ = lag;
  for (Link& way : links_) way.lag = random_.chance(50) ? lag : 0;
}

}  // namespace kasauti::adapters::sim
