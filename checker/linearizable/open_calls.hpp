#pragma once

#include <cstdint>
#include <vector>

#include "checker/linearizable/configuration.hpp"
#include "checker/linearizable/facts.hpp"

namespace kasauti::checker::linearizable {

/// The calls that are open at one moment: each required one in a slot, the unknown ones counted by kind.
template <unsigned Words>
class OpenCalls {
 public:
  using Configuration = linearizable::Configuration<Words>;

  explicit OpenCalls(const Facts& facts)
      : facts_{facts}, slot_of_(facts.problem.calls.size(), none), call_in_(Words * 64, none),
        kind_in_(Words * 64, none), ends_in_(Words * 64, none), open_of_kind_(facts.problem.kinds.size(), 0),
        available_(facts.kind_of_group.size(), 0) {
    for (std::uint32_t slot = Words * 64; slot-- > 0;) free_slots_.push_back(slot);
  }

  void invoke(std::uint32_t call);
  void complete(std::uint32_t call);

  [[nodiscard]] const Masks<Words>& masks() const { return masks_; }
  [[nodiscard]] std::uint32_t slot_of(std::uint32_t call) const { return slot_of_[call]; }
  [[nodiscard]] std::uint32_t call_in(std::uint32_t slot) const { return call_in_[slot]; }
  [[nodiscard]] std::uint32_t kind_in(std::uint32_t slot) const { return kind_in_[slot]; }
  [[nodiscard]] std::uint32_t groups() const { return static_cast<std::uint32_t>(available_.size()); }
  /// What one step weighs for the budget: it looks at every open call and every group.
  [[nodiscard]] std::uint32_t weight() const {
    return 1 + static_cast<std::uint32_t>(masks_.changing.count()) + groups() / 4;
  }
  /// How many unknown calls of the group have been invoked.
  [[nodiscard]] std::uint32_t available(std::uint32_t group) const { return available_[group]; }

  /// Whether the call that a tie puts before the one in `slot`, if any, has taken effect in c.
  [[nodiscard]] bool may_go(const Configuration& c, std::uint32_t slot) const;
  /// Whether an equal call that must end earlier is pending in c.
  [[nodiscard]] bool twin_goes_first(const Configuration& c, std::uint32_t slot) const;
  /// Lets every observer that is legal in c take effect, in the order in which `took` is told of their slots.
  template <class Took>
  void saturate(Configuration& c, StateTable& states, Took&& took) const;

 private:
  const Facts& facts_;
  std::vector<std::uint32_t> slot_of_;     // by call
  std::vector<std::uint32_t> call_in_;     // by slot
  std::vector<std::uint32_t> kind_in_;     // by slot: the call's kind
  std::vector<std::uint32_t> ends_in_;     // by slot: the event of the call's completion
  std::vector<std::uint16_t> open_of_kind_;  // by kind: how many that change something are open
  std::vector<std::uint32_t> available_;   // by group
  std::vector<std::uint32_t> free_slots_;
  Masks<Words> masks_;
};

template <unsigned Words>
void OpenCalls<Words>::invoke(std::uint32_t call) {
  const Call& which = facts_.problem.calls[call];
  if (!which.required) {
    if (facts_.group_of[which.kind] != none) ++available_[facts_.group_of[which.kind]];
    return;
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  slot_of_[call] = slot;
  call_in_[slot] = call;
  kind_in_[slot] = which.kind;
  ends_in_[slot] = facts_.completes_at[call];
  if (facts_.observes[which.kind]) {
    masks_.observing.set(slot);
  } else {
    masks_.changing.set(slot);
    ++open_of_kind_[which.kind];
    if (facts_.overwrites[which.kind]) masks_.blind.set(slot);
  }
}

template <unsigned Words>
void OpenCalls<Words>::complete(std::uint32_t call) {
  const std::uint32_t slot = slot_of_[call];
  if (masks_.changing.has(slot)) --open_of_kind_[kind_in_[slot]];
  masks_.changing.clear(slot);
  masks_.observing.clear(slot);
  masks_.blind.clear(slot);
  slot_of_[call] = none;
  call_in_[slot] = none;
  free_slots_.push_back(slot);
}

template <unsigned Words>
bool OpenCalls<Words>::may_go(const Configuration& c, std::uint32_t slot) const {
  if (facts_.problem.previous.empty()) return true;
  const std::uint32_t before = facts_.problem.previous[call_in_[slot]];
  if (before == none) return true;
  const std::uint32_t other = slot_of_[before];
  return other == none || call_in_[other] != before || c.used.has(other);
}

template <unsigned Words>
bool OpenCalls<Words>::twin_goes_first(const Configuration& c, std::uint32_t slot) const {
  const std::uint32_t kind = kind_in_[slot];
  if (!facts_.exchange || open_of_kind_[kind] < 2) return false;
  const std::uint32_t end = ends_in_[slot];
  bool found = false;
  masks_.changing.minus(c.used).each([&](std::uint32_t other) {
    if (kind_in_[other] == kind && ends_in_[other] < end) {
      found = found || c.hideable.has(other) == c.hideable.has(slot);
    }
  });
  return found;
}

template <unsigned Words>
template <class Took>
void OpenCalls<Words>::saturate(Configuration& c, StateTable& states, Took&& took) const {
  bool again = true;
  while (again) {
    again = false;
    masks_.observing.minus(c.used).each([&](std::uint32_t slot) {
      if (!may_go(c, slot) || states.after(c.state, kind_in(slot)).empty()) return;
      c.used.set(slot);
      took(slot);
      again = !facts_.problem.previous.empty();
    });
  }
}

}  // namespace kasauti::checker::linearizable
