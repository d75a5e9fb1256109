// Refutations of the causal models, PRAM and the session guarantees.
//
// Every one of these models lets a session, or all of them together, see the writes in an order. An order is forced
// (a) by the session order and by reads-from, where the model says so, and
// (b) by a read: if r returned what w1 wrote, and w2, another write of the key, comes before r, then w2 comes before
// w1. A circle of forced orders refutes the model, and so does a write that comes before a read of the initial value
// of its key. What "comes before" means in (b), and whose reads count, is the whole difference between the models:
//
//   model                before, in (b)                               reads that count      links of the end
//   CC                   session order and reads-from                 one                   these and one derived
//   CCv                  the same                                     all                   these and derived
//   S4                   the same                                     one session's         these and derived
//   CM                   these and what (b) derived already           one session's         these and derived
//   PRAM                 session order, reads-from into the           one session's         these and derived
//                        session's own reads, and what (b) derived
//   read-your-writes     an earlier write of the session              one session's         derived
//   monotonic-reads      what an earlier read of the session returned one session's         derived
//   writes-follow-reads  –                                            –                     session order and reads-from
//   monotonic-writes     –                                            –                     session order
//
// The session guarantees are judged by the store's own versions where a key has them (versions.cpp): then (c) a write
// comes before one of the same key with a greater version, and links of the end may say so. Such a link ends at a
// write, so that session order after it says something to monotonic-writes, and nothing to writes-follow-reads.
//
// Sources: Bouajjani, Enea, Guerraoui, Hamza, POPL 2017 (CC, CCv, CM); Lipton & Sandberg 1988 (PRAM); Terry et al.
// 1994 and Viotti & Vukolić 2016 (sessions). Each link is checked on the history alone. Cost: O(n log n + proof).

#include <algorithm>

#include "checker/certificate/causal_checks.hpp"
#include "checker/certificate/versions.hpp"

namespace kasauti::checker::certificate {

namespace {

class ForcedCheck {
 public:
  ForcedCheck(const Claim& claim, const ForcedOrder& proof, const ReadsFrom& reads)
      : claim_{claim}, h_{claim.history}, proof_{proof}, reads_{reads}, versions_{h_, reads_} {}

  Verification run() {
    if (claim_.verdict != Verdict::violated) return refuse("forced orders refute a model");
    if (!reads_.problem().empty()) return refuse(reads_.problem());
    for (std::size_t i = 0; i < proof_.derived.size(); ++i) {
      if (Verification bad = check_derived(i); !bad.accepted) return bad;
    }
    if (Verification bad = check_path(proof_.end, proof_.derived.size()); !bad.accepted) return bad;
    return check_end();
  }

 private:
  [[nodiscard]] bool views() const { return claim_.model == Model::causal_memory || claim_.model == Model::pram; }
  [[nodiscard]] bool by_versions() const {
    return claim_.model == Model::session || claim_.model == Model::read_your_writes ||
           claim_.model == Model::monotonic_reads || claim_.model == Model::monotonic_writes ||
           claim_.model == Model::writes_follow_reads;
  }
  [[nodiscard]] bool own(OpId op) const { return h_.session[op] == proof_.session; }

  /// Links that lead from one to the next, each true; derived ones have numbers below `limit`.
  Verification check_path(const std::vector<Link>& path, std::size_t limit) const {
    if (path.empty()) return refuse("a path is empty");
    for (std::size_t i = 0; i < path.size(); ++i) {
      const Link& link = path[i];
      if (!reads_.in_range(link.from) || !reads_.in_range(link.to)) return refuse("no such operation");
      if (!reads_.happened(link.from) || !reads_.happened(link.to))
        return refuse("a link touches an operation that may not have happened");
      if (i > 0 && path[i - 1].to != link.from) return refuse("two links do not meet at " + h_.describe(link.from));
      if (!holds(link, limit))
        return refuse(h_.describe(link.from) + " is not shown to come before " + h_.describe(link.to));
    }
    return accept();
  }

  bool holds(const Link& link, std::size_t limit) const {
    switch (link.force) {
      case Force::session_order: return h_.session_precedes(link.from, link.to);
      case Force::reads_from:
        if (claim_.model == Model::pram && !own(link.to)) return false;
        return reads_.writer(link.to) == link.from;
      case Force::version: return by_versions() && versions_.before(link.from, link.to);
      case Force::derived: break;
    }
    if (link.derived >= limit) return false;
    const DerivedOrder& derived = proof_.derived[link.derived];
    return derived.path.front().from == link.from && reads_.writer(derived.read) == link.to;
  }

  Verification check_derived(std::size_t number) const {
    const DerivedOrder& derived = proof_.derived[number];
    if (Verification bad = check_path(derived.path, views() ? number : 0); !bad.accepted) return bad;
    const OpId read = derived.read;
    const OpId write = derived.path.front().from;
    if (derived.path.back().to != read || !reads_.has_writer(read))
      return refuse("a derived order does not end at a read");
    if (!reads_.writes(write) || h_.key[write] != h_.key[read] || reads_.writer(read) == write) {
      return refuse("a derived order does not begin at another write of the key");
    }
    if (!may_use(read)) return refuse(h_.describe(read) + " is of another session than the view");
    return sees(derived.path)
               ? accept()
               : refuse("the model does not say that " + h_.describe(write) + " is seen by " + h_.describe(read));
  }

  bool may_use(OpId read) const {
    if (!h_.ok(read)) return false;  // what a compare-and-set of unknown outcome answered is not judged
    switch (claim_.model) {
      case Model::causal:
      case Model::causal_convergent: return true;
      case Model::session:
      case Model::causal_memory:
      case Model::pram:
      case Model::read_your_writes:
      case Model::monotonic_reads: return own(read);
      default: return false;
    }
  }

  /// The path is one by which the model makes a write visible to a read.
  bool sees(const std::vector<Link>& path) const {
    if (claim_.model == Model::read_your_writes) return path.size() == 1 && path[0].force == Force::session_order;
    if (claim_.model == Model::monotonic_reads) {
      return path.size() == 2 && path[0].force == Force::reads_from && path[1].force == Force::session_order;
    }
    const auto is_derived = [](const Link& link) {
      return link.force == Force::derived || link.force == Force::version;
    };
    return views() || std::ranges::none_of(path, is_derived);
  }

  Verification check_end() const {
    const std::vector<Link>& end = proof_.end;
    const OpId first = end.front().from;
    const OpId last = end.back().to;
    const bool initial =
        reads_.writes(first) && reads_.writer(last) == ReadsFrom::initial && h_.key[first] == h_.key[last];
    if (initial && may_use(last) && sees(end)) return accept();
    if (initial && first != last) return refuse("the model does not say that " + h_.describe(first) + " is seen");
    if (first != last)
      return refuse("the end is neither a circle nor a path from a write to a read of the initial value");
    const auto derived = std::ranges::count(end, Force::derived, &Link::force);
    switch (claim_.model) {
      case Model::causal: return derived <= 1 ? accept() : refuse("CC judges each read alone");
      case Model::writes_follow_reads:
        return derived == 0 && behind_reads(end) ? accept()
                                                 : refuse("this guarantee puts writes after what was read before only");
      case Model::monotonic_writes:
        return derived == 0 && std::ranges::count(end, Force::reads_from, &Link::force) == 0 && !versions_alone(end)
                   ? accept()
                   : refuse("this guarantee puts a session's writes in order only");
      case Model::read_your_writes:
      case Model::monotonic_reads:
        return derived + std::ranges::count(end, Force::version, &Link::force) == std::ssize(end)
                   ? accept()
                   : refuse("this guarantee orders writes by its session's reads and by versions alone");
      case Model::causal_convergent:
      case Model::session:
      case Model::causal_memory:
      case Model::pram: return accept();
      default: return refuse("forced orders don't refute this model");
    }
  }

  /// Session order only behind a read: each stretch of it, in a circle, comes after a link of reads-from.
  static bool behind_reads(const std::vector<Link>& circle) {
    for (std::size_t i = 0; i < circle.size(); ++i) {
      const Force before = circle[(i + circle.size() - 1) % circle.size()].force;
      if (circle[i].force == Force::session_order && before == Force::version) return false;
    }
    return !versions_alone(circle);
  }
  static bool versions_alone(const std::vector<Link>& circle) {
    return std::ranges::all_of(circle, [](const Link& link) { return link.force == Force::version; });
  }

  const Claim& claim_;
  const History& h_;
  const ForcedOrder& proof_;
  const ReadsFrom& reads_;
  StoreVersions versions_;
};

}  // namespace

Verification check_proof(const Claim& claim, const ForcedOrder& proof) {
  return check_refutation(claim, proof, ReadsFrom{claim.history});
}

Verification check_proof(const Claim& claim, const UnwrittenRead& proof) {
  return check_refutation(claim, proof, ReadsFrom{claim.history});
}

Verification check_refutation(const Claim& claim, const ForcedOrder& proof, const ReadsFrom& reads) {
  return ForcedCheck{claim, proof, reads}.run();
}

Verification check_refutation(const Claim& claim, const UnwrittenRead& proof, const ReadsFrom& reads) {
  const History& h = claim.history;
  switch (claim.model) {
    case Model::causal:
    case Model::causal_convergent:
    case Model::causal_memory:
    case Model::pram:
    case Model::session:
    case Model::read_your_writes:
    case Model::monotonic_reads:
    case Model::monotonic_writes:
    case Model::writes_follow_reads: break;
    default: return refuse("this proof is about causal models and sessions");
  }
  if (claim.verdict != Verdict::violated) return refuse("an unwritten value refutes a model");
  if (!reads.problem().empty()) return refuse(reads.problem());
  if (!reads.in_range(proof.read) || !reads.reads(proof.read)) return refuse("no such read");
  return reads.writer(proof.read) == ReadsFrom::nobody ? accept()
                                                       : refuse(h.describe(proof.read) + " returned what was written");
}

}  // namespace kasauti::checker::certificate
