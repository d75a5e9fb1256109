#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "histories/builder.hpp"

namespace kasauti::tests {

/// One operation of a small made-up history. Values: 0 is the initial one.
struct SmallOp {
  std::uint32_t process = 0;
  std::uint32_t session = 0;
  bool write = false;
  std::uint32_t key = 0;
  std::uint32_t value = 0;
  histories::EventType end = histories::EventType::ok;
};

/// The operations one after the other in real time, or, with `overlap`, each completing only after the next `overlap`
/// were invoked (but before its process goes on). Only the order within a session means anything to the causal models.
[[nodiscard]] inline histories::History small_history(const std::vector<SmallOp>& ops, std::uint32_t overlap = 0) {
  using namespace histories;
  HistoryBuilder builder;
  Header header;
  header.given = true;
  header.initial = builder.values().intern_integer(0);
  builder.header(header);
  std::uint32_t line = 0;
  const auto emit = [&](const SmallOp& op, EventType type) {
    Event event;
    event.line = ++line;
    event.type = type;
    event.process = builder.values().intern_integer(op.process);
    event.session = builder.values().intern_integer(op.session);
    event.f = op.write ? "write" : "read";
    event.key = builder.values().intern_integer(op.key);
    if (op.write || type == EventType::ok) event.value = builder.values().intern_integer(op.value);
    builder.event(event);
  };
  std::vector<SmallOp> open;
  const auto complete_first = [&] {
    emit(open.front(), open.front().end);
    open.erase(open.begin());
  };
  for (const SmallOp& op : ops) {
    const auto busy = [&] {
      for (const SmallOp& each : open) {
        if (each.process == op.process) return true;
      }
      return false;
    };
    while (open.size() > overlap || busy()) complete_first();
    emit(op, EventType::invoke);
    open.push_back(op);
  }
  while (!open.empty()) complete_first();
  return builder.finish();
}

/// Calls `visit` with every history of `n` operations of at most `processes` processes on two keys, in which each
/// write writes a value of its own and each read returns the initial value, a written one or one that nobody wrote.
/// Histories that differ in the names of processes only come once or a few times. With `outcomes`, each write also
/// fails or has an unknown outcome.
inline void every_small_history(std::uint32_t n, std::uint32_t processes, bool outcomes,
                                const std::function<void(const std::vector<SmallOp>&)>& visit) {
  std::vector<SmallOp> ops;
  const std::function<void(std::uint32_t)> answers = [&](std::uint32_t i) {
    if (i == ops.size()) return visit(ops);
    if (ops[i].write) return answers(i + 1);
    for (std::uint32_t value = 0; value <= ops.size() + 1; ++value) {
      const bool written = value > 0 && value <= ops.size() && ops[value - 1].write && ops[value - 1].key == ops[i].key;
      if (value != 0 && value != ops.size() + 1 && !written) continue;
      ops[i].value = value == ops.size() + 1 ? 99 : value;
      answers(i + 1);
    }
  };
  const std::function<void(std::uint32_t)> endings = [&](std::uint32_t i) {
    if (i == ops.size()) return answers(0);
    endings(i + 1);
    if (!outcomes || !ops[i].write) return;
    for (const auto end : {histories::EventType::info, histories::EventType::fail}) {
      ops[i].end = end;
      endings(i + 1);
    }
    ops[i].end = histories::EventType::ok;
  };
  const std::function<void()> calls = [&] {
    if (ops.size() == n) return endings(0);
    const std::uint32_t last = ops.empty() ? 0 : ops.back().process;
    for (std::uint32_t process = last; process <= last + 1 && process < processes; ++process) {
      if (ops.empty() && process > 0) break;
      for (std::uint32_t kind = 0; kind < 4; ++kind) {
        if (ops.empty() && kind / 2 == 1) break;  // the first operation is on the first key
        const auto value = static_cast<std::uint32_t>(ops.size() + 1);
        ops.push_back({process, process, kind % 2 == 0, kind / 2, value, histories::EventType::ok});
        calls();
        ops.pop_back();
      }
    }
  };
  calls();
}

}  // namespace kasauti::tests
