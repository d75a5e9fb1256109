#pragma once

#include <cstdint>
#include <vector>

#include "checker/linearizable/configuration.hpp"
#include "checker/linearizable/facts.hpp"

namespace kasauti::checker::linearizable {

/// The steps that led to each configuration, as a tree towards the past.
class StepTree {
 public:
  /// A step after `parent`; its number. A parent is always older than its child.
  std::uint32_t add(std::uint32_t parent, Step step) {
    nodes_.push_back({parent, step.call, step.hidden});
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }
  /// The same, and behind it the observers whose slots are in `reads`, which the step let take effect.
  template <unsigned Words, class CallIn>
  std::uint32_t add(std::uint32_t parent, Step step, const Bits<Words>& reads, const CallIn& call_in) {
    std::uint32_t node = step.call == none ? parent : add(parent, step);
    reads.each([&](std::uint32_t slot) { node = add(node, Step{call_in(slot), false}); });
    return node;
  }

  /// Whether enough has come together since forget() for another one to be worth its while.
  [[nodiscard]] bool is_full() const { return nodes_.size() >= collect_at_; }
  /// Forgets the steps that none of `leaves` rests on, and gives the leaves their new numbers. O(steps).
  void forget(const std::vector<std::uint32_t*>& leaves);

  /// The order that a path stands for. A hidden write goes just before the last blind write in front of it; of unknown
  /// calls of one kind the one invoked first was used first.
  [[nodiscard]] std::vector<OpId> order(std::uint32_t leaf, const Facts& facts) const;

  [[nodiscard]] std::size_t bytes() const { return nodes_.capacity() * sizeof(Node); }
  /// What `more` steps would take at once, for the copy of what is there included.
  [[nodiscard]] std::size_t growth(std::size_t more) const {
    return nodes_.size() + more <= nodes_.capacity() ? 0 : nodes_.size() * sizeof(Node);
  }

 private:
  struct Node {
    std::uint32_t parent;
    std::uint32_t call;  // as in Step
    bool hidden;
  };
  std::vector<Node> nodes_;
  std::size_t collect_at_ = 1 << 20;
};

}  // namespace kasauti::checker::linearizable
