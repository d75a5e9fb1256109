#include "consistency.hpp"

#include <bitset>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace kasauti::tests {

namespace {

using histories::Function;
using histories::History;
using histories::no_operation;
using histories::OpId;
using histories::Outcome;
using histories::ValueId;

constexpr std::size_t most = 1024;
using Row = std::bitset<most>;

bool reads(const History& h, OpId op) { return h.function[op] == Function::read; }

/// The operations that count: what completed, and writes of unknown outcome whose values were read.
struct Register {
  explicit Register(const History& h) : history{h} {
    std::map<std::pair<std::uint32_t, ValueId>, OpId> writes;
    std::set<std::pair<std::uint32_t, ValueId>> seen;
    for (OpId op = 0; op < h.size(); ++op) {
      if (reads(h, op)) {
        if (h.ok(op)) seen.insert({h.key[op], h.result[op]});
      } else if (h.outcome[op] != Outcome::fail && !writes.emplace(std::pair{h.key[op], h.argument[op]}, op).second) {
        throw std::runtime_error{"a value is written twice"};
      }
    }
    for (OpId op = 0; op < h.size(); ++op) {
      const bool write_counts =
          !reads(h, op) && (h.ok(op) || (h.outcome[op] == Outcome::info && seen.contains({h.key[op], h.argument[op]})));
      if (!(reads(h, op) ? h.ok(op) : write_counts)) continue;
      index[op] = ops.size();
      ops.push_back(op);
    }
    source.assign(ops.size(), initial);
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (!reads(h, ops[i]) || h.result[ops[i]] == histories::null_value) continue;
      const auto write = writes.find({h.key[ops[i]], h.result[ops[i]]});
      if (write == writes.end()) thin_air = true;
      else source[i] = index.at(write->second);
    }
    if (ops.size() > most) throw std::runtime_error{"too many operations"};
  }

  [[nodiscard]] std::size_t size() const { return ops.size(); }
  [[nodiscard]] bool read(std::size_t i) const { return reads(history, ops[i]); }
  [[nodiscard]] bool same_key(std::size_t i, std::size_t j) const { return history.key[ops[i]] == history.key[ops[j]]; }

  static constexpr std::size_t initial = SIZE_MAX;
  const History& history;
  std::vector<OpId> ops;
  std::map<OpId, std::size_t> index;
  std::vector<std::size_t> source;  ///< of a read, the write that it read from
  bool thin_air = false;
};

/// A relation and its transitive closure.
struct Relation {
  explicit Relation(std::size_t size) : after(size), before(size) {}
  std::vector<Row> after, before;

  /// Adds a pair and what follows from it; false if nothing is new.
  bool add(std::size_t a, std::size_t b) {
    if (after[a][b]) return false;
    Row from = before[a], to = after[b];
    from.set(a);
    to.set(b);
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (from[i]) after[i] |= to;
      if (to[i]) before[i] |= from;
    }
    return true;
  }
  [[nodiscard]] bool cyclic() const {
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (after[i][i]) return true;
    }
    return false;
  }
};

Relation session_order(const Register& r) {
  Relation order{r.size()};
  for (std::size_t i = 0; i < r.size(); ++i) {
    for (std::size_t j = 0; j < r.size(); ++j) {
      if (i != j && r.history.session_precedes(r.ops[i], r.ops[j])) order.add(i, j);
    }
  }
  return order;
}

Relation causality(const Register& r) {
  Relation order = session_order(r);
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (r.read(i) && r.source[i] != Register::initial) order.add(r.source[i], i);
  }
  return order;
}

/// A read of a value that another write of the key, after the value's, precedes.
bool reads_overwritten(const Register& r, const Relation& order) {
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!r.read(i)) continue;
    for (std::size_t w = 0; w < r.size(); ++w) {
      if (r.read(w) || w == r.source[i] || !r.same_key(w, i) || !order.after[w][i]) continue;
      if (r.source[i] == Register::initial || order.after[r.source[i]][w]) return true;
    }
  }
  return false;
}

/// One session's view: its operations and all writes of `order`; every read demands that other writes before it are
/// before its source.
bool has_view(const Register& r, const Relation& order, std::uint32_t session) {
  Row in;
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!r.read(i) || r.history.session[r.ops[i]] == session) in.set(i);
  }
  Relation view{r.size()};
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!in[i]) continue;
    view.after[i] = order.after[i] & in;
    view.before[i] = order.before[i] & in;
  }
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (in[i] && r.read(i) && r.source[i] != Register::initial) view.add(r.source[i], i);
  }
  bool more = true;
  while (more) {
    more = false;
    for (std::size_t i = 0; i < r.size(); ++i) {
      if (!in[i] || !r.read(i)) continue;
      for (std::size_t w = 0; w < r.size(); ++w) {
        if (r.read(w) || w == r.source[i] || !r.same_key(w, i) || !view.after[w][i]) continue;
        if (r.source[i] == Register::initial) return false;
        more |= view.add(w, r.source[i]);
      }
    }
    if (view.cyclic()) return false;
  }
  return true;
}

bool every_session_has_view(const Register& r, const Relation& order) {
  for (std::uint32_t session = 0; session < r.history.session_name.size(); ++session) {
    if (!has_view(r, order, session)) return false;
  }
  return true;
}

}  // namespace

bool linearizable(const History& h) {
  struct Zone {
    std::int64_t write_begins = -1, first_end = -1, last_begin = -1;
  };
  const Register r{h};
  if (r.thin_air) return false;
  const auto end = [&h](OpId op) {
    return h.completed[op] == histories::never ? INT64_MAX : std::int64_t{h.completed[op]};
  };
  std::map<std::pair<std::uint32_t, std::size_t>, Zone> zones;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const OpId op = r.ops[i];
    if (!r.read(i)) zones[{h.key[op], i}] = {h.invoked[op], end(op), h.invoked[op]};
  }
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!r.read(i)) continue;
    const OpId op = r.ops[i];
    Zone& zone = zones[{h.key[op], r.source[i]}];  // of the initial value it begins before everything
    if (end(op) < zone.write_begins) return false;
    zone.first_end = std::min(zone.first_end, end(op));
    zone.last_begin = std::max(zone.last_begin, std::int64_t{h.invoked[op]});
  }
  for (const auto& [a, first] : zones) {
    for (const auto& [b, second] : zones) {
      if (a < b && a.first == b.first && first.first_end < second.last_begin && second.first_end < first.last_begin)
        return false;
    }
  }
  return true;
}

bool causal(const History& h) {
  const Register r{h};
  const Relation order = causality(r);
  return !r.thin_air && !order.cyclic() && !reads_overwritten(r, order);
}

bool causal_convergent(const History& h) {
  const Register r{h};
  const Relation order = causality(r);
  if (r.thin_air || order.cyclic() || reads_overwritten(r, order)) return false;
  Relation conflict = order;
  for (std::size_t i = 0; i < r.size(); ++i) {
    if (!r.read(i) || r.source[i] == Register::initial) continue;
    for (std::size_t w = 0; w < r.size(); ++w) {
      if (!r.read(w) && w != r.source[i] && r.same_key(w, i) && order.after[w][i]) conflict.add(w, r.source[i]);
    }
  }
  return !conflict.cyclic();
}

bool causal_memory(const History& h) {
  const Register r{h};
  return !r.thin_air && every_session_has_view(r, causality(r));
}

bool pram(const History& h) {
  const Register r{h};
  return !r.thin_air && every_session_has_view(r, session_order(r));
}

bool reads_own_writes_in_real_time(const History& h) {
  const Register r{h};
  for (std::size_t i = 0; i < r.size(); ++i) {
    for (std::size_t w = 0; w < r.size(); ++w) {
      if (!r.read(i) || r.read(w) || w == r.source[i] || !r.same_key(w, i) || !h.session_precedes(r.ops[w], r.ops[i]))
        continue;
      if (r.source[i] == Register::initial || h.precedes(r.ops[r.source[i]], r.ops[w])) return false;
    }
  }
  return true;
}

bool monotonic_reads_in_real_time(const History& h) {
  const Register r{h};
  for (std::size_t i = 0; i < r.size(); ++i) {
    for (std::size_t j = 0; j < r.size(); ++j) {
      if (!r.read(i) || !r.read(j) || !r.same_key(i, j) || !h.session_precedes(r.ops[i], r.ops[j])) continue;
      const std::size_t first = r.source[i], second = r.source[j];
      if (first == second || first == Register::initial) continue;
      if (second == Register::initial || h.precedes(r.ops[second], r.ops[first])) return false;
    }
  }
  return true;
}

bool nodes_agree(const History& h) {
  std::map<std::uint32_t, std::set<ValueId>> values;
  for (OpId op = 0; op < h.size(); ++op) {
    if (!h.final_phase.empty() && h.final_phase[op] && h.ok(op)) values[h.key[op]].insert(h.result[op]);
  }
  if (values.empty()) return false;
  for (const auto& [key, seen] : values) {
    if (seen.size() != 1) return false;
  }
  return true;
}

}  // namespace kasauti::tests
