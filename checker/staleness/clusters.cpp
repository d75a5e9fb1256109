#include "checker/staleness/clusters.hpp"

#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

namespace kasauti::checker::staleness {

using histories::Flag;
using histories::Function;
using histories::no_operation;
using histories::no_value;
using histories::null_value;
using histories::ObjectKind;

Access access_of(const History& history, OpId op) {
  switch (history.function[op]) {
    case Function::read: return {no_value, history.ok(op) ? history.result[op] : no_value};
    case Function::write: return {history.argument[op], no_value};
    case Function::remove: {
      const ValueId initial = history.header.initial;
      const bool empty_is_absent = history.values.is_string(initial) && history.values.text(initial).empty();
      return {empty_is_absent ? initial : null_value, no_value};
    }
    case Function::cas: {
      if (history.flag[op] == Flag::no) return {};
      const auto pair = history.values.elements(history.argument[op]);
      return {pair[1], history.ok(op) ? pair[0] : no_value};
    }
    default: return {};
  }
}

bool is_plain_register(const History& history) {
  const ObjectKind object = history.header.object;
  const bool kind = object == ObjectKind::reg || object == ObjectKind::cas_register || object == ObjectKind::kv;
  if (!kind || !history.header.specification.empty()) return false;
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.function[op] == Function::append) return false;
  }
  return true;
}

std::optional<std::vector<Cluster>> clusters_of(const History& history, std::span<const OpId> operations) {
  constexpr std::uint32_t ambiguous = UINT32_MAX;
  std::vector<Cluster> clusters(1);
  boost::unordered_flat_map<ValueId, std::uint32_t> of_value{{history.header.initial, 0}};
  for (const OpId op : operations) {
    if (history.function[op] == Function::cas) return std::nullopt;
    const Access access = access_of(history, op);
    if (access.written == no_value) continue;
    const auto [entry, first] = of_value.try_emplace(access.written, static_cast<std::uint32_t>(clusters.size()));
    if (!first) entry->second = ambiguous;
    clusters.push_back({op, {}});
  }
  for (const OpId op : operations) {
    const Access access = access_of(history, op);
    if (access.observed == no_value) continue;
    const auto entry = of_value.find(access.observed);
    if (entry == of_value.end() || entry->second == ambiguous) return std::nullopt;
    clusters[entry->second].reads.push_back(op);
  }
  std::erase_if(clusters, [&](const Cluster& cluster) {
    return cluster.write != no_operation && !history.ok(cluster.write) && cluster.reads.empty();
  });
  return clusters;
}

std::string unclear_origin(const History& history) {
  const index::Keys keys{history, true};
  for (histories::KeyId key = 0; key < keys.size(); ++key) {
    boost::unordered_flat_map<ValueId, OpId> writer{{history.header.initial, no_operation}};
    boost::unordered_flat_map<ValueId, std::pair<OpId, OpId>> twice;
    for (const OpId op : keys.operations(key)) {
      if (history.function[op] == Function::cas) {
        return history.describe(op) + " is no plain read or write, and versions are counted for those alone";
      }
      const Access access = access_of(history, op);
      if (access.written == no_value) continue;
      const auto [entry, first] = writer.try_emplace(access.written, op);
      if (!first) twice.try_emplace(access.written, entry->second, op);
    }
    for (const OpId op : keys.operations(key)) {
      const ValueId value = access_of(history, op).observed;
      if (value == no_value) continue;
      if (!writer.contains(value)) return history.describe(op) + " returned what nobody wrote";
      const auto two = twice.find(value);
      if (two == twice.end()) continue;
      const auto [one, other] = two->second;
      return fmt::format("{} may have come from {} or from {}; versions are counted where values are distinct",
                         history.describe(op), one == no_operation ? "the initial value" : history.describe(one),
                         history.describe(other));
    }
  }
  return {};
}

}  // namespace kasauti::checker::staleness
