// Fetch-and-add: adds n and returns the value before. It begins at the header's initial integer, else at 0.

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

class FetchAdd final : public Specification {
 public:
  FetchAdd(const Header& header, const ValueTable& values)
      : values_{values}, initial_{initial_integer(header, values)} {}

  State initial() const override { return integer_state(initial_); }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    const std::int64_t value = integer_at(before, 0);
    if (op.known && !(values_.is_integer(op.result) && values_.integer(op.result) == value)) return;
    after.push_back(integer_state(wrapping_sum(value, values_.integer(op.argument))));
  }

  bool observes_only(const Operation& op) const override { return values_.integer(op.argument) == 0; }

 private:
  const ValueTable& values_;
  std::int64_t initial_;
};

}  // namespace

std::unique_ptr<Specification> make_fetch_add(const Header& header, const ValueTable& values) {
  return std::make_unique<FetchAdd>(header, values);
}

}  // namespace kasauti::checker::objects
