// An order that is known level by level, held against real time: each call as early as possible. If one had completed
// by then, some call of a lower level began after its completion.

#include "checker/linearizable/levels.hpp"

#include <algorithm>
#include <utility>

namespace kasauti::checker::linearizable {

using histories::no_operation;
using histories::OpId;

LevelOrder order_levels(const histories::History& history, std::vector<Leveled> operations) {
  std::ranges::sort(operations, {}, [](const Leveled& each) { return std::pair{each.level, each.operation}; });
  LevelOrder order;
  order.witness.reserve(operations.size());
  OpId latest = no_operation;  // of those of lower levels, the one invoked last
  std::uint32_t latest_level = 0;
  for (std::size_t from = 0; from < operations.size();) {
    std::size_t to = from;
    OpId latest_here = latest;
    std::uint32_t level_here = latest_level;
    for (; to < operations.size() && operations[to].level == operations[from].level; ++to) {
      const OpId op = operations[to].operation;
      if (latest != no_operation && history.completed[op] < history.invoked[latest]) {
        order.earlier = latest;
        order.later = op;
        order.level = latest_level;
        return order;
      }
      if (latest_here == no_operation || history.invoked[op] > history.invoked[latest_here]) {
        latest_here = op;
        level_here = operations[to].level;
      }
      order.witness.push_back(op);
    }
    latest = latest_here;
    latest_level = level_here;
    from = to;
  }
  return order;
}

}  // namespace kasauti::checker::linearizable
