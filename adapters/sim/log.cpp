// A primary that orders all writes in a log, and replicas that apply the log after it.
//
// The primary acknowledges at once and replicates later. What reads are promised depends on where they go and what
// they wait for:
// - to the primary: linearizable, as one node does everything (it keeps what it has when it crashes, and nobody takes
//   over);
// - to one replica, always the same: stale, but never back (monotonic reads); a session may miss its own writes;
// - to any replica, with a token: each reply carries its position in the log, and a replica answers only when it is
//   as far as the session's token. Every read then returns a prefix of one order that contains what its session wrote
//   and read: sequential. The witness is the log with each read put behind its prefix. Without the reads' half of the
//   token (token-writes-only) sessions go back; without the whole (replica-read) they also miss their own writes.
//   Fail-over (the bug async-failover): a replica becomes the primary 10 ms after a crash, with the log that it has;
//   the others follow it, and the acknowledged writes that it had not received are gone.

#include <algorithm>
#include <iterator>
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

constexpr Time detection = 10 * millisecond;

class Log final : public Protocol {
 public:
  Log(Cluster& cluster, const LogOptions& options) : cluster_{cluster}, options_{options}, nodes_(cluster.nodes()) {}

  bool supports(recorder::Action) const override { return true; }
  std::optional<std::size_t> leader() const override { return primary_; }

  std::size_t route(std::size_t client, const Request& request) override {
    if (request.action != recorder::Action::read || options_.read == ReadFrom::primary) return primary_;
    if (options_.read == ReadFrom::any || cluster_.nodes() == 1) return cluster_.random.below(cluster_.nodes());
    const std::size_t replica = client % (cluster_.nodes() - 1);
    return replica >= primary_ ? replica + 1 : replica;
  }

  void execute(std::size_t node, std::size_t client, const Request& request, Reply reply) override {
    if (request.action == recorder::Action::read) {
      Read read{client, token_of(client), request.key.text(), std::move(reply)};
      if (read.token <= nodes_[node].log.size()) {
        answer(nodes_[node], read);
      } else {
        nodes_[node].waiting.push_back(std::move(read));
      }
    } else if (node != primary_) {
      reply(Outcome::fail("not the primary"));
    } else {
      change(client, request, reply);
    }
  }

  void killed(std::size_t node) override {
    if (!options_.fail_over || node != primary_) return;
    lost_epochs_ = nodes_[node].epoch;  // what was on its way dies with its connections
    cluster_.loop.at(cluster_.loop.now() + detection, [this, node] {
      if (primary_ == node) promote((node + 1) % cluster_.nodes());
    });
  }

 private:
  struct Write {
    std::string key;
    Value value;
  };
  struct Read {
    std::size_t client;
    std::size_t token;
    std::string key;
    Reply reply;
  };
  struct Node {
    std::vector<Write> log;
    std::map<std::string, Value> state;
    std::uint64_t epoch = 1;  // which primary it follows
    std::vector<Read> waiting;
  };

  std::size_t& token_of(std::size_t client) {
    if (client >= tokens_.size()) tokens_.resize(client + 1, 0);
    return tokens_[client];
  }

  void answer(Node& node, const Read& read) {
    if (options_.token_of_reads) token_of(read.client) = std::max(token_of(read.client), node.log.size());
    const auto found = node.state.find(read.key);
    read.reply(Outcome::ok_with(found == node.state.end() ? Value{} : found->second));
  }

  void change(std::size_t client, const Request& request, const Reply& reply) {
    Node& node = nodes_[primary_];
    Outcome outcome = Outcome::ok();
    Value value = request.value;
    if (request.action == recorder::Action::cas) {
      const std::vector<Value>& pair = request.value.elements();
      const bool matches = node.state[request.key.text()] == pair[0];
      outcome.details.result = matches;
      value = pair[1];
    }
    if (outcome.details.result.value_or(true)) replicate({request.key.text(), std::move(value)});
    if (options_.token_of_writes) token_of(client) = std::max(token_of(client), node.log.size());
    reply(outcome);
  }

  void replicate(const Write& write) {
    apply(nodes_[primary_], write);
    for (std::size_t other = 0; other < cluster_.nodes(); ++other) {
      if (other == primary_) continue;
      cluster_.network.send(primary_, other, cluster_.some_lag(), [this, other, write, epoch = nodes_[primary_].epoch] {
        if (nodes_[other].epoch == epoch && epoch > lost_epochs_) apply(nodes_[other], write);
      });
    }
  }

  void apply(Node& node, const Write& write) {
    node.log.push_back(write);
    node.state[write.key] = write.value;
    serve_waiting(node);
  }

  void serve_waiting(Node& node) {
    std::vector<Read> ready;
    const auto first_ready = std::stable_partition(node.waiting.begin(), node.waiting.end(),
                                                   [&node](const Read& read) { return read.token > node.log.size(); });
    std::move(first_ready, node.waiting.end(), std::back_inserter(ready));
    node.waiting.erase(first_ready, node.waiting.end());
    for (const Read& read : ready) answer(node, read);
  }

  // The new primary's log is the truth from now on; the others get it whole.
  void promote(std::size_t heir) {
    primary_ = heir;
    nodes_[heir].epoch = ++epoch_;
    for (std::size_t other = 0; other < cluster_.nodes(); ++other) {
      if (other == heir) continue;
      cluster_.network.send(heir, other, 0, [this, other, epoch = epoch_, log = nodes_[heir].log] {
        Node& node = nodes_[other];
        if (node.epoch >= epoch) return;
        node.epoch = epoch;
        node.log.clear();
        node.state.clear();
        for (const Write& write : log) apply(node, write);
      });
    }
  }

  Cluster& cluster_;
  const LogOptions options_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> tokens_;
  std::size_t primary_ = 0;
  std::uint64_t epoch_ = 1;
  std::uint64_t lost_epochs_ = 0;  // writes replicated under these don't arrive any more
};

}  // namespace

std::unique_ptr<Protocol> make_log(Cluster& cluster, const LogOptions& options) {
  return std::make_unique<Log>(cluster, options);
}

}  // namespace kasauti::adapters::sim
