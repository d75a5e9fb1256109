#include "checker/sequential/window.hpp"

#include <algorithm>

namespace kasauti::checker::sequential {

namespace {

/// Which part of a lane is kept, and the number of its first operation in the window.
struct Kept {
  Node begin, end, first;
};

}  // namespace

Problem window(const Problem& problem, const std::vector<std::uint32_t>& progress, std::uint32_t reach) {
  std::vector<Kept> kept(problem.lanes());
  Problem part;
  part.history = problem.history;
  part.key_count = problem.key_count;
  Node size = 0;
  for (std::uint32_t lane = 0; lane < problem.lanes(); ++lane) {
    const Node begin = problem.lane_begin[lane];
    const Node length = problem.lane_begin[lane + 1] - begin;
    const Node from = progress[lane] - std::min(progress[lane], reach);
    const Node to = std::min(length, progress[lane] + reach);
    kept[lane] = {begin + from, begin + to, size};
    part.lane_begin.push_back(size);
    size += to - from;
  }
  part.lane_begin.push_back(size);
  const auto renumbered = [&](Node node) {
    const Kept& lane = kept[problem.lane[node]];
    return node >= lane.begin && node < lane.end ? lane.first + (node - lane.begin) : no_node;
  };
  for (const Kept& lane : kept) {
    for (Node node = lane.begin; node < lane.end; ++node) {
      const Node source = problem.source[node];
      part.operation.push_back(problem.operation[node]);
      part.key.push_back(problem.key[node]);
      part.source.push_back(source < problem.size() ? renumbered(source) : source);
      part.writes.push_back(problem.writes[node]);
      part.optional.push_back(problem.optional[node]);
      part.lane.push_back(problem.lane[node]);
      part.position.push_back(node - lane.begin + 1);
    }
  }
  for (const auto& [from, to] : problem.links) {
    const Link link{renumbered(from), renumbered(to)};
    if (link.from != no_node && link.to != no_node) part.links.push_back(link);
  }
  return part;
}

}  // namespace kasauti::checker::sequential
