// Witnesses of causal consistency.
//
// Arbitration. CCv (Bouajjani et al., POPL 2017) asks for a causal order CO that contains session order and
// reads-from, and one total order of the writes that contains CO on them, such that each read returned the last write
// of its key, in that order, among those that precede it in CO. The order of all operations that the proof gives
// contains the least such CO; restricted to the writes it is the arbitration, and what each read had to return is
// recomputed from the least CO. The closed reading of the session guarantees (S4) asks the same of each session's
// reads alone, with an order of its own, which must agree with the store's versions where they order the writes of a
// key (versions.cpp). CC asks it of each read alone, so that either witness is one of CC.
//
// CausalOrder. For CC itself: CO has no cycle, for it is within an order; and no write that precedes a read is
// preceded by the one that was read. Then the writes that precede the read have an order that contains CO and ends
// with it. For writes-follow-reads alone, the order itself is all that is asked: it puts a write after all that its
// session had read. Where the store's versions order the writes of some key, writes-follow-reads and monotonic writes
// ask for an order of the writes that agrees with them (verify_write_order.cpp).
//
// Cost: O(n·k·log n) with k sessions; memory k words for each write that is still to be read, for a CausalOrder of CC
// for every write.

#include <algorithm>
#include <utility>

#include "checker/certificate/causal_checks.hpp"
#include "checker/certificate/session_past.hpp"
#include "checker/certificate/versions.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::KeyId;
using histories::SessionId;

/// Every write of a key, in rows, and those that stand in no row.
class KeyWrites {
 public:
  struct Row {
    std::uint32_t row;
    std::vector<OpId> writes;
  };

  KeyWrites(const History& history, const ReadsFrom& reads, const SessionRows& rows)
      : rows_{rows}, in_rows_(history.key_count()), rowless_(history.key_count()) {
    for (std::uint32_t row = 0; row < rows.count(); ++row) {
      for (const OpId op : rows.operations(row)) {
        if (!reads.writes(op)) continue;
        std::vector<Row>& of_key = in_rows_[history.key[op]];
        if (of_key.empty() || of_key.back().row != row) of_key.push_back({row, {}});
        of_key.back().writes.push_back(op);
      }
    }
    for (OpId op = 0; op < history.size(); ++op) {
      if (reads.writes(op) && rows.row(op) == SessionRows::nowhere) rowless_[history.key[op]].push_back(op);
    }
  }

  /// Calls `seen` with the last write of each row that is in `past`, and with every such write in no row.
  template <class Seen>
  void each_last(KeyId key, const std::vector<std::uint32_t>& past, const CausalWalk& walk, OpId at, Seen seen) const {
    for (const Row& row : in_rows_[key]) {
      const auto inside = [&](OpId write) { return rows_.place(write) <= past[row.row]; };
      const auto end = std::ranges::partition_point(row.writes, inside);
      if (end != row.writes.begin()) seen(*(end - 1));
    }
    for (const OpId write : rowless_[key]) {
      if (walk.contains(past, write, at)) seen(write);
    }
  }

 private:
  const SessionRows& rows_;
  std::vector<std::vector<Row>> in_rows_;
  std::vector<std::vector<OpId>> rowless_;
};

Verification check_part(const Claim& claim, const ReadsFrom& reads, const SessionRows& rows, const KeyWrites& writes,
                        const std::vector<bool>& judged, const std::vector<OpId>& order) {
  const History& h = claim.history;
  CausalWalk walk{h, reads, rows};
  std::string problem;
  if (!walk.accepts(order, problem)) return refuse(problem);
  std::uint32_t polled = 0;
  std::vector<std::uint32_t> place(h.size(), 0);
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<std::uint32_t>(i);
  for (const OpId op : order) {
    if (!claim.may_go_on(polled)) return out_of_budget();
    const auto& past = walk.past(op);
    if (!h.ok(op) || !reads.reads(op) || !judged[h.session[op]]) continue;
    OpId last = ReadsFrom::initial;
    writes.each_last(h.key[op], past, walk, op, [&](OpId write) {
      if (last == ReadsFrom::initial || place[write] > place[last]) last = write;
    });
    if (last != reads.writer(op))
      return refuse("in the order given, " + h.describe(op) + " had to return another value");
  }
  return accept();
}

}  // namespace

Verification check_proof(const Claim& claim, const Arbitration& proof) {
  return check_witness(claim, proof, ReadsFrom{claim.history});
}

Verification check_witness(const Claim& claim, const Arbitration& proof, const ReadsFrom& reads) {
  const History& h = claim.history;
  const bool fits =
      claim.model == Model::causal_convergent || claim.model == Model::session || claim.model == Model::causal;
  if (!fits || claim.verdict != Verdict::holds) return refuse("an arbitration shows that CCv, S4 or CC holds");
  if (claim.model == Model::causal_convergent && (proof.parts.size() != 1 || !proof.parts[0].sessions.empty())) {
    return refuse("convergence needs one order for all sessions");
  }
  if (!reads.problem().empty()) return refuse(reads.problem());
  if (!reads.doubt().empty()) return refuse("it is open what this returned: " + reads.doubt());
  const SessionRows rows{h, reads};
  const KeyWrites writes{h, reads, rows};
  const StoreVersions versions{h, reads};
  std::vector<bool> covered(h.session_name.size(), false);
  for (const Arbitration::Part& part : proof.parts) {
    std::vector<bool> judged(h.session_name.size(), part.sessions.empty());
    for (const SessionId session : part.sessions) {
      if (session >= judged.size()) return refuse("no such session");
      judged[session] = true;
    }
    for (std::size_t i = 0; i < judged.size(); ++i) covered[i] = covered[i] || judged[i];
    if (Verification bad = check_part(claim, reads, rows, writes, judged, part.order); !bad.accepted) return bad;
    if (claim.model == Model::session && !versions.agree(part.order))
      return refuse("an order goes against the store's versions");
  }
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.ok(op) && reads.reads(op) && !covered[h.session[op]])
      return refuse("no order is given for the session of " + h.describe(op));
  }
  return accept();
}

Verification check_proof(const Claim& claim, const CausalOrder& proof) {
  return check_witness(claim, proof, ReadsFrom{claim.history});
}

Verification check_witness(const Claim& claim, const CausalOrder& proof, const ReadsFrom& reads) {
  const History& h = claim.history;
  const bool fits = claim.model == Model::causal || claim.model == Model::writes_follow_reads ||
                    claim.model == Model::monotonic_writes;
  if (!fits || claim.verdict != Verdict::holds)
    return refuse("an order shows that CC, writes-follow-reads or monotonic writes holds");
  if (!reads.problem().empty()) return refuse(reads.problem());
  if (!reads.doubt().empty()) return refuse("it is open what this returned: " + reads.doubt());
  const bool by_versions = claim.model != Model::causal && StoreVersions{h, reads}.any();
  if (by_versions || claim.model == Model::monotonic_writes) return check_write_order(claim, proof.order, reads);
  const SessionRows rows{h, reads};
  CausalWalk walk{h, reads, rows};
  std::string problem;
  if (!walk.accepts(proof.order, problem)) return refuse(problem);
  if (claim.model == Model::writes_follow_reads) return accept();
  const KeyWrites writes{h, reads, rows};
  walk.keep_all();
  std::uint32_t polled = 0;
  for (const OpId op : proof.order) {
    if (!claim.may_go_on(polled)) return out_of_budget();
    const auto& past = walk.past(op);
    if (!h.ok(op) || !reads.reads(op)) continue;
    const OpId source = reads.writer(op);
    OpId newer = histories::no_operation;
    writes.each_last(h.key[op], past, walk, op, [&](OpId write) {
      if (source == ReadsFrom::initial || (write != source && walk.contains(walk.past_of_write(write), source, write)))
        newer = write;
    });
    if (newer != histories::no_operation) return refuse(h.describe(op) + " had to see " + h.describe(newer));
  }
  return accept();
}

}  // namespace kasauti::checker::certificate
