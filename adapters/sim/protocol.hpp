#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "adapters/sim/network.hpp"
#include "recorder/client.hpp"

namespace kasauti::adapters::sim {

/// What a protocol has to work with.
struct Cluster {
  EventLoop& loop;
  Network& network;
  recorder::Random& random;
  std::size_t clients;
  Time lag;  ///< how long replication takes on average, beside the network's latency

  [[nodiscard]] std::size_t nodes() const { return network.size(); }
  /// The node next to a client.
  [[nodiscard]] std::size_t home(std::size_t client) const { return client % network.size(); }
  /// The lag of one message.
  [[nodiscard]] Time some_lag() const { return lag == 0 ? 0 : random.between(lag / 2, lag + lag / 2); }
};

using Reply = std::function<void(const recorder::Outcome&)>;

/// How the replicas of a simulated store work together. One file a family.
///
/// What a node has applied survives its crash; what it was doing for a client does not get an answer.
class Protocol {
 public:
  virtual ~Protocol() = default;
  [[nodiscard]] virtual bool supports(recorder::Action action) const { return action != recorder::Action::cas; }
  /// The node that a client sends this request to. `request.node`, if given, is obeyed by the caller.
  [[nodiscard]] virtual std::size_t route(std::size_t client, const recorder::Request& request) = 0;
  /// Runs at the node when the request has arrived; `reply` may be called later, or never. No details: the caller
  /// adds the node.
  virtual void execute(std::size_t node, std::size_t client, const recorder::Request& request, Reply reply) = 0;
  /// The node that a nemesis would hit first, if one is special.
  [[nodiscard]] virtual std::optional<std::size_t> leader() const { return std::nullopt; }
  virtual void killed(std::size_t /*node*/) {}
};

enum class ReadFrom : std::uint8_t { primary, replica, any };
enum class Delivery : std::uint8_t { arrival, causal };
enum class Conflict : std::uint8_t { last_arrival, lamport_stamp, wall_clock };

/// Majorities with write-back (quorum.cpp). `write_back` false is the planted bug quorum-no-writeback.
[[nodiscard]] std::unique_ptr<Protocol> make_quorum(Cluster& cluster, bool write_back);

struct LogOptions {
  ReadFrom read = ReadFrom::replica;
  bool token_of_writes = false;  ///< a session's reads wait for the writes that it made
  bool token_of_reads = false;   ///< and for what it has read
  bool fail_over = false;        ///< a replica takes over from a killed primary, with whatever it has
};
/// One primary whose log the others follow (log.cpp).
[[nodiscard]] std::unique_ptr<Protocol> make_log(Cluster& cluster, const LogOptions& options);

/// Every node accepts writes and sends them to the others (broadcast.cpp).
[[nodiscard]] std::unique_ptr<Protocol> make_broadcast(Cluster& cluster, Delivery delivery, Conflict conflict);

}  // namespace kasauti::adapters::sim
