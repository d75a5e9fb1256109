// Which class an operation belongs to: the longest key prefix wins, and at equal length a rule that names the level.
//
// The rules that fit a key are sorted once a key, best first; an operation takes the first whose level is its own. A
// key that is no string is matched by its JSON text, and the one key of a history without keys by the empty prefix
// only. Tested in tests/policy/judge.cpp.

#include "checker/policy/classes.hpp"

#include <algorithm>
#include <string>
#include <tuple>

namespace kasauti::checker::policy {

namespace {

using histories::History;
using histories::KeyId;
using histories::OpId;
using histories::ValueId;
using histories::no_value;

constexpr ValueId any_level = no_value - 1;

struct Fit {
  std::size_t length;
  ValueId level;
  std::uint32_t rule;
};

std::string text_of_key(const History& history, KeyId key) {
  const ValueId name = history.key_name[key];
  if (name == no_value) return {};
  return history.values.is_string(name) ? std::string{history.values.text(name)} : history.values.to_json(name);
}

/// The interned levels of the rules, in their order; no_value where no operation carries the level.
std::vector<ValueId> levels_of(const Policy& policy, const History& history) {
  std::vector<ValueId> distinct = history.level;
  std::ranges::sort(distinct);
  const auto repeated = std::ranges::unique(distinct);
  distinct.erase(repeated.begin(), repeated.end());
  std::vector<ValueId> levels;
  for (const Rule& rule : policy.rules) {
    if (rule.level.empty()) {
      levels.push_back(any_level);
      continue;
    }
    const auto same = [&](ValueId id) { return id != no_value && history.values.to_json(id) == rule.level; };
    const auto found = std::ranges::find_if(distinct, same);
    levels.push_back(found == distinct.end() ? no_value : *found);
  }
  return levels;
}

}  // namespace

RuleUse rules_of(const Policy& policy, const History& history) {
  const std::vector<ValueId> levels = levels_of(policy, history);
  std::vector<std::vector<Fit>> fits(history.key_count());
  for (KeyId key = 0; key < history.key_count(); ++key) {
    const std::string text = text_of_key(history, key);
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
      const Rule& rule = policy.rules[i];
      if (levels[i] != no_value && text.starts_with(rule.prefix)) {
        fits[key].push_back({rule.prefix.size(), levels[i], static_cast<std::uint32_t>(i)});
      }
    }
    std::ranges::sort(fits[key], [](const Fit& a, const Fit& b) {
      return std::tuple{b.length, a.level == any_level, a.level} < std::tuple{a.length, b.level == any_level, b.level};
    });
  }
  RuleUse use{std::vector<std::uint32_t>(history.size(), no_class), std::vector<bool>(policy.rules.size(), false)};
  for (OpId op = 0; op < history.size(); ++op) {
    const ValueId level = level_of(history, op);
    for (const Fit& fit : fits[history.key[op]]) {
      if (fit.level != any_level && fit.level != level) continue;
      use.fits[fit.rule] = true;
      if (use.taken[op] == no_class) use.taken[op] = fit.rule;
    }
  }
  return use;
}

std::vector<std::uint32_t> classes_of(const Policy& policy, const History& history) {
  std::vector<std::uint32_t> classes = rules_of(policy, history).taken;
  for (std::uint32_t& each : classes) each = each == no_class ? no_class : policy.rules[each].member_of;
  return classes;
}

}  // namespace kasauti::checker::policy
