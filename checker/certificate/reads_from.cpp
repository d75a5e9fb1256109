#include "checker/certificate/reads_from.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace kasauti::checker::certificate {

using histories::Flag;
using histories::Function;
using histories::KeyId;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;
using histories::no_value;

/// Every write that may have happened, by key, value and number.
struct ReadsFrom::Writes {
  using Entry = std::tuple<KeyId, ValueId, OpId>;
  std::vector<Entry> all;

  [[nodiscard]] std::size_t first(KeyId key, ValueId value) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(all, Entry{key, value, 0}) - all.begin());
  }
  [[nodiscard]] std::size_t after(KeyId key, ValueId value) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(all, Entry{key, value, histories::no_operation}) -
                                    all.begin());
  }
};

ValueId ReadsFrom::written(OpId op) const {
  const Function function = history_.function[op];
  if (function == Function::write) return history_.argument[op];
  if (function == Function::remove) return deleted_;
  if (function == Function::cas && history_.flag[op] != Flag::no)
    return history_.values.elements(history_.argument[op])[1];
  return no_value;
}

ValueId ReadsFrom::returned(OpId op) const {
  const Function function = history_.function[op];
  if (function == Function::read) return history_.result[op];
  if (function == Function::cas && history_.flag[op] != Flag::no)
    return history_.values.elements(history_.argument[op])[0];
  return no_value;
}

bool ReadsFrom::refused(OpId op) const {
  return history_.function[op] == Function::cas && history_.flag[op] == Flag::no;
}

bool ReadsFrom::possible(OpId read, OpId source) const {
  if (history_.outcome[read] == Outcome::fail) return false;
  const ValueId told = refused(read) ? history_.values.elements(history_.argument[read])[0] : returned(read);
  ValueId wrote = history_.header.initial;
  if (source != initial) {
    if (!in_range(source) || source == read || history_.key[source] != history_.key[read]) return false;
    if (history_.outcome[source] == Outcome::fail) return false;
    wrote = written(source);
  }
  return told != no_value && wrote != no_value && (wrote == told) != refused(read);
}

std::vector<OpId> ReadsFrom::possible_sources(OpId read) const {
  std::vector<OpId> sources;
  for (OpId op = 0; op < history_.size(); ++op) {
    if (possible(read, op)) sources.push_back(op);
  }
  if (possible(read, initial)) sources.push_back(initial);
  return sources;
}

/// The one possible source of a read, `nobody` or `unclear`.
OpId ReadsFrom::only_source(const Writes& writes, OpId read) const {
  const KeyId key = history_.key[read];
  const bool not_this = refused(read);
  const ValueId told = not_this ? history_.values.elements(history_.argument[read])[0] : returned(read);
  OpId found = possible(read, initial) ? initial : nobody;
  for (std::size_t i = writes.first(key, not_this ? 0 : told); i < writes.all.size() && found != unclear; ++i) {
    const auto [of, value, write] = writes.all[i];
    if (of != key || (value != told && !not_this)) break;
    if (not_this && value == told) {
      i = writes.after(key, told) - 1;
    } else if (write != read) {
      found = found == nobody ? write : unclear;
    }
  }
  return found;
}

void ReadsFrom::find_unsettled(const Writes& writes) {
  unsettled_.assign(history_.key_count(), false);
  std::vector<bool> unknown_write(history_.key_count(), false);
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.outcome[op] != Outcome::info) continue;
    if (written(op) != no_value) unknown_write[history_.key[op]] = true;
    if (returned(op) != no_value && only_source(writes, op) == unclear) unsettled_[history_.key[op]] = true;
  }
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.outcome[op] != Outcome::ok) continue;
    if (refused(op) ? unknown_write[history_.key[op]] : writer_[op] == unclear) unsettled_[history_.key[op]] = true;
  }
}

ReadsFrom::ReadsFrom(const History& history, std::span<const AssumedSource> assumed)
    : history_{history},
      deleted_{histories::null_value},
      happened_(history.size(), false),
      writer_(history.size(), nobody) {
  const ObjectKind object = history.header.object;
  if (object != ObjectKind::reg && object != ObjectKind::cas_register && object != ObjectKind::kv) {
    problem_ = "the object is no register or map";
    return;
  }
  const ValueId first = history.header.initial;
  if (history.values.is_string(first) && history.values.text(first).empty()) deleted_ = first;

  Writes writes;
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.outcome[op] == Outcome::fail) continue;
    if (history.function[op] == Function::append) problem_ = history.describe(op) + " appends";
    if (written(op) != no_value) writes.all.emplace_back(history.key[op], written(op), op);
  }
  std::ranges::sort(writes.all);
  std::map<OpId, OpId> given;
  for (const AssumedSource& each : assumed) {
    if (!in_range(each.read) || !possible(each.read, each.source)) {
      problem_ = "a source is assumed that is impossible";
      return;
    }
    given[each.read] = each.source;
  }

  std::vector<OpId> to_do;
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.outcome[op] != Outcome::ok) continue;
    happened_[op] = true;
    to_do.push_back(op);
  }
  std::vector<OpId> open;  // what several may have written, whatever is assumed
  while (!to_do.empty()) {
    const OpId op = to_do.back();
    to_do.pop_back();
    if (!reads(op)) continue;
    writer_[op] = only_source(writes, op);
    if (writer_[op] == unclear) {
      const auto choice = given.find(op);
      if (choice != given.end()) {
        open.push_back(op);
        writer_[op] = choice->second;
      }
    }
    if (!has_writer(op)) {
      if (writer_[op] != initial) doubt_ = history.describe(op);
      continue;
    }
    if (happened_[writer_[op]]) continue;
    happened_[writer_[op]] = true;
    to_do.push_back(writer_[op]);
  }
  if (!history.version.empty()) {
    find_unsettled(writes);
    for (const OpId op : open) {
      if (!refused(op)) unsettled_[history.key[op]] = true;
    }
  }
}

}  // namespace kasauti::checker::certificate
