#pragma once

#include <span>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::index {

using histories::History;
using histories::KeyId;
using histories::OpId;

/// The operations of each key that matter to a verdict, in order of invocation. Left out: failed ones, and reads
/// of unknown outcome, which constrain nothing.
class Keys {
 public:
  /// O(n). With `split` false, all operations count as of key 0.
  Keys(const History& history, bool split);

  [[nodiscard]] std::size_t size() const { return begin_.size() - 1; }
  [[nodiscard]] std::span<const OpId> operations(KeyId key) const {
    return {operations_.data() + begin_[key], operations_.data() + begin_[key + 1]};
  }

 private:
  std::vector<std::size_t> begin_;
  std::vector<OpId> operations_;
};

/// Whether an operation of unknown outcome can't have changed anything: a read and its like.
[[nodiscard]] bool only_observes(histories::Function function);

}  // namespace kasauti::checker::index
