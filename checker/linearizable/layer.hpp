#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "checker/linearizable/configuration.hpp"

namespace kasauti::checker::linearizable {

/// What a layer needs to know to tell which of its configurations are worth keeping.
template <unsigned Words>
struct Rules {
  const Masks<Words>& open;
  const UsedTable& unknown;
  bool dominance;        ///< false: only equals are dropped
};

/// Configurations, but for those that another one dominates. Comparing all would cost the square of their number; what
/// most_compared leaves undropped costs time and nothing else.
template <unsigned Words>
class Layer {
 public:
  using Configuration = linearizable::Configuration<Words>;
  using Rules = linearizable::Rules<Words>;

  void clear();
  /// Its place in the layer; null if another one dominates it.
  Configuration* insert(const Configuration& c, const Rules& rules);
  [[nodiscard]] std::vector<Configuration>& items() { return items_; }
  [[nodiscard]] const std::vector<Configuration>& items() const { return items_; }

  /// Those that come to be dominated from now on bear the number of this turn: in it, they still count as alive.
  void begin_turn() { ++turn_; }
  [[nodiscard]] bool died_before(const Configuration& c) const { return c.died != 0 && c.died < turn_; }

  [[nodiscard]] std::size_t bytes() const {
    return items_.capacity() * sizeof(Configuration) + (heads_.capacity() + next_.capacity()) * sizeof(std::uint32_t);
  }
  /// What `more` configurations would take at once, for the copy of what is there included.
  [[nodiscard]] std::size_t growth(std::size_t more) const;

 private:
  template <unsigned>
  friend class WideInsertion;
  static constexpr unsigned most_compared = 256;
  static constexpr std::size_t fewest_heads = 64;

  static std::uint64_t hash(const Configuration& c, const Masks<Words>& open);
  static bool dominates(const Configuration& a, const Configuration& b, const Rules& rules);
  template <class At, class Next>
  bool admits(const Configuration& c, std::uint32_t first, const Rules& rules, const At& at, const Next& next) const;
  void rehash(std::size_t heads, const Rules& rules);

  std::vector<Configuration> items_;
  std::vector<std::uint32_t> next_, heads_;  // chains of configurations that may dominate each other, by hash
  std::uint32_t turn_ = 1;
};

template <unsigned Words>
void Layer<Words>::clear() {
  // A table that one wide layer has left behind must not be swept for every narrow one that follows.
  const std::size_t wanted = std::max(fewest_heads, std::bit_ceil(items_.size()));
  if (heads_.size() > 4 * wanted) heads_.resize(wanted);
  std::ranges::fill(heads_, none);
  items_.clear();
  next_.clear();
}

template <unsigned Words>
std::uint64_t Layer<Words>::hash(const Configuration& c, const Masks<Words>& open) {
  std::uint64_t h = c.state * 0x9e3779b97f4a7c15U;
  for (unsigned i = 0; i < Words; ++i) {
    h = (h ^ (c.used.word[i] & open.changing.word[i] & ~open.blind.word[i])) * 0xd6e8feb86659fd93U;
    h ^= h >> 32U;
  }
  return h;
}

// a can do whatever b can: the same state and the same changes made, no fewer reads taken, each pending blind write of
// b hideable in a too, and no more unknown calls used. A blind write that can still be hidden is better than one that
// has been used, for it can be used, and needs not be.
//
// What a must not do because it is fresh or idle is no reason to keep b. Say that a came from p by a blind write or an
// unknown call w that nobody has observed, and that b goes on with a blind write v. Then p went on with v too, and
// where w is a blind write it is hideable there: p with v can do all that b with v can. Say that b goes on by hiding
// the ending call. Then p does so too, or lets it be seen, and w comes when it is needed. What stands in for b has made
// fewer changes either way, and if it was dropped itself then for one that has made no more; so this ends.
template <unsigned Words>
bool Layer<Words>::dominates(const Configuration& a, const Configuration& b, const Rules& rules) {
  if (a.state != b.state) return false;
  for (unsigned i = 0; i < Words; ++i) {
    const std::uint64_t differ = a.used.word[i] ^ b.used.word[i];
    const std::uint64_t blind = rules.open.blind.word[i];
    if ((differ & rules.open.changing.word[i] & ~(blind & a.hideable.word[i])) != 0) return false;
    if ((differ & rules.open.observing.word[i] & b.used.word[i]) != 0) return false;
    if ((b.hideable.word[i] & ~a.hideable.word[i]) != 0) return false;
  }
  return rules.unknown.subset(a.unknown, b.unknown);
}

// Goes along a chain, and marks those in it that c dominates. What has another state or other changes made is there by
// accident of the table's size, and must not count.
template <unsigned Words>
template <class At, class Next>
bool Layer<Words>::admits(const Configuration& c, std::uint32_t first, const Rules& rules, const At& at,
                          const Next& next) const {
  if (first == none) return true;
  unsigned looked_at = 0;
  const Bits<Words> plain = rules.open.changing.minus(rules.open.blind);
  const Bits<Words> changed = c.used.both(plain);
  for (std::uint32_t i = first; i != none; i = next(i)) {
    Configuration& other = at(i);
    if (other.state != c.state || other.died != 0 || other.used.both(plain) != changed) continue;
    if (!rules.dominance) {
      if (other.fresh == c.fresh && other.idle == c.idle && other.used == c.used && other.hideable == c.hideable &&
          other.unknown == c.unknown)
        return false;
      continue;
    }
    if (++looked_at > most_compared) break;
    if (dominates(other, c, rules)) return false;
    if (dominates(c, other, rules)) other.died = turn_;
  }
  return true;
}

template <unsigned Words>
void Layer<Words>::rehash(std::size_t heads, const Rules& rules) {
  heads_.assign(std::max(fewest_heads, heads), none);
  for (std::uint32_t i = 0; i < items_.size(); ++i) {
    std::uint32_t& head = heads_[hash(items_[i], rules.open) & (heads_.size() - 1)];
    next_[i] = head;
    head = i;
  }
}

template <unsigned Words>
Configuration<Words>* Layer<Words>::insert(const Configuration& c, const Rules& rules) {
  if (items_.size() >= heads_.size()) rehash(heads_.size() * 2, rules);
  std::uint32_t& head = heads_[hash(c, rules.open) & (heads_.size() - 1)];
  const auto at = [&](std::uint32_t i) -> Configuration& { return items_[i]; };
  if (!admits(c, head, rules, at, [&](std::uint32_t i) { return next_[i]; })) return nullptr;
  next_.push_back(head);
  head = static_cast<std::uint32_t>(items_.size());
  items_.push_back(c);
  return &items_.back();
}

template <unsigned Words>
std::size_t Layer<Words>::growth(std::size_t more) const {
  std::size_t bytes = 0;
  if (items_.size() + more > items_.capacity()) bytes += items_.size() * sizeof(Configuration);
  if (items_.size() + more > heads_.size()) bytes += heads_.size() * 3 * sizeof(std::uint32_t);
  return bytes;
}

}  // namespace kasauti::checker::linearizable
