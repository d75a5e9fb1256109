#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checker/causal/sources.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::causal {

inline constexpr std::uint32_t no_chain = UINT32_MAX;

/// A read that no execution explains: nothing that may have happened wrote what it returned.
struct UnexplainedRead {
  OpId read = no_operation;
  OpId failed_write = no_operation;  ///< a failed write of that value, if there is one
};

/// Reads-from and session order of a history of registers or of a map, as columns by operation.
///
/// An operation takes part if it reads or writes: `ok` reads, `ok` writes, and writes of unknown outcome that were
/// read, which therefore happened. A successful compare-and-set reads and writes; a refused one reads, if it is said
/// what. Left out: failed operations, reads of unknown outcome, and unread writes of unknown outcome: such a write may
/// not have happened, and a witness with it stays one without it, since restricting an order keeps it an order, and no
/// read loses its source.
///
/// The session order is kept as chains: each session's operations are split into as few totally ordered sequences as a
/// greedy sweep finds, one if its calls don't overlap. Predecessors in other chains of the same session are listed
/// apart. A write of unknown outcome precedes nothing in its session and is in no chain.
class Relations {
 public:
  /// O(n) but for sessions whose calls overlap: there O(n·c) with c chains. Stops early when the budget is exhausted.
  /// `chosen`, by operation, says what an open read returned, or no_operation; it may be empty.
  Relations(const Sources& sources, std::span<const OpId> chosen, histories::Budget& budget);

  [[nodiscard]] const History& history() const { return *history_; }
  [[nodiscard]] std::size_t size() const { return role_.size(); }
  [[nodiscard]] bool reads(OpId op) const { return (role_[op] & reads_bit) != 0; }
  [[nodiscard]] bool writes(OpId op) const { return (role_[op] & writes_bit) != 0; }
  [[nodiscard]] bool takes_part(OpId op) const { return role_[op] != 0; }
  /// The write whose value a read returned, or initial_write; no_operation where it is not known.
  [[nodiscard]] OpId source(OpId read) const { return source_[read]; }
  [[nodiscard]] bool has_source_write(OpId op) const { return source_[op] < initial_write; }
  /// The readers of a write, by next_reader() from first_reader() until no_operation; in descending order.
  [[nodiscard]] OpId first_reader(OpId write) const { return first_reader_[write]; }
  [[nodiscard]] OpId next_reader(OpId read) const { return next_reader_[read]; }

  [[nodiscard]] std::size_t chain_count() const { return chain_begin_.empty() ? 0 : chain_begin_.size() - 1; }
  [[nodiscard]] std::uint32_t chain(OpId op) const { return chain_[op]; }
  /// 1, 2, … along the chain; 0 for operations in none.
  [[nodiscard]] std::uint32_t position(OpId op) const { return position_[op]; }
  [[nodiscard]] std::span<const OpId> chain_operations(std::uint32_t chain) const {
    return {chain_operations_.data() + chain_begin_[chain], chain_operations_.data() + chain_begin_[chain + 1]};
  }
  /// The neighbours in the same chain, or no_operation.
  [[nodiscard]] OpId next_in_chain(OpId op) const {
    if (chain_[op] == no_chain) return no_operation;
    const std::size_t place = chain_begin_[chain_[op]] + position_[op];
    return place < chain_begin_[chain_[op] + 1] ? chain_operations_[place] : no_operation;
  }
  [[nodiscard]] OpId previous_in_chain(OpId op) const {
    if (chain_[op] == no_chain || position_[op] == 1) return no_operation;
    return chain_operations_[chain_begin_[chain_[op]] + position_[op] - 2];
  }
  /// Predecessors in the session order that are in other chains, latest of each; those that others imply are left out.
  [[nodiscard]] std::span<const OpId> other_predecessors(OpId op) const {
    return slice(predecessor_begin_, predecessors_, op);
  }
  [[nodiscard]] std::span<const OpId> other_successors(OpId op) const {
    return slice(successor_begin_, successors_, op);
  }
  /// Some operation has a predecessor in the session order that is in another chain.
  [[nodiscard]] bool has_other_edges() const { return !predecessor_begin_.empty(); }
  /// Some session has calls that overlap.
  [[nodiscard]] bool partial() const { return partial_; }

  /// Reads of values that nobody wrote, in the order of invocation.
  [[nodiscard]] const std::vector<UnexplainedRead>& unexplained() const { return unexplained_; }
  /// Reads of which nobody says which of several writes they returned: they constrain nothing here, so that a violation
  /// stands all the same, but without them nothing can be said to hold.
  [[nodiscard]] const std::vector<OpId>& unsettled() const { return unsettled_; }
  /// Reads that several writes may explain, for which one was chosen.
  [[nodiscard]] const std::vector<OpId>& settled() const { return settled_; }
  [[nodiscard]] std::uint64_t read_count() const { return read_count_; }
  [[nodiscard]] std::uint64_t initial_read_count() const { return initial_read_count_; }
  [[nodiscard]] const Sources& sources() const { return *sources_; }

 private:
  static constexpr std::uint8_t reads_bit = 1;
  static constexpr std::uint8_t writes_bit = 2;

  static std::span<const OpId> slice(const std::vector<std::uint32_t>& begin, const std::vector<OpId>& values,
                                     OpId op) {
    if (begin.empty()) return {};
    return {values.data() + begin[op], values.data() + begin[op + 1]};
  }
  void find_sources(std::span<const OpId> chosen, histories::Budget& budget);
  void find_failed_writes();
  void link_readers();
  void build_chains(histories::Budget& budget);
  void list_other_edges(const std::vector<std::pair<OpId, OpId>>& edges);

  const Sources* sources_;
  const History* history_;
  std::vector<std::uint8_t> role_;
  std::vector<OpId> source_, first_reader_, next_reader_;
  std::vector<std::uint32_t> chain_, position_;
  std::vector<std::uint32_t> chain_begin_;
  std::vector<OpId> chain_operations_;
  std::vector<std::uint32_t> predecessor_begin_, successor_begin_;
  std::vector<OpId> predecessors_, successors_;
  std::vector<UnexplainedRead> unexplained_;
  std::vector<OpId> unsettled_, settled_;
  std::uint64_t read_count_ = 0, initial_read_count_ = 0;
  bool partial_ = false;
};

}  // namespace kasauti::checker::causal
