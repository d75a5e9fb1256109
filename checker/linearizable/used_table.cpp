#include "checker/linearizable/used_table.hpp"

#include <algorithm>

#include <boost/container_hash/hash.hpp>

namespace kasauti::checker::linearizable {

UsedTable::UsedTable() : begin_{0, 0} { by_hash_.emplace(0, nothing); }

std::uint32_t UsedTable::with(std::uint32_t used, std::uint32_t group) {
  const std::uint64_t question = std::uint64_t{used} << 32U | group;
  if (base_ != nullptr && used < first_) {
    const auto known = base_->successor_.find(question);
    if (known != base_->successor_.end()) return known->second;
  }
  if (successor_.size() >= most_remembered) successor_.clear();
  const auto [known, fresh] = successor_.try_emplace(question, 0);
  if (!fresh) return known->second;
  const auto old = entries(used);
  scratch_.assign(old.begin(), old.end());
  const auto place = std::ranges::lower_bound(scratch_, group, {}, &Entry::group);
  if (place != scratch_.end() && place->group == group) {
    ++place->count;
  } else {
    scratch_.insert(place, {group, 1});
  }
  return known->second = intern(scratch_);
}

// Multisets whose hashes are equal stand at the next hash that was free.
const std::uint32_t* UsedTable::find(std::uint64_t hash, std::span<const Entry> multiset) const {
  for (;; ++hash) {
    const auto entry = by_hash_.find(hash);
    if (entry == by_hash_.end()) return nullptr;
    if (std::ranges::equal(entries(entry->second), multiset)) return &entry->second;
  }
}

std::uint32_t UsedTable::intern(std::span<const Entry> multiset) {
  std::size_t seed = multiset.size();
  for (const Entry& entry : multiset) {
    boost::hash_combine(seed, entry.group);
    boost::hash_combine(seed, entry.count);
  }
  if (base_ != nullptr) {
    if (const std::uint32_t* known = base_->find(seed, multiset)) return *known;
  }
  for (std::uint64_t hash = seed;; ++hash) {
    const auto [entry, inserted] = by_hash_.try_emplace(hash, size());
    if (inserted) {
      entries_.insert(entries_.end(), multiset.begin(), multiset.end());
      begin_.push_back(entries_.size());
    }
    if (inserted || std::ranges::equal(entries(entry->second), multiset)) return entry->second;
  }
}

std::vector<std::uint32_t> UsedTable::take_in(const UsedTable& part) {
  std::vector<std::uint32_t> here;
  for (std::uint32_t used = part.first_; used < part.size(); ++used) here.push_back(intern(part.entries(used)));
  const auto renamed = [&](std::uint32_t used) { return used < part.first_ ? used : here[used - part.first_]; };
  for (const auto& [question, answer] : part.successor_) {
    const std::uint64_t used = renamed(static_cast<std::uint32_t>(question >> 32U));
    successor_.try_emplace(used << 32U | (question & UINT32_MAX), renamed(answer));
  }
  return here;
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
