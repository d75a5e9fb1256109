#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checker/certificate/reads_from.hpp"

namespace kasauti::checker::certificate {

/// The session order of the operations that happened: rows of operations that follow one another, one or a few a
/// session. An operation of unknown outcome precedes nothing and stands in no row.
class SessionRows {
 public:
  static constexpr std::uint32_t nowhere = UINT32_MAX;

  SessionRows(const History& history, const ReadsFrom& reads);

  [[nodiscard]] std::size_t count() const { return rows_.size(); }
  [[nodiscard]] std::uint32_t row(OpId op) const { return row_[op]; }
  [[nodiscard]] std::uint32_t place(OpId op) const { return place_[op]; }  ///< from 1
  [[nodiscard]] const std::vector<OpId>& operations(std::uint32_t row) const { return rows_[row]; }
  /// Appends the latest predecessor of `op` in each row of its session.
  void predecessors(OpId op, std::vector<OpId>& out) const;

 private:
  const History& history_;
  std::vector<std::uint32_t> row_, place_;
  std::vector<std::vector<OpId>> rows_;
  std::vector<std::vector<std::uint32_t>> of_session_;
};

/// Walks along an order of all operations and tells what causally precedes each: by row, how far.
class CausalWalk {
 public:
  CausalWalk(const History& history, const ReadsFrom& reads, const SessionRows& rows)
      : history_{history}, reads_{reads}, rows_{rows} {}

  /// False, with the problem, if `order` is no order of exactly the operations that happened, or goes against session
  /// order or reads-from.
  [[nodiscard]] bool accepts(const std::vector<OpId>& order, std::string& problem) const;

  /// To be called along an accepted order. The result is what precedes `op` and valid until the next call.
  [[nodiscard]] const std::vector<std::uint32_t>& past(OpId op);
  /// Clocks of writes are kept for good, and not only until their last reader has passed.
  void keep_all() { keep_all_ = true; }
  /// What precedes a write already passed; only with keep_all().
  [[nodiscard]] const std::vector<std::uint32_t>& past_of_write(OpId op) const { return kept_[op]; }
  /// Whether `op` is in a past; one in no row is if one of its readers is, or is `at`.
  [[nodiscard]] bool contains(const std::vector<std::uint32_t>& past, OpId op, OpId at) const;

 private:
  void prepare();
  void take(OpId before, std::vector<std::uint32_t>& into);

  const History& history_;
  const ReadsFrom& reads_;
  const SessionRows& rows_;
  bool keep_all_ = false;
  bool prepared_ = false;
  std::vector<std::vector<OpId>> readers_of_rowless_;
  std::vector<std::uint32_t> rowless_;               // by operation: its number in readers_of_rowless_
  std::vector<std::uint32_t> waited_for_;
  std::vector<std::vector<std::uint32_t>> kept_;     // by operation, what precedes it
  std::vector<std::vector<std::uint32_t>> current_;  // by row, what precedes its next operation
  std::vector<std::uint32_t> result_;
  std::vector<OpId> scratch_;
};

}  // namespace kasauti::checker::certificate
