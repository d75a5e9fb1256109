// A counter: add n, inc (add 1), read. It begins at the header's initial integer, else at 0, and counts modulo 2⁶⁴.

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;

class Counter final : public Specification {
 public:
  Counter(const Header& header, const ValueTable& values)
      : values_{values}, initial_{initial_integer(header, values)} {}

  State initial() const override { return integer_state(initial_); }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    const std::int64_t value = integer_at(before, 0);
    if (op.function == read) {
      if (!op.known || (values_.is_integer(op.result) && values_.integer(op.result) == value)) after.push_back(before);
      return;
    }
    after.push_back(integer_state(wrapping_sum(value, op.function == increment ? 1 : values_.integer(op.argument))));
  }

  bool observes_only(const Operation& op) const override { return op.function == read; }

 private:
  const ValueTable& values_;
  std::int64_t initial_;
};

}  // namespace

std::unique_ptr<Specification> make_counter(const Header& header, const ValueTable& values) {
  return std::make_unique<Counter>(header, values);
}

}  // namespace kasauti::checker::objects
