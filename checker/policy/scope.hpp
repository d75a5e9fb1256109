#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "checker/objects/specification.hpp"
#include "checker/policy/classes.hpp"
#include "checker/policy/subhistory.hpp"

namespace kasauti::checker::policy {

/// Which operations of a history each class is judged on.
class Scope {
 public:
  /// `others` is what operations of no class were promised; empty: nothing is known. All arguments have to last.
  Scope(const Policy& policy, const History& whole, std::vector<Model> others);

  [[nodiscard]] const std::vector<std::uint32_t>& class_of() const { return class_of_; }
  [[nodiscard]] const std::vector<Model>& others() const { return others_; }

  /// The history of a class (or of no_class) that is judged by `model`; by linearizable writes if there is none. O(n).
  [[nodiscard]] Subhistory history_of(std::uint32_t number, std::optional<Model> model) const;

 private:
  [[nodiscard]] bool binds(OpId op, Model model) const;
  [[nodiscard]] bool observes_only(OpId op) const;

  const Policy& policy_;
  const History& whole_;
  std::vector<Model> others_;
  std::unique_ptr<objects::Specification> object_;
  std::vector<std::uint32_t> class_of_;
};

}  // namespace kasauti::checker::policy
