// Values that were written more than once: who read from whom?
//
// Question: the causal models, PRAM and the session guarantees ask whether some reads-from explains the history. An
// open read, whose value several writes wrote, leaves a choice. The engines judge one choice at a time; here choices
// are searched for one that makes the model hold.
//
// Method: a read without a source constrains nothing, so a set of assumptions (sources of some open reads) that is
// refuted by itself is refuted however the others are chosen. Start without assumptions, and take a likely source for
// every other open read (guess.cpp). If that holds, the model holds. If not, the refutation names the open reads that
// it rests on; one of those without an assumption is taken, and every possible source of it is assumed in turn. A
// refutation found in one place is remembered and used wherever its assumptions hold again; and if a branch is
// refuted without using what the branch assumes, that refutes the whole node (conflict-directed backjumping, Prosser
// 1993). So sessions and keys that have nothing to do with each other are decided independently, and reads that are
// not in the way are never looked at. What remains when all branches fail is a tree of cases, which the verifier
// checks (certificate/verify_sources.cpp).
//
// Cost: two runs of the engine a node, exponentially many nodes in the worst case. The number of runs is bounded, by
// less the longer the history; beyond that the verdict is unknown. Sound and complete within that. Tested by
// tests/causal/repeated.cpp against brute force over all choices.

#include "checker/causal/cases.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "checker/causal/guess.hpp"

namespace kasauti::checker::causal {

using histories::Budget;
using histories::Outcome;

namespace {

/// A refutation by an engine, and the assumptions that it needs.
struct Leaf {
  std::vector<AssumedSource> needs;
  Anomaly anomaly;
};

/// A node or leaf of the tree of cases, and the reads whose assumed sources it needs.
struct Refuted {
  bool by_leaf = true;
  std::uint32_t number = 0;
  std::vector<OpId> needs;
};

/// The open reads that a proof says something of.
class Needs {
 public:
  explicit Needs(const Relations& relations) : relations_{relations} {}

  std::vector<OpId> of(const Certificate& certificate) {
    if (const auto* forced = std::get_if<ForcedOrder>(&certificate.proof)) {
      for (const DerivedOrder& derived : forced->derived) {
        path(derived.path);
        note(derived.read);
      }
      path(forced->end);
      // A circle among operations of unknown outcome does not say why they happened.
      const auto acknowledged = [&](const Link& link) { return relations_.history().ok(link.to); };
      if (std::ranges::none_of(forced->end, acknowledged)) happening(forced->end.front().from);
      note(forced->end.back().to);  // which may end the proof by having returned the initial value
    } else if (const auto* unwritten = std::get_if<UnwrittenRead>(&certificate.proof)) {
      happening(unwritten->read);
    } else {
      needs_ = relations_.settled();
    }
    std::ranges::sort(needs_);
    needs_.erase(std::ranges::unique(needs_).begin(), needs_.end());
    return std::move(needs_);
  }

 private:
  void note(OpId read) {
    const Sources& sources = relations_.sources();
    if (sources.observes(read) && sources.only(read) == several_writes) needs_.push_back(read);
  }
  void path(const std::vector<Link>& links) {
    for (const Link& link : links) {
      if (link.force == Force::reads_from) note(link.to);
    }
  }
  /// That an operation of unknown outcome happened rests on its readers, up to one that was acknowledged.
  void happening(OpId op) {
    std::vector<OpId> chain{op};
    for (std::size_t i = 0; i < chain.size(); ++i) {
      if (relations_.history().ok(chain[i])) return;
      for (OpId reader = relations_.first_reader(chain[i]); reader != no_operation;
           reader = relations_.next_reader(reader)) {
        if (std::ranges::find(chain, reader) != chain.end()) continue;
        chain.push_back(reader);
        note(reader);
      }
    }
  }

  const Relations& relations_;
  std::vector<OpId> needs_;
};

class Cases {
 public:
  Cases(const Sources& sources, Model model, const Decide& decide, Budget& budget)
      : sources_{sources}, h_{sources.history()}, model_{model}, decide_{decide}, budget_{budget},
        most_runs_{std::clamp<std::uint64_t>(4'000'000 / (h_.size() + 1), 12, 4000)},
        assumed_(h_.size(), no_operation), chosen_{likely_sources(sources)} {}

  /// `unsettled` is the answer without any choice.
  Judgement run(Judgement unsettled) {
    Refuted root;
    switch (refute(root)) {
      case End::holds:
        // What went wrong relative to real time must not rest on a choice that somebody made.
        answer_.anomalies = std::move(unsettled.anomalies);
        return std::move(answer_);
      case End::refuted: return refuted(root, std::move(unsettled));
      case End::open:
      case End::gave_up: break;
    }
    if (answer_.verdict == Verdict::unknown && answer_.cause != Cause::none) return std::move(answer_);
    unsettled.detail += fmt::format(", and after {} choices of what was read it is still open", runs_);
    return unsettled;
  }

 private:
  enum class End { refuted, holds, open, gave_up };

  /// What the assumptions at hand lead to.
  End refute(Refuted& out) {
    if (const Leaf* known = known_conflict(assumed_)) return by(*known, out);
    const Leaf* conflict = known_conflict(chosen_);
    if (conflict == nullptr) {
      const End end = judge(chosen_);
      if (end != End::refuted) return end;
      conflict = &leaves_.back();
    }
    const auto free = [&](const AssumedSource& each) { return assumed_[each.read] == no_operation; };
    if (std::ranges::none_of(conflict->needs, free)) return by(*conflict, out);
    std::vector<OpId> candidates;
    for (const AssumedSource& each : conflict->needs) {
      if (free(each)) candidates.push_back(each.read);
    }
    if (depth_ > 0) {
      const End end = judge(assumed_);
      if (end == End::refuted) return by(leaves_.back(), out);
      if (end != End::open) return end;
    }
    const OpId read =
        *std::ranges::min_element(candidates, {}, [&](OpId each) { return sources_.possible_count(each); });
    ++depth_;
    const End end = split(read, out);
    --depth_;
    return end;
  }

  /// All possible sources of a read, the likely one first.
  End split(OpId read, Refuted& out) {
    const OpId likely = chosen_[read];
    std::vector<OpId> order = sources_.possible(read);
    std::ranges::rotate(order, std::ranges::find(order, likely));
    EverySource::Node node{read, {}};
    std::vector<OpId> needs;
    End end = End::refuted;
    for (const OpId source : order) {
      assumed_[read] = chosen_[read] = source;
      Refuted branch;
      end = refute(branch);
      if (end != End::refuted) break;
      if (!std::ranges::binary_search(branch.needs, read)) {
        assumed_[read] = no_operation;
        chosen_[read] = likely;
        out = std::move(branch);
        return End::refuted;
      }
      node.branches.push_back({source, branch.by_leaf, branch.number});
      needs.insert(needs.end(), branch.needs.begin(), branch.needs.end());
    }
    assumed_[read] = no_operation;
    chosen_[read] = likely;
    if (end != End::refuted) return end;
    std::ranges::sort(needs);
    needs.erase(std::ranges::unique(needs).begin(), needs.end());
    std::erase(needs, read);
    tree_.nodes.push_back(std::move(node));
    out = {false, static_cast<std::uint32_t>(tree_.nodes.size() - 1), std::move(needs)};
    return End::refuted;
  }

  End judge(const std::vector<OpId>& sources) {
    if (runs_ >= most_runs_) return End::gave_up;
    ++runs_;
    const Relations relations{sources_, sources, budget_};
    Judgement judgement = decide_(relations);
    if (judgement.verdict == Verdict::violated) {
      learn(relations, judgement, sources);
      return End::refuted;
    }
    if (judgement.verdict == Verdict::unknown && judgement.cause == Cause::precondition) return End::open;
    if (judgement.verdict == Verdict::holds) judgement.certificate = assuming(relations, std::move(judgement));
    const End end = judgement.verdict == Verdict::holds ? End::holds : End::gave_up;
    answer_ = std::move(judgement);
    return end;
  }

  void learn(const Relations& relations, Judgement& judgement, const std::vector<OpId>& sources) {
    Leaf leaf;
    for (const OpId read : Needs{relations}.of(judgement.certificate)) leaf.needs.push_back({read, sources[read]});
    leaf.anomaly = std::move(judgement.anomalies.front());
    leaves_.push_back(std::move(leaf));
    if (auto* forced = std::get_if<ForcedOrder>(&judgement.certificate.proof)) {
      tree_.leaves.emplace_back(std::move(*forced));
    } else if (const auto* unwritten = std::get_if<UnwrittenRead>(&judgement.certificate.proof)) {
      tree_.leaves.emplace_back(*unwritten);
    } else {
      by_search_ = true;
      tree_.leaves.emplace_back();
    }
  }

  const Leaf* known_conflict(const std::vector<OpId>& sources) const {
    const auto holds = [&](const Leaf& leaf) {
      return std::ranges::all_of(leaf.needs,
                                 [&](const AssumedSource& each) { return sources[each.read] == each.source; });
    };
    const auto found = std::ranges::find_if(leaves_, holds);
    return found == leaves_.end() ? nullptr : &*found;
  }

  End by(const Leaf& leaf, Refuted& out) const {
    out = {true, static_cast<std::uint32_t>(&leaf - leaves_.data()), {}};
    for (const AssumedSource& each : leaf.needs) out.needs.push_back(each.read);
    return End::refuted;
  }

  Certificate assuming(const Relations& relations, Judgement judgement) const {
    AssumingSources proof;
    for (const OpId read : relations.settled()) proof.sources.push_back({read, relations.source(read)});
    std::visit(
        [&](auto& witness) {
          if constexpr (requires { proof.witness = std::move(witness); }) proof.witness = std::move(witness);
        },
        judgement.certificate.proof);
    return {std::move(proof)};
  }

  Judgement refuted(const Refuted& root, Judgement unsettled) {
    const bool whole = root.by_leaf;  // of a history that has no open read in the way; then its own proof is enough
    Anomaly anomaly;
    Certificate certificate;
    if (whole) {
      anomaly = leaves_[root.number].anomaly;
      std::visit([&](auto& leaf) { certificate.proof = std::move(leaf); }, tree_.leaves[root.number]);
    } else {
      anomaly = told();
      certificate.proof = std::move(tree_);
    }
    if (by_search_) certificate.proof = SearchAlone{};
    anomaly.models = {model_};
    std::vector<Anomaly> anomalies{std::move(anomaly)};
    std::ranges::move(unsettled.anomalies, std::back_inserter(anomalies));
    return checker::violated(model_, std::move(certificate), std::move(anomalies));
  }

  /// The first few cases of the root in words, each by its first leaf.
  Anomaly told() const {
    constexpr std::size_t shown = 3;
    const EverySource::Node& root = tree_.nodes.back();
    Anomaly anomaly;
    std::vector<std::string> cases;
    for (const EverySource::Branch& branch : root.branches) {
      EverySource::Branch at = branch;
      while (!at.to_leaf) at = tree_.nodes[at.number].branches.front();
      const Anomaly& leaf = leaves_[at.number].anomaly;
      if (cases.empty()) anomaly = leaf;
      if (cases.size() < shown) {
        const bool initial = branch.source == initial_write;
        const std::string source = initial ? "it was the initial value" : h_.describe(branch.source);
        cases.push_back(fmt::format("if {}: {}", source, leaf.reason));
      }
      anomaly.operations.insert(anomaly.operations.end(), leaf.operations.begin(), leaf.operations.end());
    }
    anomaly.operations.push_back(root.read);
    std::ranges::sort(anomaly.operations);
    anomaly.operations.erase(std::ranges::unique(anomaly.operations).begin(), anomaly.operations.end());
    anomaly.reason = fmt::format("whichever of {} writes {} saw, it is wrong; {}", root.branches.size(),
                                 h_.describe(root.read), fmt::join(cases, "; "));
    if (root.branches.size() > shown)
      anomaly.reason += fmt::format("; and {} more cases", root.branches.size() - shown);
    anomaly.count = anomaly.sessions = 1;
    return anomaly;
  }

  const Sources& sources_;
  const History& h_;
  Model model_;
  const Decide& decide_;
  Budget& budget_;
  std::uint64_t most_runs_;
  std::uint64_t runs_ = 0;
  std::vector<OpId> assumed_;  // by operation
  std::vector<OpId> chosen_;   // and with likely sources for the others
  std::size_t depth_ = 0;
  std::vector<Leaf> leaves_;
  EverySource tree_;           // its leaves are those of leaves_
  bool by_search_ = false;
  Judgement answer_;
};

}  // namespace

Judgement judge_sources(Sources& sources, Model model, const Decide& decide, Budget& budget) {
  Judgement first = decide(Relations{sources, {}, budget});
  if (first.verdict != Verdict::unknown || first.cause != Cause::precondition) return first;
  sources.list();
  return Cases{sources, model, decide, budget}.run(std::move(first));
}

}  // namespace kasauti::checker::causal
