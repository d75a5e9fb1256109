#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/index/keys.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::staleness {

using histories::History;
using histories::OpId;
using histories::ValueId;

/// What an operation leaves in its register and what it found there; no_value: nothing, or nobody knows.
struct Access {
  ValueId written = histories::no_value;
  ValueId observed = histories::no_value;
};
[[nodiscard]] Access access_of(const History& history, OpId op);

/// A register, a compare-and-set register or a map, in which nothing was appended.
[[nodiscard]] bool is_plain_register(const History& history);

/// A value of one key: its write and the reads that returned it.
struct Cluster {
  OpId write = histories::no_operation;  ///< no_operation: the initial value
  std::vector<OpId> reads;
};

/// The values of a key, but those written with unknown outcome and never read. nullopt if a value that was read has
/// several possible writers or none, or operations other than reads and writes took effect.
[[nodiscard]] std::optional<std::vector<Cluster>> clusters_of(const History& history, std::span<const OpId> operations);

/// Why clusters_of() has no answer for some key, in words and with lines; empty if it has for all. O(n).
[[nodiscard]] std::string unclear_origin(const History& history);

}  // namespace kasauti::checker::staleness
