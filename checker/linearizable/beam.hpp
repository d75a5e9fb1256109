#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/linearizable/configuration.hpp"

namespace kasauti::checker::linearizable {

/// Of the configurations with each state keeps those that have used the fewest unknown calls and can hide the most, `beam` in all: the
/// ones with the most freedom left. Whether any had to go. A beam of 0 keeps all.
template <unsigned Words>
bool keep_best(std::vector<Configuration<Words>>& all, std::uint32_t beam) {
  if (beam == 0 || all.size() <= beam) return false;
  boost::unordered_flat_map<StateId, std::uint32_t> order;  // states as they first appear, for their numbers mean nothing
  std::vector<std::pair<std::uint32_t, std::uint32_t>> by_state;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const auto next = static_cast<std::uint32_t>(order.size());
    by_state.emplace_back(order.try_emplace(all[i].state, next).first->second, i);
  }
  std::ranges::stable_sort(by_state, [&](const auto& left, const auto& right) {
    if (left.first != right.first) return left.first < right.first;
    const auto &a = all[left.second], &b = all[right.second];
    if (a.unknowns != b.unknowns) return a.unknowns < b.unknowns;
    return a.hideable.count() > b.hideable.count();
  });
  std::vector<std::pair<std::uint32_t, std::uint32_t>> place(all.size());  // its place among those of its state, and in by_state
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const bool first = i == 0 || by_state[i].first != by_state[i - 1].first;
    place[i] = {first ? 0 : place[i - 1].first + 1, i};
  }
  std::ranges::nth_element(place, place.begin() + static_cast<std::ptrdiff_t>(beam));
  place.resize(beam);
  std::ranges::sort(place, {}, [](const auto& p) { return p.second; });
  std::vector<Configuration<Words>> kept;
  for (const auto& [rank, index] : place) kept.push_back(all[by_state[index].second]);
  all = std::move(kept);
  return true;
}

}  // namespace kasauti::checker::linearizable
