#include "adapters/sim/bases.hpp"

namespace kasauti::adapters::sim {

namespace {

constexpr Base base_rows[] = {
    {"linearizable", "linearizable", "majorities with write-back"},
    {"sequential", "sequential", "a primary's log, read at any replica with a session token"},
    {"causal", "causal-memory", "writes applied in causal order as they arrive; replicas may differ for ever"},
    {"convergent", "causal-convergent", "causal delivery, last writer wins by Lamport stamps"},
    {"pram", "pram", "writes of each node applied in its order"},
    {"async", "monotonic-reads",
     "a primary that replicates later; read=replica (stale), any, or primary (linearizable)"},
};

constexpr Bug bug_rows[] = {
    {"quorum-no-writeback", "linearizable", "lag", "the newest of a majority is returned, nothing written back"},
    {"replica-read", "sequential", "partition", "any replica answers, the session's token is never kept"},
    {"token-writes-only", "sequential", "partition", "reads do not move the session's token"},
    {"deps-omit-reads", "causal", "lag", "dependencies name a node's own writes only"},
    {"lww-skew", "convergent", "partition", "the newest by clocks that disagree and ignore what they receive"},
    {"async-failover", "async", "kill",
     "a replica takes over from a killed primary without its last acknowledged writes"},
};

}  // namespace

std::span<const Base> bases() { return base_rows; }
std::span<const Bug> bugs() { return bug_rows; }

const Base* base_named(std::string_view name) {
  for (const Base& row : base_rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

const Bug* bug_named(std::string_view id) {
  for (const Bug& row : bug_rows) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

std::unique_ptr<Protocol> make_protocol(const Base& base, std::string_view bug, ReadFrom read, Cluster& cluster) {
  if (base.name == "linearizable") return make_quorum(cluster, bug != "quorum-no-writeback");
  if (base.name == "causal") {
    return make_broadcast(cluster, bug == "deps-omit-reads" ? Delivery::arrival : Delivery::causal,
                          Conflict::last_arrival);
  }
  if (base.name == "convergent") {
    return make_broadcast(cluster, Delivery::causal,
                          bug == "lww-skew" ? Conflict::wall_clock : Conflict::lamport_stamp);
  }
  if (base.name == "pram") return make_broadcast(cluster, Delivery::arrival, Conflict::last_arrival);
  LogOptions options;
  if (base.name == "sequential") {
    options.read = ReadFrom::any;
    options.token_of_writes = bug != "replica-read";
    options.token_of_reads = bug.empty();
  } else {
    options.read = read;
    options.fail_over = bug == "async-failover";
  }
  return make_log(cluster, options);
}

}  // namespace kasauti::adapters::sim
