// A lock whose every acquire returns a fencing token, higher than all before, and the resources that check these
// tokens.
//
// acquire: only while free; its token is higher than that of every earlier acquire. release: only while held. write
// [resource, token]: accepted if no write with a higher token was accepted for that resource, else refused
// (`"result":false`); the same token may write again. Tokens of writes are not compared with those of acquires: a
// resource knows only what it was shown. A refused acquire found the lock held, a refused release found it free. The
// state: held or not, the least next token, then resource and highest token, sorted by resource. An acquire of
// unknown result counts as one that got the least token it could, which leaves most open to those after it, so that
// no other choice could explain more.

#include <cstdint>

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;
using histories::Flag;

constexpr std::size_t next_token = 1, resources = 3, resource_words = 3;

class FencedLock final : public Specification {
 public:
  explicit FencedLock(const ValueTable& values) : values_{values} {}

  State initial() const override {
    State state{0};
    push_integer(state, INT64_MIN);
    return state;
  }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (op.function == write) {
      step_write(before, op, after);
      return;
    }
    const bool possible = (before[0] != 0) == (op.function == release);
    const bool refused = op.known && op.flag == Flag::no;
    if (possible == refused) return;
    if (refused || op.function == release) {
      after.push_back(before);
      if (!refused) after.back()[0] = 0;
      return;
    }
    const std::int64_t least = integer_at(before, next_token);
    const bool token_known = op.known && values_.is_integer(op.result);
    const std::int64_t token = token_known ? values_.integer(op.result) : least;
    if (token < least || token == INT64_MAX) return;
    State state{1};
    push_integer(state, token + 1);
    state.insert(state.end(), before.begin() + resources, before.end());
    after.push_back(std::move(state));
  }

  bool observes_only(const Operation& op) const override { return op.known && op.flag == Flag::no; }

 private:
  void step_write(const State& before, const Operation& op, std::vector<State>& after) const {
    const auto pair = values_.elements(op.argument);
    const std::int64_t token = values_.integer(pair[1]);
    std::size_t place = resources;
    while (place < before.size() && before[place] < pair[0]) place += resource_words;
    const bool seen = place < before.size() && before[place] == pair[0];
    const bool accepted = !seen || token >= integer_at(before, place + 1);
    if (op.known && accepted != (op.flag != Flag::no)) return;
    if (!accepted) {
      after.push_back(before);
      return;
    }
    State state(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(place));
    state.push_back(pair[0]);
    push_integer(state, token);
    if (seen) place += resource_words;
    state.insert(state.end(), before.begin() + static_cast<std::ptrdiff_t>(place), before.end());
    after.push_back(std::move(state));
  }

  const ValueTable& values_;
};

}  // namespace

std::unique_ptr<Specification> make_fenced_lock(const Header& header, const ValueTable& values) {
  (void)header;
  return std::make_unique<FencedLock>(values);
}

}  // namespace kasauti::checker::objects
