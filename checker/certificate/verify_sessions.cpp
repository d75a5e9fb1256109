// Witnesses of read-your-writes, monotonic reads and monotonic writes, each alone.
//
// Terry et al. 1994, in the axioms of Viotti & Vukolić 2016, with the smallest visibility that the guarantee asks for,
// and with an order of the writes that is the session's own: a read must not return a version older than one that is
// visible to it. Read-your-writes makes the session's earlier writes visible, monotonic reads what its earlier reads
// returned. So whoever was made visible by an operation that precedes a read comes before what that read returned, or
// is the same. The proof lists the writes that are compared, in an order; writes that are not listed must not be
// needed. Where the store's versions order the writes of a key (versions.cpp), the list has to agree with them.
// Monotonic writes makes nothing visible and only wants the writes of each session in their order, which has
// no cycle.
//
// Cost: O(n log n), times the number of rows of a session whose calls overlap.

#include <algorithm>

#include "checker/certificate/causal_checks.hpp"
#include "checker/certificate/session_past.hpp"
#include "checker/certificate/versions.hpp"

namespace kasauti::checker::certificate {

namespace {

constexpr std::uint32_t unlisted = UINT32_MAX;

class OrderCheck {
 public:
  OrderCheck(const Claim& claim, const ReadsFrom& reads, const SessionRows& rows)
      : h_{claim.history}, own_writes_{claim.model == Model::read_your_writes}, reads_{reads}, rows_{rows},
        place_(h_.size(), unlisted), newest_(h_.key_count(), ReadsFrom::nobody) {}

  /// Judges the reads in one row of a session whose writes are listed in `writes`.
  Verification row(std::uint32_t row, const std::vector<OpId>& writes) {
    for (std::size_t i = 0; i < writes.size(); ++i) {
      if (!reads_.in_range(writes[i]) || place_[writes[i]] != unlisted)
        return refuse("an order names a write twice, or no write");
      place_[writes[i]] = static_cast<std::uint32_t>(i);
    }
    Verification result = walk(row);
    for (const OpId write : writes) place_[write] = unlisted;
    for (const KeyId key : touched_) newest_[key] = ReadsFrom::nobody;
    touched_.clear();
    reached_.clear();
    return result;
  }

 private:
  Verification walk(std::uint32_t row) {
    std::vector<OpId> before;
    for (const OpId op : rows_.operations(row)) {
      before.clear();
      rows_.predecessors(op, before);
      for (const OpId last : before) {
        if (Verification bad = see_up_to(last); !bad.accepted) return bad;
      }
      if (!reads_.reads(op)) continue;
      const OpId newest = newest_[h_.key[op]];
      const OpId source = reads_.writer(op);
      if (newest == ReadsFrom::nobody || newest == source) continue;
      const bool fresh = source != ReadsFrom::initial && place_[source] != unlisted && place_[newest] < place_[source];
      if (!fresh) return refuse(h_.describe(op) + " returned an older value than " + h_.describe(newest));
    }
    return accept();
  }

  // Everything up to `last` in its row precedes; what it makes visible is seen.
  Verification see_up_to(OpId last) {
    const std::uint32_t row = rows_.row(last);
    const auto known = std::ranges::find(reached_, row, &Reached::row);
    Reached& reached = known != reached_.end() ? *known : reached_.emplace_back(Reached{row, 0});
    for (; reached.place < rows_.place(last); ++reached.place) {
      const OpId op = rows_.operations(row)[reached.place];
      const OpId seen = own_writes_             ? (reads_.writes(op) ? op : ReadsFrom::nobody)
                        : reads_.has_writer(op) ? reads_.writer(op)
                                                : ReadsFrom::nobody;
      if (seen == ReadsFrom::nobody) continue;
      OpId& newest = newest_[h_.key[op]];
      if (newest == seen) continue;
      if (newest == ReadsFrom::nobody) {
        touched_.push_back(h_.key[op]);
        newest = seen;
        continue;
      }
      if (place_[newest] == unlisted || place_[seen] == unlisted)
        return refuse("the order lacks " + h_.describe(seen) + " or " + h_.describe(newest));
      if (place_[newest] < place_[seen]) newest = seen;
    }
    return accept();
  }

  struct Reached {
    std::uint32_t row;
    std::uint32_t place;
  };

  const History& h_;
  bool own_writes_;
  const ReadsFrom& reads_;
  const SessionRows& rows_;
  std::vector<std::uint32_t> place_;
  std::vector<OpId> newest_;     // by key: of the writes seen so far, the last in the order
  std::vector<KeyId> touched_;
  std::vector<Reached> reached_;
};

}  // namespace

Verification check_proof(const Claim& claim, const SessionOrders& proof) {
  return check_witness(claim, proof, ReadsFrom{claim.history});
}

Verification check_witness(const Claim& claim, const SessionOrders& proof, const ReadsFrom& reads) {
  const History& h = claim.history;
  const bool fits = claim.model == Model::read_your_writes || claim.model == Model::monotonic_reads ||
                    claim.model == Model::monotonic_writes;
  if (!fits || claim.verdict != Verdict::holds)
    return refuse("orders of a session's own show that one of its guarantees holds");
  if (!reads.problem().empty()) return refuse(reads.problem());
  if (!reads.doubt().empty()) return refuse("it is open what this returned: " + reads.doubt());
  const StoreVersions versions{h, reads};
  if (claim.model == Model::monotonic_writes)
    return versions.any() ? refuse("where versions order the writes, an order of all writes is asked for") : accept();
  std::vector<const std::vector<OpId>*> orders(h.session_name.size(), nullptr);
  for (const SessionOrders::Part& part : proof.parts) {
    if (part.session >= orders.size() || orders[part.session] != nullptr)
      return refuse("two orders for a session, or no such session");
    if (!std::ranges::all_of(part.writes, [&](OpId op) { return reads.in_range(op); }))
      return refuse("an order names no write");
    if (!versions.agree(part.writes)) return refuse("an order goes against the store's versions");
    orders[part.session] = &part.writes;
  }
  const SessionRows rows{h, reads};
  OrderCheck check{claim, reads, rows};
  const std::vector<OpId> nothing;
  for (std::uint32_t row = 0; row < rows.count(); ++row) {
    if (claim.budget != nullptr && !claim.budget->poll()) return out_of_budget();
    const auto* writes = orders[h.session[rows.operations(row).front()]];
    if (Verification bad = check.row(row, writes == nullptr ? nothing : *writes); !bad.accepted) return bad;
  }
  return accept();
}

}  // namespace kasauti::checker::certificate
