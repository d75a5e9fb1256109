// What each operation did and saw: the table that says, object by object, which operations depend on which.
//
// Question: of two operations of a history, can leaving out the first make the second illegal? It can only if the
// second saw (one of its observations) what the first did (one of its writes). Object by object:
// - Registers and maps: a write did its value and a delete the absent one; a read saw the value it returned; a
//   successful or unknown compare-and-set saw its old value and did its new one; a refused one saw a value that differs
//   from its old one; an append of a map saw and did anything.
// - Transactions: the same for each of their parts, with the keys inside.
// - Lists: an append did its value; a read saw every value it returned.
// - Counters: additions commute and return nothing, so they saw nothing; a read saw anything.
// - Sets: all operations that add or remove an element go together; a read saw the elements it returned.
// - Queues, stacks, priority queues, bags: the insertion and the removal of a value go together. A removal of unknown
//   outcome may have taken any value, unless the removals that are known account for all of them: then it had no
//   effect.
// - Unique ids: no operation depends on another.
// - Everything else, and a container that is not empty at first: every operation saw and did anything.
//
// Cost O(n) and the size of what was read. tests/minimize/sound.cpp tries every small history of each object.

#include "checker/minimize/facets.hpp"

#include <algorithm>

#include "histories/shapes.hpp"

namespace kasauti::checker::minimize {

namespace {

using enum histories::Function;
using histories::Flag;
using histories::Function;
using histories::no_value;
using histories::null_value;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueTable;

bool is_container(ObjectKind object) {
  return object == ObjectKind::queue || object == ObjectKind::stack || object == ObjectKind::priority_queue ||
         object == ObjectKind::bag;
}

bool inserts(Function function) {
  return function == enqueue || function == push || function == insert || function == put;
}

bool is_empty(const ValueTable& values, ValueId value) {
  return value == null_value || value == no_value || (values.is_list(value) && values.elements(value).empty());
}

}  // namespace

Facets::Facets(const History& history, bool vague_writes) : history_{history}, vague_writes_{vague_writes} {
  const ObjectKind object = history.header.object;
  const bool container = is_container(object);
  const bool filled = !is_empty(history.values, history.header.initial);
  whole_values_ = (container || object == ObjectKind::set) && !filled;
  switch (object) {
    case ObjectKind::reg: case ObjectKind::cas_register: case ObjectKind::kv: case ObjectKind::txn:
    case ObjectKind::list: case ObjectKind::counter: case ObjectKind::ids: break;
    default: opaque_ = !whole_values_;
  }
  opaque_ |= !history.header.specification.empty();
  whole_values_ &= !opaque_;
  if (container) count_unclaimed();
  for (OpId op = 0; op < history.size(); ++op) {
    write_begin_.push_back(static_cast<std::uint32_t>(writes_.size()));
    observation_begin_.push_back(static_cast<std::uint32_t>(observations_.size()));
    add(op);
  }
  write_begin_.push_back(static_cast<std::uint32_t>(writes_.size()));
  observation_begin_.push_back(static_cast<std::uint32_t>(observations_.size()));
  build_index();
}

void Facets::wrote(OpId op, KeyId key, ValueId value, Facet::Kind kind) {
  writes_.push_back({op, key, value, vague_writes_ ? Facet::Kind::any : kind});
}

void Facets::saw(OpId op, KeyId key, ValueId value, Facet::Kind kind) {
  observations_.push_back({op, key, value, kind});
}

void Facets::count_unclaimed() {
  unclaimed_.assign(history_.key_count(), 0);
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.outcome[op] == Outcome::fail) continue;
    std::int64_t& count = unclaimed_[history_.key[op]];
    if (inserts(history_.function[op])) ++count;
    else if (history_.ok(op) && !is_empty(history_.values, history_.result[op])) --count;
  }
}

void Facets::add(OpId op) {
  const Function function = history_.function[op];
  if (history_.outcome[op] == Outcome::fail) return;
  const KeyId key = history_.key[op];
  if (opaque_) {
    const bool observes = function == read || function == read_all || function == contains;
    const bool refused = history_.ok(op) && history_.flag[op] == Flag::no;
    if (history_.ok(op) || !observes) saw(op, key, no_value, Facet::Kind::any);
    if (!observes && !refused) wrote(op, key, no_value, Facet::Kind::any);
    return;
  }
  switch (history_.header.object) {
    case ObjectKind::ids: return;
    case ObjectKind::txn: return add_transaction(op);
    case ObjectKind::set: return add_element(op);
    case ObjectKind::counter:
      if (function != read) wrote(op, key, no_value, Facet::Kind::any);
      else if (history_.ok(op)) saw(op, key, no_value, Facet::Kind::any);
      return;
    case ObjectKind::list:
      if (function == append) return wrote(op, key, history_.argument[op]);
      if (!history_.ok(op) || !history_.values.is_list(history_.result[op])) return;
      for (const ValueId element : history_.values.elements(history_.result[op])) saw(op, key, element);
      return;
    case ObjectKind::reg: case ObjectKind::cas_register: case ObjectKind::kv: return add_register(op);
    default: return add_container(op);
  }
}

void Facets::add_register(OpId op) {
  const KeyId key = history_.key[op];
  const ValueId argument = history_.argument[op];
  switch (history_.function[op]) {
    case write: return wrote(op, key, argument);
    case remove: {
      const ValueId initial = history_.header.initial;
      const bool empty_is_absent = history_.values.is_string(initial) && history_.values.text(initial).empty();
      return wrote(op, key, empty_is_absent ? initial : null_value);
    }
    case cas: {
      const auto pair = history_.values.elements(argument);
      if (history_.ok(op) && history_.flag[op] == Flag::no) return saw(op, key, pair[0], Facet::Kind::differs);
      saw(op, key, pair[0]);
      return wrote(op, key, pair[1]);
    }
    case append:
      saw(op, key, no_value, Facet::Kind::any);
      return wrote(op, key, no_value, Facet::Kind::any);
    default:
      if (history_.ok(op)) saw(op, key, history_.result[op]);
  }
}

void Facets::add_element(OpId op) {
  const KeyId key = history_.key[op];
  if (history_.function[op] == read) {
    if (!history_.ok(op) || !history_.values.is_list(history_.result[op])) return;
    for (const ValueId element : history_.values.elements(history_.result[op])) saw(op, key, element);
    return;
  }
  const bool observes = history_.function[op] == contains || (history_.ok(op) && history_.flag[op] == Flag::no);
  if (!observes) wrote(op, key, history_.argument[op]);
  if (history_.ok(op)) saw(op, key, history_.argument[op]);
}

// Every operation that is sure to have happened saw, beside its value, what a removal of unknown outcome did: no
// value's bucket.
void Facets::add_container(OpId op) {
  const KeyId key = history_.key[op];
  const bool known = history_.ok(op);
  if (inserts(history_.function[op])) {
    wrote(op, key, history_.argument[op]);
    saw(op, key, no_value);
  } else if (known) {
    saw(op, key, no_value);
    if (!is_empty(history_.values, history_.result[op])) wrote(op, key, history_.result[op]);
  } else if (unclaimed_[key] > 0) {
    wrote(op, key, no_value, Facet::Kind::any);
    saw(op, key, no_value);
  }
}

void Facets::add_transaction(OpId op) {
  const auto calls = history_.values.elements(history_.argument[op]);
  const bool known = history_.ok(op) && history_.values.is_list(history_.result[op]);
  const auto answers = history_.values.elements(known ? history_.result[op] : history_.argument[op]);
  const auto plain = [this](ValueId value) { return is_empty(history_.values, value) ? null_value : value; };
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto call = history_.values.elements(calls[i]);
    const std::string_view name = history_.values.text(call[0]);
    const KeyId key = inner_key(call[1]);
    if (name == "w") wrote(op, key, plain(call[2]));
    if (name == "append") wrote(op, key, no_value, Facet::Kind::any);
    if (name == "r" && known && i < answers.size()) saw(op, key, plain(history_.values.elements(answers[i])[2]));
  }
}

KeyId Facets::inner_key(ValueId key) {
  return inner_keys_.emplace(key, static_cast<KeyId>(inner_keys_.size())).first->second;
}

void Facets::build_index() {
  for (std::uint32_t i = 0; i < writes_.size(); ++i) {
    const Facet& facet = writes_[i];
    key_writers_[facet.key].push_back(i);
    if (facet.kind == Facet::Kind::equal) value_writers_[bucket(facet.key, facet.value)].push_back(i);
    else vague_writers_[facet.key].push_back(i);
  }
  for (std::uint32_t i = 0; i < observations_.size(); ++i) {
    const Facet& facet = observations_[i];
    key_observers_[facet.key].push_back(i);
    if (facet.kind == Facet::Kind::equal) value_observers_[bucket(facet.key, facet.value)].push_back(i);
    else vague_observers_[facet.key].push_back(i);
  }
}

std::uint64_t Facets::pairs() const {
  std::uint64_t pairs = 0;
  const auto count = [&](const Lists& some, const Lists& others) {
    for (const auto& [place, list] : some) {
      if (const auto found = others.find(place); found != others.end()) pairs += list.size() * found->second.size();
    }
  };
  count(value_writers_, value_observers_);
  count(vague_writers_, key_observers_);
  count(key_writers_, vague_observers_);
  return pairs;
}

bool Facets::always_legal(OpId op) const {
  if (opaque_ || history_.flag[op] != Flag::absent) return false;
  switch (history_.function[op]) {
    case write: case append: case Function::add: case enqueue: case push: case insert: case put:
      return history_.header.object != ObjectKind::kv || history_.function[op] != append;
    default: return false;
  }
}

bool Facets::overwrites(OpId op, const Facet& wrote) const {
  if (!history_.ok(op) || wrote.kind != Facet::Kind::equal || opaque_) return false;
  switch (history_.header.object) {
    case ObjectKind::reg: case ObjectKind::cas_register: case ObjectKind::kv: case ObjectKind::txn: return true;
    default: return false;
  }
}

}  // namespace kasauti::checker::minimize
