// What a key's final reads may show, object by object.

#include "checker/convergence/keys.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::checker::convergence {

namespace {

using histories::Flag;
using histories::Function;
using histories::no_operation;
using histories::no_value;
using histories::null_value;
using histories::ObjectKind;
using histories::Outcome;
using histories::ProcessId;
using histories::ValueId;

bool is_register(ObjectKind object) {
  return object == ObjectKind::reg || object == ObjectKind::cas_register || object == ObjectKind::kv;
}

/// A register's value after the operation, if it took effect; no_value: it writes none, or nobody can tell (an append).
ValueId written_by(const History& history, OpId op) {
  switch (history.function[op]) {
    case Function::write: return history.argument[op];
    case Function::cas: return history.values.elements(history.argument[op])[1];
    case Function::remove: {
      const ValueId initial = history.header.initial;
      const bool empty_is_absent = history.values.is_string(initial) && history.values.text(initial).empty();
      return empty_is_absent ? initial : null_value;
    }
    default: return no_value;
  }
}

/// Some acknowledged write of the key, made later in the session of `write`, hides it.
OpId hidden_in_session(const History& history, const FinalKey& key, OpId write) {
  for (const OpId other : key.writes) {
    if (history.ok(other) && history.session_precedes(write, other)) return other;
  }
  return no_operation;
}

Kept register_keeps(const History& history, const FinalKey& key, OpId read) {
  Kept kept;
  const ValueId value = history.result[read];
  OpId acknowledged = no_operation;
  for (const OpId write : key.writes) {
    if (history.function[write] == Function::append) return {.possible = true};
    if (history.ok(write) && acknowledged == no_operation) acknowledged = write;
    if (written_by(history, write) != value) continue;
    if (history.outcome[write] == Outcome::fail) {
      kept.failed = write;
      continue;
    }
    const OpId later = hidden_in_session(history, key, write);
    if (later == no_operation) {
      kept.possible = true;
      kept.source = write;
      return kept;
    }
    kept.lost = later;
  }
  if (value != history.header.initial) return kept;
  if (acknowledged == no_operation) return {.possible = true};
  kept.lost = acknowledged;
  return kept;
}

Kept set_keeps(const History& history, const FinalKey& key, OpId read) {
  struct Element {
    OpId added = no_operation;
    OpId failed = no_operation;
    bool acknowledged = false;
    bool removed = false;
    bool shown = false;
  };
  boost::unordered_flat_map<ValueId, Element> elements;
  for (const OpId write : key.writes) {
    Element& element = elements[history.argument[write]];
    if (history.outcome[write] == Outcome::fail) {
      element.failed = write;
    } else if (history.function[write] == Function::remove) {
      element.removed = true;
    } else {
      if (element.added == no_operation || history.ok(write)) element.added = write;
      element.acknowledged |= history.ok(write);
    }
  }
  if (history.values.is_list(history.result[read])) {
    for (const ValueId value : history.values.elements(history.result[read])) {
      Element& element = elements[value];
      if (element.added == no_operation) return {.failed = element.failed};
      element.shown = true;
    }
  }
  for (const OpId write : key.writes) {
    const Element& element = elements[history.argument[write]];
    if (element.acknowledged && !element.removed && !element.shown) return {.lost = element.added};
  }
  return {.possible = true};
}

Kept list_keeps(const History& history, const FinalKey& key, OpId read) {
  boost::unordered_flat_map<ValueId, int> shown;
  if (history.values.is_list(history.result[read])) {
    for (const ValueId value : history.values.elements(history.result[read])) ++shown[value];
  }
  for (const OpId write : key.writes) {
    if (!history.ok(write)) continue;
    if (--shown[history.argument[write]] < 0) return {.lost = write};
  }
  for (const OpId write : key.writes) {
    if (history.outcome[write] == Outcome::info && shown[history.argument[write]] > 0) --shown[history.argument[write]];
  }
  const bool extra = std::ranges::any_of(shown, [](const auto& entry) { return entry.second > 0; });
  return {.possible = !extra};
}

__extension__ using Wide = __int128;  // sums of 64-bit numbers don't overflow it

std::int64_t added_by(const History& history, OpId op) {
  return history.function[op] == Function::increment ? 1 : history.values.integer(history.argument[op]);
}

Kept counter_keeps(const History& history, const FinalKey& key, OpId read) {
  Wide least = history.values.is_integer(history.header.initial) ? history.values.integer(history.header.initial) : 0;
  Wide most = least;
  OpId acknowledged = no_operation;
  for (const OpId write : key.writes) {
    const Wide amount = added_by(history, write);
    if (history.ok(write)) {
      least += amount;
      most += amount;
      acknowledged = write;
    } else if (history.outcome[write] == Outcome::info) {
      (amount < 0 ? least : most) += amount;
    }
  }
  const Wide value = history.values.integer(history.result[read]);
  if (value >= least && value <= most) return {.possible = true};
  return {.lost = value < least ? acknowledged : no_operation};
}

bool changes(const History& history, OpId op) {
  const Function function = history.function[op];
  if (function == Function::cas) return !history.ok(op) || history.flag[op] != Flag::no;
  if (history.header.object == ObjectKind::set && history.ok(op) && history.flag[op] == Flag::no) return false;
  return function != Function::read && function != Function::contains;
}

}  // namespace

bool can_converge(const histories::Header& header) {
  const ObjectKind object = header.object;
  if (!header.specification.empty()) return false;
  return is_register(object) || object == ObjectKind::set || object == ObjectKind::list || object == ObjectKind::counter;
}

std::vector<FinalKey> final_keys(const History& history) {
  std::vector<FinalKey> keys(history.key_count());
  for (OpId op = 0; op < history.size(); ++op) {
    FinalKey& key = keys[history.key[op]];
    if (changes(history, op)) key.writes.push_back(op);
    if (history.function[op] == Function::read && history.ok(op) && history.final_phase[op]) key.reads.push_back(op);
  }
  for (FinalKey& key : keys) {
    if (key.reads.empty()) continue;
    key.distinct = key.reads;
    std::ranges::stable_sort(key.distinct, {}, [&](OpId read) { return history.result[read]; });
    const auto rest = std::ranges::unique(key.distinct, {}, [&](OpId read) { return history.result[read]; });
    key.distinct.erase(rest.begin(), rest.end());
    std::ranges::sort(key.distinct);
    for (const OpId write : key.writes) {
      const bool late = history.ok(write) && history.completed[write] > history.invoked[key.reads.front()];
      if (late && key.late_write == no_operation) key.late_write = write;
    }
  }
  return keys;
}

Kept may_keep(const History& history, const FinalKey& key, OpId read) {
  switch (history.header.object) {
    case ObjectKind::set: return set_keeps(history, key, read);
    case ObjectKind::list: return list_keeps(history, key, read);
    case ObjectKind::counter: return counter_keeps(history, key, read);
    default: return register_keeps(history, key, read);
  }
}

bool may_come_late(const History& history, const FinalKey& key, OpId read) {
  const bool plain = is_register(history.header.object);
  return std::ranges::any_of(key.writes, [&](OpId write) {
    if (history.outcome[write] != Outcome::info) return false;
    return !plain || history.function[write] == Function::append || written_by(history, write) == history.result[read];
  });
}

bool agree_at_last(const History& history, const FinalKey& key) {
  boost::unordered_flat_map<ProcessId, ValueId> last;
  for (const OpId read : key.reads) last[history.process[read]] = history.result[read];
  return std::ranges::all_of(last, [&](const auto& entry) { return entry.second == last.begin()->second; });
}

OpId overwritten_in_real_time(const History& history, const FinalKey& key, OpId kept) {
  if (kept == no_operation || !is_register(history.header.object)) return no_operation;
  for (const OpId write : key.writes) {
    if (history.ok(write) && history.completed[kept] < history.invoked[write]) return write;
  }
  return no_operation;
}

}  // namespace kasauti::checker::convergence
