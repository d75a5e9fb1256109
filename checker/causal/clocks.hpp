#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/causal/graph.hpp"
#include "checker/causal/relations.hpp"

namespace kasauti::checker::causal {

/// What causally precedes an operation, as the greatest position of each chain: walked along a topological order.
///
/// Kept are the clock of each chain that has begun and not ended, and those of operations that others still wait for: a write's until its
/// last reader has passed. O(k) an operation that reads, with k chains; memory k words for each clock that is kept at one time.
class Clocks {
 public:
  /// `spare` words a clock are left for the caller, behind each kept clock and equal to it at first.
  Clocks(const Relations& relations, bool spare);

  /// The strict past of `op`. Operations have to come in a topological order; leave() ends each.
  [[nodiscard]] std::span<const std::uint32_t> enter(OpId op);
  void leave(OpId op);
  /// Between enter and leave of a read: the clock of its source, itself included; and the spare words.
  [[nodiscard]] std::span<std::uint32_t> source_clock() { return source_; }
  [[nodiscard]] std::span<std::uint32_t> source_spare() { return spare_; }
  /// Whether a write is in the past that `clock` describes; one in no chain is if one of its readers is or is `at`.
  [[nodiscard]] bool contains(std::span<const std::uint32_t> clock, OpId op, OpId at) const;
  [[nodiscard]] std::uint64_t bytes() const { return kept_.size() * sizeof(std::uint32_t); }

 private:
  static constexpr std::uint32_t no_slot = UINT32_MAX;

  [[nodiscard]] std::uint32_t* slot(OpId op) { return kept_.data() + std::size_t{slot_[op]} * width_; }
  [[nodiscard]] std::uint32_t* clock_of(std::uint32_t chain);
  [[nodiscard]] std::uint32_t new_slot();
  void join(std::uint32_t* into, OpId other);
  void release(OpId op);

  const Relations& relations_;
  std::size_t chains_;
  std::size_t width_;                    // of a kept clock, spare words included
  std::vector<std::uint32_t> running_;   // by chain, the slot of its clock
  std::vector<std::uint32_t> unchained_; // the clock of an operation in no chain
  std::vector<std::uint32_t> waiting_;   // by operation: how many will ask for its clock
  std::vector<std::uint32_t> slot_;      // by operation
  std::vector<std::uint32_t> kept_;
  std::vector<std::uint32_t> free_;
  std::span<std::uint32_t> source_, spare_;
};

/// For every key the accesses to it, by chain and position.
class KeyTable {
 public:
  struct Group {
    std::uint32_t chain;
    std::uint32_t begin, end;  ///< its entries
    std::uint32_t hint;        ///< where the last look-up ended: others end near by
  };
  enum class Content : std::uint8_t {
    writes,         ///< the writes of each chain
    foreign_reads,  ///< the reads of writes that are in no chain; an entry names the write
  };

  KeyTable(const Relations& relations, Content content);

  [[nodiscard]] std::span<Group> groups(histories::KeyId key) {
    return {groups_.data() + key_begin_[key], groups_.data() + key_begin_[key + 1]};
  }
  /// The number of the entry after the last one whose position is at most `limit`; group.begin if there is none.
  [[nodiscard]] std::uint32_t end_within(Group& group, std::uint32_t limit) const;
  [[nodiscard]] OpId write(std::uint32_t entry) const { return writes_[entry]; }
  [[nodiscard]] std::uint32_t position(std::uint32_t entry) const { return positions_[entry]; }
  [[nodiscard]] bool empty() const { return writes_.empty(); }

 private:
  std::vector<std::uint32_t> key_begin_;
  std::vector<Group> groups_;
  std::vector<OpId> writes_;
  std::vector<std::uint32_t> positions_;
};

/// What one pass along a causal order finds.
struct ConflictScan {
  std::vector<Conflict> conflicts;
  /// Reads of an initial value that causally follow a write (`from`) of the key; `to` is initial_write.
  std::vector<Conflict> initial_reads;
};

/// Every conflict that the causal past forces, but for those that session order and reads-from imply, or earlier ones along
/// one session. With `within`, only those into one of its components, and then for each read apart.
/// O(n·k) with k chains: see clocks.cpp.
[[nodiscard]] ConflictScan find_conflicts(const Relations& relations, std::span<const OpId> order,
                                          const Components* within, histories::Budget& budget);

/// The conflicts whose `to` causally precedes their `from`: the read returned an overwritten value (WriteCORead). Complete for the
/// conflicts that find_conflicts() gave. O(n·k).
[[nodiscard]] std::vector<Conflict> overwritten(const Relations& relations, std::span<const OpId> order,
                                                const Conflicts& conflicts, histories::Budget& budget);

}  // namespace kasauti::checker::causal
