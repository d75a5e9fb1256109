// A list that grows at its end: append a value, read the whole.
//
// The state is the list. Null and [] are both the empty list. The header's initial value, if it is a list, is what it
// begins with.

#include <algorithm>

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;

/// Interned lists are equal iff their ids are, so a list that was read again, unchanged, is compared only once.
class ListReplayer final : public Replayer {
 public:
  ListReplayer(const ValueTable& values, State initial) : values_{values}, list_{std::move(initial)} {}

  bool apply(const Operation& op) override {
    if (op.function == append) {
      list_.push_back(op.argument);
      last_read_ = histories::no_value;
      return true;
    }
    if (!op.known || (last_read_ == op.result && last_read_ != histories::no_value)) return true;
    last_read_ = op.result;
    return std::ranges::equal(elements_read(values_, op.result), list_);
  }

 private:
  const ValueTable& values_;
  State list_;
  ValueId last_read_ = histories::no_value;
};

class List final : public Specification {
 public:
  List(const Header& header, const ValueTable& values) : values_{values} {
    const auto begins = initial_elements(header, values);
    initial_.assign(begins.begin(), begins.end());
  }

  State initial() const override { return initial_; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (op.function == append) {
      after.push_back(before);
      after.back().push_back(op.argument);
    } else if (!op.known || std::ranges::equal(elements_read(values_, op.result), before)) {
      after.push_back(before);
    }
  }

  bool observes_only(const Operation& op) const override { return op.function == read; }

  std::unique_ptr<Replayer> replayer() const override { return std::make_unique<ListReplayer>(values_, initial_); }

 private:
  const ValueTable& values_;
  State initial_;
};

}  // namespace

std::unique_ptr<Specification> make_list(const Header& header, const ValueTable& values) {
  return std::make_unique<List>(header, values);
}

}  // namespace kasauti::checker::objects
