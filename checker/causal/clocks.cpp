// Vector clocks along a causal order, and the conflicts that they show.
//
// Question: which writes of a key causally precede a read that returned another one? Algorithm: that of AWDIT (Møldrup & Pavlogiannis,
// PLDI 2025) for causal consistency: a clock an operation, and per key and session the last write inside the clock; it alone
// is needed, since its session's earlier ones precede it. Here tables are flat; a clock is kept only while a reader of its write is
// still to come; a look-up starts where the last one ended; and a conflict is emitted only if the clock of the write that was read
// does not imply it and no other reader of that write has emitted it or a later one of the same session: so there is
// about one conflict for a pair of concurrent writes, not one for each read.
//
// Writes of unknown outcome precede nothing in their session, so they are in no chain: whoever follows one follows one of its
// readers. The table of foreign reads stands in for them. Of a chain's foreign reads all new ones are emitted, not only the last: for the convergent
// model the last would do (it was read after the others), for the weak one it matters which of them overwrote what.
//
// Cost: O(n·k) time for k chains, mostly sequential; memory O(n + k·(k + live clocks)) and the conflicts.
// Sound and complete for the conflicts up to what session order, reads-from and other conflicts imply. Tested against brute force.

#include "checker/causal/clocks.hpp"

#include <algorithm>

namespace kasauti::checker::causal {

using histories::Budget;
using histories::KeyId;

Clocks::Clocks(const Relations& relations, bool spare)
    : relations_{relations}, chains_{relations.chain_count()}, width_{chains_ * (spare ? 2 : 1)} {
  running_.assign(chains_, no_slot);
  unchained_.assign(chains_, 0);
  waiting_.assign(relations.size(), 0);
  slot_.assign(relations.size(), no_slot);
  for (OpId op = 0; op < relations.size(); ++op) {
    if (relations.has_source_write(op)) ++waiting_[relations.source(op)];
    for (const OpId before : relations.other_predecessors(op)) ++waiting_[before];
  }
}

std::uint32_t Clocks::new_slot() {
  if (!free_.empty()) {
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }
  kept_.resize(kept_.size() + width_);
  return static_cast<std::uint32_t>(kept_.size() / width_ - 1);
}

std::uint32_t* Clocks::clock_of(std::uint32_t chain) {
  return chain == no_chain ? unchained_.data() : kept_.data() + std::size_t{running_[chain]} * width_;
}

void Clocks::join(std::uint32_t* into, OpId other) {
  const std::uint32_t* from = slot(other);
  for (std::size_t i = 0; i < chains_; ++i) into[i] = std::max(into[i], from[i]);
}

void Clocks::release(OpId op) {
  if (--waiting_[op] == 0) free_.push_back(slot_[op]);
}

std::span<const std::uint32_t> Clocks::enter(OpId op) {
  const std::uint32_t chain = relations_.chain(op);
  const bool begins = chain == no_chain || running_[chain] == no_slot;
  if (begins && chain != no_chain) running_[chain] = new_slot();
  std::uint32_t* const clock = clock_of(chain);
  if (begins) std::fill_n(clock, chains_, 0);
  for (const OpId before : relations_.other_predecessors(op)) {
    join(clock, before);
    release(before);
  }
  if (relations_.has_source_write(op)) {
    const OpId source = relations_.source(op);
    join(clock, source);
    source_ = {slot(source), chains_};
    spare_ = width_ == chains_ ? std::span<std::uint32_t>{} : std::span{slot(source) + chains_, chains_};
  }
  return {clock, chains_};
}

void Clocks::leave(OpId op) {
  const std::uint32_t chain = relations_.chain(op);
  if (relations_.has_source_write(op)) release(relations_.source(op));
  if (chain != no_chain) clock_of(chain)[chain] = relations_.position(op);
  if (waiting_[op] != 0) {
    slot_[op] = new_slot();
    std::copy_n(clock_of(chain), chains_, slot(op));
    if (width_ != chains_) std::copy_n(clock_of(chain), chains_, slot(op) + chains_);
  }
  if (chain != no_chain && relations_.next_in_chain(op) == no_operation) free_.push_back(running_[chain]);
}

bool Clocks::contains(std::span<const std::uint32_t> clock, OpId op, OpId at) const {
  if (relations_.chain(op) != no_chain) return clock[relations_.chain(op)] >= relations_.position(op);
  for (OpId reader = relations_.first_reader(op); reader != no_operation; reader = relations_.next_reader(reader)) {
    if (reader == at || contains(clock, reader, at)) return true;
  }
  return false;
}

KeyTable::KeyTable(const Relations& relations, Content content) {
  const histories::History& history = relations.history();
  const auto entry = [&](OpId op) {
    if (content == Content::writes) return relations.writes(op) ? op : no_operation;
    const bool foreign = relations.has_source_write(op) && relations.chain(relations.source(op)) == no_chain;
    return foreign ? relations.source(op) : no_operation;
  };
  std::vector<std::uint32_t> begin(history.key_count() + 1, 0);
  const auto chains = static_cast<std::uint32_t>(relations.chain_count());
  for (std::uint32_t chain = 0; chain < chains; ++chain) {
    for (const OpId op : relations.chain_operations(chain)) {
      if (entry(op) != no_operation) ++begin[history.key[op] + 1];
    }
  }
  for (std::size_t key = 0; key + 1 < begin.size(); ++key) begin[key + 1] += begin[key];
  writes_.resize(begin.back());
  positions_.resize(begin.back());
  std::vector<std::uint32_t> chain_of(begin.back());
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  for (std::uint32_t chain = 0; chain < chains; ++chain) {
    for (const OpId op : relations.chain_operations(chain)) {
      if (entry(op) == no_operation) continue;
      const std::uint32_t place = next[history.key[op]]++;
      writes_[place] = entry(op);
      positions_[place] = relations.position(op);
      chain_of[place] = chain;
    }
  }
  key_begin_.assign(history.key_count() + 1, 0);
  for (std::size_t key = 0; key + 1 < begin.size(); ++key) {
    for (std::uint32_t i = begin[key]; i < begin[key + 1]; ++i) {
      if (i == begin[key] || chain_of[i] != chain_of[i - 1]) groups_.push_back({chain_of[i], i, i, i});
      groups_.back().end = i + 1;
    }
    key_begin_[key + 1] = static_cast<std::uint32_t>(groups_.size());
  }
}

std::uint32_t KeyTable::end_within(Group& group, std::uint32_t limit) const {
  // Readers follow each other closely in causal order, so most look-ups move by an entry or none.
  std::uint32_t place = group.hint;
  int moves = 8;
  while (place < group.end && positions_[place] <= limit && --moves != 0) ++place;
  while (place > group.begin && positions_[place - 1] > limit && --moves > 0) --place;
  if (moves <= 0) {
    const auto first = positions_.begin() + group.begin;
    place = static_cast<std::uint32_t>(std::upper_bound(first, positions_.begin() + group.end, limit) - positions_.begin());
  }
  group.hint = place;
  return place;
}

namespace {

/// One pass of find_conflicts().
class Scan {
 public:
  Scan(const Relations& relations, const Components* within)
      : relations_{relations},
        within_{within},
        clocks_{relations, within == nullptr},
        writes_{relations, KeyTable::Content::writes},
        foreign_{relations, KeyTable::Content::foreign_reads} {}

  void visit(OpId op, ConflictScan& found) {
    const auto clock = clocks_.enter(op);
    if (!relations_.history().ok(op)) {
      // What a compare-and-set of unknown outcome read is part of the causal order, but nobody was told it.
    } else if (relations_.has_source_write(op)) {
      read(op, clock, found);
    } else if (relations_.source(op) == initial_write && within_ == nullptr) {
      initial_read(op, clock, found);
    }
    clocks_.leave(op);
  }

  [[nodiscard]] std::uint64_t bytes() const { return clocks_.bytes(); }

 private:
  void read(OpId op, std::span<const std::uint32_t> clock, ConflictScan& found) {
    const OpId source = relations_.source(op);
    if (within_ != nullptr && within_->of[source] == Components::none) return;
    const KeyId key = relations_.history().key[op];
    const auto known = clocks_.source_clock();
    const auto emitted = within_ == nullptr ? clocks_.source_spare() : known;
    for (KeyTable::Group& group : writes_.groups(key)) {
      const std::uint32_t limit = clock[group.chain];
      if (limit <= emitted[group.chain]) continue;
      const std::uint32_t end = writes_.end_within(group, limit);
      if (end > group.begin && writes_.position(end - 1) > emitted[group.chain]) {
        add(writes_.write(end - 1), source, op, found);
      }
      if (within_ == nullptr) emitted[group.chain] = limit;
    }
    if (foreign_.empty()) return;
    for (KeyTable::Group& group : foreign_.groups(key)) {
      const std::uint32_t end = foreign_.end_within(group, clock[group.chain]);
      for (std::uint32_t i = end; i > group.begin && foreign_.position(i - 1) > known[group.chain]; --i) {
        add(foreign_.write(i - 1), source, op, found);
      }
    }
  }

  void add(OpId write, OpId source, OpId read, ConflictScan& found) {
    if (write != source) found.conflicts.push_back({write, source, read});
  }

  void initial_read(OpId op, std::span<const std::uint32_t> clock, ConflictScan& found) {
    for (KeyTable* table : {&writes_, &foreign_}) {
      for (KeyTable::Group& group : table->groups(relations_.history().key[op])) {
        if (table->end_within(group, clock[group.chain]) == group.begin) continue;
        found.initial_reads.push_back({table->write(group.begin), initial_write, op});
        return;
      }
    }
  }

  const Relations& relations_;
  const Components* within_;
  Clocks clocks_;
  KeyTable writes_;
  KeyTable foreign_;
};

}  // namespace

ConflictScan find_conflicts(const Relations& relations, std::span<const OpId> order, const Components* within,
                            Budget& budget) {
  ConflictScan found;
  const std::size_t chains = relations.chain_count();
  Scan scan{relations, within};
  const auto units = static_cast<std::uint32_t>(1 + chains / 16);
  std::uint32_t spent = 0;
  for (const OpId op : order) {
    if (!budget.spend(spent, units)) break;
    scan.visit(op, found);
  }
  return found;
}

std::vector<Conflict> overwritten(const Relations& relations, std::span<const OpId> order, const Conflicts& conflicts,
                                  Budget& budget) {
  std::vector<Conflict> found;
  Clocks clocks{relations, false};
  const auto units = static_cast<std::uint32_t>(1 + relations.chain_count() / 16);
  std::uint32_t spent = 0;
  for (const OpId op : order) {
    if (!budget.spend(spent, units)) break;
    const auto clock = clocks.enter(op);
    for (const Conflict& conflict : conflicts.from(op)) {
      if (clocks.contains(clock, conflict.to, op)) found.push_back(conflict);
    }
    clocks.leave(op);
  }
  return found;
}

}  // namespace kasauti::checker::causal
