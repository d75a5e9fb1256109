#pragma once

#include <cstdint>
#include <vector>

#include "checker/certificate/reads_from.hpp"

namespace kasauti::checker::certificate {

/// The verifier's own reading of a history's versions: where they order the writes of a key (versions.cpp).
class StoreVersions {
 public:
  /// O(n log n) where the history has versions.
  StoreVersions(const History& history, const ReadsFrom& reads);

  /// They order the writes of some key that has any.
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] bool decide(histories::KeyId key) const { return !decides_.empty() && decides_[key]; }
  /// Both are writes of a key that versions decide, and `a` has the smaller one.
  [[nodiscard]] bool before(OpId a, OpId b) const;
  /// The writes in this order don't go against the versions. Every element is a number of an operation.
  [[nodiscard]] bool agree(const std::vector<OpId>& order) const;

 private:
  const History& history_;
  const ReadsFrom& reads_;
  std::vector<bool> decides_;        // by key
  std::vector<std::int64_t> of_;     // by write
  bool any_ = false;
};

}  // namespace kasauti::checker::certificate
