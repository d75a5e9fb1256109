// A linearizable register for each key by majorities (Attiya, Bar-Noy, Dolev, JACM 1995; several writers: Lynch &
// Shvartsman 1997).
//
// The node next to the client coordinates. A write asks a majority for their newest stamps and stores its value under
// a greater one on a majority; a read takes the newest of a majority and stores it back on a majority before it
// answers, so that no later read returns an older one. Stamps are unique: a counter, and the operation's number. A
// coordinator that dies or is cut off in the middle leaves a write that some nodes have: its client says info, and
// the value may surface at any later time, as info allows.
//
// Linearizable under every fault of the network. Without the write-back (the bug quorum-no-writeback) a read that met
// an unfinished write may be followed by one that misses it: R22 and R23 of the scenarios.

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

class Quorum final : public Protocol {
 public:
  Quorum(Cluster& cluster, bool write_back) : cluster_{cluster}, write_back_{write_back}, nodes_(cluster.nodes()) {}

  std::size_t route(std::size_t client, const Request&) override { return cluster_.home(client); }

  void execute(std::size_t node, std::size_t, const Request& request, Reply reply) override {
    auto round = std::make_shared<Round>();
    round->request = request;
    round->reply = std::move(reply);
    round->number = ++operations_;
    for (std::size_t other = 0; other < cluster_.nodes(); ++other) {
      cluster_.network.send_alone(node, other, [this, node, other, round] {
        const Version version = nodes_[other][round->request.key.text()];
        cluster_.network.send_alone(other, node, [this, node, round, version] { collect(node, round, version); });
      });
    }
  }

 private:
  using Stamp = std::pair<std::uint64_t, std::uint64_t>;
  struct Version {
    Stamp stamp{0, 0};
    Value value;  // null: never written
  };
  struct Round {
    Request request;
    Reply reply;
    std::uint64_t number = 0;
    std::size_t answers = 0, stored = 0;
    Version newest;
  };

  [[nodiscard]] std::size_t majority() const { return cluster_.nodes() / 2 + 1; }

  void collect(std::size_t node, const std::shared_ptr<Round>& round, const Version& version) {
    if (round->newest.stamp < version.stamp) round->newest = version;
    if (++round->answers != majority()) return;
    const bool reads = round->request.action == recorder::Action::read;
    if (reads && !write_back_) {
      round->reply(Outcome::ok_with(round->newest.value));
      return;
    }
    if (!reads) round->newest = {{round->newest.stamp.first + 1, round->number}, round->request.value};
    for (std::size_t other = 0; other < cluster_.nodes(); ++other) {
      cluster_.network.send_alone(node, other, [this, node, other, round, version = round->newest] {
        Version& mine = nodes_[other][round->request.key.text()];
        if (mine.stamp < version.stamp) mine = version;
        cluster_.network.send_alone(other, node, [this, round] { stored(*round); });
      });
    }
  }

  void stored(Round& round) const {
    if (++round.stored != majority()) return;
    const bool reads = round.request.action == recorder::Action::read;
    round.reply(reads ? Outcome::ok_with(round.newest.value) : Outcome::ok());
  }

  Cluster& cluster_;
  const bool write_back_;
  std::vector<std::map<std::string, Version>> nodes_;
  std::uint64_t operations_ = 0;
};

}  // namespace

std::unique_ptr<Protocol> make_quorum(Cluster& cluster, bool write_back) {
  return std::make_unique<Quorum>(cluster, write_back);
}

}  // namespace kasauti::adapters::sim
