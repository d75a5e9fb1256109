#include "tests/support/oracles_causal.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <vector>

namespace kasauti::tests {

namespace {

using checker::Model;
using namespace histories;

/// An operation that happened.
struct Op {
  OpId id;
  SessionId session;
  KeyId key;
  bool judged;  // its answer was given to somebody
  ValueId reads, writes;
  ValueId misses = no_value;  // what a refused compare-and-set did not find

  bool observes() const { return reads != no_value || misses != no_value; }
  bool may_find(ValueId value) const { return misses != no_value ? value != misses : value == reads; }
};

using Relation = std::vector<std::uint32_t>;  // by operation, the set of those before it
using Test = std::function<bool(const std::vector<std::size_t>&)>;

class Case {
 public:
  Case(const History& h, std::uint32_t happened_infos) : initial_{h.header.initial} {
    std::uint32_t info = 0;
    for (OpId id = 0; id < h.size(); ++id) {
      const bool refused = h.function[id] == Function::cas && h.flag[id] == Flag::no;
      if (h.outcome[id] == Outcome::fail) continue;
      const bool writes =
          h.function[id] == Function::write || h.function[id] == Function::cas || h.function[id] == Function::remove;
      if (h.outcome[id] == Outcome::info && (!writes || (happened_infos >> info++ & 1U) == 0)) continue;
      Op op{id, h.session[id], h.key[id], h.ok(id), no_value, no_value};
      if (h.function[id] == Function::read) op.reads = h.result[id];
      if (h.function[id] == Function::write) op.writes = h.argument[id];
      if (h.function[id] == Function::remove) op.writes = null_value;
      if (refused) {
        op.misses = h.values.elements(h.argument[id])[0];
      } else if (h.function[id] == Function::cas) {
        op.reads = h.values.elements(h.argument[id])[0];
        op.writes = h.values.elements(h.argument[id])[1];
      }
      ops_.push_back(op);
    }
    session_order_.assign(ops_.size(), 0);
    for (std::size_t a = 0; a < ops_.size(); ++a) {
      for (std::size_t b = 0; b < ops_.size(); ++b) {
        if (h.session_precedes(ops_[a].id, ops_[b].id)) session_order_[b] |= bit(a);
      }
    }
  }

  bool satisfies(Model model, bool every_order) {
    // A source for every read. The causal order holds these pairs: an execution says who read from whom.
    return choose_sources(0, [&] {
      switch (model) {
        case Model::pram: return views(session_order_);  // a source must exist, whichever it is
        case Model::monotonic_writes: return true;  // session order is acyclic: an order of the writes contains it
        case Model::writes_follow_reads: return follow_reads();
        case Model::read_your_writes:
        case Model::monotonic_reads:
        case Model::session: return guarantees(model);
        default: break;
      }
      Relation least = session_order_;
      for (std::size_t r = 0; r < ops_.size(); ++r) {
        if (sources_[r]) least[r] |= bit(*sources_[r]);
      }
      return close(least) && (every_order ? any_order(least, model) : fits(least, model));
    });
  }

 private:
  static std::uint32_t bit(std::size_t i) { return std::uint32_t{1} << i; }

  bool choose_sources(std::size_t read, const std::function<bool()>& test) {
    if (read == 0) sources_.assign(ops_.size(), std::nullopt);
    if (read == ops_.size()) return test();
    if (!ops_[read].observes()) return choose_sources(read + 1, test);
    if (ops_[read].may_find(initial_) && choose_sources(read + 1, test)) return true;
    for (std::size_t w = 0; w < ops_.size(); ++w) {
      if (w == read || ops_[w].key != ops_[read].key) continue;
      if (ops_[w].writes == no_value || !ops_[read].may_find(ops_[w].writes)) continue;
      sources_[read] = w;
      if (choose_sources(read + 1, test)) return true;
      sources_[read] = std::nullopt;
    }
    return false;
  }

  /// Transitive closure; false if it has a cycle.
  bool close(Relation& r) const {
    for (std::size_t via = 0; via < r.size(); ++via) {
      for (std::uint32_t& before : r) {
        if ((before & bit(via)) != 0) before |= r[via];
      }
    }
    for (std::size_t i = 0; i < r.size(); ++i) {
      if ((r[i] & bit(i)) != 0) return false;
    }
    return true;
  }

  /// Every strict partial order that contains `least`, one more pair at a time.
  bool any_order(const Relation& least, Model model) {
    if (fits(least, model)) return true;
    for (std::size_t b = 0; b < least.size(); ++b) {
      for (std::size_t a = 0; a < least.size(); ++a) {
        if (a == b || (least[b] & bit(a)) != 0) continue;
        Relation more = least;
        more[b] |= bit(a);
        if (close(more) && any_order(more, model)) return true;
      }
    }
    return false;
  }

  /// Some order of `set` that extends `order` passes the test.
  bool some_order(std::uint32_t set, const Relation& order, const Test& test) const {
    std::vector<std::size_t> placed;
    const std::function<bool(std::uint32_t)> place = [&](std::uint32_t left) {
      if (left == 0) return test(placed);
      for (std::size_t i = 0; i < ops_.size(); ++i) {
        if ((left & bit(i)) == 0 || (order[i] & left) != 0) continue;
        placed.push_back(i);
        if (place(left & ~bit(i))) return true;
        placed.pop_back();
      }
      return false;
    };
    return place(set);
  }

  /// Replayed in this order, the reads of `judged` return what they did.
  bool legal(const std::vector<std::size_t>& order, std::uint32_t judged) const {
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Op& read = ops_[order[i]];
      if ((judged & bit(order[i])) == 0 || !read.observes()) continue;
      ValueId value = initial_;
      for (std::size_t j = 0; j < i; ++j) {
        const Op& write = ops_[order[j]];
        if (write.key == read.key && write.writes != no_value) value = write.writes;
      }
      if (!read.may_find(value)) return false;
    }
    return true;
  }

  bool fits(const Relation& causal, Model model) const {
    if (model == Model::causal_memory) return views(causal);
    const auto alone = [&](std::size_t o, const Relation& order) {
      return !ops_[o].judged ||
             some_order(causal[o] | bit(o), order, [&](const auto& placed) { return legal(placed, bit(o)); });
    };
    if (model == Model::causal) {
      for (std::size_t o = 0; o < ops_.size(); ++o) {
        if (!alone(o, causal)) return false;
      }
      return true;
    }
    const auto all = static_cast<std::uint32_t>((std::uint64_t{1} << ops_.size()) - 1);
    return some_order(all, causal, [&](const auto& placed) {
      Relation total(ops_.size(), 0);
      for (std::size_t i = 1; i < placed.size(); ++i) total[placed[i]] = total[placed[i - 1]] | bit(placed[i - 1]);
      for (std::size_t o = 0; o < ops_.size(); ++o) {
        if (!alone(o, total)) return false;
      }
      return true;
    });
  }

  /// Each session has an order of its operations and of all writes that extends `order` and in which its answers are
  /// right.
  bool views(const Relation& order) const {
    for (const Op& one : ops_) {
      std::uint32_t set = 0;
      std::uint32_t judged = 0;
      for (std::size_t i = 0; i < ops_.size(); ++i) {
        if (ops_[i].writes != no_value || ops_[i].session == one.session) set |= bit(i);
        if (ops_[i].judged && ops_[i].session == one.session) judged |= bit(i);
      }
      if (!some_order(set, order, [&](const auto& placed) { return legal(placed, judged); })) return false;
    }
    return true;
  }

  bool follow_reads() const {
    Relation order(ops_.size(), 0);
    for (std::size_t r = 0; r < ops_.size(); ++r) {
      for (std::size_t w = 0; w < ops_.size(); ++w) {
        const bool later = w == r || (session_order_[w] & bit(r)) != 0;
        if (sources_[r] && later && ops_[w].writes != no_value) order[w] |= bit(*sources_[r]);
      }
    }
    return close(order);
  }

  /// Visibility as the least relation closed under the rules; then for each session an order of the writes in which no
  /// read is older than a visible write.
  bool guarantees(Model model) const {
    const std::size_t n = ops_.size();
    const bool closed = model == Model::session;
    Relation sees(n, 0);   // by read, writes
    Relation order(n, 0);  // of writes, for all sessions
    for (bool changed = true; changed;) {
      const Relation before = sees;
      for (std::size_t r = 0; r < n; ++r) {
        if (!ops_[r].observes()) continue;
        if (sources_[r]) sees[r] |= bit(*sources_[r]);
        for (std::size_t e = 0; e < n; ++e) {
          if ((session_order_[r] & bit(e)) == 0) continue;
          if (ops_[e].writes != no_value && model != Model::monotonic_reads) sees[r] |= bit(e);
          if (model != Model::read_your_writes) sees[r] |= sees[e];
        }
        for (std::size_t w = 0; closed && w < n; ++w) {
          if ((sees[r] & bit(w)) == 0) continue;
          sees[r] |= sees[w];  // a compare-and-set reads just before it writes
          for (std::size_t e = 0; e < n; ++e) {
            if ((session_order_[w] & bit(e)) == 0) continue;
            if (ops_[e].writes != no_value) sees[r] |= bit(e);
            sees[r] |= sees[e];
          }
        }
      }
      changed = before != sees;
    }
    for (std::size_t w = 0; closed && w < n; ++w) {
      if (ops_[w].writes == no_value) continue;
      order[w] |= sees[w];
      for (std::size_t e = 0; e < n; ++e) {
        if ((session_order_[w] & bit(e)) == 0) continue;
        if (ops_[e].writes != no_value) order[w] |= bit(e);
        order[w] |= sees[e];
      }
    }
    if (!close(order)) return false;
    for (const Op& one : ops_) {
      Relation own = order;
      for (std::size_t r = 0; r < n; ++r) {
        if (!ops_[r].judged || !ops_[r].observes() || ops_[r].session != one.session) continue;
        for (std::size_t w = 0; w < n; ++w) {
          if ((sees[r] & bit(w)) == 0 || ops_[w].key != ops_[r].key || sources_[r] == w) continue;
          if (!sources_[r]) return false;
          own[*sources_[r]] |= bit(w);
        }
      }
      if (!close(own)) return false;
    }
    return true;
  }

  ValueId initial_;
  std::vector<Op> ops_;
  Relation session_order_;
  std::vector<std::optional<std::size_t>> sources_;
};

}  // namespace

bool brute_force(const History& history, Model model, bool every_order) {
  std::uint32_t infos = 0;
  for (OpId op = 0; op < history.size(); ++op) {
    infos += history.outcome[op] == Outcome::info && history.function[op] != Function::read ? 1U : 0U;
  }
  for (std::uint32_t happened = 0; happened < std::uint32_t{1} << infos; ++happened) {
    if (Case{history, happened}.satisfies(model, every_order)) return true;
  }
  return false;
}

}  // namespace kasauti::tests
