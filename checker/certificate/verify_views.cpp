// Witnesses of causal memory and PRAM: a view for each session.
//
// PRAM (Lipton & Sandberg 1988) asks, for each session, for one legal order of its operations and of everybody's
// writes that contains every session's order; causal memory (Ahamad et al. 1995) for one that contains the causal
// order (SO ∪ RF)⁺ too. All orders written out would be k times as long as the history, so the proof gives only what
// can't be found without a search: hints which write to place before which.
//
// The replay takes the session's own acknowledged operations in order. Before one, it places what must come before it
// and is not placed yet, and before each of those in turn what must come before that or what a hint names: a
// depth-first walk backwards. So what comes out respects the model's order whatever the hints say, and a read is legal
// if the last placed write of its key is the one that it returned. Writes that are never placed follow at the end, in
// any order that the model's order allows; there is one as the whole has no cycle.
//
// Cost: O(k·(n + hints)) time, O(n) memory.

#include <algorithm>
#include <utility>

#include "checker/certificate/causal_checks.hpp"
#include "checker/certificate/session_past.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::KeyId;
using histories::SessionId;

constexpr OpId none = histories::no_operation;

/// What directly precedes each operation in the model's order.
class Before {
 public:
  Before(const History& h, const ReadsFrom& reads, const SessionRows& rows, bool causal) {
    begin_.assign(h.size() + 1, 0);
    for (OpId op = 0; op < h.size(); ++op) {
      if (reads.happened(op)) rows.predecessors(op, list_);
      if (reads.happened(op) && causal && reads.has_writer(op)) list_.push_back(reads.writer(op));
      begin_[op + 1] = static_cast<std::uint32_t>(list_.size());
    }
  }
  [[nodiscard]] std::uint32_t begin(OpId op) const { return begin_[op]; }
  [[nodiscard]] std::uint32_t end(OpId op) const { return begin_[op + 1]; }
  [[nodiscard]] OpId at(std::uint32_t index) const { return list_[index]; }

  [[nodiscard]] bool acyclic() const {
    std::vector<std::uint8_t> state(begin_.size(), 0);
    std::vector<std::pair<OpId, std::uint32_t>> walk;
    for (OpId root = 0; root + 1 < begin_.size(); ++root) {
      if (state[root] != 0) continue;
      walk.emplace_back(root, begin(root));
      state[root] = 1;
      while (!walk.empty()) {
        auto& [op, next] = walk.back();
        if (next == end(op)) {
          state[op] = 2;
          walk.pop_back();
          continue;
        }
        const OpId other = at(next++);
        if (state[other] == 1) return false;
        if (state[other] != 0) continue;
        state[other] = 1;
        walk.emplace_back(other, begin(other));
      }
    }
    return true;
  }

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<OpId> list_;
};

class Replay {
 public:
  Replay(const History& h, const ReadsFrom& reads, const Before& before)
      : h_{h},
        reads_{reads},
        before_{before},
        state_(h.size(), 0),
        first_hint_(h.size(), 0),
        last_(h.key_count(), none) {}

  Verification run(SessionId session, const std::vector<OpId>& own, const std::vector<SessionViews::Hint>& hints) {
    session_ = session;
    std::ranges::fill(state_, std::uint8_t{0});
    std::ranges::fill(last_, ReadsFrom::initial);
    if (!chain(hints)) return refuse("a hint names no write that happened");
    Verification result = accept();
    for (const OpId op : own) {
      result = take(op);
      if (!result.accepted) break;
    }
    for (const auto& hint : hints) first_hint_[hint.after] = 0;
    return result;
  }

 private:
  enum : std::uint8_t { untouched, open, placed };

  // The hints before each write as lists: number of the first, and of the next of each.
  bool chain(const std::vector<SessionViews::Hint>& hints) {
    hints_ = &hints;
    next_hint_.assign(hints.size() + 1, 0);
    for (const auto& hint : hints) {
      if (!reads_.in_range(hint.before) || !reads_.in_range(hint.after)) return false;
      if (!reads_.writes(hint.before) || !reads_.writes(hint.after)) return false;
    }
    for (std::uint32_t i = 0; i < hints.size(); ++i) {
      next_hint_[i + 1] = first_hint_[hints[i].after];
      first_hint_[hints[i].after] = i + 1;
    }
    return true;
  }

  Verification take(OpId op) {
    if (Verification bad = place_all_before(op); !bad.accepted) return bad;
    if (reads_.reads(op)) {
      const OpId writer = reads_.writer(op);
      if (writer != ReadsFrom::initial) {
        if (Verification bad = place(writer); !bad.accepted) return bad;
      }
      if (last_[h_.key[op]] != writer)
        return refuse("in the view of its session, " + h_.describe(op) + " had to return another value");
    }
    finish(op);
    return accept();
  }

  Verification place_all_before(OpId op) {
    state_[op] = open;
    for (std::uint32_t i = before_.begin(op); i < before_.end(op); ++i) {
      if (Verification bad = place(before_.at(i)); !bad.accepted) return bad;
    }
    for (std::uint32_t i = first_hint_[op]; i != 0; i = next_hint_[i]) {
      if (Verification bad = place((*hints_)[i - 1].before); !bad.accepted) return bad;
    }
    return accept();
  }

  Verification place(OpId op) {
    if (state_[op] == placed) return accept();
    walk_.clear();
    if (!enter(op)) return blocked(op);
    while (!walk_.empty()) {
      Step& step = walk_.back();
      OpId next = none;
      if (step.next < before_.end(step.op)) {
        next = before_.at(step.next++);
      } else if (step.hint != 0) {
        next = (*hints_)[step.hint - 1].before;
        step.hint = next_hint_[step.hint];
      }
      if (next == none) {
        finish(step.op);
        walk_.pop_back();
      } else if (state_[next] != placed && !enter(next)) {
        return blocked(next);
      }
    }
    return accept();
  }

  // The session's own operations have their turn; nothing may need one before.
  bool enter(OpId op) {
    const bool own = h_.session[op] == session_ && h_.ok(op);
    if (state_[op] == open || own) return false;
    state_[op] = open;
    walk_.push_back({op, before_.begin(op), first_hint_[op]});
    return true;
  }

  Verification blocked(OpId op) const {
    return refuse("in the view of a session, " + h_.describe(op) +
                  " would have to be placed before itself or before its turn");
  }

  void finish(OpId op) {
    state_[op] = placed;
    if (reads_.writes(op)) last_[h_.key[op]] = op;
  }

  struct Step {
    OpId op;
    std::uint32_t next;
    std::uint32_t hint;
  };

  const History& h_;
  const ReadsFrom& reads_;
  const Before& before_;
  SessionId session_ = 0;
  std::vector<std::uint8_t> state_;
  std::vector<std::uint32_t> first_hint_, next_hint_;
  std::vector<OpId> last_;
  const std::vector<SessionViews::Hint>* hints_ = nullptr;
  std::vector<Step> walk_;
};

}  // namespace

Verification check_proof(const Claim& claim, const SessionViews& proof) {
  return check_witness(claim, proof, ReadsFrom{claim.history});
}

Verification check_witness(const Claim& claim, const SessionViews& proof, const ReadsFrom& reads) {
  const History& h = claim.history;
  const bool fits = claim.model == Model::causal_memory || claim.model == Model::pram;
  if (!fits || claim.verdict != Verdict::holds) return refuse("views show that causal memory or PRAM holds");
  if (!reads.problem().empty()) return refuse(reads.problem());
  if (!reads.doubt().empty()) return refuse("it is open what this returned: " + reads.doubt());
  const SessionRows rows{h, reads};
  const Before before{h, reads, rows, claim.model == Model::causal_memory};
  if (!before.acyclic()) return refuse("session order and reads-from form a cycle");

  std::vector<std::vector<OpId>> own(h.session_name.size());
  for (OpId op = 0; op < h.size(); ++op) {
    if (reads.happened(op) && h.ok(op)) own[h.session[op]].push_back(op);
  }
  std::vector<const SessionViews::View*> views(own.size(), nullptr);
  for (const SessionViews::View& view : proof.views) {
    if (view.session >= own.size() || views[view.session] != nullptr)
      return refuse("two views for a session, or none such");
    views[view.session] = &view;
    if (view.own.empty()) continue;
    std::vector<OpId> sorted = view.own;
    std::ranges::sort(sorted);
    if (sorted != own[view.session]) return refuse("a view does not hold exactly its session's operations");
    own[view.session] = view.own;
  }
  Replay replay{h, reads, before};
  const std::vector<SessionViews::Hint> no_hints;
  for (SessionId session = 0; session < own.size(); ++session) {
    if (claim.budget != nullptr && !claim.budget->poll()) return out_of_budget();
    const auto& hints = views[session] == nullptr ? no_hints : views[session]->hints;
    if (Verification bad = replay.run(session, own[session], hints); !bad.accepted) return bad;
  }
  return accept();
}

}  // namespace kasauti::checker::certificate
