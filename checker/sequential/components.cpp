#include "checker/sequential/components.hpp"

#include <numeric>

#include "checker/index/keys.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::Outcome;

bool matters(const History& history, OpId op) {
  return history.outcome[op] == Outcome::ok ||
         (history.outcome[op] == Outcome::info && !index::only_observes(history.function[op]));
}

std::uint32_t root_of(std::vector<std::uint32_t>& parent, std::uint32_t node) {
  while (parent[node] != node) {
    parent[node] = parent[parent[node]];
    node = parent[node];
  }
  return node;
}

/// Numbers the groups in order of their first operation and gathers their operations.
Components gather(const History& history, const std::vector<std::uint32_t>& group_of_key) {
  constexpr std::uint32_t unseen = UINT32_MAX;
  Components parts;
  std::vector<std::uint32_t> number(history.key_count(), unseen);
  parts.local_key.assign(history.key_count(), unseen);
  std::vector<std::size_t> sizes;
  for (OpId op = 0; op < history.size(); ++op) {
    if (!matters(history, op)) continue;
    const KeyId key = history.key[op];
    std::uint32_t& component = number[group_of_key[key]];
    if (component == unseen) {
      component = static_cast<std::uint32_t>(sizes.size());
      sizes.push_back(0);
      parts.key_count.push_back(0);
    }
    if (parts.local_key[key] == unseen) parts.local_key[key] = parts.key_count[component]++;
    ++sizes[component];
  }
  parts.begin.assign(sizes.size() + 1, 0);
  std::partial_sum(sizes.begin(), sizes.end(), parts.begin.begin() + 1);
  parts.operations.resize(parts.begin.back());
  std::vector<std::size_t> next(parts.begin.begin(), parts.begin.end() - 1);
  for (OpId op = 0; op < history.size(); ++op) {
    if (matters(history, op)) parts.operations[next[number[group_of_key[history.key[op]]]]++] = op;
  }
  return parts;
}

}  // namespace

Components connected_components(const History& history, bool split_keys) {
  std::vector<std::uint32_t> parent(history.key_count());
  std::iota(parent.begin(), parent.end(), 0U);
  if (split_keys) {
    constexpr KeyId none = UINT32_MAX;
    std::vector<KeyId> key_of_session(history.session_name.size(), none);
    for (OpId op = 0; op < history.size(); ++op) {
      if (!matters(history, op)) continue;
      KeyId& first = key_of_session[history.session[op]];
      if (first == none) first = history.key[op];
      const std::uint32_t a = root_of(parent, first);
      const std::uint32_t b = root_of(parent, history.key[op]);
      parent[std::max(a, b)] = std::min(a, b);
    }
  } else {
    std::fill(parent.begin(), parent.end(), 0U);
  }
  for (std::uint32_t key = 0; key < parent.size(); ++key) parent[key] = root_of(parent, key);
  Components parts = gather(history, parent);
  if (!split_keys) {
    std::fill(parts.local_key.begin(), parts.local_key.end(), 0U);
    std::fill(parts.key_count.begin(), parts.key_count.end(), 1U);
  }
  return parts;
}

Components key_components(const History& history) {
  std::vector<std::uint32_t> identity(history.key_count());
  std::iota(identity.begin(), identity.end(), 0U);
  return gather(history, identity);
}

}  // namespace kasauti::checker::sequential
