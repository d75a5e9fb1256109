#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

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
  void add(const Bits& other) {
    for (unsigned i = 0; i < Words; ++i) word[i] |= other.word[i];
  }
};

/// Where an order of the calls can be: which open calls have taken effect, and what state the object is in (search.cpp).
template <unsigned Words>
struct Configuration {
  Bits<Words> used;               ///< open required calls that have taken effect
  Bits<Words> hideable;           ///< pending blind writes that may stand, unseen, before a later one
  StateId state = 0;
  std::uint32_t unknown = UsedTable::nothing;  ///< the unknown calls that it has used
  std::uint32_t unknowns = 0;                  ///< how many they are
  std::uint32_t node = none;                   ///< its last step
  bool fresh = false;             ///< the last step was a blind write that nobody has observed
  bool idle = false;              ///< the last change was by an unknown call, and nobody has observed it
  bool dead = false;              ///< another one dominates it
};

/// The slots of the open required calls, by what the calls can do.
template <unsigned Words>
struct Masks {
  Bits<Words> changing, observing, blind;  ///< blind ones are changing ones too
};

/// Configurations, but for those that another one dominates. Comparing all would cost the square of their number; what
/// most_compared leaves undropped costs time and nothing else.
template <unsigned Words>
class Layer {
 public:
  using Configuration = linearizable::Configuration<Words>;
  using Masks = linearizable::Masks<Words>;

  void clear() {
    items_.clear();
    next_.clear();
    std::ranges::fill(heads_, none);
  }
  /// False if another one dominates it. Without `dominance` only its equals do.
  bool insert(const Configuration& c, const Masks& open, const UsedTable& unknown, bool dominance);
  [[nodiscard]] std::vector<Configuration>& items() { return items_; }
  [[nodiscard]] std::size_t bytes() const {
    return items_.capacity() * sizeof(Configuration) + heads_.capacity() * 2 * sizeof(std::uint32_t);
  }

 private:
  static constexpr unsigned most_compared = 256;
  static std::uint64_t hash(const Configuration& c, const Masks& open);
  static bool dominates(const Configuration& a, const Configuration& b, const Masks& open, const UsedTable& unknown);
  void grow(const Masks& open);

  std::vector<Configuration> items_;
  std::vector<std::uint32_t> next_, heads_;  // chains of configurations that may dominate each other, by hash
};

template <unsigned Words>
std::uint64_t Layer<Words>::hash(const Configuration& c, const Masks& open) {
  std::uint64_t h = c.state * 0x9e3779b97f4a7c15U;
  for (unsigned i = 0; i < Words; ++i) {
    h = (h ^ (c.used.word[i] & open.changing.word[i] & ~open.blind.word[i])) * 0xd6e8feb86659fd93U;
    h ^= h >> 32U;
  }
  return h;
}

// a can do whatever b can: the same state and the same changes made, no fewer reads taken, each pending blind write of b hideable in a
// too, and no more unknown calls used. A blind write that can still be hidden is better than one that has been used, for it can be
// used, and needs not be.
template <unsigned Words>
bool Layer<Words>::dominates(const Configuration& a, const Configuration& b, const Masks& open, const UsedTable& unknown) {
  if (a.state != b.state || (a.fresh && !b.fresh) || (a.idle && !b.idle)) return false;
  for (unsigned i = 0; i < Words; ++i) {
    const std::uint64_t differ = a.used.word[i] ^ b.used.word[i];
    const std::uint64_t blind = open.blind.word[i];
    if ((differ & open.changing.word[i] & ~(blind & a.hideable.word[i])) != 0) return false;
    if ((differ & open.observing.word[i] & b.used.word[i]) != 0) return false;
    if ((b.hideable.word[i] & ~a.hideable.word[i]) != 0) return false;
  }
  return unknown.subset(a.unknown, b.unknown);
}

template <unsigned Words>
void Layer<Words>::grow(const Masks& open) {
  heads_.assign(std::max<std::size_t>(64, heads_.size() * 2), none);
  for (std::uint32_t i = 0; i < items_.size(); ++i) {
    std::uint32_t& head = heads_[hash(items_[i], open) & (heads_.size() - 1)];
    next_[i] = head;
    head = i;
  }
}

template <unsigned Words>
bool Layer<Words>::insert(const Configuration& c, const Masks& open, const UsedTable& unknown, bool dominance) {
  if (items_.size() >= heads_.size()) grow(open);
  const std::uint64_t h = hash(c, open);
  unsigned looked_at = 0;
  for (std::uint32_t i = heads_[h & (heads_.size() - 1)]; i != none; i = next_[i]) {
    Configuration& other = items_[i];
    if (other.dead || other.state != c.state) continue;
    if (!dominance) {
      if (other.fresh == c.fresh && other.idle == c.idle && other.used == c.used && other.hideable == c.hideable && other.unknown == c.unknown) return false;
      continue;
    }
    if (++looked_at > most_compared) break;
    if (dominates(other, c, open, unknown)) return false;
    if (dominates(c, other, open, unknown)) other.dead = true;
  }
  std::uint32_t& head = heads_[h & (heads_.size() - 1)];
  next_.push_back(head);
  head = static_cast<std::uint32_t>(items_.size());
  items_.push_back(c);
  return true;
}

}  // namespace kasauti::checker::linearizable
