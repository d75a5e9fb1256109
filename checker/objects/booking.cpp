// Seats for sale, or money in a purse: book n takes n if that many are left and is refused (`"result":false`) only if
// not; read returns how many are left. It begins with the header's initial integer, else with none.

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;
using histories::Flag;

class Booking final : public Specification {
 public:
  Booking(const Header& header, const ValueTable& values)
      : values_{values}, initial_{initial_integer(header, values)} {}

  State initial() const override { return integer_state(initial_); }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    const std::int64_t left = integer_at(before, 0);
    if (op.function == read) {
      if (!op.known || (values_.is_integer(op.result) && values_.integer(op.result) == left)) after.push_back(before);
      return;
    }
    const std::int64_t wanted = values_.integer(op.argument);
    const bool granted = wanted <= left;
    if (op.known && granted != (op.flag != Flag::no)) return;
    after.push_back(granted ? integer_state(left - wanted) : before);
  }

  bool observes_only(const Operation& op) const override {
    return op.function == read || (op.known && op.flag == Flag::no);
  }

 private:
  const ValueTable& values_;
  std::int64_t initial_;
};

}  // namespace

std::unique_ptr<Specification> make_booking(const Header& header, const ValueTable& values) {
  return std::make_unique<Booking>(header, values);
}

}  // namespace kasauti::checker::objects
