#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "checker/certificate/verify.hpp"
#include "checker/index/keys.hpp"
#include "checker/linearizable/linearizable.hpp"
#include "checker/linearizable/search.hpp"
#include "tests/support/linearizable_oracle.hpp"

namespace kasauti::tests {

inline checker::Judgement judge(const histories::History& history,
                                checker::linearizable::Engine engine = checker::linearizable::Engine::automatic) {
  histories::Budget budget;
  return checker::linearizable::check(history, {engine, 1}, budget);
}

/// Whether the verifier accepts what the judgement rests on.
inline bool verified(const histories::History& history, const checker::Judgement& judgement) {
  const auto verification = checker::verify(history, judgement.model, judgement.verdict, judgement.certificate);
  return verification.accepted && verification.complete;
}

/// What the search says of the first key.
inline checker::linearizable::SearchResult search_with(const histories::History& history,
                                                       const checker::linearizable::SearchOptions& options) {
  const checker::index::Keys keys{history, true};
  const auto specification = checker::objects::make_specification(history.header, history.values);
  const auto problem = checker::linearizable::make_problem(history, keys.operations(0), *specification);
  histories::Budget budget;
  return checker::linearizable::search(problem, *specification, options, budget);
}

/// A queue in which two values are enqueued by `clients` at once, again and again, and dequeued in some order, rightly
/// or wrongly.
inline histories::History overlapping_queue(int clients, std::mt19937& random) {
  histories::HistoryBuilder builder;
  histories::Header header;
  header.object = histories::ObjectKind::queue;
  header.given = true;
  builder.header(header);
  std::uint32_t line = 0;
  const auto all = [&](const char* function, histories::EventType type, bool draw_value) {
    for (int client = 0; client < clients; ++client) {
      histories::Event event;
      event.line = ++line;
      event.process = builder.values().intern_integer(client);
      event.f = function;
      event.type = type;
      if (draw_value) event.value = builder.values().intern_integer(static_cast<int>(random() % 3));
      builder.event(event);
    }
  };
  for (int round = 0; round < 2; ++round) {
    all("enqueue", histories::EventType::invoke, true);
    all("enqueue", histories::EventType::ok, false);
  }
  all("dequeue", histories::EventType::invoke, false);
  all("dequeue", histories::EventType::ok, true);
  return builder.finish();
}

/// How a random history is drawn.
struct Shape {
  int operations = 8;
  int processes = 3;
  int values = 2;
  bool cas = false;
  int info_percent = 10;
  int lie_percent = 10;   ///< of the reads return something drawn at random, so that about half of them are violated
};

/// Simulates a register whose operations take effect at a random moment, and then lies a little.
inline std::vector<SmallOp> draw(const Shape& shape, std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<SmallOp> ops;
  std::vector<int> open(static_cast<std::size_t>(shape.processes), -1);
  std::vector<bool> effective;
  std::vector<int> process_of(static_cast<std::size_t>(shape.processes));
  for (int p = 0; p < shape.processes; ++p) process_of[static_cast<std::size_t>(p)] = p;
  int next_process = shape.processes;
  int value = 0;
  int time = 0;
  const auto take_effect = [&](SmallOp& op) {
    if (op.kind == SmallOp::read) op.a = value;
    else if (op.kind == SmallOp::write) value = op.a;
    else if (value == op.a) value = op.b;
    else op.kind = SmallOp::cas_refused;
  };
  while (static_cast<int>(ops.size()) < shape.operations || std::ranges::any_of(open, [](int o) { return o >= 0; })) {
    const auto p = static_cast<std::size_t>(below(shape.processes));
    if (open[p] < 0) {
      if (static_cast<int>(ops.size()) >= shape.operations) continue;
      SmallOp op;
      const int kind = below(shape.cas ? 4 : 2);
      op.kind = kind == 0 ? SmallOp::read : kind == 1 ? SmallOp::write : SmallOp::cas;
      op.a = op.kind == SmallOp::write ? 1 + below(shape.values) : below(shape.values + 1);
      op.b = 1 + below(shape.values);
      op.process = process_of[p];
      op.invoked = time++;
      open[p] = static_cast<int>(ops.size());
      ops.push_back(op);
      effective.push_back(false);
      continue;
    }
    const auto index = static_cast<std::size_t>(open[p]);
    SmallOp& op = ops[index];
    if (!effective[index] && below(2) == 0) {
      take_effect(op);
      effective[index] = true;
      continue;
    }
    const bool unknown = below(100) < shape.info_percent;
    if (!unknown && !effective[index]) take_effect(op);
    op.end = unknown ? SmallOp::info : SmallOp::ok;
    if (op.kind == SmallOp::cas_refused && unknown) op.kind = SmallOp::cas;
    if (!unknown && op.kind == SmallOp::read && below(100) < shape.lie_percent) op.a = below(shape.values + 1);
    op.completed = time++;
    open[p] = -1;
    if (unknown) process_of[p] = next_process++;
  }
  return ops;
}

}  // namespace kasauti::tests
