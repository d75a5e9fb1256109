// Which operations take part, who read from whom, and the session order in a form that is linear in size.
//
// Reads-from is a look-up, since a value that is read must have one writer only. Most histories write every value once
// over all keys; then an array by value answers, and only values written more than once go through a hash table by
// (key, value).
//
// The session order is an interval order: chains cover it, and for an operation with predecessors in other chains the
// latest of each chain is enough. Cost: O(n) where each session is sequential. Tested by every comparison
// with an oracle in tests/causal.

#include "checker/causal/relations.hpp"

#include <algorithm>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

namespace kasauti::checker::causal {

using histories::Flag;
using histories::Function;
using histories::ObjectKind;
using histories::Outcome;
using histories::ValueId;
using histories::no_value;
using histories::null_value;

namespace {

constexpr OpId several = no_operation - 2;

/// Finds the one operation that may have written a value to a key, among `ok` and info writes and the initial value.
class Writers {
 public:
  Writers(const Relations& relations, Outcome skip, bool only_skipped) : relations_{relations} {
    const History& h = relations.history();
    direct_.assign(h.values.size(), no_operation);
    const auto counts = [&](OpId op) { return (h.outcome[op] == skip) == only_skipped; };
    std::vector<bool> repeated(h.values.size(), false);
    for (OpId op = 0; op < h.size(); ++op) {
      const ValueId value = counts(op) ? relations.written(op) : no_value;
      if (value == no_value) continue;
      if (direct_[value] != no_operation) repeated[value] = true;
      direct_[value] = op;
    }
    for (OpId op = 0; op < h.size(); ++op) {
      const ValueId value = counts(op) ? relations.written(op) : no_value;
      if (value == no_value || !repeated[value]) continue;
      direct_[value] = several;
      const auto [place, fresh] = by_key_.try_emplace(pair(h.key[op], value), op);
      if (!fresh) place->second = several;
    }
  }

  OpId find(histories::KeyId key, ValueId value) const {
    const OpId op = direct_[value];
    if (op == no_operation) return no_operation;
    if (op != several) return relations_.history().key[op] == key ? op : no_operation;
    const auto place = by_key_.find(pair(key, value));
    return place == by_key_.end() ? no_operation : place->second;
  }

 private:
  static std::uint64_t pair(histories::KeyId key, ValueId value) { return std::uint64_t{key} << 32U | value; }

  const Relations& relations_;
  std::vector<OpId> direct_;  // by value
  boost::unordered_flat_map<std::uint64_t, OpId> by_key_;
};

}  // namespace

std::string unsupported(const History& history) {
  const ObjectKind object = history.header.object;
  if (object != ObjectKind::reg && object != ObjectKind::cas_register && object != ObjectKind::kv) {
    return fmt::format("this model is about reads and writes of registers; the object is a {}", name_of(object));
  }
  for (OpId op = 0; op < history.size(); ++op) {
    if (history.function[op] == Function::append && history.outcome[op] != Outcome::fail) {
      return fmt::format("this model is about reads and writes; {} appends", history.describe(op));
    }
  }
  return {};
}

Relations::Relations(const History& history, histories::Budget& budget) : history_{&history} {
  const ValueId initial = history.header.initial;
  const bool empty_is_absent = history.values.is_string(initial) && history.values.text(initial).empty();
  absent_ = empty_is_absent ? initial : null_value;
  role_.assign(history.size(), 0);
  source_.assign(history.size(), no_operation);
  find_sources(budget);
  link_readers();
  build_chains(budget);
}

ValueId Relations::written(OpId op) const {
  const History& h = *history_;
  switch (h.function[op]) {
    case Function::write: return h.argument[op];
    case Function::remove: return absent_;
    case Function::cas: return h.flag[op] == Flag::no ? no_value : h.values.elements(h.argument[op])[1];
    default: return no_value;
  }
}

ValueId Relations::returned(OpId op) const {
  const History& h = *history_;
  if (h.function[op] == Function::read) return h.result[op];
  if (h.function[op] == Function::cas && h.flag[op] != Flag::no) return h.values.elements(h.argument[op])[0];
  return no_value;
}

// A write of unknown outcome happened if somebody who happened read it. What it read itself, as a compare-and-set, is
// then looked up in turn.
void Relations::find_sources(histories::Budget& budget) {
  const History& h = *history_;
  const Writers writers{*this, Outcome::fail, false};
  std::vector<OpId> pending;
  const auto look_up = [&](OpId op) {
    const ValueId value = returned(op);
    if (value == no_value) return;
    ++read_count_;
    role_[op] |= reads_bit;
    const OpId writer = writers.find(h.key[op], value);
    const bool initial = value == h.header.initial;
    // A compare-and-set of a value to itself may have read what it wrote or what another did: nobody can tell.
    if (writer == several || writer == op || (initial && writer != no_operation)) {
      ambiguous_.push_back(op);
    } else if (initial) {
      ++initial_read_count_;
      source_[op] = initial_write;
    } else if (writer == no_operation) {
      unexplained_.push_back({op, no_operation});
    } else {
      source_[op] = writer;
      if (h.outcome[writer] == Outcome::info && role_[writer] == 0) {
        role_[writer] = writes_bit;
        pending.push_back(writer);
      }
    }
  };
  std::uint32_t spent = 0;
  for (OpId op = 0; op < h.size(); ++op) {
    if (!budget.spend(spent)) return;
    if (h.outcome[op] != Outcome::ok) continue;
    if (h.function[op] == Function::cas && h.flag[op] == Flag::no) {
      refused_.push_back(op);
      continue;
    }
    if (written(op) != no_value) role_[op] |= writes_bit;
    look_up(op);
  }
  while (!pending.empty()) {
    const OpId op = pending.back();
    pending.pop_back();
    look_up(op);
  }
  if (unexplained_.empty()) return;
  const Writers failed{*this, Outcome::fail, true};
  for (UnexplainedRead& read : unexplained_) {
    const OpId writer = failed.find(h.key[read.read], returned(read.read));
    for (OpId op = 0; writer == several && read.failed_write == no_operation && op < h.size(); ++op) {
      const bool matches = h.outcome[op] == Outcome::fail && h.key[op] == h.key[read.read];
      if (matches && written(op) == returned(read.read)) read.failed_write = op;
    }
    if (writer != several) read.failed_write = writer;
  }
  std::ranges::sort(unexplained_, {}, &UnexplainedRead::read);
}

std::string Relations::why_ambiguous(OpId read) const {
  const History& h = *history_;
  std::vector<std::string> writers;
  if (returned(read) == h.header.initial) writers.emplace_back("it is the initial value");
  for (OpId op = 0; op < h.size() && writers.size() < 3; ++op) {
    if (h.outcome[op] == Outcome::fail || h.key[op] != h.key[read] || written(op) != returned(read)) continue;
    writers.push_back(h.describe(op));
  }
  return fmt::format("what {} returned may come from several writes: {}", h.describe(read), fmt::join(writers, "; "));
}

void Relations::link_readers() {
  first_reader_.assign(size(), no_operation);
  next_reader_.assign(size(), no_operation);
  for (OpId op = 0; op < size(); ++op) {
    if (source_[op] >= initial_write) continue;
    next_reader_[op] = first_reader_[source_[op]];
    first_reader_[source_[op]] = op;
  }
}

void Relations::build_chains(histories::Budget& budget) {
  const History& h = *history_;
  chain_.assign(size(), no_chain);
  position_.assign(size(), 0);
  struct Chain {
    OpId last;
    std::uint32_t length;
  };
  std::vector<Chain> chains;
  std::vector<std::vector<std::uint32_t>> of_session(h.session_name.size());
  std::vector<OpId> before(size(), no_operation);  // in the same chain
  std::vector<std::pair<OpId, OpId>> edges;
  std::uint32_t spent = 0;
  for (OpId op = 0; op < size(); ++op) {
    if (!takes_part(op)) continue;
    std::vector<std::uint32_t>& mine = of_session[h.session[op]];
    if (!budget.spend(spent, 1 + static_cast<std::uint32_t>(mine.size()))) return;
    const bool chained = h.outcome[op] == Outcome::ok;
    if (chained) {
      for (const std::uint32_t chain : mine) {
        if (h.precedes(chains[chain].last, op)) {
          chain_[op] = chain;
          break;
        }
      }
      if (chain_[op] == no_chain) {
        chain_[op] = static_cast<std::uint32_t>(chains.size());
        chains.push_back({no_operation, 0});
        mine.push_back(chain_[op]);
      }
      before[op] = chains[chain_[op]].last;
    }
    partial_ = partial_ || (chained && mine.size() > 1);
    for (const std::uint32_t chain : mine) {
      if (chain == chain_[op]) continue;
      OpId other = chains[chain].last;
      while (other != no_operation && !h.precedes(other, op)) other = before[other];
      const bool implied = other == no_operation || (before[op] != no_operation && h.precedes(other, before[op]));
      if (!implied) edges.emplace_back(other, op);
    }
    if (chained) {
      chains[chain_[op]].last = op;
      position_[op] = ++chains[chain_[op]].length;
    }
  }
  chain_begin_.assign(chains.size() + 1, 0);
  for (std::size_t chain = 0; chain < chains.size(); ++chain) {
    chain_begin_[chain + 1] = chain_begin_[chain] + chains[chain].length;
  }
  chain_operations_.resize(chain_begin_.back());
  for (OpId op = 0; op < size(); ++op) {
    if (chain_[op] != no_chain) chain_operations_[chain_begin_[chain_[op]] + position_[op] - 1] = op;
  }
  list_other_edges(edges);
}

void Relations::list_other_edges(const std::vector<std::pair<OpId, OpId>>& edges) {
  if (edges.empty()) return;
  predecessor_begin_.assign(size() + 1, 0);
  successor_begin_.assign(size() + 1, 0);
  for (const auto& [from, to] : edges) {
    ++predecessor_begin_[to + 1];
    ++successor_begin_[from + 1];
  }
  for (std::size_t i = 0; i < size(); ++i) {
    predecessor_begin_[i + 1] += predecessor_begin_[i];
    successor_begin_[i + 1] += successor_begin_[i];
  }
  predecessors_.resize(edges.size());
  successors_.resize(edges.size());
  std::vector<std::uint32_t> next_in(predecessor_begin_.begin(), predecessor_begin_.end() - 1);
  std::vector<std::uint32_t> next_out(successor_begin_.begin(), successor_begin_.end() - 1);
  for (const auto& [from, to] : edges) {
    predecessors_[next_in[to]++] = from;
    successors_[next_out[from]++] = to;
  }
}

}  // namespace kasauti::checker::causal
