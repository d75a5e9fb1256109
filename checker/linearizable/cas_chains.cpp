// CAS chains: is a register with compare-and-set, on which all writes and exchanges leave different values,
// linearizable?
//
// Zones (zones.cpp) with super-clusters. Exchanges link values into chains (chains.cpp); nothing but reads can stand
// within a chain, in the order that the links say. So chains are ordered as wholes: A must precede B iff some
// operation of A completed before some operation of B was invoked.
//
// The order is laid out in time, each operation as late as can be but reads: at the completion of an operation whose
// value has not come yet, its chain C begins, right after all chains that must precede C. Each of those must have begun
// wholly by now, else it and C precede each other, which is the refutation; what follows no chain but C may begin
// later. Within C values are gone through up to the operation's own; where one is left whose read is still to be
// invoked, that read and the operation are the refutation. Without refused exchanges this is exact.
//
// A refused exchange [v, w] found another value than v. It takes effect at once if v is not the current value, else
// when v is left. If v is still there at its completion, v is left now: by the chain's next exchange; else for the
// chain that must begin first, for one that has been invoked wholly, for a write of unknown outcome that nobody saw, or
// for the chain that will have been invoked first, if these need not wait for others. If v was there for certain all
// the while, for an operation on it had completed before and another one was invoked behind, that is a refutation. If
// it was not, and v can't be left either, another order of the chains might do: no answer, and the search decides.
//
// O(n log n). Calls of one process with equal stamps: a witness must respect their order too, else no answer. Covered
// by tests/linearizable (chains) against brute force.

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "checker/linearizable/chains.hpp"
#include "checker/linearizable/contents.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::no_operation;

constexpr std::uint32_t none = UINT32_MAX;
using Ranked = std::pair<Rank, std::uint32_t>;
using Heap = std::priority_queue<Ranked, std::vector<Ranked>, std::greater<>>;

class Layout {
 public:
  Layout(const History& history, std::span<const OpId> operations, const Chains& chains, Budget& budget)
      : history_{history}, operations_{operations}, chains_{chains}, blocks_{chains.blocks}, budget_{budget} {}

  std::optional<KeyAnswer> decide();

 private:
  bool run();
  void begin(std::size_t position);
  bool complete(std::size_t position);
  bool start_for(std::uint32_t chain, OpId op);
  bool finish_current();
  bool advance(std::uint32_t block, OpId op);
  bool leave_current();
  bool leave_for_spare();
  bool start_early(std::uint32_t chain);
  void enter(std::uint32_t block);
  void start(std::uint32_t chain);
  Rank first_end_of_others(std::uint32_t chain);
  OpId missing_read(std::uint32_t block) const;
  bool refute(ChainFault fault, std::vector<OpId> operations);
  bool refute_refused();
  bool respects_ties() const;

  const History& history_;
  std::span<const OpId> operations_;
  const Chains& chains_;
  const std::vector<Block>& blocks_;
  Budget& budget_;
  KeyAnswer answer_;
  bool refuted_ = false;
  std::uint32_t polled_ = 0;

  Rank now_ = 0;
  std::uint32_t current_ = 0;              // the block whose value the register has
  std::vector<std::uint32_t> next_read_;   // by block: the first read that has not taken effect
  std::vector<bool> entered_;              // by block
  std::vector<bool> started_;              // by chain
  std::vector<std::uint32_t> by_first_end_;  // chains
  std::size_t first_left_ = 0;             // into it: those before have started
  std::vector<OpId> waiting_;              // refused exchanges that found the current value so far
  Heap whole_;                             // chains invoked wholly, by first completion; may have started
  Heap begun_;                             // chains whose first write was invoked, by last invocation; may have started
  std::vector<std::uint32_t> spare_writes_;                            // blocks of unknown outcome, invoked
  std::vector<std::pair<std::uint32_t, std::uint32_t>> spare_exchanges_;  // the same, with the block they expect
};

bool Layout::refute(ChainFault fault, std::vector<OpId> operations) {
  answer_ = chain_clash(history_, fault, std::move(operations));
  refuted_ = true;
  return false;
}

// The first read of a block that has not been invoked yet.
OpId Layout::missing_read(std::uint32_t block) const {
  const std::uint32_t next = next_read_[block];
  return next == blocks_[block].end_of_reads ? no_operation : chains_.reads[next];
}

void Layout::enter(std::uint32_t block) {
  current_ = block;
  entered_[block] = true;
  if (blocks_[block].writer != no_operation) answer_.witness.push_back(blocks_[block].writer);
  // Whoever waited for another value than the one before has it now.
  answer_.witness.insert(answer_.witness.end(), waiting_.begin(), waiting_.end());
  waiting_.clear();
  for (OpId read = missing_read(block); read != no_operation && history_.invoked[read] < now_;
       read = missing_read(block)) {
    answer_.witness.push_back(read);
    ++next_read_[block];
  }
}

void Layout::start(std::uint32_t chain) {
  started_[chain] = true;
  enter(chains_.chains[chain].head);
}

// Goes through the rest of the current chain. False if something of it is still to be invoked.
bool Layout::finish_current() {
  for (;;) {
    if (missing_read(current_) != no_operation) return false;
    const std::uint32_t next = blocks_[current_].next;
    if (next == none || blocks_[next].chain == none) return true;
    if (history_.invoked[blocks_[next].writer] > now_) return false;
    enter(next);
  }
}

// Goes on within the current chain to `block`, where `op` completes.
bool Layout::advance(std::uint32_t block, OpId op) {
  while (current_ != block) {
    const OpId missing = missing_read(current_);
    if (missing != no_operation) return refute(ChainFault::inverted, {op, missing});
    const std::uint32_t next = blocks_[current_].next;
    if (next == none) return false;
    if (history_.invoked[blocks_[next].writer] > now_) {
      return refute(ChainFault::inverted, {op, blocks_[next].writer});
    }
    enter(next);
  }
  return true;
}

// The chain must begin, for its operation `op` completes; and before it all that must precede it.
bool Layout::start_for(std::uint32_t chain, OpId op) {
  const Chain& late = chains_.chains[chain];
  const OpId first = blocks_[late.head].writer;
  if (history_.invoked[first] > now_) return refute(ChainFault::inverted, {op, first});
  for (; first_left_ < by_first_end_.size(); ++first_left_) {
    const std::uint32_t other = by_first_end_[first_left_];
    const Chain& before = chains_.chains[other];
    if (before.first_end >= late.last_begin && other != chain) break;
    if (other == chain || started_[other]) continue;
    if (!budget_.spend(polled_)) return false;
    if (before.last_begin > late.first_end) {
      return refute(ChainFault::crossing,
                    {late.first_completed, before.last_invoked, before.first_completed, late.last_invoked});
    }
    if (!finish_current()) break;
    start(other);
  }
  if (!finish_current()) {
    const std::uint32_t of_current = blocks_[current_].chain;
    if (of_current == 0) return refute(ChainFault::initial_again, {op, chains_.chains[0].last_invoked});
    return false;
  }
  start(chain);
  return true;
}

// The least first completion among the chains that have not started, but for this one.
Rank Layout::first_end_of_others(std::uint32_t chain) {
  for (std::size_t i = first_left_; i < by_first_end_.size() && budget_.spend(polled_); ++i) {
    const std::uint32_t other = by_first_end_[i];
    if (other != chain && !started_[other]) return chains_.chains[other].first_end;
  }
  return histories::never;
}

bool Layout::leave_for_spare() {
  const auto exchange = std::ranges::find(spare_exchanges_, current_, &std::pair<std::uint32_t, std::uint32_t>::first);
  if (exchange != spare_exchanges_.end()) {
    const std::uint32_t block = exchange->second;
    *exchange = spare_exchanges_.back();
    spare_exchanges_.pop_back();
    enter(block);
    return true;
  }
  if (spare_writes_.empty()) return false;
  const std::uint32_t block = spare_writes_.back();
  spare_writes_.pop_back();
  enter(block);
  return true;
}

// Makes the register leave its current value now. False if no way is seen.
bool Layout::leave_current() {
  if (missing_read(current_) != no_operation) return false;
  const std::uint32_t next = blocks_[current_].next;
  if (next != none) {
    if (history_.invoked[blocks_[next].writer] > now_) return false;
    enter(next);
    return true;
  }
  // The chain that must begin first of all would do best; then what can be left again at once.
  while (first_left_ < by_first_end_.size() && started_[by_first_end_[first_left_]]) ++first_left_;
  if (first_left_ < by_first_end_.size() && start_early(by_first_end_[first_left_])) return true;
  while (!whole_.empty() && started_[whole_.top().second]) whole_.pop();
  if (!whole_.empty() && start_early(whole_.top().second)) return true;
  if (leave_for_spare()) return true;
  while (!begun_.empty() && started_[begun_.top().second]) begun_.pop();
  return !begun_.empty() && start_early(begun_.top().second);
}

// Starts a chain if its first write has been invoked and no other chain must precede it.
bool Layout::start_early(std::uint32_t chain) {
  const Chain& own = chains_.chains[chain];
  if (history_.invoked[blocks_[own.head].writer] > now_ || own.last_begin > first_end_of_others(chain)) return false;
  start(chain);
  return true;
}

void Layout::begin(std::size_t position) {
  const OpId op = operations_[position];
  const std::uint32_t block = chains_.of[position];
  if (is_refused(history_, op)) {
    (block == current_ ? waiting_ : answer_.witness).push_back(op);
    return;
  }
  const std::uint32_t chain = blocks_[block].chain;
  if (chain == none) {
    if (history_.function[op] == Function::write) {
      spare_writes_.push_back(block);
    } else if (blocks_[block].before != none) {
      spare_exchanges_.emplace_back(blocks_[block].before, block);
    }
    return;
  }
  if (history_.function[op] == Function::read && block == current_) {
    answer_.witness.push_back(op);
    ++next_read_[block];
  }
  const Chain& own = chains_.chains[chain];
  if (own.last_invoked == op) whole_.emplace(own.first_end, chain);
  if (blocks_[own.head].writer == op) begun_.emplace(own.last_begin, chain);
}

bool Layout::complete(std::size_t position) {
  const OpId op = operations_[position];
  const std::uint32_t block = chains_.of[position];
  if (is_refused(history_, op)) {
    return block != current_ || std::ranges::find(waiting_, op) == waiting_.end() || leave_current();
  }
  if (entered_[block]) return true;
  const std::uint32_t chain = blocks_[block].chain;
  if (!started_[chain] && !start_for(chain, op)) return false;
  return advance(block, op);
}

bool Layout::run() {
  std::vector<Ranked> completions;
  completions.reserve(operations_.size());
  for (std::uint32_t i = 0; i < operations_.size(); ++i) {
    if (history_.ok(operations_[i])) completions.emplace_back(history_.completed[operations_[i]], i);
  }
  std::ranges::sort(completions);
  for (std::uint32_t chain = 1; chain < chains_.chains.size(); ++chain) by_first_end_.push_back(chain);
  std::ranges::sort(by_first_end_, {}, [&](std::uint32_t chain) { return chains_.chains[chain].first_end; });
  entered_.assign(blocks_.size(), false);
  started_.assign(chains_.chains.size(), false);
  next_read_.reserve(blocks_.size());
  for (const Block& block : blocks_) next_read_.push_back(block.first_read);
  answer_.witness.reserve(operations_.size());
  start(0);
  std::size_t next = 0;
  for (const auto& [rank, position] : completions) {
    if (!budget_.spend(polled_)) return false;
    for (; next < operations_.size() && history_.invoked[operations_[next]] < rank; ++next) {
      now_ = history_.invoked[operations_[next]];
      begin(next);
    }
    now_ = rank;
    if (!complete(position)) return false;
  }
  return true;
}

// A refused exchange throughout which its value was there: an operation on the value had completed before, and one
// that observed it was invoked behind.
bool Layout::refute_refused() {
  struct Zone {
    Rank begin = histories::never, end = 0;
    OpId first = no_operation, last = no_operation;
  };
  std::vector<Zone> zones(blocks_.size());
  zones[0].begin = 0;
  // Operations come in order of invocation, so the last one to observe a value is the last to be invoked.
  const auto observe = [&](std::uint32_t block, OpId op) {
    zones[block].end = history_.invoked[op];
    zones[block].last = op;
  };
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    const OpId op = operations_[i];
    const std::uint32_t block = chains_.of[i];
    if (is_refused(history_, op) || blocks_[block].chain == none) continue;
    Zone& zone = zones[block];
    if (history_.completed[op] < zone.begin) {
      zone.begin = history_.completed[op];
      zone.first = op;
    }
    if (history_.function[op] == Function::read) observe(block, op);
    if (history_.function[op] == Function::cas) observe(blocks_[block].before, op);
  }
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    const OpId op = operations_[i];
    if (!is_refused(history_, op) || chains_.of[i] == none) continue;
    const Zone& zone = zones[chains_.of[i]];
    const bool since = chains_.of[i] == 0 || zone.begin < history_.invoked[op];
    if (!since || zone.last == no_operation || history_.completed[op] >= zone.end) continue;
    std::vector<OpId> operations{op, zone.last};
    if (chains_.of[i] != 0) operations.insert(operations.begin(), zone.first);
    (void)refute(ChainFault::refused, std::move(operations));
    return true;
  }
  return false;
}

// Calls of one process stand in their order, where stamps tie.
bool Layout::respects_ties() const {
  std::vector<OpId> last(history_.process_name.size(), no_operation);
  for (const OpId op : answer_.witness) {
    OpId& before = last[history_.process[op]];
    if (before != no_operation && history_.precedes(op, before)) return false;
    before = op;
  }
  return true;
}

std::optional<KeyAnswer> Layout::decide() {
  const bool laid_out = run();
  if (laid_out) {
    if (history_.ties_in_process && !respects_ties()) return std::nullopt;
    answer_.verdict = Verdict::holds;
    answer_.method = "chains";
    return std::move(answer_);
  }
  if (!refuted_ && (budget_.stopped() || !refute_refused())) return std::nullopt;
  return std::move(answer_);
}

}  // namespace

std::optional<KeyAnswer> decide_by_chains(const History& history, std::span<const OpId> operations,
                                          ZoneScratch& scratch, histories::Budget& budget) {
  if (!budget.may_allocate(operations.size() * 96)) return std::nullopt;
  auto chains = chains_of(history, operations, scratch);
  if (!chains) return std::nullopt;
  if (chains->clash) return std::move(chains->clash);
  return Layout{history, operations, *chains, budget}.decide();
}

}  // namespace kasauti::checker::linearizable
