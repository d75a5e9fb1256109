#pragma once

#include <string>
#include <vector>

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::causal {

/// A set or a list, told as a map that has a register for each element: elements.cpp.
struct Elements {
  histories::History registers;
  std::vector<histories::OpId> origin;  ///< by operation of `registers`: the call that it is part of
  std::string problem;                  ///< why it can't be told so, or empty
};

/// O(n log n + accesses); a read of the whole makes two accesses for each element that its key ever has.
[[nodiscard]] Elements told_by_elements(const histories::History& history);

/// The judgement of the registers as one of the history itself: its proof is wrapped, its anomalies name whole calls.
/// For a list, `holds` becomes unknown, since registers say nothing of the order of its elements.
[[nodiscard]] Judgement of_the_whole(const histories::History& history, const Elements& elements, Judgement judgement);

/// The object is one that is judged by its elements.
[[nodiscard]] bool has_elements(const histories::History& history);

}  // namespace kasauti::checker::causal
