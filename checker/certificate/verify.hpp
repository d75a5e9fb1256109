#pragma once

#include <string>

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker {

/// What the verifier says of a certificate.
struct Verification {
  bool accepted = false;
  bool complete = true;   ///< false: nothing is wrong with it, but it rests on the search alone (accepted), or checking it takes
                          ///< more steps than allowed (not accepted)
  std::string problem;    ///< why it was not accepted, with the operations that show it
};

/// Checks on the history alone that the certificate proves `verdict` for `model`. Shares nothing with any engine: this
/// library includes histories and objects only. O(n) for a witness but for the cost of the specification; for a core at
/// most `steps` configurations, beyond which it is not accepted. Where a budget is given and runs out on the way, it is
/// not accepted and not complete: nothing is wrong with it as far as was looked.
[[nodiscard]] Verification verify(const History& history, Model model, Verdict verdict, const Certificate& certificate,
                                  std::uint64_t steps = 5'000'000, histories::Budget* budget = nullptr);

}  // namespace kasauti::checker
