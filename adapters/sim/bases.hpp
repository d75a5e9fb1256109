#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "adapters/sim/protocol.hpp"

namespace kasauti::adapters::sim {

/// A store that `sim:` can be. What its protocol keeps is stated at the head of the protocol's file.
struct Base {
  std::string_view name;
  std::string_view promise;  ///< the strongest model that it keeps, by its name in the checker
  std::string_view summary;
};

/// A defect that can be planted in a base (SCENARIOS §3).
struct Bug {
  std::string_view id;
  std::string_view base;
  std::string_view fault;    ///< the fault that exposes it best
  std::string_view summary;
};

[[nodiscard]] std::span<const Base> bases();
[[nodiscard]] std::span<const Bug> bugs();
[[nodiscard]] const Base* base_named(std::string_view name);
[[nodiscard]] const Bug* bug_named(std::string_view id);

/// The protocol of a base, with a bug of it or none (empty). `read` matters to the base async only.
[[nodiscard]] std::unique_ptr<Protocol> make_protocol(const Base& base, std::string_view bug, ReadFrom read,
                                                      Cluster& cluster);

}  // namespace kasauti::adapters::sim
