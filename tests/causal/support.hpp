#pragma once

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "checker/causal/causal.hpp"
#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"

namespace kasauti::tests {

/// The engine's answer; the test fails if its certificate is not accepted, as written and read again.
inline checker::Judgement judge(const histories::History& history, checker::Model model) {
  histories::Budget budget;
  checker::Judgement judgement = checker::causal::check_causal(history, model, {}, budget);
  REQUIRE(judgement.model == model);
  checker::CertificateFile file;
  file.entries.push_back({model, judgement.verdict, judgement.certificate});
  checker::CertificateFile again;
  std::string problem;
  const std::string text = to_json(file);
  const bool readable = from_json(text, again, problem);
  INFO(checker::name_of(model) << " " << checker::name_of(judgement.verdict) << ": " << text << problem);
  REQUIRE(readable);
  const auto verification = checker::verify(history, model, judgement.verdict, again.entries.at(0).certificate);
  INFO(verification.problem);
  REQUIRE(verification.accepted);
  if (judgement.verdict == checker::Verdict::violated) {
    REQUIRE(!judgement.anomalies.empty());
    for (const checker::Anomaly& anomaly : judgement.anomalies) {
      INFO(anomaly.name);
      CHECK(!anomaly.operations.empty());
      CHECK(!anomaly.reason.empty());
      CHECK(anomaly.count > 0);
    }
  }
  return judgement;
}

inline std::string told(const histories::History& history) {
  std::string text;
  for (histories::OpId op = 0; op < history.size(); ++op) text += history.describe(op) + "\n";
  return text;
}

}  // namespace kasauti::tests
