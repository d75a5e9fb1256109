#include "checker/verdict.hpp"

#include <utility>

namespace kasauti::checker {

std::string_view name_of(Verdict verdict) {
  static constexpr std::string_view names[] = {"holds", "violated", "unknown"};
  return names[static_cast<std::size_t>(verdict)];
}

std::string_view name_of(Cause cause) {
  static constexpr std::string_view names[] = {"none", "time", "memory", "steps", "unsupported", "precondition", "vacuous"};
  return names[static_cast<std::size_t>(cause)];
}

Verdict worse(Verdict a, Verdict b) {
  if (a == Verdict::violated || b == Verdict::violated) return Verdict::violated;
  if (a == Verdict::unknown || b == Verdict::unknown) return Verdict::unknown;
  return Verdict::holds;
}

Judgement holds(Model model, Certificate certificate) {
  Judgement judgement;
  judgement.model = model;
  judgement.verdict = Verdict::holds;
  judgement.certificate = std::move(certificate);
  return judgement;
}

Judgement violated(Model model, Certificate certificate, std::vector<Anomaly> anomalies) {
  Judgement judgement;
  judgement.model = model;
  judgement.verdict = Verdict::violated;
  judgement.certificate = std::move(certificate);
  judgement.anomalies = std::move(anomalies);
  return judgement;
}

Judgement unknown(Model model, Cause cause, std::string detail) {
  Judgement judgement;
  judgement.model = model;
  judgement.cause = cause;
  judgement.detail = std::move(detail);
  return judgement;
}

}  // namespace kasauti::checker
