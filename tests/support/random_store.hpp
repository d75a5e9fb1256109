#pragma once

#include <random>
#include <vector>

#include "tests/support/small_histories.hpp"

namespace kasauti::tests {

[[nodiscard]] inline std::uint32_t draw(std::mt19937& random, std::uint32_t bound) {
  return static_cast<std::uint32_t>(random() % bound);
}

struct StoreOptions {
  std::uint32_t operations;
  std::uint32_t processes;
  std::uint32_t keys;
  std::uint32_t errors;  ///< about so many reads return something else that was written, or the initial value
  bool outcomes;         ///< some writes fail, or have an unknown outcome
};

/// A history of a store in which each process reads a replica of its own, that takes over other processes' writes one by one, in the order in
/// which that process made them; sometimes with what the writer had seen. So it is often, not always, causal in some sense.
[[nodiscard]] inline std::vector<SmallOp> random_store(std::mt19937& random, const StoreOptions& options) {
  using histories::EventType;
  std::vector<SmallOp> ops;
  std::vector<std::vector<std::uint32_t>> replica(options.processes, std::vector<std::uint32_t>(options.keys, 0));
  std::vector<std::vector<std::size_t>> applied(options.processes, std::vector<std::size_t>(options.processes, 0));
  std::vector<std::vector<SmallOp>> writes(options.processes);
  for (std::uint32_t i = 0; i < options.operations; ++i) {
    const std::uint32_t process = draw(random, options.processes);
    for (std::uint32_t tries = draw(random, 3); tries > 0; --tries) {
      const std::uint32_t from = draw(random, options.processes);
      std::size_t& next = applied[process][from];
      if (from == process || next == writes[from].size()) continue;
      const SmallOp& write = writes[from][next++];
      std::uint32_t& value = replica[process][write.key];
      if (draw(random, 3) != 0 || write.value > value) value = write.value;
    }
    SmallOp op{process, process, draw(random, 2) == 0, draw(random, options.keys), i + 1, EventType::ok};
    if (op.write) {
      const std::uint32_t fate = options.outcomes ? draw(random, 12) : 2;
      op.end = fate == 0 ? EventType::fail : fate == 1 ? EventType::info : EventType::ok;
      if (op.end != EventType::fail) writes[process].push_back(op);
      if (op.end == EventType::ok) replica[process][op.key] = op.value;
    } else {
      op.value = replica[process][op.key];
    }
    ops.push_back(op);
  }
  for (std::uint32_t i = 0; i < options.errors; ++i) {
    SmallOp& read = ops[draw(random, options.operations)];
    const SmallOp& source = ops[draw(random, options.operations)];
    if (read.write || draw(random, 2) == 0) continue;
    if (source.write && source.key == read.key) read.value = source.value;
    if (!source.write) read.value = 0;
  }
  return ops;
}

}  // namespace kasauti::tests
