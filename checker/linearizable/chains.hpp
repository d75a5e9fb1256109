#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/linearizable/answer.hpp"
#include "checker/linearizable/zones.hpp"
#include "histories/history.hpp"

// The values of a register with compare-and-set as chains: each value knows who wrote it, who read it, and which
// exchange replaced it.

namespace kasauti::checker::linearizable {

using histories::Rank;

/// A value that the register had: its writer, the reads of it, and the value that an exchange made of it.
struct Block {
  OpId writer = histories::no_operation;  ///< none: the initial value
  std::uint32_t before = UINT32_MAX;      ///< the block of the value that the writer exchanged; none: it just wrote
  std::uint32_t next = UINT32_MAX;        ///< the block of the value it was exchanged for, if that was there
  std::uint32_t chain = UINT32_MAX;       ///< none where the writer is of unknown outcome and nobody saw its value
  std::uint32_t first_read = 0;           ///< into Chains::reads
  std::uint32_t end_of_reads = 0;
};

/// Blocks linked by exchanges, from a plain write (or the initial value) to a value that nobody exchanged.
struct Chain {
  std::uint32_t head = 0, last = 0;                   ///< blocks
  Rank first_end = histories::never;                  ///< the least completion of its operations
  Rank last_begin = 0;                                ///< the greatest invocation
  OpId first_completed = histories::no_operation;
  OpId last_invoked = histories::no_operation;        ///< none: an initial value that nobody saw
};

struct Chains {
  std::vector<Block> blocks;         ///< [0] is the initial value's
  std::vector<Chain> chains;         ///< [0] is the initial value's
  std::vector<OpId> reads;           ///< by block, in order of invocation
  std::vector<std::uint32_t> of;     ///< by position among the operations: the block left, read or (refused) expected;
                                     ///< none: a refused exchange of a value that never was
  std::optional<KeyAnswer> clash;    ///< a fork, or a value that stems from nothing: the rest is not filled in then
};

/// Nullopt where there are other operations than read, write and compare-and-set, or two of them, unknown outcomes
/// included, leave the same value, or the initial one. O(n).
[[nodiscard]] std::optional<Chains> chains_of(const History& history, std::span<const OpId> operations,
                                              ZoneScratch& scratch);

/// A compare-and-set that answered that it found another value.
[[nodiscard]] inline bool is_refused(const History& history, OpId op) {
  return history.function[op] == histories::Function::cas && history.ok(op) && history.flag[op] == histories::Flag::no;
}

/// The answer that a fault gives. The anomaly's name is the fault's, but for stale reads and the like.
[[nodiscard]] KeyAnswer chain_clash(const History& history, ChainFault fault, std::vector<OpId> operations);

/// Decides one key of a register or map by its chains. Nullopt where chains_of() gives none, and where refused
/// exchanges leave it open. O(n log n).
[[nodiscard]] std::optional<KeyAnswer> decide_by_chains(const History& history, std::span<const OpId> operations,
                                                        ZoneScratch& scratch, histories::Budget& budget);

}  // namespace kasauti::checker::linearizable
