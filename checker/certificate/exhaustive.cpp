// The verifier's exhaustive search: depth first over (the set of calls placed, the state), each visited once.
//
// A call may be placed next if no required call that precedes it is still to be placed. (An optional one that precedes
// it would have to be left out from then on; allowing it later too only allows more, but then "no order" would still be
// right; it is excluded exactly, by refusing an optional call that a placed call had to follow.) Cost: exponential,
// within `steps`.

#include "checker/certificate/exhaustive.hpp"

#include <set>
#include <utility>

namespace kasauti::checker::certificate {

namespace {

class Search {
 public:
  Search(const History& history, const objects::Specification& specification, const std::vector<SmallCall>& calls,
         std::uint64_t steps, histories::Budget* budget)
      : history_{history}, specification_{specification}, calls_{calls}, steps_{steps}, budget_{budget}, placed_(calls.size(), false) {
    for (const SmallCall& call : calls) missing_ += call.required ? 1 : 0;
    before_.resize(calls.size());
    for (std::size_t a = 0; a < calls.size(); ++a) {
      for (std::size_t b = 0; b < calls.size(); ++b) {
        if (a != b && history.precedes(calls[a].operation, calls[b].operation)) before_[b].push_back(a);
      }
    }
  }

  Exhaustive from(const objects::State& state) {
    struct Frame {
      objects::State state;
      std::size_t next_call = 0;
      std::vector<objects::State> after;  // of the call last tried, not yet entered
      std::size_t placed_call = 0;        // the call that led here
    };
    if (missing_ == 0) return Exhaustive::some_order;
    std::vector<Frame> stack;
    stack.push_back({state, 0, {}, calls_.size()});
    seen_.emplace(placed_, state);
    while (!stack.empty()) {
      Frame& top = stack.back();
      if (top.after.empty()) {
        if (top.next_call == calls_.size()) {
          if (top.placed_call != calls_.size()) remove(top.placed_call);
          stack.pop_back();
          continue;
        }
        const std::size_t call = top.next_call++;
        if (placed_[call] || !may_come_next(call)) continue;
        specification_.step(top.state, operation(call), top.after);
        continue;
      }
      objects::State next = std::move(top.after.back());
      top.after.pop_back();
      const std::size_t call = top.next_call - 1;
      place(call);
      if (missing_ == 0) {
        remove(call);
        while (stack.size() > 1) {
          remove(stack.back().placed_call);
          stack.pop_back();
        }
        return Exhaustive::some_order;
      }
      if (steps_ == 0 || (budget_ != nullptr && !budget_->spend(polled_, 4))) return Exhaustive::gave_up;
      --steps_;
      if (seen_.emplace(placed_, next).second) {
        stack.push_back({std::move(next), 0, {}, call});
      } else {
        remove(call);
      }
    }
    return Exhaustive::no_order;
  }

 private:
  histories::Operation operation(std::size_t call) const { return history_.operation(calls_[call].operation); }

  bool may_come_next(std::size_t call) const {
    for (const std::size_t earlier : before_[call]) {
      if (calls_[earlier].required && !placed_[earlier]) return false;
    }
    for (std::size_t later = 0; later < calls_.size(); ++later) {
      if (placed_[later] && !calls_[call].required && history_.precedes(calls_[call].operation, calls_[later].operation))
        return false;
    }
    return true;
  }

  void place(std::size_t call) {
    placed_[call] = true;
    missing_ -= calls_[call].required ? 1 : 0;
  }
  void remove(std::size_t call) {
    placed_[call] = false;
    missing_ += calls_[call].required ? 1 : 0;
  }

  const History& history_;
  const objects::Specification& specification_;
  const std::vector<SmallCall>& calls_;
  std::uint64_t steps_;
  histories::Budget* budget_;
  std::uint32_t polled_ = 0;
  std::vector<std::vector<std::size_t>> before_;
  std::vector<bool> placed_;
  std::size_t missing_ = 0;
  std::set<std::pair<std::vector<bool>, objects::State>> seen_;
};

}  // namespace

Exhaustive try_every_order(const History& history, const objects::Specification& specification,
                           const std::vector<SmallCall>& calls, const std::vector<objects::State>& initial,
                           std::uint64_t steps, histories::Budget* budget) {
  Search search{history, specification, calls, steps, budget};
  for (const objects::State& state : initial) {
    const Exhaustive answer = search.from(state);
    if (answer != Exhaustive::no_order) return answer;
  }
  return Exhaustive::no_order;
}

}  // namespace kasauti::checker::certificate
