#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "histories/history.hpp"
#include "histories/operation.hpp"

namespace kasauti::checker::objects {

using histories::Header;
using histories::ObjectKind;
using histories::Operation;
using histories::ValueId;
using histories::ValueTable;

/// A state of an object: words whose meaning is the specification's own. Equal states have equal words, and no other.
using State = std::vector<std::uint32_t>;

/// What an object does when its operations come one after the other.
///
/// A specification is immutable and thread-safe. To add one: derive, say how states begin and step, and name it
/// in objects.cpp; docs/adding-an-object.md walks through it.
class Specification {
 public:
  virtual ~Specification() = default;

  /// The state before the first operation.
  [[nodiscard]] virtual State initial() const = 0;

  /// Appends to `after` every state in which `operation` can leave the object when it is called in `before`, given what it
  /// returned; none if it can't have returned that. Where the result is unknown (operation.known is false), every result is possible. Most
  /// objects give one state or none. Cost: up to the size of the state.
  virtual void step(const State& before, const Operation& operation, std::vector<State>& after) const = 0;

  /// Never changes the state, whatever it is: a search may take it as soon as it is legal.
  [[nodiscard]] virtual bool observes_only(const Operation& operation) const = 0;

  /// Legal in every state, and the state after it does not depend on the one before: a blind write.
  [[nodiscard]] virtual bool overwrites(const Operation& operation) const {
    (void)operation;
    return false;
  }
};

/// The specification of an object with one key; null for those that have none yet. `values` must outlive it.
[[nodiscard]] std::unique_ptr<Specification> make_specification(const Header& header, const ValueTable& values);

/// Whether a history of this object may be judged key by key (all but transactions).
[[nodiscard]] bool splits_by_key(ObjectKind object);

}  // namespace kasauti::checker::objects
