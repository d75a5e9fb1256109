// A yardstick: the zones of Gibbons and Korach (1997) in as few lines as they take, on one thread, to compare ours
// with.
//
//   bench_zones_reference FILE…
//
// reads histories of registers or maps in which no value is written twice (over all keys), and prints for each the
// verdict, the seconds of checking alone (from invocation and completion ranks in memory to the bare verdict) and the
// number of operations. It gives no certificate and shares no code with the checker.
//
// A cluster is a write with the reads of its value; f is its first completion, s its last invocation. Cluster A must
// come before B iff f_A < s_B. The history is linearizable iff no read ends before its write begins and no two
// clusters of a key must each come before the other (a cycle of such pairs contains one of length two).

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "histories/read.hpp"

namespace {

using namespace kasauti::histories;

struct Call {
  std::uint32_t key, value;
  std::int64_t begins, ends;
  bool writes, known;
};

struct Cluster {
  std::uint32_t key = 0;
  bool written = false, read = false, write_known = false;
  std::int64_t write_begins = 0, first_read_ends = INT64_MAX;
  std::int64_t f = INT64_MAX, s = INT64_MIN;
};

/// Values are numbers below `values`; what a key held at first is the value `values` + key.
bool linearizable(const std::vector<Call>& calls, std::uint32_t values, std::uint32_t keys) {
  std::vector<Cluster> clusters(values + keys);
  for (std::uint32_t key = 0; key < keys; ++key) {
    clusters[values + key] = {key, true, false, true, INT64_MIN, INT64_MAX, INT64_MIN, INT64_MIN};
  }
  for (const Call& call : calls) {
    Cluster& cluster = clusters[call.value];
    if (call.writes) {
      cluster.key = call.key;
      cluster.written = true;
      cluster.write_known = call.known;
      cluster.write_begins = call.begins;
    } else {
      cluster.read = true;
      cluster.first_read_ends = std::min(cluster.first_read_ends, call.ends);
    }
    cluster.f = std::min(cluster.f, call.ends);
    cluster.s = std::max(cluster.s, call.begins);
  }
  std::vector<Cluster> forward, backward;
  for (const Cluster& cluster : clusters) {
    if (cluster.read && (!cluster.written || cluster.first_read_ends < cluster.write_begins)) return false;
    // A write of unknown outcome that nobody read need not have happened.
    if (!cluster.written || (!cluster.read && !cluster.write_known)) continue;
    (cluster.f < cluster.s ? forward : backward).push_back(cluster);
  }
  const auto earlier = [](const Cluster& a, const Cluster& b) { return a.key != b.key ? a.key < b.key : a.f < b.f; };
  std::sort(forward.begin(), forward.end(), earlier);
  for (std::size_t i = 1; i < forward.size(); ++i) {
    if (forward[i - 1].key == forward[i].key && forward[i].f < forward[i - 1].s) return false;
  }
  // Forward zones are disjoint now: only the last one that begins before a backward zone can hold it.
  for (const Cluster& inner : backward) {
    auto after = std::partition_point(forward.begin(), forward.end(), [&inner](const Cluster& outer) {
      return outer.key != inner.key ? outer.key < inner.key : outer.f < inner.s;
    });
    if (after != forward.begin() && (--after)->key == inner.key && inner.f < after->s) return false;
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    const ReadResult read = read_history(arguments[i]);
    if (!read.ok) {
      fmt::print(stderr, "{} can't be read\n", arguments[i]);
      return 254;
    }
    const History& history = read.history;
    const auto values = static_cast<std::uint32_t>(history.values.size());
    std::vector<Call> calls;
    std::vector<bool> seen(values);
    for (OpId op = 0; op < history.size(); ++op) {
      const bool writes = history.function[op] == Function::write;
      if (history.outcome[op] == Outcome::fail || (!writes && !history.ok(op))) continue;
      std::uint32_t value = writes ? history.argument[op] : history.result[op];
      if ((!writes && history.function[op] != Function::read) || (writes && seen[value])) {
        fmt::print(stderr, "{}: only reads and distinct writes\n", arguments[i]);
        return 254;
      }
      if (writes) seen[value] = true;
      if (value == history.header.initial) value = values + history.key[op];
      const std::int64_t ends = history.completed[op] == never ? INT64_MAX : history.completed[op];
      calls.push_back({history.key[op], value, history.invoked[op], ends, writes, history.ok(op)});
    }
    const auto start = std::chrono::steady_clock::now();
    const bool holds = linearizable(calls, values, static_cast<std::uint32_t>(history.key_count()));
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    fmt::print("{{\"file\":\"{}\",\"verdict\":\"{}\",\"operations\":{},\"seconds\":{:.6f}}}\n", arguments[i],
               holds ? "holds" : "violated", calls.size(), spent.count());
  }
}
