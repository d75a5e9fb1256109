#pragma once

#include "checker/model.hpp"
#include "histories/history.hpp"

namespace kasauti::tests {

/// Whether a small history satisfies a causal model, PRAM or a session guarantee, by trying everything that the
/// definition leaves open: which writes of unknown outcome happened, the causal order, the order of writes, each
/// session's view. No bad pattern, no reads-from is looked up, so values may repeat. With `every_order` all causal
/// orders are tried (up to 4 operations in sensible time); else only the least for each choice of sources, which is
/// enough as every condition is easier to meet for a smaller one.
[[nodiscard]] bool brute_force(const histories::History& history, checker::Model model, bool every_order);

}  // namespace kasauti::tests
