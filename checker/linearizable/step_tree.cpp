#include "checker/linearizable/step_tree.hpp"

#include <algorithm>

namespace kasauti::checker::linearizable {

void StepTree::forget(const std::vector<std::uint32_t*>& leaves) {
  std::vector<std::uint32_t> moved(nodes_.size(), none);
  for (const std::uint32_t* leaf : leaves) {
    if (*leaf != none) moved[*leaf] = 0;
  }
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    if (moved[i] != none && nodes_[i].parent != none) moved[nodes_[i].parent] = 0;
  }
  std::uint32_t kept = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (moved[i] == none) continue;
    Node node = nodes_[i];
    if (node.parent != none) node.parent = moved[node.parent];
    moved[i] = kept;
    nodes_[kept++] = node;
  }
  nodes_.resize(kept);
  for (std::uint32_t* leaf : leaves) {
    if (*leaf != none) *leaf = moved[*leaf];
  }
  collect_at_ = std::max<std::size_t>(1 << 20, nodes_.size() * 2);
}

std::vector<OpId> StepTree::order(std::uint32_t leaf, const Facts& facts) const {
  const Problem& problem = facts.problem;
  std::vector<std::uint32_t> path;
  for (; leaf != none; leaf = nodes_[leaf].parent) path.push_back(leaf);
  std::vector<std::vector<std::uint32_t>> in_group(facts.kind_of_group.size());
  for (std::uint32_t call = 0; call < problem.calls.size(); ++call) {
    const Call& which = problem.calls[call];
    if (!which.required && facts.group_of[which.kind] != none) in_group[facts.group_of[which.kind]].push_back(call);
  }
  std::vector<std::size_t> taken(in_group.size(), 0);
  std::vector<std::uint32_t> order;                // visible calls
  std::vector<std::vector<std::uint32_t>> before;  // those hidden just before each of them
  std::size_t last_blind = 0;
  for (auto step = path.rbegin(); step != path.rend(); ++step) {
    std::uint32_t call = nodes_[*step].call;
    if (nodes_[*step].hidden) {
      before[last_blind].push_back(call);
      continue;
    }
    if ((call & group_mark) != 0) call = in_group[call & ~group_mark][taken[call & ~group_mark]++];
    if (facts.overwrites[problem.calls[call].kind]) last_blind = order.size();
    order.push_back(call);
    before.emplace_back();
  }
  std::vector<OpId> operations;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (const std::uint32_t hidden : before[i]) operations.push_back(problem.calls[hidden].operation);
    operations.push_back(problem.calls[order[i]].operation);
  }
  return operations;
}

}  // namespace kasauti::checker::linearizable
