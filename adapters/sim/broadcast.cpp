// Every node accepts writes, answers at once, and broadcasts them; reads are local, and each client stays with its
// node.
//
// Messages carry a vector clock (Fidge, Mattern 1988). Two choices make four stores:
// - Delivery. `causal`: a write is applied when everything that its node had applied before it is applied here
//   (Birman, Schiper, Stephenson 1991). `arrival`: writes of one node are applied in its order, and no more: what
//   other nodes wrote before is not waited for. This is also what remains when dependencies name a node's own writes
//   only (the bug deps-omit-reads).
// - Conflict. `last_arrival`: what is applied last stands. Each node then applies all writes in an order of its own
//   that respects causality: with causal delivery this is causal memory (Ahamad et al. 1995), else PRAM (Lipton &
//   Sandberg 1988). Replicas may differ for ever. `lamport_stamp`: the greatest (Lamport clock, node) stands; stamps
//   respect causality, so all reads follow one order of the writes: causal convergence (Bouajjani et al. 2017).
//   `wall_clock`: stamps come from clocks that disagree and ignore what they receive (the bug lww-skew): a write that
//   followed another may lose to it.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sim/protocol.hpp"

namespace kasauti::adapters::sim {

namespace {

using recorder::Outcome;
using recorder::Request;

/// By how much the clock of a node is ahead of the one before it, under Conflict::wall_clock.
constexpr Time skew = 25 * millisecond;

class Broadcast final : public Protocol {
 public:
  Broadcast(Cluster& cluster, Delivery delivery, Conflict conflict)
      : cluster_{cluster}, delivery_{delivery}, conflict_{conflict}, nodes_(cluster.nodes()) {
    for (Node& node : nodes_) node.applied.resize(cluster.nodes(), 0);
  }

  std::size_t route(std::size_t client, const Request&) override { return cluster_.home(client); }

  void execute(std::size_t at, std::size_t, const Request& request, Reply reply) override {
    Node& node = nodes_[at];
    if (request.action == recorder::Action::read) {
      const auto found = node.state.find(request.key.text());
      reply(Outcome::ok_with(found == node.state.end() ? Value{} : found->second.value));
      return;
    }
    auto write = std::make_shared<Write>();
    write->from = at;
    write->clock = node.applied;
    ++write->clock[at];
    const Time stamp =
        conflict_ == Conflict::wall_clock ? cluster_.loop.now() + static_cast<Time>(at) * skew : node.lamport + 1;
    write->key = request.key.text();
    write->version = {{stamp, at}, request.value};
    apply(node, *write);
    for (std::size_t other = 0; other < cluster_.nodes(); ++other) {
      if (other == at) continue;
      cluster_.network.send(at, other, cluster_.some_lag(), [this, other, write] { receive(nodes_[other], write); });
    }
    reply(Outcome::ok());
  }

 private:
  struct Version {
    std::pair<Time, std::size_t> stamp{0, 0};
    Value value;
  };
  struct Write {
    std::size_t from = 0;
    std::vector<std::uint64_t> clock;  // what its node had applied, itself included
    std::string key;
    Version version;
  };
  struct Node {
    std::map<std::string, Version> state;
    std::vector<std::uint64_t> applied;  // by node: how many of its writes
    Time lamport = 0;
    std::vector<std::shared_ptr<const Write>> early;
  };

  [[nodiscard]] bool deliverable(const Node& node, const Write& write) const {
    for (std::size_t i = 0; i < cluster_.nodes(); ++i) {
      if (i == write.from ? node.applied[i] + 1 != write.clock[i]
                          : delivery_ == Delivery::causal && node.applied[i] < write.clock[i]) {
        return false;
      }
    }
    return true;
  }

  void receive(Node& node, const std::shared_ptr<const Write>& write) {
    node.early.push_back(write);
    for (;;) {
      const auto next =
          std::ranges::find_if(node.early, [&](const auto& waiting) { return deliverable(node, *waiting); });
      if (next == node.early.end()) return;
      const std::shared_ptr<const Write> due = *next;
      node.early.erase(next);
      apply(node, *due);
    }
  }

  void apply(Node& node, const Write& write) const {
    ++node.applied[write.from];
    if (conflict_ != Conflict::wall_clock) node.lamport = std::max(node.lamport, write.version.stamp.first);
    Version& mine = node.state[write.key];
    if (conflict_ == Conflict::last_arrival || mine.value.is_null() || mine.stamp < write.version.stamp)
      mine = write.version;
  }

  Cluster& cluster_;
  const Delivery delivery_;
  const Conflict conflict_;
  std::vector<Node> nodes_;
};

}  // namespace

std::unique_ptr<Protocol> make_broadcast(Cluster& cluster, Delivery delivery, Conflict conflict) {
  return std::make_unique<Broadcast>(cluster, delivery, conflict);
}

}  // namespace kasauti::adapters::sim
