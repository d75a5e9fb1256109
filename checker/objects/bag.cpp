// A bag (multiset, unordered queue): put, take. A take returns any value that is there, or null if there is none.
//
// The state is the sorted values; it begins with the header's initial list, if there is one. A take of unknown result
// took any of the values that were there, so that it leaves as many states as there are different ones.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;

/// Steps of +1 and −1 in a row, of which some are taken out again: does every prefix still have a sum of at least 0?
/// A binary tree over the steps with the sum and the least prefix of each part; O(log n) a change, amortised.
class Balance {
 public:
  std::uint32_t push(std::int32_t step) {
    if (steps_ == leaves_) grow();
    set(steps_, step);
    return steps_++;
  }
  void take_out(std::uint32_t place) { set(place, 0); }
  [[nodiscard]] bool holds() const { return nodes_[1].least >= 0; }

 private:
  struct Node {
    std::int32_t sum = 0, least = 0;
  };

  void join(std::size_t node) {
    const Node &left = nodes_[2 * node], &right = nodes_[2 * node + 1];
    nodes_[node] = {left.sum + right.sum, std::min(left.least, left.sum + right.least)};
  }
  void set(std::uint32_t place, std::int32_t step) {
    std::size_t node = leaves_ + place;
    nodes_[node] = {step, std::min(step, 0)};
    while ((node /= 2) != 0) join(node);
  }
  void grow() {
    std::vector<Node> wider(4 * leaves_);
    std::copy_n(nodes_.begin() + leaves_, leaves_, wider.begin() + 2 * leaves_);
    nodes_ = std::move(wider);
    leaves_ *= 2;
    for (std::size_t node = leaves_; --node != 0;) join(node);
  }

  std::uint32_t steps_ = 0, leaves_ = 1;
  std::vector<Node> nodes_ = std::vector<Node>(2);
};

/// Counts values while every result is known. A take of unknown result leaves open which value it took, but not how
/// many there are then; so from the first one on, values and such takes are kept in the order of their calls, and the
/// takes may be matched with values put before them as long as every prefix has as many values as takes. Among equal
/// values the newest is the one to give away, for the others leave more to choose from.
class BagReplayer final : public Replayer {
 public:
  explicit BagReplayer(const State& initial) {
    for (const ValueId value : initial) ++counts_[value];
  }

  bool apply(const Operation& op) override {
    if (op.function == take && !op.known && unknown_ == 0) {
      for (const auto& [value, count] : counts_) {
        for (std::size_t i = 0; i < count; ++i) put_value(value);
      }
      counts_.clear();
    } else if (unknown_ == 0) {
      return apply_known(op);
    }
    if (op.function == put) {
      put_value(op.argument);
      return true;
    }
    const bool empty = there_ == unknown_;
    if (!op.known || is_nothing(op.result)) {
      if (empty) clear();
      if (!op.known && !empty) {
        balance_.push(-1);
        ++unknown_;
      }
      return !op.known || empty;
    }
    const auto newest = places_.find(op.result);
    if (newest == places_.end() || newest->second.empty()) return false;
    balance_.take_out(newest->second.back());
    newest->second.pop_back();
    --there_;
    return balance_.holds();
  }

 private:
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

  void put_value(ValueId value) {
    places_[value].push_back(balance_.push(1));
    ++there_;
  }

  void clear() {
    balance_ = {};
    places_.clear();
    there_ = unknown_ = 0;
  }

  boost::unordered_flat_map<ValueId, std::size_t> counts_;
  // From the first take of unknown result on: the steps, where the values stand in them, the oldest first, and how many
  // values were put and not known to be taken.
  Balance balance_;
  boost::unordered_flat_map<ValueId, std::vector<std::uint32_t>> places_;
  std::size_t there_ = 0, unknown_ = 0;
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
