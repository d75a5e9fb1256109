#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/model.hpp"
#include "checker/policy/document.hpp"

namespace kasauti::checker::policy {

/// What a class of operations was promised. At least one of these is given.
struct Promise {
  std::optional<Model> model;
  std::optional<std::uint64_t> most_versions;    ///< reads are among so many last versions; 1: the last one
  std::optional<std::int64_t> most_nanoseconds;  ///< reads are stale by no more than this
  std::string demanded;                          ///< the level, as JSON, that each operation has to carry; empty: any
  double tolerate = 0;                           ///< share of anomalies; above 0 for weak models only

  friend bool operator==(const Promise&, const Promise&) = default;
};

/// Where something stands in the policy file; line 0: nowhere.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Class {
  std::string name;
  Promise promise;
  Place staleness;  ///< of "max_staleness"
  Place demands;
};

/// Operations whose key begins with `prefix` and, unless `level` is empty, carry that level (as JSON) belong to the
/// class, if no other rule fits better: the longest prefix wins; among equal prefixes a rule with a level.
struct Rule {
  std::string prefix;
  std::string level;
  std::uint32_t member_of = 0;  ///< index in Policy::classes
  Place place;
};

struct Policy {
  std::vector<Class> classes;
  std::vector<Rule> rules;
};

struct Parsed {
  Policy policy;                  ///< meaningful only if there are no problems
  std::vector<Problem> problems;  ///< in the order of the text
};

/// Whether a class with this promise may not tolerate any anomaly.
[[nodiscard]] bool tolerates_none(Model model);

/// Reads the text of a policy file (docs/policy.md). Never throws. O(bytes + rules²).
[[nodiscard]] Parsed parse(std::string_view text);

}  // namespace kasauti::checker::policy
