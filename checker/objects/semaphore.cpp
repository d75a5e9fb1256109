// A semaphore with the header's number of permits: acquire takes one if one is left, release gives one back if one is
// out. With `"result":false` an acquire found none left, and a release none out; neither then changed anything.
//
// The state is the number of permits out. As with a lock, who holds them does not matter.

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;
using histories::Flag;

class Semaphore final : public Specification {
 public:
  explicit Semaphore(std::int64_t permits) : permits_{permits} {}

  State initial() const override { return integer_state(0); }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    const std::int64_t out = integer_at(before, 0);
    const bool possible = op.function == acquire ? out < permits_ : out > 0;
    const bool refused = op.known && op.flag == Flag::no;
    if (possible == refused) return;
    after.push_back(refused ? before : integer_state(op.function == acquire ? out + 1 : out - 1));
  }

  bool observes_only(const Operation& op) const override { return op.known && op.flag == Flag::no; }

 private:
  std::int64_t permits_;
};

}  // namespace

std::unique_ptr<Specification> make_semaphore(const Header& header, const ValueTable& values) {
  (void)values;
  return std::make_unique<Semaphore>(header.permits);
}

}  // namespace kasauti::checker::objects
