#pragma once

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "checker/causal/causal.hpp"
#include "checker/certificate/json.hpp"
#include "checker/certificate/verify.hpp"
#include "checker/sessions/sessions.hpp"

namespace kasauti::tests {

/// The models that checker/causal and checker/sessions judge.
inline constexpr checker::Model causal_models[] = {
    checker::Model::causal,          checker::Model::causal_convergent, checker::Model::causal_memory,
    checker::Model::pram,            checker::Model::session,           checker::Model::read_your_writes,
    checker::Model::monotonic_reads, checker::Model::monotonic_writes,  checker::Model::writes_follow_reads,
};

inline checker::Judgement judge_unchecked(const histories::History& history, checker::Model model) {
  using enum checker::Model;
  histories::Budget budget;
  const bool family = model == causal || model == causal_convergent || model == causal_memory || model == pram;
  return family ? checker::causal::check_causal(history, model, {}, budget)
                : checker::sessions::check_sessions(history, model, {}, budget);
}

inline std::string told(const histories::History& history) {
  std::string text;
  for (histories::OpId op = 0; op < history.size(); ++op) text += history.describe(op) + "\n";
  return text;
}

/// The engine's answer; the test fails if its certificate, written and read again, is not accepted.
inline checker::Judgement judge(const histories::History& history, checker::Model model) {
  checker::Judgement judgement = judge_unchecked(history, model);
  REQUIRE(judgement.model == model);
  checker::CertificateFile file;
  file.entries.push_back({model, judgement.verdict, judgement.certificate});
  checker::CertificateFile again;
  std::string problem;
  const std::string text = to_json(file);
  const bool readable = from_json(text, again, problem);
  INFO(checker::name_of(model) << " " << checker::name_of(judgement.verdict) << ": " << text << problem << "\n"
                               << told(history));
  REQUIRE(readable);
  const auto verification = checker::verify(history, model, judgement.verdict, again.entries.at(0).certificate);
  INFO(verification.problem);
  REQUIRE(verification.accepted);
  if (judgement.verdict == checker::Verdict::violated) {
    REQUIRE(!judgement.anomalies.empty());
    for (const checker::Anomaly& anomaly : judgement.anomalies) {
      const bool told =
          !anomaly.operations.empty() && !anomaly.reason.empty() && anomaly.count > 0 && anomaly.sessions > 0;
      if (!told) FAIL_CHECK(anomaly.name << " is not told in full: " << anomaly.reason);
    }
  }
  return judgement;
}

}  // namespace kasauti::tests
