// Which operations a class is judged on: its own, and what others wrote to its keys, as far as anybody promised when.
//
// The judge and the verifier of saved certificates both derive a class's history with this, from the policy and the
// whole history; so a certificate need not say which operations it is about. Why it is sound: judge.cpp. Cost O(n).
// Tested in tests/policy/judge.cpp and tests/policy/random.cpp.

#include "checker/policy/scope.hpp"

#include <utility>

#include "checker/index/keys.hpp"

namespace kasauti::checker::policy {

namespace {

using histories::Function;
using histories::Outcome;

/// Whether an operation returns nothing but that it happened.
bool is_blind(Function function) {
  switch (function) {
    case Function::write: case Function::append: case Function::add: case Function::increment: case Function::enqueue:
    case Function::push: case Function::insert: case Function::put: case Function::release: return true;
    default: return false;
  }
}

}  // namespace

Scope::Scope(const Policy& policy, const History& whole, std::vector<Model> others)
    : policy_{policy}, whole_{whole}, others_{std::move(others)},
      object_{objects::make_specification(whole.header, whole.values)}, class_of_{classes_of(policy, whole)} {}

Subhistory Scope::history_of(std::uint32_t number, std::optional<Model> judged_by) const {
  const Model model = judged_by.value_or(Model::linearizable);
  std::vector<bool> its_key(whole_.key_count(), false);
  for (OpId op = 0; op < whole_.size(); ++op) {
    if (class_of_[op] == number) its_key[whole_.key[op]] = true;
  }
  std::vector<Fate> fates(whole_.size(), Fate::gone);
  for (OpId op = 0; op < whole_.size(); ++op) {
    if (!its_key[whole_.key[op]]) continue;
    if (class_of_[op] == number) {
      fates[op] = Fate::kept;
    } else if (!observes_only(op)) {
      fates[op] = whole_.outcome[op] == Outcome::fail || binds(op, model) ? Fate::kept : Fate::weakened;
    }
  }
  return subhistory_of(whole_, fates);
}

/// Whether what was promised for this operation of another class binds a class that is judged by `model`.
bool Scope::binds(OpId op, Model model) const {
  const std::uint32_t other = class_of_[op];
  if (other == no_class && others_.empty()) return is_blind(whole_.function[op]);
  const auto promised = other == no_class ? others_.front() : policy_.classes[other].promise.model;
  return promised && implies(*promised, model);
}

bool Scope::observes_only(OpId op) const {
  return object_ != nullptr ? object_->observes_only(whole_.operation(op)) : index::only_observes(whole_.function[op]);
}

}  // namespace kasauti::checker::policy
