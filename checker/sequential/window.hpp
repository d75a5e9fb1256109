#pragma once

#include <cstdint>
#include <vector>

#include "checker/sequential/problem.hpp"

namespace kasauti::checker::sequential {

/// The operations of a problem around a frontier: of each lane up to `reach` on either side. What they observed from
/// elsewhere, and links that lead elsewhere, are forgotten, so every order forced in the window is forced in the whole:
/// a cycle in it refutes the whole. (That it has an order says nothing.) O(k reach) with k lanes, and the links.
[[nodiscard]] Problem window(const Problem& problem, const std::vector<std::uint32_t>& progress, std::uint32_t reach);

}  // namespace kasauti::checker::sequential
