// Maps that are weaker than linearizable on purpose.
//
// causal. A few replicas, each with a log of the writes of its own clients. A client reads and writes at its replica,
// which takes in the others' writes in causal order (each carries what its replica had seen, as a vector clock) and
// some time later. A client writes a key only if its replica has seen the key's last write and no other write to it
// is under way, so the writes of one key are totally ordered by causality. Causal memory holds: the order in which a
// process's replica applied the writes, with the process's reads where they happened, is legal and respects
// happens-before. Convergent causality holds: with "was applied before" for visibility, every arbitration that
// extends it orders the writes of a key as causality does, and a read returns the last one visible.
//
// sequential. One log of all writes; each process reads the map as it was at its own place in the log, which only
// moves forward, and which its own writes move to the end. The log's order, with each read right after its place, is
// a witness.
//
// Both are not linearizable as soon as a read returns a value that was overwritten before the read began, which late
// replicas and places see to; a violation is played as in registers.cpp.

#include <algorithm>

#include "histories/generate/object.hpp"

namespace kasauti::histories::generate {

namespace {

constexpr std::int64_t first_odd_value = 1'000'000'000'000;
/// How many writes of one log a reader may be behind; a power of two.
constexpr std::uint64_t longest_lag = 64;
constexpr std::size_t most_replicas = 5;
/// So many places in the log are shared by the clients of a sequential map, so that memory doesn't grow with clients
/// × keys.
constexpr std::size_t most_places = 64;

struct Write {
  std::uint64_t key = 0;
  std::int64_t value = null;
  std::uint64_t seen[most_replicas] = {};  ///< of each log, when it was written
};

/// A reader's map, and how much of each log it has taken in.
struct Replica {
  std::vector<std::int64_t> values;
  std::uint64_t seen[most_replicas] = {};
};

class Replicas final : public Object {
 public:
  Replicas(const Options& options, Random& random)
      : options_{options}, random_{random}, causal_{options.kind == "causal"},
        logs_(causal_ ? std::clamp<std::size_t>(options.clients, 2, most_replicas) : 1),
        replicas_(causal_ ? logs_.size() : std::clamp<std::size_t>(options.clients, 2, most_places)),
        last_write_(options.keys), busy_(options.keys, false) {
    for (Log& log : logs_) log.writes.resize(longest_lag);
    for (Replica& replica : replicas_) replica.values.assign(options.keys, null);
  }

  std::string header() const override {
    return R"("object":"kv","initial":null,"workload":")" + options_.kind + "\"";
  }

  void choose(Call& call) override {
    const std::uint64_t key = random_.below(options_.keys);
    if (random_.chance(options_.reads) || !may_write(call, key)) return read(call, key);
    write(call, key, options_.values == 0 ? ++written_ : static_cast<std::int64_t>(random_.below(options_.values)));
  }

  bool play(Call& call) override {
    if (step_ == 0 && !find_key(call)) {
      // Nothing is violated yet: let the others go on.
      read(call, random_.below(options_.keys));
      return true;
    }
    call.script = ++step_;
    const bool stale = options_.violate == "stale";
    if (stale && step_ <= 2) return write(call, odd_key_, first_odd_value + step_ - 1), true;
    if (step_ == (stale ? 3U : 1U)) return read(call, odd_key_), true;
    if (options_.violate == "future" && step_ == 2) return write(call, odd_key_, first_odd_value), true;
    busy_[odd_key_] = false;
    return false;
  }

  bool apply(Call& call, std::vector<Call*>&) override {
    Replica& replica = replica_of(call);
    if (call.a == null) {
      if (random_.below(8) == 0) catch_up(replica, random_.below(longest_lag));
      set_number(call.result, call.script != 0 ? first_odd_value : replica.values[call.key]);
      return true;
    }
    const std::size_t log_number = causal_ ? call.client % logs_.size() : 0;
    if (!causal_) catch_up(replica, 0);
    Log& log = logs_[log_number];
    for (Replica& other : replicas_) take_in(other, log_number, log.end - std::min(log.end, longest_lag - 1));
    Write& entry = log.writes[log.end % longest_lag];
    entry.key = call.key;
    entry.value = call.a;
    std::ranges::copy(replica.seen, entry.seen);
    replica.seen[log_number] = ++log.end;
    replica.values[call.key] = call.a;
    last_write_[call.key] = {log_number, log.end};
    return true;
  }

  void finished(const Call& call) override {
    // A violation's key stays reserved until it is over.
    if (call.a != null && call.script == 0) busy_[call.key] = false;
  }

 private:
  struct Log {
    std::uint64_t end = 0;
    std::vector<Write> writes;  ///< the last ones, as a ring
  };
  struct Place {
    std::size_t log = 0;
    std::uint64_t end = 0;
  };

  Replica& replica_of(const Call& call) { return replicas_[call.client % replicas_.size()]; }

  bool may_write(const Call& call, std::uint64_t key) {
    const Place& last = last_write_[key];
    return !causal_ || (!busy_[key] && replica_of(call).seen[last.log] >= last.end);
  }

  bool find_key(const Call& call) {
    odd_key_ = random_.below(options_.keys);
    if (causal_ && !may_write(call, odd_key_)) return false;
    busy_[odd_key_] = true;
    return true;
  }

  void read(Call& call, std::uint64_t key) const {
    call.f = "get";
    call.key = key;
    call.a = null;
  }

  void write(Call& call, std::uint64_t key, std::int64_t value) {
    busy_[key] = true;
    call.f = "put";
    call.key = key;
    call.a = value;
    set_number(call.argument, value);
  }

  /// Takes in writes of every log until at most `lag` of each are missing.
  void catch_up(Replica& replica, std::uint64_t lag) {
    for (std::size_t log = 0; log < logs_.size(); ++log) {
      take_in(replica, log, logs_[log].end - std::min(logs_[log].end, lag));
    }
  }

  /// Takes in the writes of one log up to `end`, each after those of other logs that were seen when it was written.
  void take_in(Replica& replica, std::size_t log, std::uint64_t end) {
    while (replica.seen[log] < end) {
      const Write& next = logs_[log].writes[replica.seen[log] % longest_lag];
      for (std::size_t other = 0; other < logs_.size(); ++other) {
        if (other != log) take_in(replica, other, next.seen[other]);
      }
      replica.values[next.key] = next.value;
      ++replica.seen[log];
    }
  }

  const Options& options_;
  Random& random_;
  const bool causal_;
  std::vector<Log> logs_;
  std::vector<Replica> replicas_;
  std::vector<Place> last_write_;  ///< by key
  std::vector<bool> busy_;         ///< by key: a write is under way
  std::int64_t written_ = 0;
  std::uint64_t odd_key_ = 0;
  unsigned step_ = 0;
};

}  // namespace

std::unique_ptr<Object> make_replicas(const Options& options, Random& random) {
  return std::make_unique<Replicas>(options, random);
}

}  // namespace kasauti::histories::generate
