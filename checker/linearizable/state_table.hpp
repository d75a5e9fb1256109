#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/objects/specification.hpp"

namespace kasauti::checker::linearizable {

using StateId = std::uint32_t;

/// The states that a search met, interned, and what each kind of operation does to each of them, computed once.
///
/// Not thread-safe. Threads that work side by side each take a table that rests upon a common one, which nobody changes
/// meanwhile; take_in() then adds what each has found out, in whatever order the caller says, so that the numbers of
/// states do not depend on which thread was faster.
class StateTable {
 public:
  StateTable(const objects::Specification& specification, std::span<const histories::Operation> kinds)
      : specification_{specification}, kinds_{kinds} {}
  /// Knows what `base` knows, and its own states are numbered from base.size() on.
  explicit StateTable(const StateTable* base)
      : specification_{base->specification_}, kinds_{base->kinds_}, base_{base}, begin_{base->size()} {}

  StateId intern(const objects::State& state);

  /// The states after an operation of this kind in `state`; empty if it is not legal there. Valid until the next
  /// call.
  std::span<const StateId> after(StateId state, std::uint32_t kind);

  /// Adds what `part`, which rests upon this table, has found out; the numbers here of the states that are its own.
  std::vector<StateId> take_in(StateTable&& part);

  [[nodiscard]] StateId size() const { return begin_ + static_cast<StateId>(states_.size()); }
  /// What `more` answers and states would take at once, for the copy of what is there included.
  [[nodiscard]] std::size_t growth(std::size_t more) const {
    std::size_t bytes = 0;
    constexpr std::size_t entry = 2 * sizeof(std::uint64_t);
    if (rows_.size() + more > rows_.max_load()) bytes += rows_.bucket_count() * 2 * entry;
    if (by_hash_.size() + more > by_hash_.max_load()) bytes += by_hash_.bucket_count() * 2 * entry;
    if (states_.size() + more > states_.capacity()) bytes += states_.size() * sizeof(objects::State);
    if (successors_.size() + more > successors_.capacity()) bytes += successors_.size() * sizeof(StateId);
    return bytes;
  }
  [[nodiscard]] const objects::State& state(StateId id) const {
    return id < begin_ ? base_->state(id) : states_[id - begin_];
  }

 private:
  struct Row {
    std::uint32_t begin = 0;
    std::uint32_t count = UINT32_MAX;  // not asked yet
  };
  /// What so many states do with so many kinds of calls at most is looked up without a hash.
  static constexpr StateId few_states = 64;
  static constexpr std::size_t few_kinds = 1024;
  [[nodiscard]] const Row* known(StateId state, std::uint32_t kind) const;
  Row& row(StateId state, std::uint32_t kind);
  [[nodiscard]] const StateId* find(std::uint64_t hash, const objects::State& state) const;
  StateId intern(std::uint64_t hash, objects::State state);

  const objects::Specification& specification_;
  std::span<const histories::Operation> kinds_;
  const StateTable* base_ = nullptr;
  StateId begin_ = 0;
  std::vector<objects::State> states_;
  boost::unordered_flat_map<std::uint64_t, StateId> by_hash_;
  std::vector<Row> first_rows_;                          // state by state, of those below few_states
  boost::unordered_flat_map<std::uint64_t, Row> rows_;   // of the others
  std::vector<StateId> successors_;
  std::vector<objects::State> scratch_;
};

}  // namespace kasauti::checker::linearizable
