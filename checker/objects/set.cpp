// A set: add, remove, contains, read the whole.
//
// The state is the sorted members. An `ok` add without a result says nothing of what was there before; with one, true
// says that the element was new and false that it was there already. An `ok` remove found its element; with
// `"result":false` it did not, and changed nothing. A read returns the members in any order and any number of times
// each; null is the empty set.

#include <algorithm>

#include <boost/unordered/unordered_flat_set.hpp>

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;
using histories::Flag;

/// What a call says of its element at the moment before: was it a member?
bool agrees(const Operation& op, bool member) {
  if (!op.known) return true;
  switch (op.function) {
    case add: return op.flag == Flag::absent || (op.flag == Flag::yes) == !member;
    case remove: return (op.flag != Flag::no) == member;
    default: return (op.flag != Flag::no) == member;  // contains
  }
}

class SetReplayer final : public Replayer {
 public:
  SetReplayer(const ValueTable& values, const State& initial)
      : values_{values}, members_(initial.begin(), initial.end()) {}

  bool apply(const Operation& op) override {
    if (op.function == read) return !op.known || is_whole(op.result);
    const bool member = members_.contains(op.argument);
    if (!agrees(op, member)) return false;
    if (op.function == contains || (op.function == add) == member) return true;
    if (member) {
      members_.erase(op.argument);
    } else {
      members_.insert(op.argument);
    }
    last_read_ = histories::no_value;
    return true;
  }

 private:
  bool is_whole(ValueId result) {
    if (last_read_ == result && result != histories::no_value) return true;
    last_read_ = result;
    const auto elements = elements_read(values_, result);
    seen_.assign(elements.begin(), elements.end());
    std::ranges::sort(seen_);
    seen_.erase(std::ranges::unique(seen_).begin(), seen_.end());
    return seen_.size() == members_.size() &&
           std::ranges::all_of(seen_, [this](ValueId element) { return members_.contains(element); });
  }

  const ValueTable& values_;
  boost::unordered_flat_set<ValueId> members_;
  std::vector<ValueId> seen_;
  ValueId last_read_ = histories::no_value;  // a set that was read and not changed since
};

class Set final : public Specification {
 public:
  Set(const Header& header, const ValueTable& values)
      : values_{values}, initial_{sorted(initial_elements(header, values))} {}

  State initial() const override { return initial_; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (op.function == read) {
      if (!op.known || sorted(elements_read(values_, op.result)) == before) after.push_back(before);
      return;
    }
    const auto place = std::ranges::lower_bound(before, op.argument);
    const bool member = place != before.end() && *place == op.argument;
    if (!agrees(op, member)) return;
    after.push_back(before);
    State& state = after.back();
    if (op.function == add && !member) state.insert(state.begin() + (place - before.begin()), op.argument);
    if (op.function == remove && member) state.erase(state.begin() + (place - before.begin()));
  }

  bool observes_only(const Operation& op) const override {
    return op.function == read || op.function == contains || (op.known && op.flag == Flag::no);
  }

  std::unique_ptr<Replayer> replayer() const override { return std::make_unique<SetReplayer>(values_, initial_); }

 private:
  static State sorted(std::span<const ValueId> elements) {
    State state(elements.begin(), elements.end());
    std::ranges::sort(state);
    state.erase(std::ranges::unique(state).begin(), state.end());
    return state;
  }

  const ValueTable& values_;
  State initial_;
};

}  // namespace

std::unique_ptr<Specification> make_set(const Header& header, const ValueTable& values) {
  return std::make_unique<Set>(header, values);
}

}  // namespace kasauti::checker::objects
