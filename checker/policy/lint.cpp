// What of a policy does nothing for a history, and so was probably not meant: a rule that fits no operation, one that
// others always beat, a level that no rule covers, bounds and demands that the history gives nothing to check by.
//
// These are warnings: the verdict stands. What can't be right in any history is an error of parse.cpp. Tested in
// tests/policy/lint.cpp, a case for each rule.

#include "checker/policy/lint.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "checker/policy/classes.hpp"

namespace kasauti::checker::policy {

namespace {

using histories::Finding;
using histories::History;
using histories::ObjectKind;
using histories::OpId;

class Lint {
 public:
  Lint(const Policy& policy, const History& history)
      : policy_{policy}, h_{history}, use_{rules_of(policy, history)}, taken_(policy.rules.size(), 0) {
    for (const std::uint32_t rule : use_.taken) {
      if (rule != no_class) ++taken_[rule];
    }
  }

  std::vector<Finding> run() {
    for (std::size_t i = 0; i < policy_.rules.size(); ++i) {
      if (!use_.fits[i]) {
        unused(policy_.rules[i]);
      } else if (taken_[i] == 0) {
        shadowed(policy_.rules[i]);
      }
    }
    for (std::uint32_t i = 0; i < policy_.classes.size(); ++i) unchecked(i);
    std::ranges::stable_sort(findings_, {}, [](const Finding& f) { return std::tuple{f.line, f.column}; });
    uncovered_levels();
    return std::move(findings_);
  }

 private:
  void warn(std::string rule, Place place, std::string message) {
    findings_.push_back({std::move(rule), histories::Severity::warning, place.line, place.column, std::move(message)});
  }

  static std::string selects(const Rule& rule) {
    const std::string level = rule.level.empty() ? "" : " at level " + rule.level;
    return (rule.prefix.empty() ? "all keys" : fmt::format("keys \"{}\"", rule.prefix)) + level;
  }

  void unused(const Rule& rule) {
    warn("policy-rule-unused", rule.place,
         fmt::format("no operation of the history is of {}; is that misspelt?", selects(rule)));
  }

  /// Every operation that it fits went to rules that fit better; the one that took most is named.
  void shadowed(const Rule& rule) {
    std::size_t best = policy_.rules.size();
    for (std::size_t i = 0; i < policy_.rules.size(); ++i) {
      const Rule& other = policy_.rules[i];
      if (&other == &rule || taken_[i] == 0 || !other.prefix.starts_with(rule.prefix)) continue;
      if (best == policy_.rules.size() || taken_[i] > taken_[best]) best = i;
    }
    if (best == policy_.rules.size()) return;
    const Rule& by = policy_.rules[best];
    warn("policy-rule-shadowed", rule.place,
         fmt::format("every operation of {} is taken by a rule that fits better, such as {} of class \"{}\" (line {})",
                     selects(rule), selects(by), policy_.classes[by.member_of].name, by.place.line));
  }

  /// Bounds and demands that the history gives nothing to check by.
  void unchecked(std::uint32_t number) {
    const Class& each = policy_.classes[number];
    const bool bound = each.promise.most_versions || each.promise.most_nanoseconds;
    const ObjectKind object = h_.header.object;
    if (bound && object != ObjectKind::reg && object != ObjectKind::cas_register && object != ObjectKind::kv) {
      warn("policy-staleness-unsupported", each.staleness,
           fmt::format("staleness is measured for registers and maps; this is a {}", histories::name_of(object)));
    } else if (each.promise.most_nanoseconds && h_.invoked_time.empty()) {
      warn("policy-staleness-untimed", each.staleness,
           fmt::format("the history has no times, so that the bound of class \"{}\" can't be checked", each.name));
    }
    if (each.promise.demanded.empty()) return;
    std::uint64_t members = 0, without = 0;
    for (OpId op = 0; op < h_.size(); ++op) {
      if (use_.taken[op] == no_class || policy_.rules[use_.taken[op]].member_of != number) continue;
      ++members;
      without += level_of(h_, op) == histories::no_value ? 1 : 0;
    }
    if (without == 0) return;
    warn("policy-level-unrecorded", each.demands,
         fmt::format("{} of {} operations of class \"{}\" carry no level, which it demands", without, members,
                     each.name));
  }

  void uncovered_levels() {
    std::map<histories::ValueId, std::pair<std::uint64_t, OpId>> outside;  // how many operations, and the first
    for (OpId op = 0; op < h_.size(); ++op) {
      if (use_.taken[op] != no_class || level_of(h_, op) == histories::no_value) continue;
      const auto entry = outside.try_emplace(level_of(h_, op), 0, op).first;
      ++entry->second.first;
    }
    for (const auto& [level, where] : outside) {
      warn("policy-level-uncovered", {},
           fmt::format("level {}: {} operations are in no class, the first in line {} of the history",
                       h_.values.to_json(level), where.first, h_.invoked_line[where.second]));
    }
  }

  const Policy& policy_;
  const History& h_;
  RuleUse use_;
  std::vector<std::uint64_t> taken_;  // by rule, how many operations
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> lint(const Policy& policy, const History& history) { return Lint{policy, history}.run(); }

}  // namespace kasauti::checker::policy
