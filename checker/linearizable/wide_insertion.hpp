#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "checker/linearizable/layer.hpp"

namespace kasauti::checker::linearizable {

/// A configuration on its way into a layer.
template <unsigned Words>
struct Candidate {
  Configuration<Words> to;   ///< its `node` is the index of the configuration it came from
  Step step;
};

inline constexpr std::uint32_t shards = 64;

/// What one part of a wide expansion sends to a layer.
template <unsigned Words>
struct Arrivals {
  std::vector<Candidate<Words>> items;
  std::vector<std::uint32_t> bucket;    // of each item, in the layer's table
  std::vector<std::uint32_t> by_shard;  // items, shard by shard, in their order
  std::array<std::uint32_t, shards + 1> shard_begin{};
  std::vector<std::uint32_t> place;     // of each item: where the layer will have it, or none
};

/// Many configurations into one layer: the same ones at the same places as Layer::insert() one after the other, by
/// several threads at once. The buckets of the layer's table are divided into shards. What may dominate each other
/// shares a bucket, so that each shard can be worked on by itself and in the order of arrival; at last the survivors of
/// all shards are put in that order.
template <unsigned Words>
class WideInsertion {
 public:
  /// Makes room in the table. Nobody may work on the layer meanwhile.
  static void prepare(Layer<Words>& layer, std::size_t arriving, const Rules<Words>& rules);
  /// Divides the arrivals of a part by shard. Side by side for the parts.
  static void divide(const Layer<Words>& layer, Arrivals<Words>& part, const Rules<Words>& rules);
  /// Decides about a shard's arrivals: `place` is none where another one dominates it. Side by side for the shards.
  void admit(Layer<Words>& layer, std::span<Arrivals<Words>* const> parts, std::uint32_t shard,
             const Rules<Words>& rules);
  /// Puts a shard's survivors at their places, whose number is what `layer` has been resized to. Side by side for the
  /// shards.
  void settle(Layer<Words>& layer, std::uint32_t shard);
  static void resize(Layer<Words>& layer, std::size_t size);

 private:
  static constexpr std::uint32_t newcomer = 0x80000000U;  // in a chain: an index into the newcomers of its shard

  struct Newcomer {
    Configuration<Words>* configuration;
    const std::uint32_t* place;
    std::uint32_t bucket, next;
  };
  std::array<std::vector<Newcomer>, shards> newcomers_;
};

template <unsigned Words>
void WideInsertion<Words>::prepare(Layer<Words>& layer, std::size_t arriving, const Rules<Words>& rules) {
  // Most arrivals are mostly equal to others.
  const std::size_t heads = std::bit_ceil(layer.items_.size() + arriving / 4 + Layer<Words>::fewest_heads);
  if (heads > layer.heads_.size()) layer.rehash(heads, rules);
}

template <unsigned Words>
void WideInsertion<Words>::divide(const Layer<Words>& layer, Arrivals<Words>& part, const Rules<Words>& rules) {
  const std::size_t count = part.items.size();
  const int shift = std::countr_zero(layer.heads_.size() / shards);
  part.bucket.resize(count);
  part.by_shard.resize(count);
  part.place.resize(count);
  part.shard_begin.fill(0);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t h = Layer<Words>::hash(part.items[i].to, rules.open);
    part.bucket[i] = static_cast<std::uint32_t>(h & (layer.heads_.size() - 1));
    ++part.shard_begin[(part.bucket[i] >> shift) + 1];
  }
  for (std::uint32_t shard = 0; shard < shards; ++shard) part.shard_begin[shard + 1] += part.shard_begin[shard];
  auto next = part.shard_begin;
  for (std::uint32_t i = 0; i < count; ++i) part.by_shard[next[part.bucket[i] >> shift]++] = i;
}

template <unsigned Words>
void WideInsertion<Words>::admit(Layer<Words>& layer, std::span<Arrivals<Words>* const> parts, std::uint32_t shard,
                                 const Rules<Words>& rules) {
  auto& heads = layer.heads_;
  auto& newcomers = newcomers_[shard];
  newcomers.clear();
  const auto at = [&](std::uint32_t i) -> Configuration<Words>& {
    return (i & newcomer) != 0 ? *newcomers[i & ~newcomer].configuration : layer.items_[i];
  };
  const auto next = [&](std::uint32_t i) {
    return (i & newcomer) != 0 ? newcomers[i & ~newcomer].next : layer.next_[i];
  };
  for (Arrivals<Words>* part : parts) {
    for (std::uint32_t k = part->shard_begin[shard]; k < part->shard_begin[shard + 1]; ++k) {
      const std::uint32_t index = part->by_shard[k];
      Configuration<Words>& c = part->items[index].to;
      std::uint32_t& head = heads[part->bucket[index]];
      if (!layer.admits(c, head, rules, at, next)) {
        part->place[index] = none;
        continue;
      }
      part->place[index] = 0;
      newcomers.push_back({&c, &part->place[index], part->bucket[index], head});
      head = newcomer | static_cast<std::uint32_t>(newcomers.size() - 1);
    }
  }
}

template <unsigned Words>
void WideInsertion<Words>::settle(Layer<Words>& layer, std::uint32_t shard) {
  const auto& newcomers = newcomers_[shard];
  const auto renamed = [&](std::uint32_t i) {
    return i != none && (i & newcomer) != 0 ? *newcomers[i & ~newcomer].place : i;
  };
  for (const Newcomer& each : newcomers) {
    layer.items_[*each.place] = *each.configuration;
    layer.next_[*each.place] = renamed(each.next);
    layer.heads_[each.bucket] = renamed(layer.heads_[each.bucket]);
  }
}

template <unsigned Words>
void WideInsertion<Words>::resize(Layer<Words>& layer, std::size_t size) {
  layer.items_.resize(size);
  layer.next_.resize(size);
}

}  // namespace kasauti::checker::linearizable
