#pragma once

#include <span>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::sequential {

using histories::History;
using histories::KeyId;
using histories::OpId;

/// Parts of a history that can be judged one by one for sequential consistency, each with operations in order of
/// invocation.
///
/// Two sessions are in one component iff a chain of shared keys links them. That is sound and complete: operations of
/// different components share neither session nor key, so legal orders of the components, put one after the other,
/// are a legal order of the whole that respects the session order, and the whole's order restricted to a component is
/// one of the component. Failed operations are left out, and reads of unknown outcome: they constrain nothing.
struct Components {
  std::vector<std::size_t> begin;        ///< of each component's operations; one entry more than components
  std::vector<OpId> operations;
  std::vector<std::uint32_t> key_count;  ///< by component
  std::vector<std::uint32_t> local_key;  ///< by KeyId: the key's number within its component

  [[nodiscard]] std::size_t size() const { return key_count.size(); }
  [[nodiscard]] std::span<const OpId> of(std::size_t component) const {
    return {operations.data() + begin[component], operations.data() + begin[component + 1]};
  }
};

/// O(n α(n)). With `split_keys` false the object is one whole (transactions), and so is the history.
[[nodiscard]] Components connected_components(const History& history, bool split_keys);

/// Every key as a component of its own, for per-key sequential consistency. O(n).
[[nodiscard]] Components key_components(const History& history);

}  // namespace kasauti::checker::sequential
