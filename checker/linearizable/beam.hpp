#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "checker/linearizable/configuration.hpp"

namespace kasauti::checker::linearizable {

/// Of the configurations with each state keeps those that have used the fewest unknown calls and can hide the most,
/// `beam` in all: the ones with the most freedom left. Of states it prefers those that were met first. Whether any had
/// to go. A beam of 0 keeps all.
template <unsigned Words>
bool keep_best(std::vector<Configuration<Words>>& all, std::uint32_t beam) {
  if (beam == 0 || all.size() <= beam) return false;
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) {
    if (a.state != b.state) return a.state < b.state;
    if (a.unknowns != b.unknowns) return a.unknowns < b.unknowns;
    return a.hideable.count() > b.hideable.count();
  });
  std::vector<std::pair<std::uint32_t, std::uint32_t>> place(all.size());  // its place among those of its state, itself
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const bool first = i == 0 || all[i].state != all[i - 1].state;
    place[i] = {first ? 0 : place[i - 1].first + 1, i};
  }
  std::ranges::nth_element(place, place.begin() + static_cast<std::ptrdiff_t>(beam));
  place.resize(beam);
  std::ranges::sort(place, {}, [](const auto& p) { return p.second; });
  std::vector<Configuration<Words>> kept;
  for (const auto& [rank, index] : place) kept.push_back(all[index]);
  all = std::move(kept);
  return true;
}

}  // namespace kasauti::checker::linearizable
