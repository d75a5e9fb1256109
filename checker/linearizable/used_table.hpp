#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::checker::linearizable {

/// How many of each kind of unknown operation an order has used, as interned multisets: operations of one kind are
/// interchangeable, so they are counted and not named.
class UsedTable {
 public:
  UsedTable();

  static constexpr std::uint32_t nothing = 0;

  /// The multiset with one more of `group`.
  std::uint32_t with(std::uint32_t used, std::uint32_t group);
  /// How many of `group` are in it. O(size).
  [[nodiscard]] std::uint32_t count(std::uint32_t used, std::uint32_t group) const;
  /// a has no more of any group than b.
  [[nodiscard]] bool subset(std::uint32_t a, std::uint32_t b) const;

 private:
  struct Entry {
    std::uint32_t group;
    std::uint32_t count;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  [[nodiscard]] std::span<const Entry> entries(std::uint32_t used) const {
    return {entries_.data() + begin_[used], entries_.data() + begin_[used + 1]};
  }

  std::vector<std::size_t> begin_;
  std::vector<Entry> entries_;  // of each multiset, sorted by group
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> by_hash_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> successor_;
  std::vector<Entry> scratch_;
};

}  // namespace kasauti::checker::linearizable
