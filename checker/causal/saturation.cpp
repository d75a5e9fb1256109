// The view of one session: causal memory (CM) and PRAM.
//
// Question: is there one legal order of a session's operations and of all writes that contains the base order? The
// base order is the causal order (SO ∪ RF)⁺ for causal memory (Ahamad et al. 1995), the session order for PRAM (Lipton
// & Sandberg 1988). Values are distinct.
//
// Forced order: beside the base order, if the session's read r returned w1 and w2, another write of the key, comes
// before r, then w2 comes before w1 (Bouajjani et al., POPL 2017: HB, saturated). The view exists iff that has no
// cycle and no write comes before a read of the initial value of its key (CyclicHB, WriteHBInitRead), provided that
// the session's reads are totally ordered: then the order can be built read by read, placing what the next read has
// before it.
//
// Method: the saturation is kept as one number a write, its phase: the first of the session's own operations before
// which it must come. An edge u → w forces phase(u) ≤ phase(w). A read at index i of w1 forces phase(w1) ≤ i; and a
// write u of a key needs to be compared with one write only, the source a of the next read of that key at or after
// phase(u) that returned something else: u → a (later reads follow by a → their source). Own reads are taken in order;
// each delivers the part of its source's past that is new, at phase i. A phase only ever falls: when a read returns an
// older source a again, writes delivered since then fall to a's phase, and with them what they rest on. That is a
// fixpoint by a work list; when it is reached, an edge from one phase to another goes upwards, and cycles can only lie
// among writes of one phase, joined by the few derived edges inside it; these are the hints of the certificate.
//
// Operations are renumbered so that each chain lies together in memory: delivering a source walks down its chain, and
// what costs time is memory, not instructions.
//
// Cost: O(n) for each session, so O(k·n), plus the falls; each fall costs the writes that fall, and there are few
// unless reads keep going back. Memory O(n). Sound and complete where the session's calls don't overlap; else for the
// order of its calls that was given. Tested by tests/causal against all orders.

#include "checker/causal/saturation.hpp"

#include <algorithm>

namespace kasauti::checker::causal {

using histories::Budget;
using histories::KeyId;

Saturation::Saturation(const Relations& relations, bool causal, Budget& budget)
    : relations_{relations}, budget_{budget} {
  const std::size_t keys = relations.history().key_count();
  if (!budget.may_allocate(bytes_needed(relations))) {
    exhausted_ = true;
    return;
  }
  number_slots();
  const std::size_t n = id_of_.size();
  own_index_.assign(n, 0);
  nodes_.resize(n);
  for (Slot place = 0; place < n; ++place) {
    const OpId op = id_of_[place];
    Node& node = nodes_[place];
    node.previous = slot(relations.previous_in_chain(op));
    node.source = causal && relations.has_source_write(op) ? slot(relations.source(op)) : no_operation;
    node.written_key = relations.writes(op) ? relations.history().key[op] : no_key;
  }
  delivered_at_.assign(n, 0);
  is_source_.assign(n, false);
  hint_after_.assign(n, no_operation);
  first_hint_.assign(n, no_operation);
  next_hint_.assign(n, no_operation);
  colour_.assign(n, 0);
  delivered_begin_.assign(keys + 1, 0);
  for (const Node& node : nodes_) {
    if (node.written_key != no_key) ++delivered_begin_[node.written_key + 1];
  }
  for (std::size_t key = 0; key < keys; ++key) delivered_begin_[key + 1] += delivered_begin_[key];
  delivered_.resize(delivered_begin_.back());
  delivered_count_.assign(keys, 0);
  compared_.assign(keys, 0);
  key_read_.assign(keys, false);
  run_begin_.assign(keys, 0);
  run_count_.assign(keys, 0);
}

std::uint64_t Saturation::bytes_needed(const Relations& relations) {
  return relations.size() * std::uint64_t{58} + relations.history().key_count() * std::uint64_t{14};
}

/// Chain by chain, then what takes part and is in no chain.
void Saturation::number_slots() {
  slot_of_.assign(relations_.size(), no_operation);
  const auto add = [&](OpId op) {
    slot_of_[op] = static_cast<Slot>(id_of_.size());
    id_of_.push_back(op);
  };
  id_of_.reserve(relations_.size());
  for (std::uint32_t chain = 0; chain < relations_.chain_count(); ++chain) {
    for (const OpId op : relations_.chain_operations(chain)) add(op);
  }
  for (OpId op = 0; op < relations_.size(); ++op) {
    if (relations_.takes_part(op) && relations_.chain(op) == no_chain) add(op);
  }
}

/// What directly precedes an operation in the base order.
template <class Visit>
void Saturation::each_before(Slot op, Visit visit) const {
  const Node& node = nodes_[op];
  if (node.previous != no_operation) visit(node.previous);
  if (node.source != no_operation) visit(node.source);
  if (!relations_.has_other_edges()) return;
  for (const OpId other : relations_.other_predecessors(id_of_[op])) visit(slot(other));
}

void Saturation::reset(std::span<const OpId> own) {
  for (const Slot op : own_) own_index_[op] = 0;
  for (Node& node : nodes_) node.phase = never;
  for (const KeyId key : keys_) {
    delivered_count_[key] = 0;
    compared_[key] = 0;
    key_read_[key] = false;
    run_count_[key] = 0;
  }
  keys_.clear();
  for (const Run& run : runs_) {
    if (run.source < initial_write) is_source_[run.source] = false;
  }
  for (const Slot op : hinted_) hint_after_[op] = no_operation;
  for (const Slot op : hinted_targets_) first_hint_[op] = no_operation;
  hinted_.clear();
  hinted_targets_.clear();
  level_.clear();
  events_.clear();
  event_of_.assign(logging_ ? id_of_.size() : 0, no_event);
  clash_ = {};

  own_.clear();
  const histories::History& h = relations_.history();
  for (const OpId op : own) {
    own_.push_back(slot(op));
    own_index_[own_.back()] = static_cast<Index>(own_.size());
    nodes_[own_.back()].phase = static_cast<Index>(own_.size());
    const KeyId key = h.key[op];
    if (!relations_.reads(op)) continue;
    if (!key_read_[key]) {
      key_read_[key] = true;
      keys_.push_back(key);
      run_begin_[key] = 0;
    }
    ++run_begin_[key];  // the number of its reads, for now
  }
  std::uint32_t begin = 0;
  for (const KeyId key : keys_) {
    const std::uint32_t count = run_begin_[key];
    run_begin_[key] = begin;
    begin += count;
  }
  runs_.assign(begin, {0, 0, initial_write});
}

Saturation::Answer Saturation::judge(std::span<const OpId> own) {
  if (exhausted_) return Answer::exhausted;
  reset(own);
  const bool consistent = run(own);
  if (exhausted_) return Answer::exhausted;
  return consistent ? Answer::holds : Answer::violated;
}

bool Saturation::run(std::span<const OpId> own) {
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto index = static_cast<Index>(i + 1);
    if (!budget_.spend(spent_)) {
      exhausted_ = true;
      return false;
    }
    if (relations_.reads(own[i]) && relations_.source(own[i]) != no_operation && !take_read(index)) return false;
    if (relations_.writes(own[i])) take_write(index);
  }
  collect_hints();
  return ordered_within_phases();
}

bool Saturation::clash(Clash::Kind kind, Slot op, Slot target, Index read) {
  clash_ = {kind, op, target, read, no_event};
  return false;
}

bool Saturation::take_read(Index index) {
  const OpId read = id(own_[index - 1]);
  const Slot source = slot(relations_.source(read));
  const KeyId key = relations_.history().key[read];
  Run* const runs = runs_.data() + run_begin_[key];
  std::uint32_t& count = run_count_[key];
  if (count != 0 && runs[count - 1].source == source) {
    runs[count - 1].last = index;
  } else {
    if (count != 0 && runs[count - 1].source < initial_write) to_check_.push_back(runs[count - 1].source);
    runs[count++] = {index, index, source};
  }
  if (source < initial_write) {
    is_source_[source] = true;
    if (own(source)) {
      if (own_index_[source] >= index) return clash(Clash::Kind::own_future, source, source, index);
    } else if (phase(source) > index &&
               !lower(source, index, {source, index, no_event, no_event, no_operation, no_operation})) {
      return false;
    }
  }
  // Those that had been delivered when the key was last read were compared with what it returned then.
  const Slot* const delivered = delivered_.data() + delivered_begin_[key];
  to_check_.insert(to_check_.end(), delivered + compared_[key], delivered + delivered_count_[key]);
  compared_[key] = delivered_count_[key];
  return drain();
}

void Saturation::take_write(Index index) {
  const Slot write = own_[index - 1];
  const KeyId key = nodes_[write].written_key;
  if (key_read_[key]) deliver(write, index);
}

void Saturation::deliver(Slot write, Index index) {
  const KeyId key = nodes_[write].written_key;
  delivered_at_[write] = index;
  delivered_[delivered_begin_[key] + delivered_count_[key]++] = write;
}

/// `op`, and with it all that precedes it in the base order, comes before the own operation `by`.
bool Saturation::lower(Slot op, Index by, Event reason) {
  // The work list of this call begins where a caller's ends; there is one call at a time.
  lowered_.clear();
  mark(op, by, reason);
  while (!lowered_.empty()) {
    const Slot next = lowered_.back();
    lowered_.pop_back();
    if (!budget_.spend(spent_)) {
      exhausted_ = true;
      return false;
    }
    bool consistent = true;
    const std::uint32_t via = logging_ ? event_of_[next] : no_event;
    each_before(next, [&](Slot before) {
      if (!consistent) return;
      if (phase(before) < by) return;
      if (own(before)) {
        consistent = clash(Clash::Kind::own_needed, before, next, by);
        clash_.event = via;
      } else if (phase(before) > by) {
        mark(before, by, {before, by, via, no_event, no_operation, no_operation});
      }
    });
    if (!consistent) return false;
  }
  return true;
}

void Saturation::mark(Slot op, Index by, const Event& reason) {
  const Index before = phase(op);
  nodes_[op].phase = by;
  lowered_.push_back(op);
  if (logging_) {
    events_.push_back(reason);
    events_.back().earlier = event_of_[op];
    event_of_[op] = static_cast<std::uint32_t>(events_.size() - 1);
  }
  const KeyId key = nodes_[op].written_key;
  if (key == no_key || !key_read_[key]) return;
  if (before == never) {
    // By the read at hand, since what precedes a delivered write was delivered with it; take_read() compares it.
    deliver(op, by);
    return;
  }
  to_check_.push_back(op);
  if (!is_source_[op]) return;
  // Its key shows it from an earlier time on: whatever was delivered since then is compared again.
  const Slot* const delivered = delivered_.data() + delivered_begin_[key];
  for (std::uint32_t i = delivered_count_[key]; i > 0 && delivered_at_[delivered[i - 1]] >= by; --i) {
    if (delivered[i - 1] != op) to_check_.push_back(delivered[i - 1]);
  }
}

bool Saturation::drain() {
  while (!to_check_.empty()) {
    const Slot write = to_check_.back();
    to_check_.pop_back();
    if (!apply_rule(write)) {
      to_check_.clear();
      return false;
    }
  }
  return true;
}

/// The first reads of the write's key, at or after the own operation `from`, that returned something else.
const Saturation::Run* Saturation::next_other_run(Slot write, Index from) const {
  const KeyId key = nodes_[write].written_key;
  const Run* const begin = runs_.data() + run_begin_[key];
  const Run* const end = begin + run_count_[key];
  if (begin == end || (end - 1)->last < from) return nullptr;
  const bool last = end - begin < 2 || (end - 2)->last < from;
  const Run* next = end - 1;
  if (!last) next = std::partition_point(begin, end, [&](const Run& run) { return run.last < from; });
  if (next != end && next->source == write) ++next;
  return next == end ? nullptr : next;
}

bool Saturation::apply_rule(Slot write) {
  // An own write is placed when its turn comes, after what it read itself.
  const Index from = own(write) ? own_index_[write] + 1 : phase(write);
  const Run* next = next_other_run(write, from);
  if (next == nullptr) return true;
  const Index read = next->first >= from ? next->first : next->last;
  const Slot source = next->source;
  if (source == initial_write) return clash(Clash::Kind::initial, write, source, read);
  if (own(write)) return phase(source) > own_index_[write] || clash(Clash::Kind::own_overwritten, write, source, read);
  if (phase(write) >= phase(source)) level_.push_back(write);
  if (phase(write) <= phase(source)) return true;
  const bool own_target = own(source);
  const std::uint32_t via = logging_ && !own_target ? event_of_[source] : no_event;
  return lower(write, phase(source),
               {write, phase(source), via, no_event, own_[read - 1], own_target ? source : no_operation});
}

void Saturation::collect_hints() {
  std::ranges::sort(level_);
  level_.erase(std::ranges::unique(level_).begin(), level_.end());
  for (const Slot write : level_) {
    const Run* next = next_other_run(write, phase(write));
    if (next == nullptr || next->source == initial_write || phase(next->source) != phase(write)) continue;
    hint_after_[write] = next->source;
    hinted_.push_back(write);
    hinted_targets_.push_back(next->source);
    next_hint_[write] = first_hint_[next->source];
    first_hint_[next->source] = write;
  }
}

std::vector<SessionViews::Hint> Saturation::hints() const {
  std::vector<SessionViews::Hint> result;
  for (const Slot write : hinted_) result.push_back({id(write), id(hint_after_[write])});
  return result;
}

/// Looks for a cycle among operations of one phase: backwards from each hint's target, along the base order and hints.
bool Saturation::ordered_within_phases() {
  enum : std::uint8_t { white, grey, black };
  struct Step {
    Slot op;
    std::uint32_t next;  // in `before`
    std::uint32_t end;
  };
  std::vector<Step> walk;
  std::vector<Slot> before;
  const auto enter = [&](Slot op) {
    colour_[op] = grey;
    coloured_.push_back(op);
    const auto begin = static_cast<std::uint32_t>(before.size());
    each_before(op, [&](Slot other) {
      if (!own(other) && phase(other) == phase(op)) before.push_back(other);
    });
    for (Slot hint = first_hint_[op]; hint != no_operation; hint = next_hint_[hint]) before.push_back(hint);
    walk.push_back({op, begin, static_cast<std::uint32_t>(before.size())});
  };
  bool acyclic = true;
  for (std::size_t i = 0; i < hinted_targets_.size() && acyclic; ++i) {
    if (own(hinted_targets_[i]) || colour_[hinted_targets_[i]] != white) continue;
    enter(hinted_targets_[i]);
    while (!walk.empty() && acyclic) {
      if (!budget_.spend(spent_)) {
        exhausted_ = true;
        acyclic = false;
      }
      Step& step = walk.back();
      if (step.next == step.end) {
        colour_[step.op] = black;
        walk.pop_back();
        before.resize(walk.empty() ? 0 : walk.back().end);
        continue;
      }
      const Slot other = before[step.next++];
      if (colour_[other] == white) {
        enter(other);
      } else if (colour_[other] == grey) {
        // The walk runs backwards: its last operation needs `other` before it, which needs the one above it, and so on.
        acyclic = false;
        cycle_.clear();
        for (auto each = walk.rbegin(); each != walk.rend(); ++each) {
          cycle_.push_back(each->op);
          if (each->op == other) break;
        }
        clash_.kind = Clash::Kind::cycle;
      }
    }
  }
  for (const Slot op : coloured_) colour_[op] = white;
  coloured_.clear();
  return acyclic;
}

}  // namespace kasauti::checker::causal
