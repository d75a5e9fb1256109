// A first-in-first-out queue: enqueue, dequeue. A dequeue returns the oldest value, or null if there is none.
//
// The state is the values from oldest to newest; it begins with the header's initial list, if there is one. A dequeue
// of unknown result took the oldest value, if there was one.

#include <deque>

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;

class QueueReplayer final : public Replayer {
 public:
  explicit QueueReplayer(const State& initial) : values_(initial.begin(), initial.end()) {}

  bool apply(const Operation& op) override {
    if (op.function == enqueue) {
      values_.push_back(op.argument);
      return true;
    }
    if (values_.empty()) return !op.known || is_nothing(op.result);
    if (op.known && op.result != values_.front()) return false;
    values_.pop_front();
    return true;
  }

 private:
  std::deque<ValueId> values_;
};

class Queue final : public Specification {
 public:
  Queue(const Header& header, const ValueTable& values) {
    const auto begins = initial_elements(header, values);
    initial_.assign(begins.begin(), begins.end());
  }

  State initial() const override { return initial_; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (op.function == enqueue) {
      after.push_back(before);
      after.back().push_back(op.argument);
    } else if (before.empty()) {
      if (!op.known || is_nothing(op.result)) after.push_back(before);
    } else if (!op.known || op.result == before.front()) {
      after.emplace_back(before.begin() + 1, before.end());
    }
  }

  bool observes_only(const Operation& op) const override {
    return op.function == dequeue && op.known && is_nothing(op.result);
  }

  std::unique_ptr<Replayer> replayer() const override { return std::make_unique<QueueReplayer>(initial_); }

 private:
  State initial_;
};

}  // namespace

std::unique_ptr<Specification> make_queue(const Header& header, const ValueTable& values) {
  return std::make_unique<Queue>(header, values);
}

}  // namespace kasauti::checker::objects
