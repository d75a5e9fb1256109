// Read-your-writes and monotonic reads, each alone.
//
// Question: has each session an order of the writes in which no read returned an older version than one visible to it?
// Visible are the session's earlier writes, or what its earlier reads returned (Terry et al. 1994; Viotti & Vukolić
// 2016). Such an order exists for all keys together iff one exists for each key.
//
// Method: for a session and a key let t(e) be when e became visible first (the completion of that operation), and T(a)
// when the last read that returned a was invoked. The order must put e before a iff e ≠ a and t(e) < T(a): an interval
// order, but for e = a. If that has a cycle, it has one of two: take the a of the cycle with the greatest T; its
// successor b has t(a) < T(b), and, as every member was visible before some T ≤ T(a), t(b) < T(a). So a read of a at
// time τ is the second half of a violation iff some b ≠ a was visible at τ and had been read after a was visible:
// where calls do not overlap, the latest read of another value decides, in constant time. Reads of the initial value
// are violations as soon as anything is visible. Without a cycle, sorting by max(t, T) gives the order.
//
// Where the store's versions order the writes of a key, that is the order: a read is a violation iff something visible
// has a greater version than what it returned. And whatever the verdict, a read that is no violation is still an
// anomaly relative to the real-time order of the writes if something visible began after what it returned had
// completed; the visible write that began last decides.
//
// Cost: O(n log n); for sessions whose calls overlap O(m²) for m operations of a session on a key. Sound and complete
// for distinct values. Tested by tests/causal/oracle.cpp and tests/sessions against the definitions.

#include "checker/sessions/guarantees.hpp"
#include "checker/sessions/real_time.hpp"

#include <algorithm>
#include <utility>

namespace kasauti::checker::sessions {

using causal::Outcome;
using causal::Relations;
using causal::initial_write;
using histories::Budget;
using histories::KeyId;
using histories::OpId;
using histories::SessionId;
using histories::no_operation;

namespace {

using Time = std::uint64_t;
constexpr Time unseen = UINT64_MAX;

/// A write that a session compares on one key.
struct Version {
  OpId write = no_operation;
  Time visible = unseen;            ///< t: when it became visible
  OpId visible_by = no_operation;
  Time read = 0;                    ///< T: when it was last read, so far
  OpId read_by = no_operation;
  [[nodiscard]] Time last() const { return visible == unseen ? unseen : std::max(visible, read); }
};

/// A write that became visible when `by` completed.
struct Shown {
  Time at = 0;
  OpId write = no_operation;
  OpId by = no_operation;
};

class Judge {
 public:
  Judge(const Relations& relations, const Versions& store, Model which)
      : relations_{relations}, h_{relations.history()}, store_{store}, own_writes_{which == Model::read_your_writes},
        first_(h_.key_count(), no_operation), next_(h_.size(), no_operation), number_(h_.size(), unnumbered),
        late_reads_(h_.size(), false) {}

  GuaranteeFindings run(Budget& budget) {
    std::vector<std::vector<std::uint32_t>> chains(h_.session_name.size());
    for (std::uint32_t chain = 0; chain < relations_.chain_count(); ++chain) {
      chains[h_.session[relations_.chain_operations(chain).front()]].push_back(chain);
    }
    GuaranteeFindings findings;
    for (SessionId session = 0; session < chains.size(); ++session) {
      overlaps_ = chains[session].size() > 1;
      if (overlaps_ && h_.ties_in_process) {
        findings.undecided = true;
        continue;
      }
      if (!session_of(session, chains[session], findings.orders, budget)) break;
    }
    findings.late_reads = late_reads_;
    return findings;
  }

  void report(Outcome& outcome) {
    if (count_ != 0) {
      Anomaly found = anomaly(count_, sessions_);
      found.occurrences = std::move(violating_);
      outcome.add(std::move(found), std::move(proof_));
    }
    if (late_count_ == 0) return;
    Anomaly late = anomaly(late_count_, late_sessions_);
    for (OpId op = 0; op < late_reads_.size(); ++op) {
      if (late_reads_[op]) late.occurrences.push_back(op);
    }
    tell_late(h_, {late_source_, late_newer_.write, own_writes_ ? no_operation : late_newer_.by, late_read_}, late);
    outcome.add_relative(std::move(late));
  }

 private:
  static constexpr std::uint32_t unnumbered = UINT32_MAX;

  [[nodiscard]] Anomaly anomaly(std::uint64_t count, std::uint64_t sessions) const {
    Anomaly found;
    found.name = own_writes_ ? "ReadYourWrites" : "MonotonicReads";
    found.count = count;
    found.at_risk = at_risk_;
    found.sessions = sessions;
    return found;
  }
  [[nodiscard]] Time begin(OpId op) const { return overlaps_ ? h_.invoked[op] + Time{1} : relations_.position(op); }
  [[nodiscard]] Time end(OpId op) const { return overlaps_ ? h_.completed[op] + Time{1} : relations_.position(op); }

  bool session_of(SessionId session, const std::vector<std::uint32_t>& chains, SessionOrders& orders, Budget& budget) {
    std::vector<OpId> operations;
    for (const std::uint32_t chain : chains) {
      const auto more = relations_.chain_operations(chain);
      operations.insert(operations.end(), more.begin(), more.end());
    }
    if (overlaps_) std::ranges::sort(operations);
    std::vector<KeyId> keys;
    for (auto op = operations.rbegin(); op != operations.rend(); ++op) {
      if (first_[h_.key[*op]] == no_operation) keys.push_back(h_.key[*op]);
      next_[*op] = first_[h_.key[*op]];
      first_[h_.key[*op]] = *op;
    }
    SessionOrders::Part part{session, {}};
    const std::uint64_t before = count_;
    const std::uint64_t late_before = late_count_;
    for (const KeyId key : keys) {
      if (!one_key(key, budget)) return false;
      order_versions(part);
      for (const Version& version : versions_) number_[version.write] = unnumbered;
      first_[key] = no_operation;
    }
    if (count_ != before) ++sessions_;
    if (late_count_ != late_before) ++late_sessions_;
    if (!part.writes.empty()) orders.parts.push_back(std::move(part));
    return true;
  }

  Version& version(OpId write) {
    if (number_[write] == unnumbered) {
      number_[write] = static_cast<std::uint32_t>(versions_.size());
      versions_.push_back({write, unseen, no_operation, 0, no_operation});
    }
    return versions_[number_[write]];
  }

  bool one_key(KeyId key, Budget& budget) {
    versions_.clear();
    scan_ = overlaps_;
    newest_read_ = other_read_ = no_operation;
    first_visible_ = no_operation;
    by_versions_ = store_.decide(key);
    list_shown(key);
    for (OpId op = first_[key]; op != no_operation; op = next_[op]) {
      if (!budget.spend(spent_, scan_ ? 1 + static_cast<std::uint32_t>(versions_.size()) : 1)) return false;
      if (relations_.reads(op) && relations_.source(op) != no_operation) read(op);
      if (const OpId write = shown_by(op); write != no_operation) show(write, op);
    }
    return true;
  }

  /// The write that `op` makes visible, if any.
  [[nodiscard]] OpId shown_by(OpId op) const {
    if (own_writes_) return relations_.writes(op) ? op : no_operation;
    return relations_.has_source_write(op) ? relations_.source(op) : no_operation;
  }

  /// What becomes visible on the key, in the order of time.
  void list_shown(KeyId key) {
    shown_.clear();
    next_shown_ = 0;
    greatest_ = last_begun_ = {};
    for (OpId op = first_[key]; op != no_operation; op = next_[op]) {
      if (const OpId write = shown_by(op); write != no_operation) shown_.push_back({end(op), write, op});
    }
    if (overlaps_) std::ranges::stable_sort(shown_, {}, &Shown::at);
  }

  /// Takes in all that is visible at `now`.
  void look(Time now) {
    for (; next_shown_ < shown_.size() && shown_[next_shown_].at < now; ++next_shown_) {
      const Shown& shown = shown_[next_shown_];
      if (by_versions_ && (greatest_.write == no_operation || store_.of(greatest_.write) < store_.of(shown.write)))
        greatest_ = shown;
      if (last_begun_.write == no_operation || h_.invoked[last_begun_.write] < h_.invoked[shown.write])
        last_begun_ = shown;
    }
  }

  /// `write` becomes visible by the completion of `op`.
  void show(OpId write, OpId op) {
    Version& shown = version(write);
    if (end(op) >= shown.visible) return;
    shown.visible = end(op);
    shown.visible_by = op;
    if (first_visible_ == no_operation || end(op) < end(first_visible_)) first_visible_ = op;
  }

  void read(OpId op) {
    const bool risky = first_visible_ != no_operation && end(first_visible_) < begin(op);
    if (risky) ++at_risk_;
    const OpId source = relations_.source(op);
    if (source == initial_write) {
      if (risky) violate_initial(op);
      return;
    }
    look(begin(op));
    Version& returned = version(source);
    const bool went_back = risky && (by_versions_ ? older_by_version(op, source) : older(op, returned));
    if (!went_back && risky && h_.completed[source] < h_.invoked[last_begun_.write]) note_late(op, source);
    returned.read = begin(op);
    returned.read_by = op;
    // Whose version never becomes visible is never the newer of two. One that does later, an own write read too early,
    // spoils the rule that the latest read of another value decides.
    const bool own = h_.session[source] == h_.session[op];
    scan_ = scan_ || (own_writes_ && own && returned.visible >= begin(op));
    if ((!own_writes_ || own) && source != newest_read_) {
      other_read_ = newest_read_;
      newest_read_ = source;
    }
  }

  bool older(OpId op, const Version& returned) {
    if (returned.visible == unseen) return false;
    const OpId source = returned.write;
    const OpId other = scan_ ? any_newer(returned, op) : source == newest_read_ ? other_read_ : newest_read_;
    if (other == no_operation || versions_[number_[other]].read <= returned.visible) return false;
    violate(op, versions_[number_[other]], returned);
    return true;
  }

  bool older_by_version(OpId op, OpId source) {
    if (store_.of(greatest_.write) <= store_.of(source)) return false;
    count(op);
    if (!first_at(op)) return true;
    proof_ = {h_.session[op], {{op, path(greatest_.write, greatest_.by, op)}}, {}};
    proof_.end.push_back({greatest_.write, source, Force::derived, 0});
    proof_.end.push_back({source, greatest_.write, Force::version, 0});
    return true;
  }

  /// Shown is the one that spans the fewest operations of the history.
  void note_late(OpId op, OpId source) {
    ++late_count_;
    late_reads_[op] = true;
    const OpId begin = std::min(source, op);
    if (late_read_ != no_operation && op - begin >= late_read_ - std::min(late_source_, late_read_)) return;
    late_read_ = op;
    late_source_ = source;
    late_newer_ = last_begun_;
  }

  OpId any_newer(const Version& returned, OpId op) const {
    for (const Version& other : versions_) {
      if (other.write != returned.write && other.visible < begin(op) && other.read > returned.visible)
        return other.write;
    }
    return no_operation;
  }

  /// How the model makes a version visible to a read.
  std::vector<Link> path(OpId write, OpId by, OpId read) const {
    if (own_writes_) return {{write, read, Force::session_order, 0}};
    return {{write, by, Force::reads_from, 0}, {by, read, Force::session_order, 0}};
  }

  void violate_initial(OpId op) {
    count(op);
    if (!first_at(op)) return;
    const OpId write = own_writes_ ? first_visible_ : relations_.source(first_visible_);
    proof_ = {h_.session[op], {}, path(write, first_visible_, op)};
  }

  /// `returned` was visible when `other` was read, and `other` when `op` returned it again.
  void violate(OpId op, const Version& other, const Version& returned) {
    count(op);
    if (!first_at(op)) return;
    proof_ = {h_.session[op], {}, {}};
    proof_.derived.push_back({other.read_by, path(returned.write, returned.visible_by, other.read_by)});
    proof_.derived.push_back({op, path(other.write, other.visible_by, op)});
    proof_.end.push_back({returned.write, other.write, Force::derived, 0});
    proof_.end.push_back({other.write, returned.write, Force::derived, 1});
  }

  void count(OpId op) {
    ++count_;
    violating_.push_back(op);
  }

  /// The proof is about the first violation in the history.
  bool first_at(OpId op) {
    if (op >= first_violation_) return false;
    first_violation_ = op;
    return true;
  }

  void order_versions(SessionOrders::Part& part) {
    if (versions_.size() < 2 || first_visible_ == no_operation) return;
    std::ranges::sort(versions_, [&](const Version& a, const Version& b) {
      if (by_versions_) return store_.of(a.write) < store_.of(b.write);
      if (a.last() != b.last()) return a.last() < b.last();
      // One compare-and-set read the one and wrote the other.
      if ((a.last() == a.read) != (b.last() == b.read)) return a.last() == a.read;
      return a.write < b.write;
    });
    for (const Version& each : versions_) part.writes.push_back(each.write);
  }

  const Relations& relations_;
  const History& h_;
  const Versions& store_;
  bool own_writes_;
  bool overlaps_ = false;
  bool scan_ = false;                     // all versions are to be looked at, not only the latest
  std::vector<OpId> first_, next_;        // a session's operations by key
  std::vector<std::uint32_t> number_;     // by write, in versions_
  std::vector<Version> versions_;
  OpId newest_read_ = no_operation;       // the last visible version read, and the last other one
  OpId other_read_ = no_operation;
  OpId first_visible_ = no_operation;     // the operation that first made anything visible
  std::vector<OpId> violating_;
  std::uint64_t count_ = 0, at_risk_ = 0, sessions_ = 0;
  OpId first_violation_ = no_operation;
  ForcedOrder proof_;
  bool by_versions_ = false;              // on the key at hand
  std::vector<Shown> shown_;
  std::size_t next_shown_ = 0;
  Shown greatest_, last_begun_;           // of what is visible: by version, and by invocation
  std::vector<bool> late_reads_;          // anomalies relative to the real-time order of the writes only
  std::uint64_t late_count_ = 0, late_sessions_ = 0;
  OpId late_read_ = no_operation, late_source_ = no_operation;
  Shown late_newer_;
  std::uint32_t spent_ = 0;
};

}  // namespace

GuaranteeFindings judge_guarantee(const Relations& relations, const Versions& versions, Model which, Outcome& outcome,
                                  Budget& budget) {
  Judge judge{relations, versions, which};
  GuaranteeFindings findings = judge.run(budget);
  judge.report(outcome);
  return findings;
}

}  // namespace kasauti::checker::sessions
