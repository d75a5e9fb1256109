// The replayer of a specification that brings none of its own: all states that step() gives, side by side.
//
// There is more than one only after an operation of unknown result that could have done different things. States are
// kept sorted and once each, so the answer is exact: false iff no choice of results explains the order.

#include "checker/objects/replay.hpp"

#include <algorithm>
#include <utility>

namespace kasauti::checker::objects {

namespace {

class SteppingReplayer final : public Replayer {
 public:
  SteppingReplayer(const Specification& specification, State state) : specification_{specification} {
    states_.push_back(std::move(state));
  }

  bool apply(const Operation& operation) override {
    after_.clear();
    for (const State& state : states_) specification_.step(state, operation, after_);
    if (after_.size() > 1) {
      std::ranges::sort(after_);
      after_.erase(std::ranges::unique(after_).begin(), after_.end());
    }
    std::swap(states_, after_);
    return !states_.empty();
  }

 private:
  const Specification& specification_;
  std::vector<State> states_;
  std::vector<State> after_;
};

}  // namespace

std::unique_ptr<Replayer> stepping_replayer(const Specification& specification, State state) {
  return std::make_unique<SteppingReplayer>(specification, std::move(state));
}

std::unique_ptr<Replayer> Specification::replayer() const { return stepping_replayer(*this, initial()); }

}  // namespace kasauti::checker::objects
