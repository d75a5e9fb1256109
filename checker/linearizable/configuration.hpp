#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "checker/linearizable/state_table.hpp"
#include "checker/linearizable/used_table.hpp"

namespace kasauti::checker::linearizable {

inline constexpr std::uint32_t none = UINT32_MAX;

/// A set of slots, one for each required call that is open.
template <unsigned Words>
struct Bits {
  std::array<std::uint64_t, Words> word{};

  [[nodiscard]] bool has(std::uint32_t slot) const { return (word[slot / 64] >> (slot % 64) & 1U) != 0; }
  void set(std::uint32_t slot) { word[slot / 64] |= std::uint64_t{1} << (slot % 64); }
  void clear(std::uint32_t slot) { word[slot / 64] &= ~(std::uint64_t{1} << (slot % 64)); }
  friend bool operator==(const Bits&, const Bits&) = default;

  template <class Visit>
  void each(Visit&& visit) const {
    for (unsigned i = 0; i < Words; ++i) {
      for (std::uint64_t rest = word[i]; rest != 0; rest &= rest - 1) {
        visit(i * 64 + static_cast<std::uint32_t>(std::countr_zero(rest)));
      }
    }
  }
  [[nodiscard]] Bits minus(const Bits& other) const {
    Bits out;
    for (unsigned i = 0; i < Words; ++i) out.word[i] = word[i] & ~other.word[i];
    return out;
  }
  [[nodiscard]] Bits both(const Bits& other) const {
    Bits out;
    for (unsigned i = 0; i < Words; ++i) out.word[i] = word[i] & other.word[i];
    return out;
  }
  void add(const Bits& other) {
    for (unsigned i = 0; i < Words; ++i) word[i] |= other.word[i];
  }
  [[nodiscard]] int count() const {
    int bits = 0;
    for (const std::uint64_t w : word) bits += std::popcount(w);
    return bits;
  }
};

/// Where an order of the calls can be: which open calls have taken effect, and what state the object is in
/// (search.cpp).
template <unsigned Words>
struct Configuration {
  Bits<Words> used;               ///< open required calls that have taken effect
  Bits<Words> hideable;           ///< pending blind writes that may stand, unseen, before a later one
  StateId state = 0;
  std::uint32_t unknown = UsedTable::nothing;  ///< the unknown calls that it has used
  std::uint32_t unknowns = 0;                  ///< how many they are
  std::uint32_t node = none;                   ///< its last step, in a StepTree
  std::uint32_t died = 0;         ///< the turn of the layer in which another one came to dominate it; 0: none does
  bool fresh = false;             ///< the last step was a blind write that nobody has observed
  bool idle = false;              ///< the last change was by an unknown call, and nobody has observed it
};

/// The slots of the open required calls, by what the calls can do.
template <unsigned Words>
struct Masks {
  Bits<Words> changing, observing, blind;  ///< blind ones are changing ones too
};

/// What leads from one configuration to the next.
struct Step {
  std::uint32_t call = none;  ///< a call, or group_mark | a group of unknown calls; none: only the completion
  bool hidden = false;        ///< it stands just before the last blind write
};
inline constexpr std::uint32_t group_mark = 0x80000000U;

}  // namespace kasauti::checker::linearizable
