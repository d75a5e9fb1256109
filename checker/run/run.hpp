#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/certificate/json.hpp"
#include "checker/verdict.hpp"
#include "histories/budget.hpp"
#include "histories/finding.hpp"
#include "histories/read.hpp"

namespace kasauti::checker::run {

struct Options {
  std::vector<Model> models;             ///< empty: what the header's workload promises, else linearizable
  bool all_models = false;
  std::string format;                    ///< empty: sniffed
  std::int64_t clock_error = 0;          ///< ns
  histories::Limits limits;
  unsigned threads = 1;
  bool allow_vacuous = false;
};

/// How far a verdict's certificate was checked.
enum class Certified : std::uint8_t { none, verified, search_alone };
[[nodiscard]] std::string_view name_of(Certified certified);

/// One model's verdict, as reported.
struct ModelResult {
  Judgement judgement;
  Certified certified = Certified::none;
  std::optional<Model> implied_by;       ///< the model whose verdict settled this one
};

/// One named step of the run, for --stats.
struct Pass {
  std::string name;
  double seconds = 0;
  std::uint64_t resident_bytes = 0;      ///< at its end
};

/// All that is known of one history file after a run; what reporters print.
struct Result {
  std::string file;
  histories::ReadResult read;            ///< the history, its findings (lint's included) and its hash
  bool bad_input = false;                ///< the findings contain errors: there is no verdict
  bool out_of_budget = false;            ///< while reading
  std::vector<ModelResult> models;
  Verdict verdict = Verdict::unknown;    ///< the worst of the models'
  std::vector<Pass> passes;
  std::uint64_t peak_bytes = 0;
};

/// One history through all passes: read → lint → check → certify. Never throws; what goes wrong is in the result. A verdict whose
/// certificate the verifier refuses becomes a std::logic_error of the caller's: see internal_error.
[[nodiscard]] Result check_file(const std::string& file, const Options& options);

/// A contradiction inside Kasauti itself, which must never be reported as a verdict: a certificate that the verifier refused, or formal
/// verdicts that contradict the lattice. Empty if there is none.
[[nodiscard]] std::string internal_error(const Result& result);

/// The certificates of a result, as one file.
[[nodiscard]] CertificateFile certificates(const Result& result);

/// The model that a workload promises (SCENARIOS' table); linearizable if the name says nothing.
[[nodiscard]] Model promised_by(const std::string& workload);

}  // namespace kasauti::checker::run
