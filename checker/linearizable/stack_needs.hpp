#pragma once

#include <vector>

#include "checker/linearizable/contents.hpp"

namespace kasauti::checker::linearizable {

/// By when values of a stack that nobody is known to have popped must be gone, because they were pushed onto others
/// that are never all gone in between. Only those that must; none twice. O(n log² n).
[[nodiscard]] std::vector<Need> chained_needs(const Contents& contents);

}  // namespace kasauti::checker::linearizable
