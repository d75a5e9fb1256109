#include "checker/certificate/verify.hpp"

#include <variant>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker {

Verification verify(const History& history, Model model, Verdict verdict, const Certificate& certificate,
                    std::uint64_t steps, histories::Budget* budget) {
  // As verdicts, k-atomic and delta-atomic ask for k = 1 and Δ = 0, which is linearizability.
  const bool measured = model == Model::k_atomic || model == Model::delta_atomic;
  const certificate::Claim claim{history, measured ? Model::linearizable : model, verdict, steps, budget};
  if (std::holds_alternative<std::monostate>(certificate.proof)) {
    if (verdict == Verdict::unknown) return certificate::accept();
    return certificate::refuse("there is no proof");
  }
  if (verdict == Verdict::unknown) return certificate::refuse("an unknown verdict has no proof");
  return std::visit(
      [&](const auto& proof) -> Verification {
        if constexpr (std::is_same_v<std::decay_t<decltype(proof)>, std::monostate>) {
          return certificate::refuse("there is no proof");
        } else {
          return certificate::check_proof(claim, proof);
        }
      },
      certificate.proof);
}

}  // namespace kasauti::checker
