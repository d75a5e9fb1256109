#pragma once

#include <cstdint>
#include <vector>

namespace kasauti::checker::staleness {

/// How many of the places added so far are below one: a Fenwick tree. O(log n) each.
class Counts {
 public:
  explicit Counts(std::size_t size) : tree_(size + 1, 0) {}
  void add(std::size_t place) {
    for (++place; place < tree_.size(); place += place & -place) ++tree_[place];
  }
  [[nodiscard]] std::uint64_t below(std::size_t place) const {
    std::uint64_t sum = 0;
    for (; place > 0; place -= place & -place) sum += tree_[place];
    return sum;
  }

 private:
  std::vector<std::uint64_t> tree_;
};

}  // namespace kasauti::checker::staleness
