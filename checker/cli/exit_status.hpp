#pragma once

#include "checker/verdict.hpp"

namespace kasauti::checker::cli {

/// Exit statuses (DESIGN §6); scripts and gates depend on them.
enum ExitStatus : int {
  exit_holds = 0,
  exit_violated = 1,
  exit_unknown = 2,
  exit_bad_input = 254,  ///< bad usage or bad input: nothing was judged
  exit_internal = 255,   ///< a fault of Kasauti itself
};

[[nodiscard]] constexpr ExitStatus status_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds: return exit_holds;
    case Verdict::violated: return exit_violated;
    case Verdict::unknown: return exit_unknown;
  }
  return exit_internal;
}

/// Of several files: internal beats bad input beats violated beats unknown beats holds.
[[nodiscard]] constexpr ExitStatus worse_status(ExitStatus a, ExitStatus b) {
  for (const ExitStatus each : {exit_internal, exit_bad_input, exit_violated, exit_unknown}) {
    if (a == each || b == each) return each;
  }
  return exit_holds;
}

}  // namespace kasauti::checker::cli
