#pragma once

// Sets what an engine of one object answers against brute force, and its certificate before the verifier.

#include <optional>
#include <span>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"
#include "checker/index/keys.hpp"
#include "checker/linearizable/engines.hpp"
#include "support/brute_force.hpp"

namespace kasauti::tests {

struct Tally {
  std::size_t histories = 0, answered = 0, holds = 0, violated = 0;
};

inline std::string show(const histories::History& history) {
  std::string text;
  for (histories::OpId op = 0; op < history.size(); ++op) {
    text += std::to_string(history.invoked[op]) + "-" +
            (history.completed[op] == histories::never ? "" : std::to_string(history.completed[op])) + " " +
            history.describe_call(op) + "; ";
  }
  return text;
}

/// Compares an engine's answer, if it gave one, with the truth; a certificate is read back from its JSON and
/// verified.
inline void judge(const histories::History& history, std::span<const histories::OpId> operations,
                  const std::optional<checker::linearizable::KeyAnswer>& answer, Tally& tally) {
  using checker::Verdict;
  ++tally.histories;
  if (!answer) return;
  ++tally.answered;
  const bool truth = linearizable_by_brute_force(history, operations);
  ++(truth ? tally.holds : tally.violated);
  if ((answer->verdict == Verdict::holds) != truth || answer->verdict == Verdict::unknown) {
    FAIL_CHECK(show(history) << " is " << (truth ? "" : "not ") << "linearizable; the engine says otherwise");
    return;
  }
  checker::Certificate certificate = answer->refutation;
  if (truth) certificate.proof = checker::Orders{{{checker::Scope::key, 0, answer->witness}}};
  if (!truth && answer->anomaly.operations.empty()) FAIL_CHECK(show(history) << ": an anomaly without operations");
  if (!truth && tally.violated % 16 == 0) {
    std::string problem;
    checker::CertificateFile file{"", history.size(), {{checker::Model::linearizable, Verdict::violated, certificate}}};
    checker::CertificateFile again;
    if (!checker::from_json(checker::to_json(file), again, problem)) FAIL_CHECK(show(history) << ": " << problem);
    certificate = again.entries.at(0).certificate;
  }
  const auto verified = checker::verify(history, checker::Model::linearizable, answer->verdict, certificate);
  if (!verified.accepted || !verified.complete) FAIL_CHECK(show(history) << ": " << verified.problem);
}

/// The same of the engine for the history's object.
inline void judge(const histories::History& history, Tally& tally) {
  const checker::index::Keys keys{history, true};
  histories::Budget budget;
  judge(history, keys.operations(0),
        checker::linearizable::decide_by_object(history, keys.operations(0), budget), tally);
}

}  // namespace kasauti::tests
