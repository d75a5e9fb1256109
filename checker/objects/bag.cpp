// A bag (multiset, unordered queue): put, take. A take returns any value that is there, or null if there is none.
//
// The state is the sorted values; it begins with the header's initial list, if there is one. A take of unknown result
// took any of the values that were there, so that it leaves as many states as there are different ones.

#include <algorithm>
#include <iterator>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;

/// Counts values while every result is known. A take of unknown result leaves open which value it took, but not how
/// many there are then; so from the first one on, values and such takes are kept in the order of their calls, and the
/// takes may be matched with values put before them as long as every prefix has as many values as takes. Among equal
/// values the newest is the one to give away, for the others leave more to choose from. That costs the size of the
/// bag for each call.
class BagReplayer final : public Replayer {
 public:
  explicit BagReplayer(const State& initial) {
    for (const ValueId value : initial) ++counts_[value];
  }

  bool apply(const Operation& op) override {
    if (op.function == take && !op.known && unknown_ == 0) {
      for (const auto& [value, count] : counts_) calls_.insert(calls_.end(), count, value);
      counts_.clear();
    } else if (unknown_ == 0) {
      return apply_known(op);
    }
    if (op.function == put) {
      calls_.push_back(op.argument);
      return true;
    }
    const bool empty = calls_.size() == 2 * unknown_;
    if (!op.known || is_nothing(op.result)) {
      if (empty) clear();
      if (!op.known && !empty) {
        calls_.push_back(taken);
        ++unknown_;
      }
      return !op.known || empty;
    }
    const auto newest = std::find(calls_.rbegin(), calls_.rend(), op.result);
    if (newest == calls_.rend()) return false;
    calls_.erase(std::prev(newest.base()));
    std::ptrdiff_t there = 0;
    return std::ranges::all_of(calls_, [&](ValueId call) { return (there += call == taken ? -1 : 1) >= 0; });
  }

 private:
  static constexpr ValueId taken = histories::no_value;

  bool apply_known(const Operation& op) {
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

  void clear() {
    calls_.clear();
    unknown_ = 0;
  }

  boost::unordered_flat_map<ValueId, std::size_t> counts_;
  std::vector<ValueId> calls_;
  std::size_t unknown_ = 0;
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

  std::unique_ptr<Replayer> replayer() const override { return std::make_unique<BagReplayer>(initial_); }

 private:
  State initial_;
};

}  // namespace

std::unique_ptr<Specification> make_bag(const Header& header, const ValueTable& values) {
  return std::make_unique<Bag>(header, values);
}

}  // namespace kasauti::checker::objects
