#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/causal/graph.hpp"
#include "checker/causal/relations.hpp"

namespace kasauti::checker::sessions {

using histories::KeyId;
using histories::OpId;

/// The store's own versions as the order of the writes of those keys where they can be trusted (versions.cpp).
class Versions {
 public:
  /// O(n log n) where the history has versions, O(1) where it has none.
  Versions(const causal::Relations& relations, histories::Budget& budget);

  /// Some key's writes are ordered by their versions.
  [[nodiscard]] bool any() const { return deciding_ != 0; }
  [[nodiscard]] bool decide(KeyId key) const { return deciding_ != 0 && decides_[key]; }
  /// Of a write of a key that they decide.
  [[nodiscard]] std::int64_t of(OpId write) const { return of_[write]; }
  /// Each write of a key and the next one by version, as conflicts without a read.
  [[nodiscard]] std::vector<causal::Conflict> order() const;
  /// Which keys they decide, and why not the others; empty where the history has no versions.
  [[nodiscard]] const std::string& note() const { return note_; }

 private:
  void gather(const causal::Relations& relations, histories::Budget& budget);
  void distrust_open(const causal::Relations& relations);
  void give(OpId write, OpId by);
  void compare(const causal::Relations& relations);
  void sum_up(const histories::History& history);
  void distrust(KeyId key, std::string why);

  const histories::History* history_;
  std::vector<std::int64_t> of_;     // by write
  std::vector<bool> known_;          // by write
  std::vector<bool> written_, decides_;  // by key
  std::vector<OpId> sorted_;         // the writes, by key and version
  std::size_t deciding_ = 0;
  std::string problem_, note_;
};

/// Whether the session guarantees are judged by versions on some key of this history. Then their verdicts are not the
/// formal ones, which the lattice is about.
[[nodiscard]] bool versions_decide(const histories::History& history);

}  // namespace kasauti::checker::sessions
