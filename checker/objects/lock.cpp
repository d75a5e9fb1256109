// A lock: acquire takes it when it is free, release frees it when it is held. With `"result":false` an acquire found
// it held, and a release found it free; neither then changed anything.
//
// Who holds it is not part of the state: an operation does not name its process, and locks may be handed over. That a
// process releases a lock that another one holds is therefore no violation by itself; that two hold it at once is.

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;
using histories::Flag;

class Lock final : public Specification {
 public:
  State initial() const override { return {0}; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    const bool possible = (before[0] != 0) == (op.function == release);
    const bool refused = op.known && op.flag == Flag::no;
    if (possible == refused) return;
    after.push_back(refused ? before : State{before[0] ^ 1U});
  }

  bool observes_only(const Operation& op) const override { return op.known && op.flag == Flag::no; }
};

}  // namespace

std::unique_ptr<Specification> make_lock(const Header& header, const ValueTable& values) {
  (void)header;
  (void)values;
  return std::make_unique<Lock>();
}

}  // namespace kasauti::checker::objects
