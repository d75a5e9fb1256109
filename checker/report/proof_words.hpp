#pragma once

#include <string>
#include <vector>

#include "checker/certificate/certificate.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::report {

/// Each order that a refutation rests on, as a sentence with its reason; empty for proofs that are no chain of orders,
/// of which the anomaly's reason says everything.
[[nodiscard]] std::vector<std::string> proof_words(const histories::History& history, const Certificate& certificate);

/// How far an order of the history's operations can get (of at most 16), with what the object holds after each where
/// that is one value: the order that places the most, and what can't follow. For models with one order of the
/// operations, which must respect real time, or with `sessions` only the order of each session. Empty if every
/// operation can be placed.
[[nodiscard]] std::vector<std::string> furthest_order(const histories::History& history, bool sessions);

}  // namespace kasauti::checker::report
