#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::linearizable {

/// Ranks one up, so that 0 is free for what completed before everything.
using Stamp = std::uint64_t;
[[nodiscard]] inline Stamp stamp(histories::Rank rank) {
  return rank == histories::never ? std::numeric_limits<Stamp>::max() : Stamp{rank} + 1;
}

/// What stands together in every legal order: cluster A must precede B iff f of A < s of B (Gibbons & Korach 1997).
struct Zone {
  Stamp f = std::numeric_limits<Stamp>::max();  ///< the least completion in the cluster
  Stamp s = 0;                                  ///< its greatest invocation
};

/// Clusters in an order that respects what must precede what; or two that must precede each other, the first with the
/// lesser f.
struct Emission {
  std::vector<std::uint32_t> order;
  std::uint32_t a = 0, b = 0;
  bool clash = false;
};

/// `by_f` and `by_s`: the same clusters, sorted by f and by s, each beside its index. O(n), and the caller's sorting.
///
/// While clusters remain, one is emitted whose s is before every other f. Let M have the least f and N the second
/// least. If neither M nor the cluster with the least s can be emitted, then f(N) < s(M) and f(M) < s(N): M and N
/// clash. So a circle of clusters always contains one of two.
template <std::derived_from<Zone> Cluster>
[[nodiscard]] Emission emit_zones(const std::vector<Cluster>& zones,
                                  std::span<const std::pair<Stamp, std::uint32_t>> by_f,
                                  std::span<const std::pair<Stamp, std::uint32_t>> by_s) {
  Emission emission;
  std::vector<bool> emitted(zones.size(), false);
  emission.order.reserve(by_f.size());
  const auto put = [&](std::uint32_t index) {
    emitted[index] = true;
    emission.order.push_back(index);
  };
  std::size_t least_f = 0;
  std::size_t least_s = 0;
  while (emission.order.size() < by_f.size()) {
    while (emitted[by_f[least_f].second]) ++least_f;
    while (emitted[by_s[least_s].second]) ++least_s;
    const std::uint32_t m = by_f[least_f].second;
    const std::uint32_t candidate = by_s[least_s].second;
    if (candidate != m && zones[candidate].s <= zones[m].f) {
      put(candidate);
      continue;
    }
    std::size_t second = least_f + 1;
    while (second < by_f.size() && emitted[by_f[second].second]) ++second;
    if (second == by_f.size() || zones[m].s <= by_f[second].first) {
      put(m);
      continue;
    }
    emission.a = m;
    emission.b = by_f[second].second;
    emission.clash = true;
    return emission;
  }
  return emission;
}

}  // namespace kasauti::checker::linearizable
