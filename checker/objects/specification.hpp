#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
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

/// An object that is taken through one order of operations, in place, so that a long replay copies no state.
class Replayer {
 public:
  virtual ~Replayer() = default;

  /// Takes `operation` as the next one. False if it can't have returned what it did after those before; nothing may
  /// be asked of the replayer then. Cost: amortised O(log n) for the objects of this folder, but for reads of whole
  /// lists, sets and maps, which cost their size.
  [[nodiscard]] virtual bool apply(const Operation& operation) = 0;
};

/// What an object does when its operations come one after the other.
///
/// A specification is immutable and thread-safe. To add one: derive, say how states begin and step, and register it
/// under a name; docs/adding-an-object.md walks through it.
class Specification {
 public:
  virtual ~Specification() = default;

  /// The state before the first operation.
  [[nodiscard]] virtual State initial() const = 0;

  /// Appends to `after` every state in which `operation` can leave the object when it is called in `before`, given
  /// what it returned; none if it can't have returned that. Where the result is unknown (operation.known is false),
  /// every result is possible. Most objects give one state or none. Cost: up to the size of the state.
  virtual void step(const State& before, const Operation& operation, std::vector<State>& after) const = 0;

  /// Never changes the state, whatever it is: a search may take it as soon as it is legal.
  [[nodiscard]] virtual bool observes_only(const Operation& operation) const = 0;

  /// Legal in every state, and the state after it does not depend on the one before: a blind write.
  [[nodiscard]] virtual bool overwrites(const Operation& operation) const {
    (void)operation;
    return false;
  }

  /// A replayer that begins in the initial state; the specification must outlive it. By default it keeps the set of
  /// states that step() gives; objects whose states grow with the history bring a faster one that agrees with step().
  [[nodiscard]] virtual std::unique_ptr<Replayer> replayer() const;
};

/// Makes the specification of an object with one key. `values` outlives it.
using Factory = std::unique_ptr<Specification> (*)(const Header& header, const ValueTable& values);

/// Adds an object of the user's own. A history asks for it by `"specification":"NAME"` in its header, beside the
/// `"object"` whose operations it borrows the names and shapes of. False if the name is empty or taken. Thread-safe.
bool register_object(std::string_view name, Factory factory);

/// The specification that a history asks for: the registered one that its header names, else that of its object. Null
/// if the name is not registered. `values` must outlive it.
[[nodiscard]] std::unique_ptr<Specification> make_specification(const Header& header, const ValueTable& values);

/// Whether a history of this object may be judged key by key (all but transactions).
[[nodiscard]] bool splits_by_key(ObjectKind object);

}  // namespace kasauti::checker::objects
