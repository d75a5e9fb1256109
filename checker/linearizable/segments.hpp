#pragma once

#include <cstddef>
#include <vector>

#include "checker/linearizable/problem.hpp"
#include "checker/linearizable/search.hpp"

namespace kasauti::checker::linearizable {

/// Events [begin, end) of a problem, at whose ends no call is open and no unknown one can still take effect, with the
/// states that the object can be in before them.
struct Segment {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<objects::State> initial;
};

/// Divides a problem into segments of about `events` events or more, each of which can be judged by itself. One
/// segment, the whole problem, where it can't be divided. O(events).
[[nodiscard]] std::vector<Segment> divide(const Problem& problem, const objects::Specification& specification,
                                          std::size_t events, histories::Budget& budget);

/// A segment as a problem of its own. O(its events + kinds).
[[nodiscard]] Problem part_of(const Problem& problem, const Segment& segment);

/// Searches the segments, side by side if there are threads for it, and puts together what they say.
[[nodiscard]] SearchResult search_segments(const Problem& problem, const std::vector<Segment>& segments,
                                           const objects::Specification& specification, const SearchOptions& options,
                                           histories::Budget& budget);

}  // namespace kasauti::checker::linearizable
