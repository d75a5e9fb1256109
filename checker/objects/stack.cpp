// A stack: push, pop. A pop returns the newest value, or null if there is none.
//
// The state is the values from oldest to newest; it begins with the header's initial list, if there is one. A pop of
// unknown result took the newest value, if there was one.

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;

class StackReplayer final : public Replayer {
 public:
  explicit StackReplayer(const State& initial) : values_(initial.begin(), initial.end()) {}

  bool apply(const Operation& op) override {
    if (op.function == push) {
      values_.push_back(op.argument);
      return true;
    }
    if (values_.empty()) return !op.known || is_nothing(op.result);
    if (op.known && op.result != values_.back()) return false;
    values_.pop_back();
    return true;
  }

 private:
  std::vector<ValueId> values_;
};

class Stack final : public Specification {
 public:
  Stack(const Header& header, const ValueTable& values) {
    const auto begins = initial_elements(header, values);
    initial_.assign(begins.begin(), begins.end());
  }

  State initial() const override { return initial_; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (op.function == push) {
      after.push_back(before);
      after.back().push_back(op.argument);
    } else if (before.empty()) {
      if (!op.known || is_nothing(op.result)) after.push_back(before);
    } else if (!op.known || op.result == before.back()) {
      after.emplace_back(before.begin(), before.end() - 1);
    }
  }

  bool observes_only(const Operation& op) const override {
    return op.function == pop && op.known && is_nothing(op.result);
  }

  std::unique_ptr<Replayer> replayer() const override { return std::make_unique<StackReplayer>(initial_); }

 private:
  State initial_;
};

}  // namespace

std::unique_ptr<Specification> make_stack(const Header& header, const ValueTable& values) {
  return std::make_unique<Stack>(header, values);
}

}  // namespace kasauti::checker::objects
