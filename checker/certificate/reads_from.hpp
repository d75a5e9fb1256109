#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checker/certificate/causal_proofs.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::certificate {

using histories::History;
using histories::OpId;

/// Who wrote what each operation of a history of registers returned: the verifier's own reading of it.
///
/// A refused compare-and-set reads too: it found what somebody wrote whose value was another.
class ReadsFrom {
 public:
  static constexpr OpId nobody = histories::no_operation;        ///< no read, or nobody may have written it
  static constexpr OpId initial = histories::no_operation - 1;   ///< the initial value
  static constexpr OpId unclear = histories::no_operation - 2;   ///< more than one may have written it

  /// O(n log n). What `assumed` says of a read is taken for true, where it is possible at all.
  explicit ReadsFrom(const History& history, std::span<const AssumedSource> assumed = {});

  /// Empty, or why the object is none that these proofs are about.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  /// Empty, or a read for which the history leaves open, or rules out, what it returned: nothing holds then.
  [[nodiscard]] const std::string& doubt() const { return doubt_; }

  /// It certainly happened: it was acknowledged, or somebody who happened read it.
  [[nodiscard]] bool happened(OpId op) const { return happened_[op]; }
  [[nodiscard]] bool reads(OpId op) const {
    return happened_[op] && (returned(op) != histories::no_value || refused(op));
  }
  [[nodiscard]] bool writes(OpId op) const { return happened_[op] && written(op) != histories::no_value; }
  [[nodiscard]] OpId writer(OpId read) const { return writer_[read]; }
  [[nodiscard]] bool has_writer(OpId op) const { return writer_[op] < unclear; }
  [[nodiscard]] bool in_range(OpId op) const { return op < happened_.size(); }
  /// Every write that may have written what an operation found, and `initial` if that may be it; empty if it is no read
  /// or failed. O(n).
  [[nodiscard]] std::vector<OpId> possible_sources(OpId read) const;
  /// Nothing that a choice of sources could change: no read of the key may come from several writes, and no refused
  /// compare-and-set may be what tells that a write of unknown outcome happened.
  [[nodiscard]] bool settled(histories::KeyId key) const { return unsettled_.empty() || !unsettled_[key]; }

 private:
  [[nodiscard]] histories::ValueId written(OpId op) const;
  [[nodiscard]] histories::ValueId returned(OpId op) const;
  [[nodiscard]] bool refused(OpId op) const;
  [[nodiscard]] bool possible(OpId read, OpId source) const;
  struct Writes;
  [[nodiscard]] OpId only_source(const Writes& writes, OpId read) const;
  void find_unsettled(const Writes& writes);

  const History& history_;
  histories::ValueId deleted_;
  std::vector<bool> happened_;
  std::vector<OpId> writer_;
  std::vector<bool> unsettled_;  // by key; empty where the history has no versions
  std::string problem_, doubt_;
};

}  // namespace kasauti::checker::certificate
