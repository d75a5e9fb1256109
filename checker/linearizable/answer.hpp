#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checker/verdict.hpp"

namespace kasauti::checker::linearizable {

/// What an engine found out about one key.
struct KeyAnswer {
  Verdict verdict = Verdict::unknown;
  std::vector<OpId> witness;   ///< holds: every `ok` operation, and the `info` ones that took effect, in order
  Certificate refutation;      ///< violated: the proof
  Anomaly anomaly;             ///< violated: what to show
  Cause cause = Cause::none;   ///< unknown: why
  std::string detail;          ///< unknown: how far it got
  std::string_view method;     ///< the engine's name, for --stats
};

}  // namespace kasauti::checker::linearizable
