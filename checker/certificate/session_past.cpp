#include "checker/certificate/session_past.hpp"

#include <algorithm>

namespace kasauti::checker::certificate {

using histories::Outcome;

SessionRows::SessionRows(const History& history, const ReadsFrom& reads)
    : history_{history}, row_(history.size(), nowhere), place_(history.size(), 0), of_session_(history.session_name.size()) {
  for (OpId op = 0; op < history.size(); ++op) {
    if (!reads.happened(op) || history.outcome[op] != Outcome::ok) continue;
    std::vector<std::uint32_t>& mine = of_session_[history.session[op]];
    const auto fits = [&](std::uint32_t row) { return history.session_precedes(rows_[row].back(), op); };
    const auto found = std::ranges::find_if(mine, fits);
    if (found != mine.end()) {
      row_[op] = *found;
    } else {
      row_[op] = static_cast<std::uint32_t>(rows_.size());
      mine.push_back(row_[op]);
      rows_.emplace_back();
    }
    rows_[row_[op]].push_back(op);
    place_[op] = static_cast<std::uint32_t>(rows_[row_[op]].size());
  }
}

void SessionRows::predecessors(OpId op, std::vector<OpId>& out) const {
  for (const std::uint32_t row : of_session_[history_.session[op]]) {
    if (row == row_[op]) {
      if (place_[op] > 1) out.push_back(rows_[row][place_[op] - 2]);
      continue;
    }
    const auto precedes = [&](OpId other) { return history_.session_precedes(other, op); };
    const auto end = std::ranges::partition_point(rows_[row], precedes);
    if (end != rows_[row].begin()) out.push_back(*(end - 1));
  }
}

bool CausalWalk::accepts(const std::vector<OpId>& order, std::string& problem) const {
  constexpr std::uint32_t unplaced = UINT32_MAX;
  std::vector<std::uint32_t> place(history_.size(), unplaced);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const OpId op = order[i];
    if (!reads_.in_range(op) || !reads_.happened(op) || place[op] != unplaced) {
      problem = "the order names an operation twice, or one that did not happen";
      return false;
    }
    place[op] = static_cast<std::uint32_t>(i);
  }
  std::vector<OpId> before;
  for (OpId op = 0; op < history_.size(); ++op) {
    if (!reads_.happened(op)) continue;
    if (place[op] == unplaced) {
      problem = "the order lacks " + history_.describe(op);
      return false;
    }
    before.clear();
    rows_.predecessors(op, before);
    if (reads_.has_writer(op)) before.push_back(reads_.writer(op));
    for (const OpId other : before) {
      if (place[other] < place[op]) continue;
      problem = "the order puts " + history_.describe(op) + " before " + history_.describe(other);
      return false;
    }
  }
  return true;
}

// How often each clock will be asked for, so that it can be dropped after the last time.
void CausalWalk::prepare() {
  prepared_ = true;
  rowless_.assign(history_.size(), 0);
  waited_for_.assign(history_.size(), 0);
  kept_.resize(history_.size());
  current_.resize(rows_.count());
  readers_of_rowless_.resize(1);
  for (OpId op = 0; op < history_.size(); ++op) {
    if (!reads_.happened(op)) continue;
    scratch_.clear();
    rows_.predecessors(op, scratch_);
    for (const OpId before : scratch_) {
      if (rows_.row(before) != rows_.row(op)) ++waited_for_[before];
    }
    if (!reads_.has_writer(op)) continue;
    const OpId writer = reads_.writer(op);
    ++waited_for_[writer];
    if (rows_.row(writer) != SessionRows::nowhere) continue;
    if (rowless_[writer] == 0) {
      rowless_[writer] = static_cast<std::uint32_t>(readers_of_rowless_.size());
      readers_of_rowless_.emplace_back();
    }
    readers_of_rowless_[rowless_[writer]].push_back(op);
  }
}

void CausalWalk::take(OpId before, std::vector<std::uint32_t>& into) {
  const std::vector<std::uint32_t>& from = kept_[before];
  for (std::size_t i = 0; i < into.size(); ++i) into[i] = std::max(into[i], from[i]);
  if (rows_.row(before) != SessionRows::nowhere) {
    std::uint32_t& reached = into[rows_.row(before)];
    reached = std::max(reached, rows_.place(before));
  }
  if (--waited_for_[before] == 0 && !keep_all_) std::vector<std::uint32_t>{}.swap(kept_[before]);
}

const std::vector<std::uint32_t>& CausalWalk::past(OpId op) {
  if (!prepared_) prepare();
  const std::uint32_t row = rows_.row(op);
  if (row == SessionRows::nowhere || current_[row].empty()) {
    result_.assign(rows_.count(), 0);
  } else {
    result_ = current_[row];
  }
  scratch_.clear();
  rows_.predecessors(op, scratch_);
  for (const OpId before : scratch_) {
    if (rows_.row(before) != row) take(before, result_);
  }
  if (reads_.has_writer(op)) take(reads_.writer(op), result_);
  if (waited_for_[op] != 0 || (keep_all_ && reads_.writes(op))) kept_[op] = result_;
  if (row == SessionRows::nowhere) return result_;
  if (rows_.place(op) == rows_.operations(row).size()) {
    std::vector<std::uint32_t>{}.swap(current_[row]);
  } else {
    current_[row] = result_;
    current_[row][row] = rows_.place(op);
  }
  return result_;
}

bool CausalWalk::contains(const std::vector<std::uint32_t>& past, OpId op, OpId at) const {
  if (rows_.row(op) != SessionRows::nowhere) return past[rows_.row(op)] >= rows_.place(op);
  for (const OpId reader : readers_of_rowless_[rowless_[op]]) {
    if (reader == at || contains(past, reader, at)) return true;
  }
  return false;
}

}  // namespace kasauti::checker::certificate
