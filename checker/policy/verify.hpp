#pragma once

#include <string>
#include <vector>

#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::policy {

/// One line of what was checked about a class: one of its proofs, or its verdict as a whole.
struct ClassCheck {
  std::string class_name;
  std::string what;            ///< the model of a proof, or "promise"
  Verdict verdict = Verdict::unknown;
  Verification verification;
};

/// Checks the classes of a certificate on the history and the policy it carries: derives each class's own history
/// again, verifies the proofs on it, and whether they, with what can be counted anew, bear out the class's verdict.
/// False if the policy in it can't be read; then `problem` says why.
[[nodiscard]] bool verify_classes(const histories::History& history, const CertificateFile& file,
                                  std::vector<ClassCheck>& checks, std::string& problem);

}  // namespace kasauti::checker::policy
