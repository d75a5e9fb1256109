// Stacks with distinct values: is there a legal order, and which?
//
// A value whose push and pop overlap can be pushed and popped at one moment, with nothing in between, whatever the
// stack holds: it is set aside. Every other value is there for certain from the end of its push to the beginning of its
// pop: its zone. Take a block of values. If some moment is in no zone, the values before it and those behind it are
// independent: a legal order of each, one after the other, is legal, and a legal order of both together, restricted to
// each, is one too. If there is no such moment the stack is never empty within the block, so the value pushed first is
// popped last. It must be one whose push began before every other push of the block completed, and whose pop completed
// after every other pop began; and any such value can be moved to the outside of a legal order. So: split at moments
// without a zone, else take an outermost value off, and go on with what is inside. If there is none, the values of the
// block whose zones cover it, the fewest of them, are a refutation (NoBottom in the certificate's words). This is the
// decrease and conquer of Lee and Mathur (OOPSLA 2025), with the witness and the counterexample kept.
//
// Values that nobody popped are popped at the end, in any order. A pop that found nothing takes effect at a moment in
// no zone, where the block is split. Pops of unknown outcome go first to values that must be gone (exact when they are
// too few; stack_needs.cpp), then to others; where that does not lead to an order there is no answer. Zones are counted
// in a tree over time, values held in a tree by the end of their push: O(n log n) for usual histories, more where very
// many pushes are open at once.
//
// Sound: refutations are proofs, and a witness is checked against every interval. Complete without pops of unknown
// outcome. Covered by tests/containers against brute force.

#include <algorithm>

#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/moments.hpp"
#include "checker/linearizable/stack_needs.hpp"
#include "checker/linearizable/stack_trees.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::no_operation;

constexpr std::string_view method = "stack";

class Stack {
 public:
  Stack(const History& history, Contents contents, Budget& budget)
      : history_{history}, contents_{std::move(contents)}, budget_{budget},
        any_unknown_{contents_.any_unknown} {}

  std::optional<KeyAnswer> decide();

 private:
  std::vector<Need> needs() const;
  void meet_chained_needs(const Contents& before, const std::vector<Need>& proven);
  void give_away_rest();
  void sort_values();
  bool nest();
  std::optional<KeyAnswer> refute(std::size_t from, std::size_t to, const ValueTree& tree) const;
  std::optional<KeyAnswer> schedule() const;

  const Item& value(std::size_t index) const { return contents_.items[by_push_[index]]; }
  std::size_t stretch(Place place) const { return stretch_[place]; }

  const History& history_;
  Contents contents_;
  Budget& budget_;
  bool any_unknown_;
  std::vector<Place> slots_;              ///< of the empty answers, ascending
  std::vector<std::uint32_t> by_push_;    ///< items with a zone, by the end of the push
  std::vector<std::uint32_t> aside_;      ///< the others, by the beginning of the pop
  std::vector<std::uint32_t> stretch_;    ///< by place: how many zones' ends lie before it
  struct Step {
    OpId operation;
    Place begin, end;
    std::uint32_t segment;                ///< how many empty answers come before it
  };
  std::vector<Step> steps_;
  std::optional<KeyAnswer> refutation_;
};

// What must be gone: a value pushed onto one that was popped.
std::vector<Need> Stack::needs() const {
  if (!any_unknown_) return {};
  std::vector<std::uint32_t> below, lost;
  for (std::uint32_t i = 0; i < contents_.items.size(); ++i) {
    const Item& item = contents_.items[i];
    if (item.removal == no_operation) lost.push_back(i);
    else if (item.certain()) below.push_back(i);
  }
  const auto& items = contents_.items;
  std::ranges::sort(below, {}, [&](std::uint32_t i) { return items[i].add_end; });
  std::ranges::sort(lost, {}, [&](std::uint32_t i) { return items[i].add_begin; });
  Deadlines popped{contents_.end + 2};
  for (const Spot& empty : contents_.empties) popped.lower(empty.begin, empty.end, empty.operation);
  std::vector<Need> needs;
  std::size_t next = 0;
  for (const std::uint32_t i : lost) {
    for (; next < below.size() && items[below[next]].add_end < items[i].add_begin; ++next) {
      const Item& under = items[below[next]];
      popped.lower(under.removal_begin, under.removal_end, under.removal);
    }
    const auto [deadline, because] = popped.behind(items[i].add_end);
    if (because != no_operation) needs.push_back({i, because, deadline});
  }
  return needs;
}

// Both kinds of needs at once, if that can be done; else the proven ones stay met.
void Stack::meet_chained_needs(const Contents& before, const std::vector<Need>& proven) {
  std::vector<Need> all = chained_needs(before);
  std::vector<Place> deadline(before.items.size(), UINT32_MAX);
  for (const Need& need : all) deadline[need.item] = need.deadline;
  for (const Need& need : proven) {
    if (deadline[need.item] == UINT32_MAX) all.push_back(need);
    deadline[need.item] = std::min(deadline[need.item], need.deadline);
  }
  for (Need& need : all) need.deadline = deadline[need.item];
  Contents met = before;
  if (!meet_needs(history_, met, std::move(all))) contents_ = std::move(met);
}

// A pop of unknown outcome most likely took what was pushed last before it.
void Stack::give_away_rest() {
  std::vector<std::uint32_t> lost, pushed;
  for (std::uint32_t i = 0; i < contents_.items.size(); ++i) {
    if (contents_.items[i].removal == no_operation) lost.push_back(i);
  }
  std::ranges::sort(lost, {}, [&](std::uint32_t i) { return contents_.items[i].add_begin; });
  std::size_t next = 0;
  for (const Spot& pop : contents_.unknown) {
    for (; next < lost.size() && contents_.items[lost[next]].add_begin < pop.begin; ++next) {
      pushed.push_back(lost[next]);
    }
    if (pushed.empty()) continue;
    remove_by(contents_, pushed.back(), pop);
    pushed.pop_back();
  }
}

void Stack::sort_values() {
  // A pop of unknown outcome may be left out, and then its value stays: it is as good as never ending.
  for (Item& item : contents_.items) {
    if (item.removal == no_operation || !history_.ok(item.removal)) item.removal_end = contents_.end + 2;
  }
  stretch_.assign(static_cast<std::size_t>(contents_.end) + 3, 0);
  for (std::uint32_t i = 0; i < contents_.items.size(); ++i) {
    const Item& item = contents_.items[i];
    (item.certain() ? by_push_ : aside_).push_back(i);
    if (!item.certain()) continue;
    stretch_[item.add_end + 1] = 1;
    stretch_[item.removal_begin + 1] = 1;
  }
  for (std::size_t place = 1; place < stretch_.size(); ++place) stretch_[place] += stretch_[place - 1];
  std::ranges::sort(by_push_, {}, [&](std::uint32_t i) { return contents_.items[i].add_end; });
  std::ranges::sort(aside_, {}, [&](std::uint32_t i) { return contents_.items[i].removal_begin; });
}

// Splits and peels, outside first; false if some block has no outermost value, or the budget is exhausted.
bool Stack::nest() {
  const std::size_t count = by_push_.size();
  CoverTree cover{stretch_.back()};
  std::vector<ValueTree::Bounds> bounds(count);
  for (std::size_t i = 0; i < count; ++i) {
    cover.add(stretch(value(i).add_end), stretch(value(i).removal_begin), 1);
    bounds[i] = {value(i).add_begin, value(i).removal_end, value(i).removal_begin};
  }
  ValueTree tree{bounds};
  bounds = {};
  struct Work {
    std::uint32_t from, to;  ///< a block; or, where both are the same, the value `from` to be popped
    std::uint32_t segment;
  };
  std::vector<Work> work;
  std::uint32_t from = 0;
  for (std::uint32_t segment = 0; segment < slots_.size(); ++segment) {
    std::uint32_t to = from;
    while (to < count && value(to).add_end <= slots_[segment]) ++to;
    if (from < to) work.push_back({from, to, segment});
    from = to;
  }
  if (from < count) work.push_back({from, static_cast<std::uint32_t>(count),
                                    static_cast<std::uint32_t>(slots_.size())});
  std::ranges::reverse(work);
  steps_.reserve(2 * count);
  bool stays = false;  // a value that nobody popped lies on those that end from here on
  std::uint32_t local = 0;
  while (!work.empty()) {
    if (!budget_.spend(local)) return false;
    Work block = work.back();
    work.pop_back();
    if (block.from == block.to) {
      const Item& item = value(block.from);
      stays |= item.removal == no_operation;
      if (!stays) steps_.push_back({item.removal, item.removal_begin, item.removal_end, block.segment});
      continue;
    }
    block.from = static_cast<std::uint32_t>(tree.first(block.from, block.to));
    if (block.from == block.to) continue;
    const Place last_pop = tree.last_pop_begin(block.from, block.to);
    const std::size_t until = stretch(last_pop);
    const std::size_t free = cover.first_free(stretch(value(block.from).add_end), until);
    if (free < until) {
      const auto middle =
          std::ranges::lower_bound(by_push_.begin() + block.from, by_push_.begin() + block.to, free + 1, {},
                                   [&](std::uint32_t i) { return stretch(contents_.items[i].add_end); });
      const auto split = static_cast<std::uint32_t>(middle - by_push_.begin());
      work.push_back({split, block.to, block.segment});
      work.push_back({block.from, split, block.segment});
      continue;
    }
    const auto outer = static_cast<std::uint32_t>(
        tree.outermost(block.from, block.to, value(block.from).add_end, last_pop));
    if (outer == block.to) {
      refutation_ = refute(block.from, block.to, tree);
      return false;
    }
    const Item& item = value(outer);
    steps_.push_back({item.add, item.add_begin, item.add_end, block.segment});
    work.push_back({outer, outer, block.segment});
    work.push_back(block);
    tree.remove(outer);
    cover.add(stretch(item.add_end), stretch(item.removal_begin), -1);
  }
  return true;
}

// The fewest values of a block whose zones cover it, from the first end of a push to the last beginning of a pop.
std::optional<KeyAnswer> Stack::refute(std::size_t from, std::size_t to, const ValueTree& tree) const {
  NoBottom proof;
  Place covered = value(from).add_end;
  const Place last_pop = tree.last_pop_begin(from, to);
  std::size_t next = tree.first(from, to);
  while (covered < last_pop) {
    std::size_t longest = next;
    for (; next < to && value(next).add_end <= covered; next = tree.first(next + 1, to)) {
      if (value(next).removal_begin > value(longest).removal_begin) longest = next;
    }
    const Item& item = value(longest);
    if (any_unknown_ && (item.removal == no_operation || !history_.ok(item.removal))) return std::nullopt;
    proof.pushes.push_back(item.add);
    covered = item.removal_begin;
  }
  proof.key = history_.key[proof.pushes[0]];
  std::vector<OpId> operations;
  for (std::size_t i = 0; i < proof.pushes.size() && i < 10; ++i) operations.push_back(proof.pushes[i]);
  std::string reason = fmt::format(
      "{} values are never all off the stack in between, so the one pushed first must be popped last; but each was "
      "either pushed after {} had completed, or popped before the last of them could be",
      proof.pushes.size(), history_.describe(proof.pushes[0]));
  for (std::size_t i = from; i < to && operations.size() < 20; ++i) {
    const bool named = std::ranges::find(operations, value(i).add) != operations.end();
    if (named && value(i).removal != no_operation) operations.push_back(value(i).removal);
  }
  return refuted(method, {std::move(proof)}, "OutOfOrder", std::move(operations), std::move(reason));
}

// The nested steps as early as possible, with the values set aside and the empty answers in between.
std::optional<KeyAnswer> Stack::schedule() const {
  KeyAnswer answer;
  std::vector<OpId>& witness = answer.witness;
  std::size_t aside = 0, empty = 0;
  const auto aside_up_to = [&](Moment moment) {
    for (; aside < aside_.size(); ++aside) {
      const Item& item = contents_.items[aside_[aside]];
      if (in_slot(item.removal_begin) >= moment) break;
      witness.push_back(item.add);
      witness.push_back(item.removal);
    }
  };
  const auto empties_up_to = [&](std::size_t segment) {
    for (; empty < segment; ++empty) {
      aside_up_to(at_cut(slots_[empty]));
      witness.push_back(contents_.empties[empty].operation);
    }
  };
  Moment now = 0;
  for (const Step& step : steps_) {
    if (step.segment > empty) {
      if (now > at_cut(slots_[empty])) return std::nullopt;
      empties_up_to(step.segment);
      now = behind_cut(slots_[step.segment - 1]);
    }
    now = std::max(now, in_slot(step.begin));
    if (slot_of(now) >= step.end) return std::nullopt;
    aside_up_to(now);
    witness.push_back(step.operation);
  }
  if (empty < slots_.size() && now > at_cut(slots_[empty])) return std::nullopt;
  empties_up_to(slots_.size());
  aside_up_to(UINT64_MAX);
  answer.verdict = Verdict::holds;
  answer.method = method;
  return answer;
}

std::optional<KeyAnswer> Stack::decide() {
  if (contents_.clash) return std::move(contents_.clash);
  const std::vector<Need> proven = needs();
  const Contents before = any_unknown_ ? contents_ : Contents{};
  if (auto refutation = meet_needs(history_, contents_, proven)) return refutation;
  if (any_unknown_) meet_chained_needs(before, proven);
  EmptySlots empties = place_empties(history_, contents_, method);
  if (empties.refutation) return std::move(empties.refutation);
  if (empties.undecided) return std::nullopt;
  slots_ = std::move(empties.slots);
  give_away_rest();
  sort_values();
  if (!nest()) return std::move(refutation_);
  return schedule();
}

}  // namespace

std::optional<KeyAnswer> decide_stack(const History& history, std::span<const OpId> operations, Budget& budget) {
  auto contents = contents_of(history, operations, budget);
  if (!contents || !budget.may_allocate(operations.size() * 128)) return std::nullopt;
  return Stack{history, *std::move(contents), budget}.decide();
}

}  // namespace kasauti::checker::linearizable
