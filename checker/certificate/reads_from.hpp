#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::certificate {

using histories::History;
using histories::OpId;

/// Who wrote what each operation of a history of registers returned: the verifier's own reading of it.
class ReadsFrom {
 public:
  static constexpr OpId nobody = histories::no_operation;        ///< no read, or nobody may have written it
  static constexpr OpId initial = histories::no_operation - 1;   ///< the initial value
  static constexpr OpId unclear = histories::no_operation - 2;   ///< more than one may have written it

  /// O(n log n).
  explicit ReadsFrom(const History& history);

  /// Empty, or why the object is none that these proofs are about.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  /// Empty, or a read for which the history leaves open, or rules out, what it returned: nothing holds then.
  [[nodiscard]] const std::string& doubt() const { return doubt_; }

  /// It certainly happened: it was acknowledged, or somebody who happened read it.
  [[nodiscard]] bool happened(OpId op) const { return happened_[op]; }
  [[nodiscard]] bool reads(OpId op) const { return happened_[op] && returned(op) != histories::no_value; }
  [[nodiscard]] bool writes(OpId op) const { return happened_[op] && written(op) != histories::no_value; }
  [[nodiscard]] OpId writer(OpId read) const { return writer_[read]; }
  [[nodiscard]] bool has_writer(OpId op) const { return writer_[op] < unclear; }
  [[nodiscard]] bool in_range(OpId op) const { return op < happened_.size(); }

 private:
  [[nodiscard]] histories::ValueId written(OpId op) const;
  [[nodiscard]] histories::ValueId returned(OpId op) const;

  const History& history_;
  histories::ValueId deleted_;
  std::vector<bool> happened_;
  std::vector<OpId> writer_;
  std::string problem_, doubt_;
};

}  // namespace kasauti::checker::certificate
