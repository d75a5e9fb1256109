#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/causal/relations.hpp"

namespace kasauti::checker::causal {

/// A forced order of two writes of one key: `read` returned what `to` wrote although it causally follows `from`.
struct Conflict {
  OpId from = no_operation;
  OpId to = no_operation;
  OpId read = no_operation;

  friend bool operator==(const Conflict&, const Conflict&) = default;
};

/// Conflicts as edges of a graph over operations. Built once, in O(edges + operations).
class Conflicts {
 public:
  Conflicts() = default;
  Conflicts(std::vector<Conflict> edges, std::size_t operations);

  [[nodiscard]] std::span<const Conflict> from(OpId op) const {
    if (begin_.empty()) return {};
    return {edges_.data() + begin_[op], edges_.data() + begin_[op + 1]};
  }
  [[nodiscard]] const std::vector<Conflict>& edges() const { return edges_; }

 private:
  std::vector<Conflict> edges_;  // by `from`
  std::vector<std::uint32_t> begin_;
};

/// One edge of the graph of session order, reads-from and conflicts.
struct GraphEdge {
  enum class Kind : std::uint8_t { session, source, conflict };
  OpId from = no_operation;
  OpId to = no_operation;
  Kind kind = Kind::session;
  OpId read = no_operation;  ///< of a conflict
};

/// Walks over the edges out of one operation: session order, then reads-from, then conflicts (if given).
class EdgesFrom {
 public:
  EdgesFrom(const Relations& relations, OpId op)
      : op_{op}, reader_{relations.first_reader(op)}, index_{0}, stage_{0} {}
  /// The next edge; false when there are no more.
  bool next(const Relations& relations, const Conflicts* conflicts, GraphEdge& edge);
  [[nodiscard]] OpId operation() const { return op_; }

 private:
  OpId op_;
  OpId reader_;
  std::uint32_t index_;
  std::uint8_t stage_;
};

/// The operations in an order that respects session order, reads-from and `conflicts`, as near to the order of
/// invocation as that allows; only those that follow no cycle. O(n + edges). Cut short when the budget is exhausted.
[[nodiscard]] std::vector<OpId> topological_order(const Relations& relations, const Conflicts* conflicts,
                                                  histories::Budget& budget);

/// Strongly connected components of more than one operation (Tarjan 1972).
struct Components {
  static constexpr std::uint32_t none = UINT32_MAX;
  std::vector<std::uint32_t> of;               ///< by operation; none: in no cycle
  std::vector<std::vector<OpId>> members;      ///< ascending
};
[[nodiscard]] Components components(const Relations& relations, const Conflicts* conflicts, histories::Budget& budget);

/// A path with the fewest changes of kind from `from` to `to` along session order and reads-from, or empty: there is
/// none or the budget is exhausted. Runs of session order come as one edge each.
[[nodiscard]] std::vector<GraphEdge> causal_path(const Relations& relations, OpId from, OpId to,
                                                 histories::Budget& budget);

/// A short cycle inside a component. Of many operations only the first few hundred are tried as a start.
[[nodiscard]] std::vector<GraphEdge> short_cycle(const Relations& relations, const Conflicts* conflicts,
                                                 const Components& components, std::uint32_t component,
                                                 histories::Budget& budget);

}  // namespace kasauti::checker::causal
