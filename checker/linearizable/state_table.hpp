#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/objects/specification.hpp"

namespace kasauti::checker::linearizable {

using StateId = std::uint32_t;

/// The states that a search met, interned, and what each kind of operation does to each of them, computed once.
class StateTable {
 public:
  StateTable(const objects::Specification& specification, std::span<const histories::Operation> kinds)
      : specification_{specification}, kinds_{kinds} {}

  StateId intern(const objects::State& state);

  /// The states after an operation of this kind in `state`; empty if it is not legal there. Valid until the next
  /// call.
  std::span<const StateId> after(StateId state, std::uint32_t kind);

  [[nodiscard]] std::size_t size() const { return states_.size(); }

 private:
  struct Row {
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
  };

  const objects::Specification& specification_;
  std::span<const histories::Operation> kinds_;
  std::vector<objects::State> states_;
  boost::unordered_flat_map<std::uint64_t, StateId> by_hash_;
  boost::unordered_flat_map<std::uint64_t, Row> rows_;
  std::vector<StateId> successors_;
  std::vector<objects::State> scratch_;
};

}  // namespace kasauti::checker::linearizable
