// Proofs about histories in which several writes may have written what was read.
//
// The models ask whether *some* reads-from explains the history. So a witness may choose one (AssumingSources): each
// choice must be possible, and under it the witness is checked like any other. A refutation must rule out all
// (EverySource): it is a tree of cases. Whatever execution there was, start at the root and go at each node along the
// branch of the source that its read had; since the branches are all possible sources, that leads to a leaf, and what
// the branches on the way assume is true of that execution, but for reads that did not happen in it. Those do no harm:
// a leaf uses only operations that happened under its assumptions, so that none of these assumptions is about a read
// that did not (whoever happened by the assumptions happened in the execution too, by induction from the acknowledged
// ones). So if every leaf's refutation stands, there was no execution. A node without branches is a read of what
// nobody can have written; it has to have happened under the assumptions above.
//
// Possible sources are found here by a walk over the history. Cost: O(n) a node, O(n log n) a leaf as often as it is
// reached; at most as many operations in all as the claim allows steps.

#include <algorithm>
#include <variant>

#include "checker/certificate/causal_checks.hpp"

namespace kasauti::checker::certificate {

namespace {

class CaseCheck {
 public:
  CaseCheck(const Claim& claim, const EverySource& proof)
      : claim_{claim}, h_{claim.history}, proof_{proof}, nothing_assumed_{h_} {}

  Verification run() {
    if (claim_.verdict != Verdict::violated) return refuse("cases refute a model");
    if (!nothing_assumed_.problem().empty()) return refuse(nothing_assumed_.problem());
    if (proof_.nodes.empty()) return refuse("there are no cases");
    return node(static_cast<std::uint32_t>(proof_.nodes.size() - 1));
  }

 private:
  Verification node(std::uint32_t number) {
    if (!may_go_on()) return out_of_budget();
    const EverySource::Node& node = proof_.nodes[number];
    if (node.read >= h_.size()) return refuse("no such operation");
    if (node.branches.empty()) {
      const ReadsFrom reads{h_, assumed_};
      if (!reads.reads(node.read)) return refuse(h_.describe(node.read) + " may not have happened");
    }
    const std::vector<OpId> possible = nothing_assumed_.possible_sources(node.read);
    const bool complete = std::ranges::all_of(possible, [&](OpId source) {
      return std::ranges::find(node.branches, source, &EverySource::Branch::source) != node.branches.end();
    });
    if (!complete) return refuse("a possible source of " + h_.describe(node.read) + " is left out");
    if (std::ranges::find(assumed_, node.read, &AssumedSource::read) != assumed_.end())
      return refuse("a case is split twice");
    for (const EverySource::Branch& branch : node.branches) {
      assumed_.push_back({node.read, branch.source});
      Verification result = follow(branch, number);
      assumed_.pop_back();
      if (!result.accepted) return result;
    }
    return accept();
  }

  Verification follow(const EverySource::Branch& branch, std::uint32_t from) {
    if (!branch.to_leaf) return branch.number < from ? node(branch.number) : refuse("a case leads back to itself");
    if (branch.number >= proof_.leaves.size()) return refuse("there is no such leaf");
    if (!may_go_on()) return out_of_budget();
    const ReadsFrom reads{h_, assumed_};
    return std::visit([&](const auto& leaf) { return check_refutation(claim_, leaf, reads); },
                      proof_.leaves[branch.number]);
  }

  bool may_go_on() {
    steps_ += h_.size();
    return steps_ <= claim_.steps * operations_a_step && (claim_.budget == nullptr || claim_.budget->poll());
  }

  static constexpr std::uint64_t operations_a_step = 100;  // a step of a search costs about as much

  const Claim& claim_;
  const History& h_;
  const EverySource& proof_;
  ReadsFrom nothing_assumed_;
  std::vector<AssumedSource> assumed_;
  std::uint64_t steps_ = 0;
};

}  // namespace

Verification check_proof(const Claim& claim, const AssumingSources& proof) {
  const ReadsFrom reads{claim.history, proof.sources};
  return std::visit([&](const auto& witness) { return check_witness(claim, witness, reads); }, proof.witness);
}

Verification check_proof(const Claim& claim, const EverySource& proof) { return CaseCheck{claim, proof}.run(); }

}  // namespace kasauti::checker::certificate
