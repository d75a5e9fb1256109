#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "recorder/random.hpp"

namespace kasauti::adapters::sim {

using Action = std::function<void()>;
/// Nanoseconds of virtual time.
using Time = std::int64_t;
inline constexpr Time microsecond = 1'000;
inline constexpr Time millisecond = 1'000'000;

/// Virtual time: actions run in the order of their times, those of one time in the order in which they were planned.
class EventLoop {
 public:
  [[nodiscard]] Time now() const { return now_; }
  void at(Time time, Action action);
  /// Runs the next action; false if there is none.
  bool step();

 private:
  struct Planned {
    Time time;
    std::uint64_t number;
    Action action;
  };
  static bool later(const Planned& a, const Planned& b) {
    return std::pair{a.time, a.number} > std::pair{b.time, b.number};
  }

  Time now_ = 0;
  std::uint64_t planned_ = 0;
  std::vector<Planned> heap_;
};

/// Nodes, the links between them, and what can go wrong with both.
///
/// A link delivers every message once and (but for send_alone) in order, as a connection that is re-established does:
/// what is sent into a partition, or to a node that is down or paused, arrives after the heal. So faults delay and
/// reorder across links, and lose nothing that a node has stored.
class Network {
 public:
  Network(EventLoop& loop, recorder::Random random, std::size_t nodes);

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  /// Runs `action` at node `to`, after the link's latency and `extra`. A message to oneself takes no time.
  void send(std::size_t from, std::size_t to, Time extra, Action action);
  /// The same over a connection of its own: messages may overtake each other.
  void send_alone(std::size_t from, std::size_t to, Action action);
  /// The time that a message takes between a client and a node.
  [[nodiscard]] Time client_latency() { return random_.between(100 * microsecond, 300 * microsecond); }

  [[nodiscard]] bool down(std::size_t node) const { return nodes_[node].down; }
  [[nodiscard]] bool paused(std::size_t node) const { return nodes_[node].paused; }
  void set_down(std::size_t node, bool down);
  void set_paused(std::size_t node, bool paused);
  /// Messages pass between nodes of one side only; sides by node.
  void partition(std::vector<int> sides);
  /// Half of the links, by chance and each direction for itself, take so much longer, and so does a quarter of the
  /// messages that are sent alone. 0 ends it.
  void congest(Time lag);

 private:
  struct Node {
    bool down = false;
    bool paused = false;
    int side = 0;
  };
  struct Message {
    Time ready;
    Action action;
  };
  struct Link {
    Time lag = 0;
    std::deque<Message> messages{};
  };

  [[nodiscard]] bool open(std::size_t from, std::size_t to) const;
  [[nodiscard]] Time latency(std::size_t from, std::size_t to);  // without what congestion adds
  void arrive_alone(std::size_t from, std::size_t to, Action action);
  [[nodiscard]] Link& link(std::size_t from, std::size_t to) { return links_[from * nodes_.size() + to]; }
  void deliver(std::size_t from, std::size_t to);
  void deliver_all();

  EventLoop& loop_;
  recorder::Random random_;
  std::vector<Node> nodes_;
  std::vector<Link> links_;
  Time congestion_ = 0;
};

}  // namespace kasauti::adapters::sim
