#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "checker/linearizable/contents.hpp"

namespace kasauti::checker::linearizable {

/// Slots, divided: what happens in a slot before the cut in it, the cut, and what happens behind it.
using Moment = std::uint64_t;
[[nodiscard]] constexpr Moment in_slot(Place slot) { return Moment{4} * slot; }
[[nodiscard]] constexpr Moment at_cut(Place slot) { return in_slot(slot) + 1; }
[[nodiscard]] constexpr Moment behind_cut(Place slot) { return in_slot(slot) + 2; }
[[nodiscard]] constexpr Place slot_of(Moment moment) { return static_cast<Place>(moment / 4); }

/// The least deadline among calls that begin behind a place: a Fenwick tree, O(log n) each.
class Deadlines {
 public:
  explicit Deadlines(Place places)
      : least_(static_cast<std::size_t>(places) + 2, {UINT32_MAX, histories::no_operation}) {}

  void lower(Place begin, Place deadline, OpId because) {
    for (std::size_t i = least_.size() - 1 - begin; i < least_.size(); i += i & (~i + 1)) {
      least_[i] = std::min(least_[i], {deadline, because});
    }
  }
  /// Among the calls that begin behind `place`; no operation if there is none.
  [[nodiscard]] std::pair<Place, OpId> behind(Place place) const {
    std::pair<Place, OpId> least{UINT32_MAX, histories::no_operation};
    for (std::size_t i = least_.size() - 2 - place; i > 0; i -= i & (~i + 1)) least = std::min(least, least_[i]);
    return least;
  }

 private:
  std::vector<std::pair<Place, OpId>> least_;
};

}  // namespace kasauti::checker::linearizable
