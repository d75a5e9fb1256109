#pragma once

#include <cstdint>
#include <vector>

#include "checker/certificate/exhaustive.hpp"

namespace kasauti::checker::certificate {

/// A read or a write of one key; `value` is what it returned or wrote.
struct VersionCall {
  OpId operation = histories::no_operation;
  bool write = false;
  histories::ValueId value = histories::no_value;
};

/// Tries every order of the calls, all of which happened, that respects real time (ranks), for one in which each read
/// returns one of the last k values written, `initial` being there at first. Every value is written once. At most 64
/// calls; beyond that, or beyond `steps`, it gives up.
[[nodiscard]] Exhaustive try_every_version(const History& history, const std::vector<VersionCall>& calls,
                                           histories::ValueId initial, std::uint64_t k, std::uint64_t steps,
                                           histories::Budget* budget);

}  // namespace kasauti::checker::certificate
