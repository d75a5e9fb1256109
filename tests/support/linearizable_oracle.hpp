#pragma once

#include <cstdint>
#include <vector>

#include "histories/builder.hpp"

namespace kasauti::tests {

/// One call of a small register history, written down without any of the project's machinery.
struct SmallOp {
  enum Kind : std::uint8_t { read, write, cas, cas_refused };
  enum End : std::uint8_t { ok, fail, info };
  Kind kind = read;
  int a = 0;          ///< the value read or written, or cas from
  int b = 0;          ///< cas to
  End end = ok;
  int process = 0;
  int invoked = 0;    ///< its place among the events
  int completed = 0;
};

/// Linearizability from its definition (Herlihy & Wing 1990), by trying every order: the oracle that fits on a page.
/// `value` is the register's, 0 at first; `done` says which calls have been placed.
inline bool has_order(const std::vector<SmallOp>& ops, std::vector<bool>& done, int value) {
  bool complete = true;
  for (std::size_t i = 0; i < ops.size(); ++i) complete = complete && (done[i] || ops[i].end != SmallOp::ok);
  if (complete) return true;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const SmallOp& op = ops[i];
    if (done[i] || op.end == SmallOp::fail) continue;
    bool first = true;  // no call that is still to be placed had completed before this one was invoked
    for (std::size_t j = 0; j < ops.size(); ++j) {
      first = first && (done[j] || ops[j].end != SmallOp::ok || ops[j].completed > op.invoked);
    }
    if (!first) continue;
    int next = value;
    bool legal = true;
    if (op.kind == SmallOp::write) next = op.a;
    if (op.kind == SmallOp::read) legal = op.end == SmallOp::info || value == op.a;
    if (op.kind == SmallOp::cas || op.kind == SmallOp::cas_refused) {
      const bool matches = value == op.a;
      legal = op.end == SmallOp::info || matches == (op.kind == SmallOp::cas);
      if (matches) next = op.b;
    }
    if (!legal) continue;
    done[i] = true;
    if (has_order(ops, done, next)) {
      done[i] = false;
      return true;
    }
    done[i] = false;
  }
  return false;
}

inline bool is_linearizable(const std::vector<SmallOp>& ops) {
  std::vector<bool> done(ops.size(), false);
  return has_order(ops, done, 0);
}

/// The same history as the project knows it. Value 0 is the initial one, null.
inline histories::History make_history(const std::vector<SmallOp>& ops, histories::ObjectKind object) {
  using namespace histories;
  HistoryBuilder builder;
  Header header;
  header.object = object;
  header.given = true;
  builder.header(header);
  auto& values = builder.values();
  const auto id = [&](int v) { return v == 0 ? null_value : values.intern_integer(v); };
  struct At {
    int place;
    std::size_t op;
    bool completion;
  };
  std::vector<At> events;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    events.push_back({ops[i].invoked, i, false});
    events.push_back({ops[i].completed, i, true});
  }
  std::ranges::sort(events, {}, &At::place);
  std::uint32_t line = 0;
  for (const At& at : events) {
    const SmallOp& op = ops[at.op];
    Event event;
    event.line = ++line;
    event.process = values.intern_integer(op.process);
    event.f = op.kind == SmallOp::read ? "read" : op.kind == SmallOp::write ? "write" : "cas";
    if (op.kind == SmallOp::write) event.value = id(op.a);
    if (op.kind == SmallOp::read && at.completion && op.end == SmallOp::ok) event.value = id(op.a);
    if (op.kind == SmallOp::cas || op.kind == SmallOp::cas_refused) {
      const ValueId pair[] = {id(op.a), id(op.b)};
      event.value = values.intern_list(pair);
      if (at.completion && op.end == SmallOp::ok && op.kind == SmallOp::cas_refused) event.flag = Flag::no;
    }
    if (at.completion) event.type = op.end == SmallOp::ok ? EventType::ok : op.end == SmallOp::fail ? EventType::fail : EventType::info;
    builder.event(event);
  }
  return builder.finish();
}

}  // namespace kasauti::tests
