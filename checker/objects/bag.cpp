// A bag (multiset, unordered queue): put, take. A take returns any value that is there, or null if there is none.
//
// The state is the sorted values; it begins with the header's initial list, if there is one. A take of unknown result
// took any of the values that were there, so that it leaves as many states as there are different ones.

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/objects/factories.hpp"
#include "checker/objects/replay.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;

/// Counts values while every result is known; from the first unknown take on, it follows all that it could have
/// taken.
class BagReplayer final : public Replayer {
 public:
  BagReplayer(const Specification& specification, const State& initial) : specification_{specification} {
    for (const ValueId value : initial) ++counts_[value];
  }

  bool apply(const Operation& op) override {
    if (op.function == take && !op.known && several_ == nullptr) several_ = stepping_replayer(specification_, state());
    if (several_ != nullptr) return several_->apply(op);
    if (op.function == put) {
      ++counts_[op.argument];
      return true;
    }
    if (is_nothing(op.result)) return counts_.empty();
    const auto entry = counts_.find(op.result);
    if (entry == counts_.end()) return false;
    if (--entry->second == 0) counts_.erase(entry);
    return true;
  }

 private:
  State state() const {
    State words;
    for (const auto& [value, count] : counts_) words.insert(words.end(), count, value);
    std::ranges::sort(words);
    return words;
  }

  const Specification& specification_;
  boost::unordered_flat_map<ValueId, std::size_t> counts_;
  std::unique_ptr<Replayer> several_;
};

class Bag final : public Specification {
 public:
  Bag(const Header& header, const ValueTable& values) {
    const auto begins = initial_elements(header, values);
    initial_.assign(begins.begin(), begins.end());
    std::ranges::sort(initial_);
  }

  State initial() const override { return initial_; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (op.function == put) {
      after.push_back(before);
      State& state = after.back();
      state.insert(std::ranges::lower_bound(state, op.argument), op.argument);
      return;
    }
    if (before.empty() && (!op.known || is_nothing(op.result))) after.push_back(before);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const bool first_of_its_value = i == 0 || before[i - 1] != before[i];
      if (!first_of_its_value || (op.known && op.result != before[i])) continue;
      after.push_back(before);
      after.back().erase(after.back().begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  bool observes_only(const Operation& op) const override {
    return op.function == take && op.known && is_nothing(op.result);
  }

  std::unique_ptr<Replayer> replayer() const override { return std::make_unique<BagReplayer>(*this, initial_); }

 private:
  State initial_;
};

}  // namespace

std::unique_ptr<Specification> make_bag(const Header& header, const ValueTable& values) {
  return std::make_unique<Bag>(header, values);
}

}  // namespace kasauti::checker::objects
