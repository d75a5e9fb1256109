// Who may have written what was read.
//
// Most histories write every value once over all keys; then an array by value answers, and only values written more
// than once go through a hash table by (key, value). Where a compare-and-set was refused, or wanted to write the value
// that it found, the sorted list of all writes answers for those. Tested by tests/causal/repeated.cpp.

#include "checker/causal/sources.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kasauti::checker::causal {

using histories::Flag;
using histories::Function;
using histories::KeyId;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;
using histories::no_value;
using histories::null_value;

namespace {

std::uint64_t pair(KeyId key, ValueId value) { return std::uint64_t{key} << 32U | value; }

}  // namespace

std::string unsupported(const History& history) {
  const ObjectKind object = history.header.object;
  if (object != ObjectKind::reg && object != ObjectKind::cas_register && object != ObjectKind::kv) {
    return fmt::format("this model is about reads and writes of registers; the object is a {}", name_of(object));
  }
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.function[op] == Function::append && history.outcome[op] != Outcome::fail) {
      return fmt::format("this model is about reads and writes; {} appends", history.describe(op));
    }
  }
  return {};
}

Sources::Sources(const History& history) : history_{&history} {
  const ValueId initial = history.header.initial;
  const bool empty_is_absent = history.values.is_string(initial) && history.values.text(initial).empty();
  absent_ = empty_is_absent ? initial : null_value;
  by_value_.assign(history.values.size(), no_operation);
  std::vector<bool> repeated(history.values.size(), false);
  bool needs_list = false;
  const auto may_write = [&](OpId op) { return history.outcome[op] == Outcome::fail ? no_value : written(op); };
  for (OpId op = 0; op < history.size(); ++op) {
    needs_list = needs_list || (history.function[op] == Function::cas && (refused(op) || written(op) == returned(op)));
    const ValueId value = may_write(op);
    if (value == no_value) continue;
    if (by_value_[value] != no_operation) repeated[value] = true;
    by_value_[value] = op;
  }
  for (OpId op = 0; op < history.size(); ++op) {
    const ValueId value = may_write(op);
    if (value == no_value || !repeated[value]) continue;
    by_value_[value] = several_writes;
    const auto [place, fresh] = by_key_and_value_.try_emplace(pair(history.key[op], value), op);
    if (!fresh) place->second = several_writes;
  }
  if (needs_list) list();
}

ValueId Sources::written(OpId op) const {
  const History& h = *history_;
  switch (h.function[op]) {
    case Function::write: return h.argument[op];
    case Function::remove: return absent_;
    case Function::cas: return h.flag[op] == Flag::no ? no_value : h.values.elements(h.argument[op])[1];
    default: return no_value;
  }
}

ValueId Sources::returned(OpId op) const {
  const History& h = *history_;
  if (h.function[op] == Function::read) return h.result[op];
  if (h.function[op] == Function::cas && h.flag[op] != Flag::no) return h.values.elements(h.argument[op])[0];
  return no_value;
}

bool Sources::refused(OpId op) const {
  return history_->function[op] == Function::cas && history_->flag[op] == Flag::no;
}

/// The value that an observation is about: that which it found, or, refused, did not find.
ValueId Sources::told(OpId op) const {
  return refused(op) ? history_->values.elements(history_->argument[op])[0] : returned(op);
}

OpId Sources::only(OpId op) const {
  const History& h = *history_;
  if (h.function[op] == Function::cas && (refused(op) || written(op) == returned(op))) return only_listed(op);
  const ValueId value = returned(op);
  OpId writer = by_value_[value];
  if (writer == several_writes) {
    const auto place = by_key_and_value_.find(pair(h.key[op], value));
    writer = place == by_key_and_value_.end() ? no_operation : place->second;
  } else if (writer != no_operation && h.key[writer] != h.key[op]) {
    writer = no_operation;
  }
  if (value != h.header.initial) return writer;
  return writer == no_operation ? initial_write : several_writes;
}

OpId Sources::only_listed(OpId op) const {
  const std::size_t count = possible_count(op);
  if (count > 1) return several_writes;
  return count == 0 ? no_operation : possible(op).front();
}

void Sources::list() {
  const History& h = *history_;
  if (is_listed_) return;
  is_listed_ = true;
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.outcome[op] != Outcome::fail && written(op) != no_value) listed_.push_back({h.key[op], written(op), op});
  }
  std::ranges::sort(listed_);
}

Sources::Range Sources::of_value(KeyId key, ValueId value) const {
  const auto begin = std::ranges::lower_bound(listed_, Entry{key, value, 0});
  const auto end = std::ranges::upper_bound(listed_, Entry{key, value, no_operation});
  return {static_cast<std::size_t>(begin - listed_.begin()), static_cast<std::size_t>(end - listed_.begin())};
}

Sources::Range Sources::of_key(KeyId key) const {
  return {of_value(key, 0).begin, of_value(key, no_value).end};
}

std::size_t Sources::possible_count(OpId op) const {
  const KeyId key = history_->key[op];
  const Range same = of_value(key, told(op));
  const std::size_t initial = possible(op, initial_write) ? 1 : 0;
  if (refused(op)) {
    const Range all = of_key(key);
    return all.end - all.begin - (same.end - same.begin) + initial;
  }
  return same.end - same.begin - (written(op) == told(op) ? 1 : 0) + initial;
}

std::vector<OpId> Sources::possible(OpId op) const {
  std::vector<OpId> sources;
  if (possible(op, initial_write)) sources.push_back(initial_write);
  const Range same = of_value(history_->key[op], told(op));
  const auto add = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (listed_[i].op != op) sources.push_back(listed_[i].op);
    }
  };
  if (refused(op)) {
    const Range all = of_key(history_->key[op]);
    add(all.begin, same.begin);
    add(same.end, all.end);
  } else {
    add(same.begin, same.end);
  }
  return sources;
}

bool Sources::possible(OpId op, OpId source) const {
  const History& h = *history_;
  ValueId wrote = h.header.initial;
  if (source != initial_write) {
    if (source == op || h.key[source] != h.key[op] || h.outcome[source] == Outcome::fail) return false;
    wrote = written(source);
  }
  return wrote != no_value && (wrote == told(op)) != refused(op);
}

std::string Sources::why_open(OpId read) const {
  const History& h = *history_;
  std::vector<std::string> writers;
  if (possible(read, initial_write)) writers.emplace_back("it is the initial value");
  for (OpId op = 0; op < h.size() && writers.size() < 3; ++op) {
    if (possible(read, op)) writers.push_back(h.describe(op));
  }
  return fmt::format("what {} {} may come from several writes: {}", h.describe(read),
                     refused(read) ? "found" : "returned", fmt::join(writers, "; "));
}

}  // namespace kasauti::checker::causal
