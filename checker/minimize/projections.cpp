// Projections: histories about a part of what the operations did and saw.
//
// Question: what may be left out of operations, and of their answers, without making a history that holds one that
// does not? A map from legal orders of the whole to legal orders of what is left answers it: real-time and session
// order of what is left are as before, so a witness of the whole becomes one of the part. Linearizable and
// sequential, object by object:
// - Lists and sets, some of their elements: take the operations about the others out, and the others themselves out
//   of what was read and of the initial value. By induction along the order, the state of the part is the part of the
//   state: an append, an addition or a removal of another element does not touch it, and a whole read returned all of
//   the state, so its part is all of the part.
// - Transactions, some of their keys: take the reads and writes of the other keys out of them, and a transaction of
//   which nothing is left. The state is a product over keys, and each call looks at one.
// - Banks, some of their accounts: the others become one account, with the sum of what they hold. A transfer that
//   succeeded did not leave its account below zero, and no other one is, so it does not leave the sum below zero
//   either. One between two of the others changes nothing and goes. One that was refused goes too, unless both its
//   accounts are kept: the sum may well have been enough. One of unknown outcome need not be in an order. This takes
//   that balances begin at zero or more, and that no two transfers share a txid: the second would do nothing while
//   the first counts.
//
// Cost O(size of the history) for a projection. Tested by brute force: tests/minimize/rewritten.cpp.

#include "checker/minimize/projections.hpp"

#include <algorithm>

#include "histories/subset.hpp"

namespace kasauti::checker::minimize {

namespace {

using enum histories::Function;
using histories::Fate;
using histories::Flag;
using histories::no_value;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;
using histories::ValueTable;

constexpr std::string_view rest_name = "all others";

std::uint64_t place_of(histories::KeyId key, ValueId element) { return std::uint64_t{key} << 32U | element; }

/// The value of a field of a map, else no_value.
ValueId field(const ValueTable& values, ValueId map, std::string_view name) {
  if (!values.is_map(map)) return no_value;
  const auto pairs = values.elements(map);
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    if (values.text(pairs[i]) == name) return pairs[i + 1];
  }
  return no_value;
}

bool are_balances(const ValueTable& values, ValueId map) {
  if (!values.is_map(map)) return map == no_value || map == histories::null_value;
  const auto pairs = values.elements(map);
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    // Sums of so many may not overflow.
    constexpr std::int64_t most = std::int64_t{1} << 40U;
    if (!values.is_integer(pairs[i + 1]) || values.integer(pairs[i + 1]) > most) return false;
    if (values.integer(pairs[i + 1]) < -most) return false;
  }
  return true;
}

}  // namespace

std::size_t told(const History& history) {
  std::size_t elements = 0;
  for (OpId op = 0; op < history.size(); ++op) {
    for (const ValueId value : {history.argument[op], history.result[op]}) {
      const bool compound = history.values.is_list(value) || history.values.is_map(value);
      elements += compound ? history.values.elements(value).size() : 0;
    }
  }
  return elements;
}

Projection::Projection(const History& history, Model model) : history_{history} {
  const bool ordered =
      model == Model::linearizable || model == Model::sequential || model == Model::per_key_sequential;
  if (!ordered || !history.header.specification.empty()) return;
  switch (history.header.object) {
    case ObjectKind::list:
    case ObjectKind::set: find_elements(); break;
    case ObjectKind::txn: find_keys(); break;
    case ObjectKind::bank: find_accounts(); break;
    case ObjectKind::fetch_add: find_additions(); return;
    case ObjectKind::counter: find_unseen(); return;
    case ObjectKind::lock:
    case ObjectKind::semaphore: {
      const bool lock = history.header.object == ObjectKind::lock;
      if (model == Model::linearizable) find_holds(lock ? 1 : history.header.permits);
      return;
    }
    default: return;
  }
  std::ranges::sort(names_);
  names_.erase(std::ranges::unique(names_).begin(), names_.end());
  part_count_ = of_ == Of::nothing ? 0 : names_.size();
}

std::string_view Projection::in_words() const {
  switch (of_) {
    case Of::elements: return "elements that do not matter are left out of what reads returned";
    case Of::keys: return "calls on keys that do not matter are left out of the transactions";
    case Of::accounts: return "accounts that do not matter are taken together as one, \"all others\"";
    case Of::additions: return "additions that do not matter are taken together with the one just before them";
    case Of::holds: return "holds that do not matter, an acquire with its release each, are left out";
    case Of::unseen: return "additions that no read can have seen are left out";
    case Of::nothing: break;
  }
  return {};
}

void Projection::find_elements() {
  // All keys begin with the same elements, of which each would keep others.
  const bool filled = history_.values.is_list(history_.header.initial) &&
                      !history_.values.elements(history_.header.initial).empty();
  if (filled && history_.key_count() > 1) return;
  of_ = Of::elements;
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.outcome[op] == Outcome::fail) continue;
    const histories::KeyId key = history_.key[op];
    if (history_.function[op] != read) {
      names_.push_back(place_of(key, history_.argument[op]));
    } else if (history_.values.is_list(history_.result[op])) {
      for (const ValueId element : history_.values.elements(history_.result[op])) {
        if (names_.empty() || names_.back() != place_of(key, element)) names_.push_back(place_of(key, element));
      }
      if (names_.size() <= 4 * history_.size() + 1024) continue;
      std::ranges::sort(names_);
      names_.erase(std::ranges::unique(names_).begin(), names_.end());
    }
  }
}

void Projection::find_keys() {
  of_ = Of::keys;
  for (OpId op = 0; op < history_.size(); ++op) {
    for (const ValueId call : history_.values.elements(history_.argument[op])) {
      names_.push_back(history_.values.elements(call)[1]);
    }
  }
}

// Numbers and their text name one account (bank.cpp).
std::uint64_t Projection::account(ValueId name) const {
  if (!history_.values.is_integer(name)) return name;
  const ValueId text = history_.values.find_string(std::to_string(history_.values.integer(name)));
  return text == no_value ? name : text;
}

void Projection::find_accounts() {
  const ValueTable& values = history_.values;
  const auto collect = [&](ValueId map) {
    if (!values.is_map(map)) return;
    const auto pairs = values.elements(map);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) names_.push_back(pairs[i]);
  };
  bool fits = are_balances(values, history_.header.initial);
  collect(history_.header.initial);
  if (fits && values.is_map(history_.header.initial)) {
    const auto pairs = values.elements(history_.header.initial);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) fits &= values.integer(pairs[i + 1]) >= 0;
  }
  std::vector<ValueId> txids;
  for (OpId op = 0; op < history_.size() && fits; ++op) {
    if (history_.outcome[op] == Outcome::fail) continue;
    if (history_.function[op] == read_all) {
      fits = are_balances(values, history_.result[op]);
      collect(history_.result[op]);
      continue;
    }
    const ValueId txid = field(values, history_.argument[op], "txid");
    if (txid != no_value && txid != histories::null_value) txids.push_back(txid);
    for (const char* side : {"from", "to"}) names_.push_back(account(field(values, history_.argument[op], side)));
  }
  std::ranges::sort(txids);
  fits = fits && std::ranges::adjacent_find(txids) == txids.end() && values.find_string(rest_name) == no_value;
  of_ = fits && history_.key_count() == 1 ? Of::accounts : Of::nothing;
}

bool Projection::keeps(const std::vector<bool>& kept, std::uint64_t name) const {
  const auto place = std::ranges::lower_bound(names_, name);
  return place != names_.end() && *place == name && kept[static_cast<std::size_t>(place - names_.begin())];
}

Rewritten Projection::keep(const std::vector<bool>& kept) const {
  History edited = history_;
  std::vector<bool> gone(history_.size(), false);
  switch (of_) {
    case Of::elements: keep_elements(kept, edited, gone); break;
    case Of::keys: keep_keys(kept, edited, gone); break;
    case Of::accounts: keep_accounts(kept, edited, gone); break;
    case Of::additions: keep_additions(kept, edited, gone); break;
    case Of::holds: keep_holds(kept, gone); break;
    case Of::unseen: keep_unseen(kept, gone); break;
    case Of::nothing: break;
  }
  std::vector<Fate> fates(history_.size(), Fate::kept);
  for (OpId op = 0; op < fates.size(); ++op) {
    if (gone[op]) fates[op] = Fate::gone;
  }
  return {histories::subset(edited, fates), histories::origins(fates)};
}

void Projection::keep_elements(const std::vector<bool>& kept, History& edited, std::vector<bool>& gone) const {
  std::vector<ValueId> left;
  const auto part_of = [&](histories::KeyId key, ValueId whole) {
    if (!history_.values.is_list(whole)) return whole;
    left.clear();
    for (const ValueId element : history_.values.elements(whole)) {
      if (keeps(kept, place_of(key, element))) left.push_back(element);
    }
    return edited.values.intern_list(left);
  };
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.function[op] == read) edited.result[op] = part_of(history_.key[op], history_.result[op]);
    else gone[op] = !keeps(kept, place_of(history_.key[op], history_.argument[op]));
  }
  edited.header.initial = part_of(0, history_.header.initial);
}

void Projection::keep_keys(const std::vector<bool>& kept, History& edited, std::vector<bool>& gone) const {
  std::vector<ValueId> left;
  const auto part_of = [&](ValueId calls) {
    if (!history_.values.is_list(calls)) return calls;
    left.clear();
    for (const ValueId call : history_.values.elements(calls)) {
      if (keeps(kept, history_.values.elements(call)[1])) left.push_back(call);
    }
    return edited.values.intern_list(left);
  };
  for (OpId op = 0; op < history_.size(); ++op) {
    edited.argument[op] = part_of(history_.argument[op]);
    gone[op] = left.empty();
    edited.result[op] = part_of(history_.result[op]);
  }
}

void Projection::keep_accounts(const std::vector<bool>& kept, History& edited, std::vector<bool>& gone) const {
  const ValueTable& old = history_.values;
  const ValueId rest = edited.values.intern_string(rest_name);
  const auto balances = [&](ValueId map) {
    if (!old.is_map(map)) return map;
    const auto pairs = old.elements(map);
    std::vector<ValueId> left;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      if (keeps(kept, pairs[i])) left.insert(left.end(), {pairs[i], pairs[i + 1]});
      else sum += old.integer(pairs[i + 1]);
    }
    if (2 * names_.size() != left.size()) left.insert(left.end(), {rest, edited.values.intern_integer(sum)});
    return edited.values.intern_map(std::move(left));
  };
  edited.header.initial = balances(history_.header.initial);
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.function[op] == read_all) {
      edited.result[op] = balances(history_.result[op]);
      continue;
    }
    const auto pairs = old.elements(history_.argument[op]);
    std::vector<ValueId> argument(pairs.begin(), pairs.end());
    bool from_rest = false, to_rest = false;
    for (std::size_t i = 0; i + 1 < argument.size(); i += 2) {
      const bool from = old.text(argument[i]) == "from", to = old.text(argument[i]) == "to";
      if ((!from && !to) || keeps(kept, account(argument[i + 1]))) continue;
      argument[i + 1] = rest;
      (from ? from_rest : to_rest) = true;
    }
    const bool refused = history_.ok(op) && history_.flag[op] == Flag::no;
    gone[op] = (from_rest && to_rest) || (refused && (from_rest || to_rest));
    const bool answered = history_.result[op] == history_.argument[op];
    edited.argument[op] = edited.values.intern_map(std::move(argument));
    if (answered) edited.result[op] = edited.argument[op];
  }
}

}  // namespace kasauti::checker::minimize
