// The memory of the search (frontier.cpp), in parts with a lock each, so that threads seldom meet.

#include "checker/sequential/dead_configurations.hpp"

namespace kasauti::checker::sequential {

namespace {

/// In each part: half a gigabyte in all.
constexpr std::size_t most_words = std::size_t{1} << 21;

/// Whether the configuration is among those of the part; if not, `slot` is the hash under which it may join them.
bool find(const boost::unordered_flat_map<std::uint64_t, std::uint32_t>& number_of,
          const std::vector<std::uint32_t>& words, const Configuration& configuration, std::uint64_t& slot) {
  const std::size_t width = configuration.width();
  for (slot = configuration.hash();; ++slot) {
    const auto entry = number_of.find(slot);
    if (entry == number_of.end()) return false;
    const std::uint32_t* known = words.data() + std::size_t{entry->second} * width;
    bool same = true;
    for (std::size_t i = 0; same && i < width; ++i) same = known[i] == configuration.word(i);
    if (same) return true;
  }
}

}  // namespace

bool DeadConfigurations::contains(const Configuration& configuration) {
  Shard& shard = shard_of(configuration);
  const std::lock_guard lock{shard.mutex};
  std::uint64_t slot = 0;
  return !shard.number_of.empty() && find(shard.number_of, shard.words, configuration, slot);
}

void DeadConfigurations::add(const Configuration& configuration) {
  Shard& shard = shard_of(configuration);
  const std::lock_guard lock{shard.mutex};
  std::uint64_t slot = 0;
  if (shard.words.size() > most_words || find(shard.number_of, shard.words, configuration, slot)) return;
  shard.number_of.emplace(slot, static_cast<std::uint32_t>(shard.number_of.size()));
  for (std::size_t i = 0; i < configuration.width(); ++i) shard.words.push_back(configuration.word(i));
}

std::uint64_t DeadConfigurations::size() {
  std::uint64_t size = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard lock{shard.mutex};
    size += shard.number_of.size();
  }
  return size;
}

}  // namespace kasauti::checker::sequential
