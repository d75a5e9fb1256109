#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::checker::linearizable {

/// How many of each kind of unknown operation an order has used, as interned multisets: operations of one kind are
/// interchangeable, so they are counted and not named.
///
/// Like a StateTable, one may rest upon another that threads share.
class UsedTable {
 public:
  UsedTable();
  /// Knows what `base` knows, and its own multisets are numbered from base.size() on.
  explicit UsedTable(const UsedTable* base) : base_{base}, first_{base->size()}, begin_{0} {}

  static constexpr std::uint32_t nothing = 0;

  /// The multiset with one more of `group`.
  std::uint32_t with(std::uint32_t used, std::uint32_t group);
  /// How many of `group` are in it. O(size).
  [[nodiscard]] std::uint32_t count(std::uint32_t used, std::uint32_t group) const;
  /// a has no more of any group than b.
  [[nodiscard]] bool subset(std::uint32_t a, std::uint32_t b) const;

  /// Adds what `part`, which rests upon this table, has found out; the numbers here of the multisets that are its own.
  std::vector<std::uint32_t> take_in(const UsedTable& part);

  /// How many bytes more it may come to hold at once while so many multisets are added.
  [[nodiscard]] std::size_t growth(std::size_t more) const {
    std::size_t bytes = 0;
    constexpr std::size_t pair = 2 * sizeof(std::uint64_t);
    if (by_hash_.size() + more > by_hash_.max_load()) bytes += by_hash_.bucket_count() * 2 * pair;
    if (successor_.size() + more > successor_.max_load()) bytes += successor_.bucket_count() * 2 * pair;
    if (begin_.size() + more > begin_.capacity()) bytes += begin_.size() * sizeof(std::size_t);
    if (entries_.size() + 8 * more > entries_.capacity()) bytes += entries_.size() * sizeof(Entry);
    return bytes;
  }

  [[nodiscard]] std::uint32_t size() const { return first_ + static_cast<std::uint32_t>(begin_.size()) - 1; }

 private:
  struct Entry {
    std::uint32_t group;
    std::uint32_t count;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  [[nodiscard]] std::span<const Entry> entries(std::uint32_t used) const {
    if (used < first_) return base_->entries(used);
    return {entries_.data() + begin_[used - first_], entries_.data() + begin_[used - first_ + 1]};
  }
  std::uint32_t intern(std::span<const Entry> multiset);
  [[nodiscard]] const std::uint32_t* find(std::uint64_t hash, std::span<const Entry> multiset) const;

  const UsedTable* base_ = nullptr;
  std::uint32_t first_ = 0;
  std::vector<std::size_t> begin_;
  std::vector<Entry> entries_;  // of each multiset, sorted by group
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> by_hash_;
  static constexpr std::size_t most_remembered = 1 << 20;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> successor_;  // what with() answered, forgotten when too much
  std::vector<Entry> scratch_;
};

}  // namespace kasauti::checker::linearizable
