#pragma once

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sessions {

struct Options {};

/// Judges one session guarantee of Terry et al. 1994, formally (Viotti & Vukolić 2016, with an order of the writes
/// that is each session's own): `read_your_writes`, `monotonic_reads`, `monotonic_writes`, `writes_follow_reads`; or
/// `session`, all four at once with closed visibility. Definitions: docs/models.md.
///
/// For the same objects and with the same preconditions as causal::check_causal. O(n), for `session` O(n·k) with k
/// sessions.
[[nodiscard]] Judgement check_sessions(const histories::History& history, Model which, const Options& options,
                                       histories::Budget& budget);

}  // namespace kasauti::checker::sessions
