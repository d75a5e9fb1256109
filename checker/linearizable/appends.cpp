// Appends: strings that nobody can tell apart are one state.
//
// A key of a map whose values are appended to takes a different string for each order of the appends, so k concurrent
// ones give k! states. But a string that begins no string which some get of the key returned (and none that some cas
// expects) can never be observed again, however much is appended to it; only a put or a delete ends it. All such
// strings are therefore one state, from which an append leads back to it, no get or cas that matched is legal, and a
// blind write leads on as from anywhere.
//
// A quotient of the specification by an equivalence that every step respects: orders that are legal stay so, and no
// other become legal. Cost: a binary search for each new state. Covered by tests/linearizable (appends) against the
// plain specification.

#include "checker/linearizable/appends.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace kasauti::checker::linearizable {

namespace {

using histories::Flag;
using histories::Function;
using histories::Operation;
using histories::ValueId;
using objects::State;

class Merged final : public objects::Specification {
 public:
  Merged(const histories::History& history, std::span<const histories::OpId> operations, const objects::Specification& plain)
      : plain_{plain} {
    const auto observable = [&](ValueId value) {
      // What a write of it leaves is how the plain specification spells the string.
      const Operation write{Function::write, value, histories::no_value, Flag::absent, true};
      std::vector<State> states;
      plain_.step(plain_.initial(), write, states);
      observable_.push_back(words_of(states.front()));
    };
    for (const histories::OpId op : operations) {
      if (history.function[op] == Function::read && history.ok(op)) observable(history.result[op]);
      if (history.function[op] == Function::cas) observable(history.values.elements(history.argument[op])[0]);
    }
    std::ranges::sort(observable_);
    const auto repeated = std::ranges::unique(observable_);
    observable_.erase(repeated.begin(), repeated.end());
  }

  State initial() const override { return merged(plain_.initial()); }

  void step(const State& before, const Operation& operation, std::vector<State>& after) const override {
    if (before.empty()) {
      from_unobservable(operation, after);
      return;
    }
    const std::size_t begin = after.size();
    plain_.step(before, operation, after);
    for (std::size_t i = begin; i < after.size(); ++i) after[i] = merged(std::move(after[i]));
  }

  bool observes_only(const Operation& operation) const override { return plain_.observes_only(operation); }
  bool overwrites(const Operation& operation) const override { return plain_.overwrites(operation); }

 private:
  // A string's bytes; of another value its one word, which no string's bytes equal for they are marked.
  static std::string words_of(const State& state) {
    const auto* bytes = reinterpret_cast<const char*>(state.data());
    if (state.size() < 2) return "v" + std::string{bytes, state.size() * sizeof(std::uint32_t)};
    return "s" + std::string{bytes + 2 * sizeof(std::uint32_t), state[1]};
  }

  State merged(State state) const {
    const std::string words = words_of(state);
    // An absent value becomes whatever is appended, so it begins every string.
    if (words.front() == 'v') return state;
    const auto place = std::ranges::lower_bound(observable_, words);
    const bool begins_one = place != observable_.end() && place->starts_with(words);
    return begins_one ? state : State{};
  }

  void from_unobservable(const Operation& operation, std::vector<State>& after) const {
    switch (operation.function) {
      case Function::read:
        if (!operation.known) after.emplace_back();
        return;
      case Function::cas:
        if (!operation.known || operation.flag == Flag::no) after.emplace_back();
        return;
      case Function::append: after.emplace_back(); return;
      default: {
        const std::size_t begin = after.size();
        plain_.step(plain_.initial(), operation, after);
        for (std::size_t i = begin; i < after.size(); ++i) after[i] = merged(std::move(after[i]));
      }
    }
  }

  const objects::Specification& plain_;
  std::vector<std::string> observable_;
};

}  // namespace

std::unique_ptr<objects::Specification> merge_unobservable(const histories::History& history,
                                                           std::span<const histories::OpId> operations,
                                                           const objects::Specification& specification) {
  const bool kv = history.header.object == histories::ObjectKind::kv && history.header.specification.empty();
  const bool appends = std::ranges::any_of(operations, [&](auto op) { return history.function[op] == Function::append; });
  if (!kv || !appends) return nullptr;
  return std::make_unique<Merged>(history, operations, specification);
}

}  // namespace kasauti::checker::linearizable
