// Which operations take part, who read from whom, and the session order in a form that is linear in size.
//
// Reads-from is looked up (sources.cpp), but for open reads, where somebody else has to choose.
//
// The session order is an interval order: chains cover it, and for an operation with predecessors in other chains the
// latest of each chain is enough. Cost: O(n) where each session is sequential. Tested by every comparison
// with an oracle in tests/causal.

#include "checker/causal/relations.hpp"

#include <algorithm>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

namespace kasauti::checker::causal {

using histories::Outcome;

Relations::Relations(const Sources& sources, std::span<const OpId> chosen, histories::Budget& budget)
    : sources_{&sources}, history_{&sources.history()} {
  role_.assign(history_->size(), 0);
  source_.assign(history_->size(), no_operation);
  find_sources(chosen, budget);
  link_readers();
  build_chains(budget);
}

// A write of unknown outcome happened if somebody who happened read it. What it read itself, as a compare-and-set, is
// then looked up in turn.
void Relations::find_sources(std::span<const OpId> chosen, histories::Budget& budget) {
  const History& h = *history_;
  std::vector<OpId> pending;
  const auto look_up = [&](OpId op) {
    if (!sources_->observes(op)) return;
    role_[op] |= reads_bit;
    OpId source = sources_->only(op);
    if (!sources_->refused(op)) ++read_count_;
    if (source == several_writes) {
      source = chosen.empty() ? no_operation : chosen[op];
      (source == no_operation ? unsettled_ : settled_).push_back(op);
      if (source == no_operation) return;
    }
    source_[op] = source;
    if (source == initial_write) {
      ++initial_read_count_;
    } else if (source == no_operation) {
      unexplained_.push_back({op, no_operation});
    } else if (h.outcome[source] == Outcome::info && role_[source] == 0) {
      role_[source] = writes_bit;
      pending.push_back(source);
    }
  };
  std::uint32_t spent = 0;
  for (OpId op = 0; op < h.size(); ++op) {
    if (!budget.spend(spent)) return;
    if (h.outcome[op] != Outcome::ok) continue;
    if (sources_->written(op) != histories::no_value) role_[op] |= writes_bit;
    look_up(op);
  }
  while (!pending.empty()) {
    const OpId op = pending.back();
    pending.pop_back();
    look_up(op);
  }
  if (!unexplained_.empty()) find_failed_writes();
  std::ranges::sort(unexplained_, {}, &UnexplainedRead::read);
}

void Relations::find_failed_writes() {
  const History& h = *history_;
  boost::unordered_flat_map<std::uint64_t, OpId> failed;
  const auto pair = [&](OpId op, histories::ValueId value) { return std::uint64_t{h.key[op]} << 32U | value; };
  for (OpId op = 0; op < size(); ++op) {
    const histories::ValueId value = h.outcome[op] == Outcome::fail ? sources_->written(op) : histories::no_value;
    if (value != histories::no_value) failed.try_emplace(pair(op, value), op);
  }
  for (UnexplainedRead& read : unexplained_) {
    const auto found = failed.find(pair(read.read, sources_->returned(read.read)));
    if (found != failed.end()) read.failed_write = found->second;
  }
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
