#include "checker/linearizable/used_table.hpp"

#include <algorithm>

#include <boost/container_hash/hash.hpp>

namespace kasauti::checker::linearizable {

UsedTable::UsedTable() : begin_{0, 0} { by_hash_.emplace(0, nothing); }

std::uint32_t UsedTable::with(std::uint32_t used, std::uint32_t group) {
  const auto [known, fresh] = successor_.try_emplace(std::uint64_t{used} << 32U | group, 0);
  if (!fresh) return known->second;
  const auto old = entries(used);
  scratch_.assign(old.begin(), old.end());
  const auto place = std::ranges::lower_bound(scratch_, group, {}, &Entry::group);
  if (place != scratch_.end() && place->group == group) {
    ++place->count;
  } else {
    scratch_.insert(place, {group, 1});
  }
  std::size_t seed = scratch_.size();
  for (const Entry& entry : scratch_) {
    boost::hash_combine(seed, entry.group);
    boost::hash_combine(seed, entry.count);
  }
  for (std::uint64_t hash = seed;; ++hash) {
    const auto [entry, inserted] = by_hash_.try_emplace(hash, static_cast<std::uint32_t>(begin_.size() - 1));
    if (inserted) {
      entries_.insert(entries_.end(), scratch_.begin(), scratch_.end());
      begin_.push_back(entries_.size());
    }
    if (inserted || std::ranges::equal(entries(entry->second), scratch_)) return known->second = entry->second;
  }
}

std::uint32_t UsedTable::count(std::uint32_t used, std::uint32_t group) const {
  const auto all = entries(used);
  const auto place = std::ranges::lower_bound(all, group, {}, &Entry::group);
  return place != all.end() && place->group == group ? place->count : 0;
}

bool UsedTable::subset(std::uint32_t a, std::uint32_t b) const {
  if (a == b || a == nothing) return true;
  const auto small = entries(a);
  const auto large = entries(b);
  if (small.size() > large.size()) return false;
  auto place = large.begin();
  for (const Entry& entry : small) {
    while (place != large.end() && place->group < entry.group) ++place;
    if (place == large.end() || place->group != entry.group || place->count < entry.count) return false;
  }
  return true;
}

}  // namespace kasauti::checker::linearizable
