// Is there a legal order of a component's operations that respects the session order? Decided by search.
//
// A *frontier* says how far each lane has come; with the states of the keys it is a configuration. The search goes
// depth first from the empty frontier, remembers the configurations from which it came back in vain, and so ends
// after at most one visit of each: exponential in the number of lanes only. What keeps it short:
// - An operation that only observes is placed as soon as it is legal: it changes nothing, and no order gets lost by
//   having it early.
// - The forced order (saturation.cpp) holds in every legal order, so an operation waits for all that are forced
//   before it.
// - Where reads-from is known, a write waits until all that observe the value it would overwrite are placed.
// - Values that are still awaited by their observers come first: of the writes that may go next, those that are
//   before an observer of the value most recently written, for the sooner that one is done, the fewer keys are
//   blocked at a time. Then the one that was invoked first: most histories are nearly in the order of real time.
//   Choices guide, they exclude nothing.
//
// With reads-from known throughout, the frontier alone tells what can follow: of all values of a key at most the
// current one has observers left. Then only frontiers are remembered; else also the states of the keys for which that
// fails.
//
// Exact when it ends: an order is a witness, none means that there is none. Cost of a straight run O(n k) with k
// lanes. Tests: tests/sequential, against brute force and the verifier's own plain search.

#include "checker/sequential/frontier.hpp"

#include <algorithm>
#include <compare>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/sequential/reads_from.hpp"
#include "checker/sequential/states.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::Budget;
using histories::Operation;
using histories::Rank;

constexpr std::uint32_t unset = UINT32_MAX;
/// How many of the most recent values with observers left are looked at to choose the next write.
constexpr std::size_t awaited_values = 4;

/// Beyond these no more configurations are remembered: the search stays exact, and giving the memory back stays quick.
constexpr std::size_t most_dead_words = std::size_t{1} << 27;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t hash = (a + 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U ^ b;
  hash ^= hash >> 31;
  hash *= 0x94d049bb133111ebU;
  return hash ^ (hash >> 29);
}

/// Undone in reverse.
struct Step {
  enum class Kind : std::uint8_t { placed, awaited, settled } kind;
  std::uint32_t subject;         // a node; of the others a key
  std::uint32_t state_before;    // placed: the key's state; the others: the write that is awaited
  Node current_before;           // placed: the write whose value the key had
};

struct Move {
  std::uint32_t urgency;
  Rank rank;
  std::uint32_t lane;
  std::uint32_t state;  // after it

  friend auto operator<=>(const Move&, const Move&) = default;
};

struct Choice {
  std::size_t steps;  // before it
  std::size_t next;   // the move to try next
};

class Frontier {
 public:
  Frontier(const Problem& problem, const objects::Specification& specification, const Saturation* forced, Budget& budget)
      : problem_{problem}, specification_{specification}, forced_{forced}, budget_{budget}, states_{specification} {
    prepare_order();
    prepare_operations();
    prepare_memory();
    for (std::uint32_t lane = 0; lane < problem.lanes(); ++lane) wake(lane);
  }

  FrontierResult run(std::uint64_t retreats) {
    FrontierResult result;
    place_observers();
    for (;;) {
      if (!budget_.step(spent_)) break;
      ++result.visited;
      result.deepest = std::max(result.deepest, placed_);
      if (required_left_ == 0) {
        result.found = Found::order;
        break;
      }
      if (descend()) continue;
      if (retreats-- == 0) break;
      if (!retreat()) {
        result.found = budget_.stopped() ? Found::exhausted : Found::none;
        break;
      }
    }
    if (result.found == Found::order) {
      for (const Step& step : steps_) {
        if (step.kind == Step::Kind::placed) result.order.push_back(problem_.operation[step.subject]);
      }
    }
    return result;
  }

 private:
  // --- Before the search
  // ---------------------------------------------------------------------------------------------------

  void prepare_order() {
    const Node n = problem_.size();
    const Node nodes = forced_ != nullptr ? forced_->nodes() : n;
    waiting_.assign(nodes, 0);
    successor_begin_.assign(std::size_t{nodes} + 1, 0);
    const auto each_edge = [&](const auto& visit) {
      if (forced_ != nullptr) {
        for (const ForcedEdge& edge : forced_->edges()) visit(edge.from, edge.to);
      } else {
        for (const Link& link : problem_.links) visit(link.from, link.to);
      }
    };
    each_edge([&](Node from, Node to) {
      ++waiting_[to];
      ++successor_begin_[from + 1];
    });
    for (Node node = 0; node < nodes; ++node) successor_begin_[node + 1] += successor_begin_[node];
    successors_.resize(successor_begin_.back());
    std::vector<std::uint32_t> next(successor_begin_.begin(), successor_begin_.end() - 1);
    each_edge([&](Node from, Node to) { successors_[next[from]++] = to; });
    progress_.assign(problem_.lanes(), 0);
  }

  void prepare_operations() {
    const Node n = problem_.size();
    observes_.resize(n);
    overwrites_.resize(n);
    tried_state_.assign(n, unset);
    tried_result_.assign(n, unset);
    several_.assign(n, 0);
    unread_.assign(n, 0);
    initial_unread_.assign(problem_.key_count, 0);
    current_.assign(problem_.key_count, from_initial);
    state_.assign(problem_.key_count, states_.initial());
    stateful_.assign(problem_.key_count, 0);
    const bool plain = is_register(problem_.history->header);
    for (Node node = 0; node < n; ++node) {
      const Operation operation = operation_of(node);
      observes_[node] = specification_.observes_only(operation);
      overwrites_[node] = specification_.overwrites(operation);
      if (problem_.optional[node] == 0) ++required_left_;
      const Node source = problem_.source[node];
      if (source < n) ++unread_[source];
      if (source == from_initial) ++initial_unread_[problem_.key[node]];
      const bool blind = source == no_node && overwrites_[node] != 0 && problem_.optional[node] == 0;
      if (!plain || source == from_anyone || !(blind || source == from_initial || source < n)) {
        stateful_[problem_.key[node]] = 1;
      }
    }
  }

  void prepare_memory() {
    for (std::uint32_t key = 0; key < problem_.key_count; ++key) {
      if (stateful_[key] == 0) continue;
      stateful_keys_.push_back(key);
      hash_ ^= mix(std::uint64_t{key} << 32 | state_[key], 1);
    }
    // Observers that wait for a state, not for an edge, are looked at again whenever their key changes.
    if (forced_ == nullptr || !stateful_keys_.empty()) watchers_.resize(problem_.key_count);
  }

  [[nodiscard]] Operation operation_of(Node node) const { return problem_.history->operation(problem_.operation[node]); }

  // --- One step
  // ----------------------------------------------------------------------------------------------------------

  [[nodiscard]] Node head(std::uint32_t lane) const {
    const Node node = problem_.lane_begin[lane] + progress_[lane];
    return node < problem_.lane_begin[lane + 1] ? node : no_node;
  }

  [[nodiscard]] std::uint32_t& unread(std::uint32_t key, Node source) {
    return source == from_initial ? initial_unread_[key] : unread_[source];
  }

  /// The state after the operation, or `unset` if it is illegal now. Where there are several, `variant` chooses.
  [[nodiscard]] std::uint32_t state_after(Node node, std::size_t variant) {
    const std::uint32_t before = state_[problem_.key[node]];
    if (variant == 0 && tried_state_[node] == before) return tried_result_[node];
    if (variant == 0 && overwrites_[node] != 0 && tried_state_[node] != unset) return tried_result_[node];
    if (variant != 0 && tried_state_[node] == before && several_[node] == 0) return unset;
    const auto& after = states_.after(before, operation_of(node));
    if (variant != 0) return variant < after.size() ? after[variant] : unset;
    tried_state_[node] = before;
    several_[node] = after.size() > 1;
    tried_result_[node] = after.empty() ? unset : after[0];
    return tried_result_[node];
  }

  /// An operation that changes the key's value waits until the value has no other observers left.
  [[nodiscard]] bool blocked(Node node) {
    const std::uint32_t key = problem_.key[node];
    const Node current = current_[key];
    const std::uint32_t left = unread(key, current);
    return left > (problem_.source[node] == current ? 1U : 0U);
  }

  void place(Node node, std::uint32_t state) {
    const std::uint32_t key = problem_.key[node];
    steps_.push_back({Step::Kind::placed, node, state_[key], current_[key]});
    set_state(key, state);
    const Node source = problem_.source[node];
    if (source <= from_initial && source != from_anyone) --unread(key, source);
    if (observes_[node] == 0) {
      current_[key] = node;
      if (unread_[node] != 0) {
        steps_.push_back({Step::Kind::awaited, key, node, no_node});
        awaited_.emplace_back(key, node);
      }
    }
    move_lane(problem_.lane[node], 1);
    ++placed_;
    if (problem_.optional[node] == 0) --required_left_;
    release(node);
    wake(problem_.lane[node]);
    if (observes_[node] == 0 && !watchers_.empty()) {
      for (const std::uint32_t lane : watchers_[key]) wake(lane);
      watchers_[key].clear();
    }
  }

  void release(Node node) {
    for (std::uint32_t i = successor_begin_[node]; i < successor_begin_[node + 1]; ++i) {
      const Node to = successors_[i];
      if (--waiting_[to] != 0) continue;
      if (to >= problem_.size()) {
        release(to);
      } else if (head(problem_.lane[to]) == to) {
        wake(problem_.lane[to]);
      }
    }
  }

  void hold(Node node) {
    for (std::uint32_t i = successor_begin_[node]; i < successor_begin_[node + 1]; ++i) {
      const Node to = successors_[i];
      if (waiting_[to]++ == 0 && to >= problem_.size()) hold(to);
    }
  }

  void undo_to(std::size_t count) {
    for (; steps_.size() > count; steps_.pop_back()) {
      const Step& step = steps_.back();
      if (step.kind == Step::Kind::awaited) {
        awaited_.pop_back();
        continue;
      }
      if (step.kind == Step::Kind::settled) {
        awaited_.emplace_back(step.subject, step.state_before);
        continue;
      }
      const Node node = step.subject;
      const std::uint32_t key = problem_.key[node];
      hold(node);
      move_lane(problem_.lane[node], -1);
      --placed_;
      if (problem_.optional[node] == 0) ++required_left_;
      const Node source = problem_.source[node];
      if (source <= from_initial && source != from_anyone) ++unread(key, source);
      current_[key] = step.current_before;
      set_state(key, step.state_before);
    }
  }

  void move_lane(std::uint32_t lane, int by) {
    hash_ ^= mix(std::uint64_t{lane} << 32 | progress_[lane], 0);
    progress_[lane] = static_cast<std::uint32_t>(static_cast<int>(progress_[lane]) + by);
    hash_ ^= mix(std::uint64_t{lane} << 32 | progress_[lane], 0);
  }

  void set_state(std::uint32_t key, std::uint32_t state) {
    if (state == state_[key]) return;
    if (stateful_[key] != 0) {
      hash_ ^= mix(std::uint64_t{key} << 32 | state_[key], 1) ^ mix(std::uint64_t{key} << 32 | state, 1);
    }
    state_[key] = state;
  }

  // --- Observers
  // ------------------------------------------------------------------------------------------------------------

  void wake(std::uint32_t lane) { awake_.push_back(lane); }

  /// Places every observer that can be placed, until none can.
  void place_observers() {
    while (!awake_.empty()) {
      const std::uint32_t lane = awake_.back();
      awake_.pop_back();
      if (!budget_.spend(spent_)) {
        awake_.clear();
        return;
      }
      const Node node = head(lane);
      if (node == no_node || observes_[node] == 0 || waiting_[node] != 0) continue;
      const std::uint32_t state = state_after(node, 0);
      if (state != unset) {
        place(node, state);
      } else if (!watchers_.empty()) {
        watchers_[problem_.key[node]].push_back(lane);
      }
    }
  }

  // --- Choices
  // --------------------------------------------------------------------------------------------------------------

  void collect_moves() {
    moves_.clear();
    settle_awaited();
    for (std::uint32_t lane = 0; lane < problem_.lanes(); ++lane) {
      const Node node = head(lane);
      if (node == no_node || observes_[node] != 0 || waiting_[node] != 0 || blocked(node)) continue;
      const OpId op = problem_.operation[node];
      const Rank rank = problem_.optional[node] != 0 ? histories::never : problem_.history->invoked[op];
      const std::uint32_t urgency = urgency_of(node);
      for (std::size_t variant = 0;; ++variant) {
        const std::uint32_t state = state_after(node, variant);
        if (state == unset) break;
        moves_.push_back({urgency, rank, lane, state});
        if (overwrites_[node] != 0) break;
      }
    }
  }

  /// Forgets values at the top whose observers have all been placed.
  void settle_awaited() {
    while (!awaited_.empty() && unread_[awaited_.back().second] == 0) {
      steps_.push_back({Step::Kind::settled, awaited_.back().first, awaited_.back().second, no_node});
      awaited_.pop_back();
    }
  }

  [[nodiscard]] std::uint32_t urgency_of(Node node) const {
    if (forced_ == nullptr || !forced_->has_clocks()) return 0;
    const std::size_t count = std::min(awaited_values, awaited_.size());
    for (std::size_t i = 0; i < count; ++i) {
      const Node write = awaited_[awaited_.size() - 1 - i].second;
      if (unread_[write] != 0 && forced_->reaches(node, forced_->end_of(write))) return static_cast<std::uint32_t>(i);
    }
    return static_cast<std::uint32_t>(awaited_values);
  }

  /// Makes the best move from here; false if there is none, or this configuration is known to lead nowhere.
  bool descend() {
    if (is_dead()) return false;
    collect_moves();
    if (moves_.empty()) return false;
    choices_.push_back({steps_.size(), 1});
    make(*std::ranges::min_element(moves_));
    return true;
  }

  void make(const Move& move) {
    place(head(move.lane), move.state);
    place_observers();
  }

  /// Goes back to the last configuration with a move untried and makes it; false if there is none.
  bool retreat() {
    while (!choices_.empty()) {
      if (!budget_.spend(spent_)) return false;
      Choice& choice = choices_.back();
      undo_to(choice.steps);
      awake_.clear();
      for (auto& lanes : watchers_) lanes.clear();
      collect_moves();
      if (choice.next < moves_.size()) {
        const auto nth = moves_.begin() + static_cast<std::ptrdiff_t>(choice.next++);
        std::ranges::nth_element(moves_, nth);
        if (!watchers_.empty()) watch_all();
        make(*nth);
        return true;
      }
      remember_dead();
      choices_.pop_back();
    }
    return false;
  }

  /// After going back nobody knows who waits for what: all lanes are to be looked at again when their key changes.
  void watch_all() {
    for (std::uint32_t lane = 0; lane < problem_.lanes(); ++lane) {
      const Node node = head(lane);
      if (node != no_node && observes_[node] != 0) watchers_[problem_.key[node]].push_back(lane);
    }
  }

  // --- Memory
  // ----------------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::size_t width() const { return progress_.size() + stateful_keys_.size(); }

  [[nodiscard]] std::uint32_t word(std::size_t i) const {
    return i < progress_.size() ? progress_[i] : state_[stateful_keys_[i - progress_.size()]];
  }

  /// Whether this configuration is among the dead; if not, `slot` is the hash under which it may join them.
  [[nodiscard]] bool find_dead(std::uint64_t& slot) const {
    for (slot = hash_;; ++slot) {
      const auto entry = dead_.find(slot);
      if (entry == dead_.end()) return false;
      const std::uint32_t* words = dead_words_.data() + std::size_t{entry->second} * width();
      bool same = true;
      for (std::size_t i = 0; same && i < width(); ++i) same = words[i] == word(i);
      if (same) return true;
    }
  }

  [[nodiscard]] bool is_dead() const {
    std::uint64_t slot = 0;
    return !dead_.empty() && find_dead(slot);
  }

  void remember_dead() {
    std::uint64_t slot = 0;
    if (dead_words_.size() > most_dead_words || find_dead(slot)) return;
    dead_.emplace(slot, static_cast<std::uint32_t>(dead_.size()));
    for (std::size_t i = 0; i < width(); ++i) dead_words_.push_back(word(i));
    if (!budget_.spend(spent_, static_cast<std::uint32_t>(width() / 8 + 1))) return;
  }

  const Problem& problem_;
  const objects::Specification& specification_;
  const Saturation* forced_;
  Budget& budget_;
  States states_;
  std::uint32_t spent_ = 0;

  std::vector<std::uint32_t> successor_begin_, successors_;
  std::vector<std::uint32_t> waiting_;          // by node: predecessors not yet placed, those in its lane aside
  std::vector<std::uint8_t> observes_, overwrites_, stateful_;
  std::vector<std::uint32_t> tried_state_, tried_result_;  // by node: the last state asked about, the state after
  std::vector<std::uint8_t> several_;           // by node: that was one of several
  std::vector<std::uint32_t> unread_, initial_unread_;  // by write, by key: observers not yet placed

  std::vector<std::uint32_t> progress_;         // by lane: operations placed
  std::vector<std::uint32_t> state_;            // by key
  std::vector<Node> current_;                   // by key: the write whose value it has
  std::vector<std::pair<std::uint32_t, Node>> awaited_;  // values with observers left, and some without
  std::size_t placed_ = 0;
  std::size_t required_left_ = 0;
  std::vector<Step> steps_;
  std::vector<Choice> choices_;
  std::vector<Move> moves_;
  std::vector<std::uint32_t> awake_;            // lanes whose head may be an observer that became legal
  std::vector<std::vector<std::uint32_t>> watchers_;  // by key: lanes whose head waits for another state

  std::vector<std::uint32_t> stateful_keys_;
  std::uint64_t hash_ = 0;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> dead_;
  std::vector<std::uint32_t> dead_words_;
};

}  // namespace

FrontierResult search_frontiers(const Problem& problem, const objects::Specification& specification,
                                const Saturation* forced, std::uint64_t retreats, Budget& budget) {
  return Frontier{problem, specification, forced, budget}.run(retreats);
}

}  // namespace kasauti::checker::sequential
