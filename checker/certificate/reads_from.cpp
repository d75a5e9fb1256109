#include "checker/certificate/reads_from.hpp"

#include <algorithm>
#include <tuple>

namespace kasauti::checker::certificate {

using histories::Flag;
using histories::Function;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;
using histories::no_value;

histories::ValueId ReadsFrom::written(OpId op) const {
  const Function function = history_.function[op];
  if (function == Function::write) return history_.argument[op];
  if (function == Function::remove) return deleted_;
  if (function == Function::cas && history_.flag[op] != Flag::no)
    return history_.values.elements(history_.argument[op])[1];
  return no_value;
}

histories::ValueId ReadsFrom::returned(OpId op) const {
  const Function function = history_.function[op];
  if (function == Function::read) return history_.result[op];
  if (function == Function::cas && history_.flag[op] != Flag::no)
    return history_.values.elements(history_.argument[op])[0];
  return no_value;
}

ReadsFrom::ReadsFrom(const History& history)
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

  using Written = std::tuple<histories::KeyId, ValueId, OpId>;
  std::vector<Written> all;
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.outcome[op] == Outcome::fail) continue;
    if (history.function[op] == Function::append) problem_ = history.describe(op) + " appends";
    if (written(op) != no_value) all.emplace_back(history.key[op], written(op), op);
  }
  std::ranges::sort(all);

  std::vector<OpId> to_do;
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.outcome[op] != Outcome::ok) continue;
    happened_[op] = true;
    to_do.push_back(op);
  }
  while (!to_do.empty()) {
    const OpId op = to_do.back();
    to_do.pop_back();
    if (history.function[op] == Function::cas && history.flag[op] == Flag::no) doubt_ = history.describe(op);
    const ValueId value = returned(op);
    if (value == no_value) continue;
    const auto from = std::ranges::lower_bound(all, Written{history.key[op], value, 0});
    auto to = from;
    while (to != all.end() && std::get<0>(*to) == history.key[op] && std::get<1>(*to) == value && to - from < 2) ++to;
    const auto writers = to - from + (value == first ? 1 : 0);
    const bool itself = to != from && std::get<2>(*from) == op;
    if (writers != 1 || itself) {
      writer_[op] = writers == 0 ? nobody : unclear;
      doubt_ = history.describe(op);
      continue;
    }
    writer_[op] = to == from ? initial : std::get<2>(*from);
    if (to == from || happened_[writer_[op]]) continue;
    happened_[writer_[op]] = true;
    to_do.push_back(writer_[op]);
  }
}

}  // namespace kasauti::checker::certificate
