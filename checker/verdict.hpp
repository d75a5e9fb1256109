#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/certificate/certificate.hpp"
#include "checker/model.hpp"
#include "histories/history.hpp"

namespace kasauti::checker {

using histories::History;

enum class Verdict : std::uint8_t { holds, violated, unknown };

/// Why a verdict is unknown.
enum class Cause : std::uint8_t { none, time, memory, steps, unsupported, precondition, vacuous };

[[nodiscard]] std::string_view name_of(Verdict verdict);
[[nodiscard]] std::string_view name_of(Cause cause);

/// Over several keys, models or files: violated beats unknown beats holds.
[[nodiscard]] Verdict worse(Verdict a, Verdict b);

/// Something that no store with the model's promise could have shown.
struct Anomaly {
  std::string name;                  ///< from the table of docs/anomalies.md: StaleRead, CyclicCO…
  std::vector<Model> models;         ///< those that it violates
  std::vector<OpId> operations;      ///< those that clash, in the order of invocation
  std::string reason;                ///< in words, with lines
  std::uint64_t count = 1;           ///< how often this kind was found
  std::uint64_t at_risk = 0;         ///< out of so many operations that could have shown it; 0: not counted
  std::uint64_t sessions = 1;        ///< in so many sessions
  std::vector<OpId> occurrences;     ///< of each that was counted, the operation that showed it; empty: not kept
  std::vector<OpId> smallest;        ///< of those counted the example that is easiest to read, if not `operations`
  bool relative = false;             ///< only relative to the real-time order of the writes: no verdict rests on it
};

/// How stale: the least k in versions (k-atomic), or the least Δ in ns (delta-atomic).
struct Measure {
  std::int64_t at_least = 0;
  std::int64_t at_most = 0;          ///< equal to at_least where the least is known
  bool bounded = true;               ///< false: no k, or Δ, however large, will do; then the others say nothing
};

/// What an engine answers about one model.
///
/// An engine never answers `holds` or `violated` without being sure; the caller hands the certificate to the verifier
/// before it believes the answer.
struct Judgement {
  Model model = Model::linearizable;
  Verdict verdict = Verdict::unknown;
  Cause cause = Cause::none;         ///< set iff unknown
  std::string detail;                ///< for unknown: what is missing, how far it got, which option to raise
  Certificate certificate;
  std::vector<Anomaly> anomalies;    ///< empty unless violated, but for relative ones, which may come with any verdict
  std::optional<Measure> measure;    ///< of k-atomic and delta-atomic, if it is known
  std::vector<std::string> methods;  ///< for --stats: which algorithm decided how much
};

[[nodiscard]] Judgement holds(Model model, Certificate certificate);
[[nodiscard]] Judgement violated(Model model, Certificate certificate, std::vector<Anomaly> anomalies);
[[nodiscard]] Judgement unknown(Model model, Cause cause, std::string detail);

}  // namespace kasauti::checker
