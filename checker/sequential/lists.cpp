// Append lists read whole: here the order is known, and sequential consistency is decided exactly and in linear time.
//
// Where each value of a list is appended once, a read tells the order of all appends before it: in every legal order
// the appends of the values that it lists come before it, one after the other as listed, and all others of the list
// behind it. So two reads of which neither is a prefix of the other clash. Else the longest read of each list has all
// values that were ever seen, in order, and these must hold:
//   the append of the j-th value → reads of length j → the append of the next value,
//   the longest reads → appends of values that no read lists.
// With the session order they are a graph. If it has no cycle, any topological order is legal: before each read stand
// the appends of its values, in order, and no other. If it has one, no order is legal; each edge of the cycle is a fact
// that one read tells (certificate/verify_lists.cpp). An append of unknown outcome happened iff a read lists it; if
// none does, it is left out.
//
// Tests: tests/sequential/lists.cpp, against brute force.

#include "checker/sequential/lists.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::checker::sequential {

namespace {

using histories::Function;
using histories::no_operation;
using histories::ObjectKind;
using histories::ValueId;

constexpr std::uint32_t unset = UINT32_MAX;

struct Edge {
  Node from, to;
  ForcedBy by;
};

class Lists {
 public:
  Lists(const Problem& problem, histories::Budget& budget)
      : problem_{problem}, history_{*problem.history}, budget_{budget}, longest_(problem.key_count, no_node),
        place_(problem.size(), unset) {}

  ListResult run() {
    ListResult result;
    if (!suitable() || !find_appends() || !place_values()) return result;
    if (!clash_.facts.empty()) {
      result.outcome = Listed::cycle;
      result.cycle = std::move(clash_);
      return result;
    }
    connect();
    sort();
    if (budget_.stopped()) return result;
    if (order_.size() == required_) {
      result.outcome = Listed::order;
      for (const Node node : order_) {
        if (node < problem_.size()) result.order.push_back(problem_.operation[node]);
      }
    } else {
      result.outcome = Listed::cycle;
      result.cycle = tell(find_cycle());
    }
    return result;
  }

 private:
  [[nodiscard]] bool is_append(Node node) const { return history_.function[op(node)] == Function::append; }
  [[nodiscard]] OpId op(Node node) const { return problem_.operation[node]; }
  [[nodiscard]] std::span<const ValueId> listed(Node read) const {
    const ValueId result = history_.result[op(read)];
    return history_.values.is_list(result) ? history_.values.elements(result) : std::span<const ValueId>{};
  }
  static std::uint64_t name(std::uint32_t key, ValueId value) { return std::uint64_t{key} << 32 | value; }

  [[nodiscard]] bool suitable() const {
    const auto& header = history_.header;
    const bool empty = !history_.values.is_list(header.initial) || history_.values.elements(header.initial).empty();
    return header.object == ObjectKind::list && header.specification.empty() && empty;
  }

  /// False if a value is appended twice.
  bool find_appends() {
    for (Node node = 0; node < problem_.size(); ++node) {
      if (!budget_.spend(spent_)) return false;
      if (!is_append(node)) continue;
      if (!append_of_.emplace(name(problem_.key[node], history_.argument[op(node)]), node).second) return false;
    }
    return true;
  }

  /// The longest read of each list, and for all others whether they are prefixes of it; the first clash is told. False
  /// if a value comes from nowhere.
  bool place_values() {
    std::vector<Node> reads;
    for (Node node = 0; node < problem_.size(); ++node) {
      if (is_append(node)) continue;
      Node& longest = longest_[problem_.key[node]];
      if (longest == no_node || listed(node).size() > listed(longest).size()) longest = node;
      reads.push_back(node);
    }
    for (const Node longest : longest_) {
      if (longest != no_node && !place_values_of(longest)) return false;
    }
    boost::unordered_flat_map<std::uint64_t, bool> compared;
    for (const Node read : reads) {
      const Node longest = longest_[problem_.key[read]];
      if (!compared.emplace(name(problem_.key[read], history_.result[op(read)]), true).second) continue;
      const auto [mine, other] = std::ranges::mismatch(listed(read), listed(longest));
      if (!budget_.spend(spent_, static_cast<std::uint32_t>(listed(read).size() / 16 + 1))) return false;
      if (mine == listed(read).end() || !clash_.facts.empty()) continue;
      const auto a = append_of_.find(name(problem_.key[read], *mine));
      if (a == append_of_.end()) return false;
      if (place_[a->second] < static_cast<std::uint32_t>(mine - listed(read).begin())) {
        tell_twice(read, a->second);
      } else {
        tell_clash(read, a->second, longest, append_of_.at(name(problem_.key[read], *other)));
      }
    }
    return true;
  }

  bool place_values_of(Node longest) {
    std::uint32_t place = 0;
    for (const ValueId value : listed(longest)) {
      if (!budget_.spend(spent_)) return false;
      const auto append = append_of_.find(name(problem_.key[longest], value));
      if (append == append_of_.end()) return false;
      if (place_[append->second] != unset) {
        tell_twice(longest, append->second);
        return true;
      }
      place_[append->second] = place++;
    }
    return true;
  }

  void tell_twice(Node read, Node append) {
    clash_ = {{{op(append), op(append), ForcedBy::listed, op(read), {}}}, {0}};
  }

  /// Where the reads differ, `read` lists a and `longest` b.
  void tell_clash(Node read, Node a, Node longest, Node b) {
    const auto lists = [&](Node reader, Node append) {
      return std::ranges::find(listed(reader), history_.argument[op(append)]) != listed(reader).end();
    };
    // The reader lists the first, and not the second before it.
    const auto from_to = [&](Node first, Node second, Node reader) {
      if (lists(reader, second)) {
        clash_.facts.push_back({op(first), op(second), ForcedBy::listed, op(reader), {}});
      } else {
        clash_.facts.push_back({op(first), op(reader), ForcedBy::reads_from, no_operation, {}});
        clash_.facts.push_back({op(reader), op(second), ForcedBy::unlisted, op(reader), {}});
      }
    };
    from_to(a, b, read);
    from_to(b, a, longest);
    for (std::uint32_t i = 0; i < clash_.facts.size(); ++i) clash_.cycle.push_back(i);
  }

  // The graph. Behind the operations come points, one for each list, between its longest reads and what they lack.

  void connect() {
    const Node n = problem_.size();
    for (const Link& link : problem_.links) edges_.push_back({link.from, link.to, ForcedBy::session_order});
    std::vector<std::vector<Node>> chain(problem_.key_count);  // by key: the appends in their order
    for (Node node = 0; node < n; ++node) {
      if (is_append(node) && place_[node] != unset) {
        auto& appends = chain[problem_.key[node]];
        appends.resize(std::max<std::size_t>(appends.size(), place_[node] + 1), no_node);
        appends[place_[node]] = node;
      }
    }
    for (const auto& appends : chain) {
      for (std::size_t i = 1; i < appends.size(); ++i) edges_.push_back({appends[i - 1], appends[i], ForcedBy::listed});
    }
    for (Node node = 0; node < n; ++node) {
      const auto& appends = chain[problem_.key[node]];
      const Node point = n + problem_.key[node];
      if (is_append(node)) {
        if (place_[node] == unset && problem_.optional[node] == 0) edges_.push_back({point, node, ForcedBy::unlisted});
        continue;
      }
      const std::size_t length = listed(node).size();
      if (length != 0) edges_.push_back({appends[length - 1], node, ForcedBy::reads_from});
      edges_.push_back({node, length < appends.size() ? appends[length] : point, ForcedBy::unlisted});
    }
    std::ranges::stable_sort(edges_, {}, &Edge::from);
    begin_.assign(std::size_t{n} + problem_.key_count + 1, 0);
    for (const Edge& edge : edges_) ++begin_[edge.from + 1];
    for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  }

  [[nodiscard]] bool left_out(Node node) const {
    return node < problem_.size() && problem_.optional[node] != 0 && place_[node] == unset;
  }

  [[nodiscard]] Node next_in_lane(Node node) const {
    const bool last = node >= problem_.size() || node + 1 == problem_.lane_begin[problem_.lane[node] + 1];
    return last || left_out(node + 1) ? no_node : node + 1;
  }

  template <class Visit>
  void each_successor(Node node, const Visit& visit) const {
    if (next_in_lane(node) != no_node) visit(next_in_lane(node), unset);
    for (std::uint32_t i = begin_[node]; i < begin_[node + 1]; ++i) {
      if (!left_out(edges_[i].to)) visit(edges_[i].to, i);
    }
  }

  void sort() {
    const Node nodes = problem_.size() + problem_.key_count;
    waiting_.assign(nodes, 0);
    for (Node node = 0; node < nodes; ++node) {
      if (left_out(node)) continue;
      ++required_;
      each_successor(node, [&](Node to, std::uint32_t) { ++waiting_[to]; });
    }
    for (Node node = 0; node < nodes; ++node) {
      if (waiting_[node] == 0 && !left_out(node)) order_.push_back(node);
    }
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (!budget_.spend(spent_)) return;
      each_successor(order_[i], [&](Node to, std::uint32_t) {
        if (--waiting_[to] == 0) order_.push_back(to);
      });
    }
  }

  struct Step {
    Node from, to;
    std::uint32_t edge;  // unset: the session order of a lane
  };

  /// A cycle of nodes that could not be placed, a shortest one through some node.
  std::vector<Step> find_cycle() {
    std::vector<Step> into(waiting_.size(), {no_node, no_node, unset});  // some step from a node that is left
    for (Node node = 0; node < waiting_.size(); ++node) {
      if (waiting_[node] == 0) continue;
      each_successor(node, [&](Node to, std::uint32_t edge) { into[to] = {node, to, edge}; });
    }
    Node start = 0;
    while (waiting_[start] == 0) ++start;
    for (std::size_t i = 0; i < waiting_.size(); ++i) start = into[start].from;  // backwards, it ends on a cycle
    std::ranges::fill(into, Step{no_node, no_node, unset});
    std::vector<Node> queue{start};
    for (std::size_t i = 0; into[start].from == no_node; ++i) {
      each_successor(queue[i], [&](Node to, std::uint32_t edge) {
        if (waiting_[to] == 0 || into[to].from != no_node) return;
        into[to] = {queue[i], to, edge};
        queue.push_back(to);
      });
    }
    std::vector<Step> cycle;
    for (Node node = start; cycle.empty() || node != start; node = into[node].from) cycle.push_back(into[node]);
    std::ranges::reverse(cycle);
    return cycle;
  }

  ForcedCycle tell(std::vector<Step> cycle) {
    // It begins with a step that is no session order, so that those between can be drawn together.
    const auto first = std::ranges::find_if(cycle, [&](const Step& step) {
      return step.edge != unset && step.from < problem_.size();
    });
    std::ranges::rotate(cycle, first);
    ForcedCycle proof;
    const auto add = [&](Node from, Node to, ForcedBy by, Node read) {
      proof.cycle.push_back(static_cast<std::uint32_t>(proof.facts.size()));
      proof.facts.push_back({op(from), op(to), by, read == no_node ? no_operation : op(read), {}});
    };
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const Node from = cycle[i].from;
      if (cycle[i].edge == unset) {
        while (i + 1 < cycle.size() && cycle[i + 1].edge == unset) ++i;
        add(from, cycle[i].to, ForcedBy::session_order, no_node);
        continue;
      }
      const ForcedBy by = edges_[cycle[i].edge].by;
      if (cycle[i].to >= problem_.size()) ++i;  // through a point
      const Node read = by == ForcedBy::listed ? longest_[problem_.key[from]] : by == ForcedBy::unlisted ? from : no_node;
      add(from, cycle[i].to, by, read);
    }
    return proof;
  }

  const Problem& problem_;
  const History& history_;
  histories::Budget& budget_;
  std::uint32_t spent_ = 0;
  boost::unordered_flat_map<std::uint64_t, Node> append_of_;  // by key and value
  std::vector<Node> longest_;                                 // by key: the longest read
  std::vector<std::uint32_t> place_;                          // by append: where its value is in the longest read
  ForcedCycle clash_;
  std::vector<Edge> edges_;                                   // by `from`
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> waiting_;
  std::vector<Node> order_;
  std::size_t required_ = 0;
};

}  // namespace

ListResult order_lists(const Problem& problem, histories::Budget& budget) { return Lists{problem, budget}.run(); }

}  // namespace kasauti::checker::sequential
