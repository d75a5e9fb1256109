// Why a few keys refute sequential consistency: a legal order of all operations contains one of those on these keys,
// which respects the session order too; and of these a plain search tries all orders and finds none legal. The search
// shares nothing with the engine's: it goes operation by operation, and remembers where it has been.

#include <algorithm>
#include <set>
#include <vector>

#include "checker/certificate/proofs.hpp"
#include "checker/objects/specification.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Function;
using histories::KeyId;
using histories::Outcome;
using objects::State;

/// Every order of a few operations, tried one after the other; configurations from which there was no way on are not
/// entered twice.
class PlainSearch {
 public:
  PlainSearch(const History& history, const objects::Specification& specification, std::vector<OpId> operations,
              std::size_t keys, std::uint64_t steps)
      : h_{history}, specification_{specification}, operations_{std::move(operations)}, steps_{steps} {
    const std::size_t n = operations_.size();
    before_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        if (i != j && h_.session_precedes(operations_[i], operations_[j])) before_[j].push_back(i);
      }
    }
    done_.assign(n, 0);
    states_.assign(keys, specification.initial());
  }

  /// Whether some order is legal; false also when `gave_up()`.
  bool some_order() {
    if (steps_ == 0) {
      gave_up_ = true;
      return false;
    }
    --steps_;
    std::size_t observer = SIZE_MAX;
    bool complete = true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (done_[i] != 0) continue;
      complete = complete && !h_.ok(operations_[i]);
      const auto operation = h_.operation(operations_[i]);
      if (observer == SIZE_MAX && specification_.observes_only(operation) && may_go(i) && legal(i)) observer = i;
    }
    if (complete) return true;
    if (observer != SIZE_MAX) {  // it changes nothing, so it may as well be here
      done_[observer] = 1;
      const bool found = some_order();
      done_[observer] = 0;
      return found;
    }
    if (!visited_.insert(configuration()).second) return false;
    for (std::size_t i = 0; i < operations_.size() && !gave_up_; ++i) {
      if (done_[i] == 0 && may_go(i) && try_next(i)) return true;
    }
    return false;
  }

  [[nodiscard]] bool gave_up() const { return gave_up_; }

 private:
  [[nodiscard]] bool may_go(std::size_t i) const {
    return std::ranges::all_of(before_[i], [&](std::size_t j) { return done_[j] != 0; });
  }

  [[nodiscard]] State& state_of(std::size_t i) { return states_[states_.size() == 1 ? 0 : h_.key[operations_[i]]]; }

  bool legal(std::size_t i) {
    std::vector<State> after;
    specification_.step(state_of(i), h_.operation(operations_[i]), after);
    return !after.empty();
  }

  bool try_next(std::size_t i) {
    std::vector<State> after;
    specification_.step(state_of(i), h_.operation(operations_[i]), after);
    const State before = state_of(i);
    done_[i] = 1;
    for (const State& next : after) {
      state_of(i) = next;
      if (some_order()) return true;
    }
    state_of(i) = before;
    done_[i] = 0;
    return false;
  }

  [[nodiscard]] std::vector<std::uint32_t> configuration() const {
    std::vector<std::uint32_t> words(done_.begin(), done_.end());
    for (const OpId op : operations_) {
      const State& state = states_[states_.size() == 1 ? 0 : h_.key[op]];
      words.push_back(static_cast<std::uint32_t>(state.size()));
      words.insert(words.end(), state.begin(), state.end());
    }
    return words;
  }

  const History& h_;
  const objects::Specification& specification_;
  std::vector<OpId> operations_;
  std::uint64_t steps_;
  std::vector<std::vector<std::size_t>> before_;
  std::vector<std::uint8_t> done_;
  std::vector<State> states_;
  std::set<std::vector<std::uint32_t>> visited_;
  bool gave_up_ = false;
};

/// More operations than these are not searched.
constexpr std::size_t most_operations = 2000;

}  // namespace

Verification check_proof(const Claim& claim, const KeysCore& proof) {
  const History& h = claim.history;
  const bool per_key = claim.model == Model::per_key_sequential;
  if (claim.verdict != Verdict::violated || !(claim.model == Model::sequential || per_key)) {
    return refuse("it refutes sequential consistency only");
  }
  if (per_key && proof.keys.size() != 1) return refuse("it must be about one key");
  const auto specification = objects::make_specification(h.header, h.values);
  if (!specification || !objects::splits_by_key(h.header.object)) return refuse("the object can't be judged by keys");
  std::vector<bool> among(h.key_count(), false);
  for (const KeyId key : proof.keys) {
    if (key >= among.size()) return refuse("there is no such key");
    among[key] = true;
  }
  std::vector<OpId> operations;
  for (OpId op = 0; op < h.size(); ++op) {
    if (!among[h.key[op]] || h.outcome[op] == Outcome::fail) continue;
    if (!h.ok(op) && h.function[op] == Function::read) continue;  // it constrains nothing
    operations.push_back(op);
  }
  if (operations.size() > most_operations) return refuse("its keys have too many operations to try all orders");
  PlainSearch search{h, *specification, std::move(operations), h.key_count(), claim.steps};
  if (search.some_order()) return refuse("its operations have an order");
  return search.gave_up() ? refuse("its operations have too many orders to try") : accept();
}

}  // namespace kasauti::checker::certificate
