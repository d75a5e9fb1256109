// A core: of a key that has no order, a few operations that have none by themselves.
//
// The search stops at the first completion that no order explains, so the events up to it are violated (a prefix is
// sound for linearizability). The trouble is mostly local: a window of the last operations, begun from *any* state,
// often has no order either. Windows of doubling size are tried, then single operations are taken away while the rest
// still has no order.
//
// What may be left out of a key without making a legal history illegal:
//  - a call that only observes;
//  - a call that completed before every required one was invoked, if the core may begin in any state;
//  - a call that was invoked after every required one had completed;
//  - a blind write whose value no member looks at (nothing in the core stands between it and the next change);
// and a required call may always be weakened to one that may be left out. The verifier checks the same conditions by
// its own code.
//
// Covered by tests/linearizable: every core found there is verified, and mutilated ones are refused.

#include "checker/linearizable/core.hpp"

#include <algorithm>

#include "checker/linearizable/search.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Flag;
using histories::Function;
using histories::Operation;
using histories::Rank;
using histories::ValueId;

constexpr std::uint64_t most_trial_steps = 20'000;
constexpr std::uint64_t shrinking_steps = 200'000;
constexpr std::uint64_t window_steps = 300'000;
constexpr std::size_t largest_to_shrink = 2'000;

class CoreFinder {
 public:
  CoreFinder(const History& history, std::span<const OpId> operations, const objects::Specification& specification,
             OpId failed, bool refuted, histories::Budget& budget)
      : history_{history}, specification_{specification}, budget_{budget}, end_{history.completed[failed]}, refuted_{refuted} {
    for (const OpId op : operations) {
      if (history.invoked[op] < end_) operations_.push_back(op);
    }
    const auto plain = [&](OpId op) {
      const Function f = history.function[op];
      return f == Function::read || f == Function::write || f == Function::cas || f == Function::remove;
    };
    const bool is_register = history.header.object == histories::ObjectKind::reg ||
                             history.header.object == histories::ObjectKind::cas_register ||
                             history.header.object == histories::ObjectKind::kv;
    register_ = is_register && history.header.specification.empty() && std::ranges::all_of(operations, plain);
  }

  std::optional<Core> find() {
    if (!window()) return std::nullopt;
    if (member_count() <= largest_to_shrink) shrink();
    Core core;
    core.key = history_.key[operations_.front()];
    core.any_initial = any_initial_;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (included_[i]) core.members.push_back({operations_[i], required_[i]});
    }
    return core;
  }

 private:
  std::size_t member_count() const { return static_cast<std::size_t>(std::ranges::count(included_, true)); }

  // Every value that a member could look at, and one that none knows.
  std::vector<objects::State> any_state() const {
    std::vector<ValueId> values;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (!included_[i]) continue;
      const Operation op = history_.operation(operations_[i]);
      if (op.function == Function::read) values.push_back(op.result);
      if (op.function == Function::cas) values.push_back(history_.values.elements(op.argument)[0]);
    }
    values.push_back(histories::no_value);
    std::ranges::sort(values);
    const auto repeated = std::ranges::unique(values);
    values.erase(repeated.begin(), repeated.end());
    std::vector<objects::State> states;
    for (const ValueId value : values) {
      specification_.step(specification_.initial(), {Function::write, value, histories::no_value, Flag::absent, true}, states);
    }
    return states;
  }

  bool has_no_order() {
    auto initial = any_initial_ ? any_state() : std::vector<objects::State>{specification_.initial()};
    const Problem problem = make_part(history_, operations_, included_, required_, std::move(initial));
    const SearchResult found = search(problem, specification_, {{}, trial_steps_}, budget_);
    steps_ += found.steps + problem.events.size();
    if (found.verdict != Verdict::violated) return false;
    // A smaller core should be no harder to refute; one that is would be hard to verify too.
    trial_steps_ = std::min(trial_steps_, 500 + 4 * found.steps);
    return true;
  }

  // The operations from the k-th last required one on, and those that overlap them.
  void include_last(std::size_t k) {
    Rank begin = 0;
    std::size_t seen = 0;
    for (std::size_t i = operations_.size(); i-- > 0 && seen < k;) {
      const OpId op = operations_[i];
      if (history_.completed[op] > end_) continue;
      ++seen;
      begin = history_.invoked[op];
    }
    any_initial_ = seen == k;
    if (!any_initial_) begin = 0;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      const OpId op = operations_[i];
      included_[i] = history_.completed[op] >= begin;
      required_[i] = history_.invoked[op] >= begin && history_.completed[op] <= end_;
    }
  }

  bool window() {
    included_.assign(operations_.size(), true);
    required_.assign(operations_.size(), true);
    if (register_ && !history_.ties_in_process) {
      for (std::size_t k = 4; k < operations_.size(); k *= 2) {
        include_last(k);
        if (budget_.stopped() || (!refuted_ && steps_ > window_steps)) return false;
        if (has_no_order()) return true;
      }
    }
    include_last(operations_.size() + 1);
    return refuted_;  // the whole prefix
  }

  bool observed(ValueId value) const {
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (!included_[i]) continue;
      const Operation op = history_.operation(operations_[i]);
      if (op.function == Function::read && required_[i] && op.result == value) return true;
      if (op.function != Function::cas) continue;
      if (history_.values.elements(op.argument)[0] == value) return true;
      if (required_[i] && op.known && op.flag == Flag::no) return true;
    }
    return false;
  }

  bool may_leave_out(std::size_t i) const {
    const OpId op = operations_[i];
    if (specification_.observes_only(history_.operation(op))) return true;
    if (register_ && history_.function[op] == Function::write && !observed(history_.argument[op])) return true;
    bool before_all = any_initial_;
    bool after_all = true;
    for (std::size_t j = 0; j < operations_.size(); ++j) {
      if (!included_[j] || !required_[j] || j == i) continue;
      before_all = before_all && history_.completed[op] < history_.invoked[operations_[j]];
      after_all = after_all && history_.completed[operations_[j]] < history_.invoked[op];
    }
    return before_all || after_all;
  }

  // Leaves out what may be left out of members[from, to) and weakens the rest; takes it back if the others then have an
  // order.
  bool try_without(const std::vector<std::size_t>& members, std::size_t from, std::size_t to) {
    const std::vector<bool> was_included = included_;
    const std::vector<bool> was_required = required_;
    bool changed = false;
    for (std::size_t k = from; k < to; ++k) {
      changed = changed || required_[members[k]];
      required_[members[k]] = false;
    }
    for (std::size_t k = from; k < to; ++k) {
      if (!may_leave_out(members[k])) continue;
      included_[members[k]] = false;
      changed = true;
    }
    if (!changed || has_no_order()) return changed;
    included_ = was_included;
    required_ = was_required;
    return false;
  }

  // Takes away halves, quarters, … and at last single members, until no single one can go (Zeller & Hildebrandt's
  // ddmin). A core that the search can't decide within a trial's steps, or all trials within theirs, stays as it is.
  void shrink() {
    if (!has_no_order()) return;
    std::size_t size = std::max<std::size_t>(1, member_count() / 2);
    for (;;) {
      std::vector<std::size_t> members;
      for (std::size_t i = 0; i < operations_.size(); ++i) {
        if (included_[i]) members.push_back(i);
      }
      bool any = false;
      for (std::size_t from = 0; from < members.size(); from += size) {
        if (budget_.stopped() || steps_ > shrinking_steps) return;
        any = try_without(members, from, std::min(from + size, members.size())) || any;
      }
      if (size == 1 && !any) return;
      if (size > 1) size /= 2;
    }
  }

  const History& history_;
  const objects::Specification& specification_;
  histories::Budget& budget_;
  Rank end_;
  bool refuted_;
  std::vector<OpId> operations_;
  std::vector<bool> included_, required_;
  bool register_ = false;
  bool any_initial_ = false;
  std::uint64_t trial_steps_ = most_trial_steps;
  std::uint64_t steps_ = 0;  // of all trials so far
};

}  // namespace

std::optional<Core> find_core(const History& history, std::span<const OpId> operations,
                              const objects::Specification& specification, OpId failed, bool refuted,
                              histories::Budget& budget) {
  return CoreFinder{history, operations, specification, failed, refuted, budget}.find();
}

}  // namespace kasauti::checker::linearizable
