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
    default: return std::nullopt;
  }
}

}  // namespace kasauti::checker::linearizable
