// Histories that begin later than they did.
//
// Question: which later moments of a history may be taken for its beginning, so that what is left is linearizable if
// the whole was? Take a witness of the whole, and the moments at which its operations took effect.
//
// At an operation b whose answer tells all of the state that it met: what follows b in the witness is legal from that
// state. Whatever had completed before b was invoked stands before it, and goes; whatever was invoked after b had
// completed stands behind it, and stays; of what overlaps b nobody knows, and it becomes an operation of unknown
// outcome, which may stand behind b or nowhere (one that only observes goes). b stays as the first operation, and the
// state that it met becomes the initial value. Such are whole reads of a counter, a booking, a set or a bank, a
// transaction that reads every key before it writes any, and the acquire of a lock, which met it free. (Transfers
// that share a txid are no independent ones: then no bank begins later.)
//
// At any moment T, for locks and semaphores: what had completed by T goes, what was open at T is of unknown outcome
// from then on, and the state at T is some number of permits out, at most all. So many acquires that were done by T
// are left, of unknown outcome: an order begins with as many of them as were out. Fewer are left where there are no
// more, since each permit that is out was taken by one of these, or by one whose outcome is unknown anyhow.
//
// A prefix of all that is linearizable too, so a beginning may be combined with an end: what is invoked later goes.
// For the reader's sake, of a value that was seen before the end and written behind it the write is left, as
// steps.cpp does; and a beginning behind all writes of a value that was seen after it is taken only where nothing
// else shows a violation. Cost O(n) for each. Tested by brute force: tests/minimize/rewritten.cpp.

#include "checker/minimize/beginnings.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kasauti::checker::minimize {

namespace {

using enum histories::Function;
using histories::Fate;
using histories::Flag;
using histories::ObjectKind;
using histories::Outcome;
using histories::Rank;
using histories::ValueId;

bool shares_txids(const History& history) {
  std::vector<ValueId> txids;
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.function[op] != transfer || history.outcome[op] == Outcome::fail) continue;
    const auto pairs = history.values.elements(history.argument[op]);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      const bool txid = history.values.text(pairs[i]) == "txid" && pairs[i + 1] != histories::null_value;
      if (txid) txids.push_back(pairs[i + 1]);
    }
  }
  std::ranges::sort(txids);
  return std::ranges::adjacent_find(txids) != txids.end();
}

/// The keys that a transaction reads before it writes them.
std::vector<ValueId> keys_met(const histories::ValueTable& values, std::span<const ValueId> calls) {
  std::vector<ValueId> met, changed;
  for (const ValueId call : calls) {
    const auto parts = values.elements(call);
    if (values.text(parts[0]) != "r") changed.push_back(parts[1]);
    else if (std::ranges::find(changed, parts[1]) == changed.end()) met.push_back(parts[1]);
  }
  std::ranges::sort(met);
  met.erase(std::ranges::unique(met).begin(), met.end());
  return met;
}

/// What such a transaction met, as an initial value: a map with the keys as strings.
ValueId contents_met(History& history, ValueId result) {
  auto& values = history.values;
  std::vector<ValueId> pairs;
  const std::vector<ValueId> calls{values.elements(result).begin(), values.elements(result).end()};
  for (auto call = calls.rbegin(); call != calls.rend(); ++call) {
    const std::vector<ValueId> parts{values.elements(*call).begin(), values.elements(*call).end()};
    if (values.text(parts[0]) != "r") continue;
    const ValueId name = values.is_string(parts[1]) ? parts[1] : values.intern_string(values.to_json(parts[1]));
    // Of a key that was read twice the first read is the one that tells: it comes last, and is kept.
    pairs.insert(pairs.end(), {name, parts[2]});
  }
  return values.intern_map(std::move(pairs));
}

}  // namespace

Beginnings::Beginnings(const History& history, Model model) : history_{history} {
  if (model != Model::linearizable || !history.header.specification.empty() || history.key_count() != 1) return;
  const ObjectKind object = history.header.object;
  holds_ = object == ObjectKind::semaphore;
  if (object == ObjectKind::bank && shares_txids(history)) return;
  if (object == ObjectKind::txn) collect_keys();
  if (object == ObjectKind::txn || object == ObjectKind::set) index_sources();
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.ok(op) && (holds_ ? history.function[op] == acquire : tells_state(op))) candidates_.push_back(op);
  }
}

bool Beginnings::tells_state(OpId op) const {
  const histories::Function function = history_.function[op];
  const auto& values = history_.values;
  const ValueId result = history_.result[op];
  switch (history_.header.object) {
    case ObjectKind::counter:
    case ObjectKind::booking: return function == read && values.is_integer(result);
    case ObjectKind::set: return function == read && values.is_list(result);
    case ObjectKind::bank: return function == read_all && values.is_map(result);
    case ObjectKind::lock: return function == acquire && history_.flag[op] != Flag::no;
    case ObjectKind::txn:
      return history_.values.elements(history_.argument[op]).size() == history_.values.elements(result).size() &&
             keys_met(history_.values, history_.values.elements(history_.argument[op])) == keys_;
    default: return false;
  }
}

void Beginnings::collect_keys() {
  for (OpId op = 0; op < history_.size(); ++op) {
    for (const ValueId call : history_.values.elements(history_.argument[op])) {
      keys_.push_back(history_.values.elements(call)[1]);
    }
  }
  std::ranges::sort(keys_);
  keys_.erase(std::ranges::unique(keys_).begin(), keys_.end());
}

bool Beginnings::only_observes(OpId op) const {
  if (history_.function[op] == txn) {
    return std::ranges::all_of(history_.values.elements(history_.argument[op]), [&](ValueId call) {
      return history_.values.text(history_.values.elements(call)[0]) == "r";
    });
  }
  const histories::Function function = history_.function[op];
  const bool looks = function == read || function == read_all || function == contains;
  return looks || (history_.ok(op) && history_.flag[op] == Flag::no);
}

// Values alone, whatever the key: a little stricter than needed.
void Beginnings::index_sources() {
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.outcome[op] == Outcome::fail) continue;
    if (history_.function[op] == add) writers_[history_.argument[op]].push_back(op);
    if (history_.function[op] != txn) continue;
    for (const ValueId call : history_.values.elements(history_.argument[op])) {
      const auto parts = history_.values.elements(call);
      if (history_.values.text(parts[0]) != "r") writers_[parts[2]].push_back(op);
    }
  }
}

template <class Visit>
void Beginnings::each_seen(OpId op, const Visit& visit) const {
  const auto& values = history_.values;
  const auto all_of = [&](ValueId value) {
    if (!values.is_list(value)) return visit(value);
    for (const ValueId element : values.elements(value)) visit(element);
  };
  if (history_.function[op] == read) return all_of(history_.result[op]);
  if (history_.function[op] != txn) return;
  for (const ValueId call : values.elements(history_.result[op])) {
    if (values.text(values.elements(call)[0]) == "r") all_of(values.elements(call)[2]);
  }
}

// False if something was seen whose writes all lie before the beginning, though it was not there at the beginning.
bool Beginnings::mend_sources(std::vector<Fate>& fates, OpId first, Rank end) const {
  if (writers_.empty()) return true;
  std::vector<ValueId> there;
  each_seen(first, [&](ValueId value) { there.push_back(value); });
  std::ranges::sort(there);
  bool mended = true;
  for (OpId op = 0; op < history_.size(); ++op) {
    if (fates[op] != Fate::kept || !history_.ok(op)) continue;
    each_seen(op, [&](ValueId value) {
      const auto writers = writers_.find(value);
      if (writers == writers_.end() || std::ranges::binary_search(there, value)) return;
      const auto left = [&](OpId writer) { return fates[writer] != Fate::gone; };
      if (std::ranges::any_of(writers->second, left)) return;
      const OpId later = writers->second.back();
      if (history_.invoked[later] < end) {
        mended = false;
        return;
      }
      const bool always_legal = history_.function[later] == add && history_.flag[later] == Flag::absent;
      fates[later] = always_legal || !history_.ok(later) ? Fate::kept : Fate::weakened;
    });
  }
  return mended;
}

std::optional<Rewritten> Beginnings::from(OpId first, Rank end, bool strict) const {
  const History& h = history_;
  std::vector<Fate> fates(h.size(), Fate::kept);
  const Rank until = holds_ ? h.invoked[first] : h.completed[first];
  for (OpId op = 0; op < h.size(); ++op) {
    const bool done = h.completed[op] < h.invoked[first];
    if (h.outcome[op] == Outcome::fail || done || h.invoked[op] >= end) {
      fates[op] = Fate::gone;
    } else if (op != first && h.ok(op) && h.invoked[op] < until) {
      fates[op] = only_observes(op) ? Fate::gone : Fate::weakened;
    } else if (h.ok(op) && h.completed[op] >= end) {
      fates[op] = only_observes(op) ? Fate::gone : Fate::weakened;
    } else if (!h.ok(op) && only_observes(op)) {
      fates[op] = Fate::gone;
    }
  }
  std::int64_t out = holds_ ? h.header.permits : 0;
  for (OpId op = first; out > 0 && op-- > 0;) {
    const bool taken = h.ok(op) && h.function[op] == acquire && h.flag[op] != Flag::no;
    if (!taken || fates[op] != Fate::gone) continue;
    fates[op] = Fate::weakened;
    --out;
  }
  if (!mend_sources(fates, first, end) && strict) return std::nullopt;
  Rewritten later{histories::subset(h, fates), histories::origins(fates)};
  if (holds_ || h.header.object == ObjectKind::lock) return later;
  const auto place = std::ranges::find(later.origins, first) - later.origins.begin();
  const ValueId told = later.history.result[static_cast<std::size_t>(place)];
  const bool contents = h.header.object == ObjectKind::txn;
  later.history.header.initial = contents ? contents_met(later.history, told) : told;
  return later;
}

std::string Beginnings::in_words(OpId first) const {
  if (holds_) return "what came before is left out; any number of permits may be out at the beginning";
  const bool lock = history_.header.object == ObjectKind::lock;
  return fmt::format("what came before {} is left out; {}", history_.describe(first),
                     lock ? "it met the lock free" : "what that returned is the initial value");
}

}  // namespace kasauti::checker::minimize
