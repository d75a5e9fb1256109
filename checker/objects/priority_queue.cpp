// A priority queue: insert, poll. A poll returns the greatest value (priority.hpp says in which order), or null if
// there is none.
//
// The state is the values from least to greatest; it begins with the header's initial list, if there is one. A poll
// of unknown result took the greatest value, if there was one.

#include <algorithm>
#include <cstdlib>
#include <queue>
#include <string>

#include "checker/objects/factories.hpp"
#include "checker/objects/priority.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;
using histories::ValueKind;

bool is_number(const ValueTable& values, ValueId id) {
  return values.kind(id) == ValueKind::integer || values.kind(id) == ValueKind::number;
}

long double number(const ValueTable& values, ValueId id) {
  if (values.is_integer(id)) return static_cast<long double>(values.integer(id));
  return std::strtold(std::string{values.text(id)}.c_str(), nullptr);
}

struct RanksBelow {
  const ValueTable* values;
  bool operator()(ValueId a, ValueId b) const { return ranks_below(*values, a, b); }
};

class PriorityQueueReplayer final : public Replayer {
 public:
  PriorityQueueReplayer(const ValueTable& values, State initial) : heap_{RanksBelow{&values}, std::move(initial)} {}

  bool apply(const Operation& op) override {
    if (op.function == insert) {
      heap_.push(op.argument);
      return true;
    }
    if (heap_.empty()) return !op.known || is_nothing(op.result);
    if (op.known && op.result != heap_.top()) return false;
    heap_.pop();
    return true;
  }

 private:
  std::priority_queue<ValueId, std::vector<ValueId>, RanksBelow> heap_;
};

class PriorityQueue final : public Specification {
 public:
  PriorityQueue(const Header& header, const ValueTable& values) : values_{values} {
    const auto begins = initial_elements(header, values);
    initial_.assign(begins.begin(), begins.end());
    std::ranges::sort(initial_, RanksBelow{&values});
  }

  State initial() const override { return initial_; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (op.function == insert) {
      after.push_back(before);
      State& state = after.back();
      state.insert(std::ranges::upper_bound(state, op.argument, RanksBelow{&values_}), op.argument);
    } else if (before.empty()) {
      if (!op.known || is_nothing(op.result)) after.push_back(before);
    } else if (!op.known || op.result == before.back()) {
      after.emplace_back(before.begin(), before.end() - 1);
    }
  }

  bool observes_only(const Operation& op) const override {
    return op.function == poll && op.known && is_nothing(op.result);
  }

  std::unique_ptr<Replayer> replayer() const override {
    return std::make_unique<PriorityQueueReplayer>(values_, initial_);
  }

 private:
  const ValueTable& values_;
  State initial_;
};

}  // namespace

bool ranks_below(const ValueTable& values, ValueId a, ValueId b) {
  if (values.is_integer(a) && values.is_integer(b)) return values.integer(a) < values.integer(b);
  const bool a_is_number = is_number(values, a), b_is_number = is_number(values, b);
  if (a_is_number != b_is_number) return b_is_number;
  if (a_is_number) {
    const long double left = number(values, a), right = number(values, b);
    if (left != right) return left < right;
  }
  const std::string left = values.to_json(a), right = values.to_json(b);
  return left < right;
}

std::unique_ptr<Specification> make_priority_queue(const Header& header, const ValueTable& values) {
  return std::make_unique<PriorityQueue>(header, values);
}

}  // namespace kasauti::checker::objects
