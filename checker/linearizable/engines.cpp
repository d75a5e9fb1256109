#include "checker/linearizable/engines.hpp"

namespace kasauti::checker::linearizable {

std::optional<KeyAnswer> decide_by_object(const History& history, std::span<const OpId> operations, Budget& budget) {
  using histories::ObjectKind;
  if (!history.header.specification.empty()) return std::nullopt;
  switch (history.header.object) {
    case ObjectKind::queue: return decide_queue(history, operations, budget);
    case ObjectKind::stack: return decide_stack(history, operations, budget);
    case ObjectKind::priority_queue: return decide_priority_queue(history, operations, budget);
    case ObjectKind::bag: return decide_bag(history, operations, budget);
    case ObjectKind::list: return decide_list(history, operations, budget);
    case ObjectKind::set: return decide_set(history, operations, budget);
    case ObjectKind::ids: return decide_ids(history, operations, budget);
    case ObjectKind::fetch_add: return decide_fetch_add(history, operations, budget);
    case ObjectKind::counter: return decide_counter(history, operations, budget);
    case ObjectKind::kv: return decide_concatenations(history, operations, budget);
    case ObjectKind::lock:
    case ObjectKind::semaphore: return decide_lock(history, operations, budget);
    case ObjectKind::fenced_lock: return decide_fenced_lock(history, operations, budget);
    default: return std::nullopt;
  }
}

}  // namespace kasauti::checker::linearizable
