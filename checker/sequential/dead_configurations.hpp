#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/sequential/configuration.hpp"

namespace kasauti::checker::sequential {

/// Configurations from which searches came back in vain, shared by all that search one problem. Thread-safe. Beyond a
/// fixed size no more are remembered: the search stays exact, and giving the memory back stays quick.
class DeadConfigurations {
 public:
  [[nodiscard]] bool contains(const Configuration& configuration);
  void add(const Configuration& configuration);
  /// How many there are.
  [[nodiscard]] std::uint64_t size();

 private:
  struct Shard {
    std::mutex mutex;
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> number_of;  // by hash; on a clash the next hash is tried
    std::vector<std::uint32_t> words;
  };

  [[nodiscard]] Shard& shard_of(const Configuration& configuration) {
    return shards_[(configuration.hash() >> 32) % shards_.size()];
  }

  std::array<Shard, 64> shards_;
};

}  // namespace kasauti::checker::sequential
