// A bank: transfer {"from","to","amount","txid"} between accounts, read-all of every balance.
//
// A transfer is refused (`"result":false`) iff it would leave an account below zero. One with a `txid` takes effect
// once: when it is called again after it was applied it succeeds and changes nothing, whatever the balances are; a
// refused one may be tried again. The header's initial map gives the balances; an account that it does not name
// begins at 0, and one that a read leaves out is at 0. The state: the number of accounts that are not at 0, each with
// its balance, sorted; then the applied txids, sorted.
//
// JSON keys are strings, so an account named 7 in a transfer is "7" in a read: integers are looked up by their text.

#include <algorithm>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_set.hpp>

#include "checker/objects/factories.hpp"
#include "checker/objects/words.hpp"

namespace kasauti::checker::objects {

namespace {

using enum histories::Function;
using histories::Flag;

constexpr std::size_t account_words = 3;

std::size_t accounts_end(const State& state) { return 1 + account_words * state[0]; }

std::size_t place_of(const State& state, ValueId account) {
  std::size_t place = 1;
  while (place < accounts_end(state) && state[place] < account) place += account_words;
  return place;
}

std::int64_t balance(const State& state, ValueId account) {
  const std::size_t place = place_of(state, account);
  return place < accounts_end(state) && state[place] == account ? integer_at(state, place + 1) : 0;
}

void set_balance(State& state, ValueId account, std::int64_t amount) {
  const auto place = static_cast<std::ptrdiff_t>(place_of(state, account));
  const auto at = state.begin() + place;
  if (place < static_cast<std::ptrdiff_t>(accounts_end(state)) && *at == account) {
    state.erase(at, at + account_words);
    --state[0];
  }
  if (amount == 0) return;
  State words{account};
  push_integer(words, amount);
  state.insert(state.begin() + place, words.begin(), words.end());
  ++state[0];
}

struct Transfer {
  ValueId from, to;
  std::int64_t amount;
  ValueId txid = histories::no_value;
};

enum class Effect : std::uint8_t { impossible, none, applied };

class Bank final : public Specification {
 public:
  Bank(const Header& header, const ValueTable& values) : values_{values}, initial_{0} {
    if (!values.is_map(header.initial)) return;
    const auto pairs = values.elements(header.initial);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      if (values.is_integer(pairs[i + 1])) set_balance(initial_, pairs[i], values.integer(pairs[i + 1]));
    }
  }

  State initial() const override { return initial_; }

  void step(const State& before, const Operation& op, std::vector<State>& after) const override {
    if (op.function == read_all) {
      if (!op.known || is_whole(before, op.result)) after.push_back(before);
      return;
    }
    const Transfer wanted = transfer_of(op.argument);
    const auto txids = before.begin() + static_cast<std::ptrdiff_t>(accounts_end(before));
    const bool repeated = std::binary_search(txids, before.end(), wanted.txid);
    const Effect effect = effect_of(before, repeated, wanted, op);
    if (effect == Effect::impossible) return;
    after.push_back(before);
    if (effect == Effect::none) return;
    State& state = after.back();
    move(state, wanted);
    if (is_nothing(wanted.txid)) return;
    const auto end = static_cast<std::ptrdiff_t>(accounts_end(state));
    state.insert(std::lower_bound(state.begin() + end, state.end(), wanted.txid), wanted.txid);
  }

  bool observes_only(const Operation& op) const override {
    return op.function == read_all || (op.known && op.flag == Flag::no);
  }

  std::unique_ptr<Replayer> replayer() const override;

  /// Whether a read returned these balances, and no other but zeros.
  bool is_whole(const State& balances, ValueId result) const {
    if (!values_.is_map(result)) return false;
    const auto pairs = values_.elements(result);
    std::uint32_t found = 0;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      if (!values_.is_integer(pairs[i + 1])) return false;
      const std::int64_t amount = values_.integer(pairs[i + 1]);
      if (amount != balance(balances, pairs[i])) return false;
      if (amount != 0) ++found;
    }
    return found == balances[0];
  }

  Transfer transfer_of(ValueId argument) const {
    Transfer transfer{histories::no_value, histories::no_value, 0};
    const auto pairs = values_.elements(argument);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      const std::string_view field = values_.text(pairs[i]);
      if (field == "from") transfer.from = account_named(pairs[i + 1]);
      if (field == "to") transfer.to = account_named(pairs[i + 1]);
      if (field == "amount") transfer.amount = values_.integer(pairs[i + 1]);
      if (field == "txid") transfer.txid = pairs[i + 1];
    }
    return transfer;
  }

  static Effect effect_of(const State& balances, bool repeated, const Transfer& wanted, const Operation& op) {
    const bool refused = op.known && op.flag == Flag::no;
    if (repeated) return refused ? Effect::impossible : Effect::none;
    std::int64_t from = 0, to = 0;
    const bool covered = !__builtin_sub_overflow(balance(balances, wanted.from), wanted.amount, &from) && from >= 0 &&
                         !__builtin_add_overflow(balance(balances, wanted.to), wanted.amount, &to) && to >= 0;
    if (op.known && covered == refused) return Effect::impossible;
    return covered ? Effect::applied : Effect::none;
  }

  static void move(State& balances, const Transfer& wanted) {
    set_balance(balances, wanted.from, balance(balances, wanted.from) - wanted.amount);
    set_balance(balances, wanted.to, balance(balances, wanted.to) + wanted.amount);
  }

 private:
  ValueId account_named(ValueId name) const {
    if (!values_.is_integer(name)) return name;
    const ValueId text = values_.find_string(std::to_string(values_.integer(name)));
    return text == histories::no_value ? name : text;
  }

  const ValueTable& values_;
  State initial_;
};

/// Keeps the txids apart from the balances, since they grow with the history.
class BankReplayer final : public Replayer {
 public:
  explicit BankReplayer(const Bank& bank) : bank_{bank}, balances_{bank.initial()} {}

  bool apply(const Operation& op) override {
    if (op.function == read_all) return !op.known || bank_.is_whole(balances_, op.result);
    const Transfer wanted = bank_.transfer_of(op.argument);
    const Effect effect = Bank::effect_of(balances_, applied_.contains(wanted.txid), wanted, op);
    if (effect == Effect::applied) {
      Bank::move(balances_, wanted);
      if (!is_nothing(wanted.txid)) applied_.insert(wanted.txid);
    }
    return effect != Effect::impossible;
  }

 private:
  const Bank& bank_;
  State balances_;
  boost::unordered_flat_set<ValueId> applied_;
};

std::unique_ptr<Replayer> Bank::replayer() const { return std::make_unique<BankReplayer>(*this); }

}  // namespace

std::unique_ptr<Specification> make_bank(const Header& header, const ValueTable& values) {
  return std::make_unique<Bank>(header, values);
}

}  // namespace kasauti::checker::objects
