#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checker/certificate/json.hpp"
#include "checker/verdict.hpp"
#include "histories/budget.hpp"
#include "histories/finding.hpp"
#include "histories/read.hpp"

namespace kasauti::checker::run {

struct Result;

struct Options {
  std::vector<Model> models;             ///< empty: what the header's workload promises, else linearizable
  bool all_models = false;
  bool by_promise = false;               ///< if `models` is empty: what the store promised, if the header says so
  std::string format;                    ///< empty: sniffed
  std::int64_t clock_error = 0;          ///< ns
  histories::Limits limits;
  unsigned threads = 1;
  bool allow_vacuous = false;
  /// If set, judges the history that was read in place of `models`: a policy's classes.
  std::function<void(Result& result, const Options& options, histories::Budget& budget)> judge;
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

/// What came out of one class of operations, as reported (checker/policy).
struct ClassResult {
  std::string name;
  std::string selects;                     ///< which operations it has, in words
  std::vector<std::string> declared;       ///< the levels that its operations asked for, as JSON, sorted
  std::uint64_t operations = 0;
  std::uint64_t weakened = 0;              ///< writes of weaker classes that were judged as of unknown outcome
  std::optional<Model> promised;
  std::optional<std::uint64_t> most_versions;    ///< promised: reads are among so many last versions
  std::optional<std::int64_t> most_nanoseconds;  ///< promised: reads are stale by no more than this
  std::string demanded;                    ///< the level, as JSON, that each operation has to carry; empty: any
  double tolerate = 0;                     ///< share of anomalies that the promise leaves room for
  bool tolerated = false;                  ///< it holds only thanks to that room
  Verdict verdict = Verdict::unknown;
  Cause cause = Cause::none;
  std::string detail;
  Certified certified = Certified::none;   ///< of the model's verdict
  std::vector<Model> observed;             ///< the strongest models that hold for it
  std::vector<Model> undecided;            ///< models of the lattice that were not settled
  std::vector<Anomaly> anomalies;          ///< operations are those of the whole history
  std::optional<Measure> versions;         ///< the least k found, where a bound was promised
  std::optional<Measure> nanoseconds;      ///< the least Δ found, likewise
  std::vector<CertificateFile::Entry> proofs;  ///< on the class's own history
  std::string fault;                       ///< an internal error; see internal_error
};

/// All that is known of one history file after a run; what reporters print.
struct Result {
  std::string file;
  histories::ReadResult read;            ///< the history, its findings (lint's included) and its hash
  bool bad_input = false;                ///< the findings contain errors: there is no verdict
  bool out_of_budget = false;            ///< while reading
  std::vector<ModelResult> models;
  std::vector<ClassResult> classes;      ///< of a policy
  std::string policy_file;               ///< whose classes these are
  std::string policy;                    ///< its text
  std::vector<Model> others;             ///< by which operations of no class were judged
  std::vector<histories::Finding> policy_findings;  ///< lint's warnings about the policy, for this history
  std::uint64_t uncovered = 0;           ///< operations in no class of the policy, which were not judged
  Verdict verdict = Verdict::unknown;    ///< the worst of the models' and the classes'
  std::vector<Pass> passes;
  std::uint64_t peak_bytes = 0;
};

/// One history through all passes: read → lint → check → certify. Never throws; what goes wrong is in the result. A
/// verdict whose certificate the verifier refuses becomes a std::logic_error of the caller's: see internal_error.
[[nodiscard]] Result check_file(const std::string& file, const Options& options);

/// The models of `options` judged on a history in memory: check → certify. The result has no file, hash or findings.
[[nodiscard]] Result check_history(History history, const Options& options, histories::Budget& budget);

/// A contradiction inside Kasauti itself, which must never be reported as a verdict: a certificate that the verifier
/// refused, or formal verdicts that contradict the lattice. Empty if there is none.
[[nodiscard]] std::string internal_error(const Result& result);

/// The certificates of a result, as one file.
[[nodiscard]] CertificateFile certificates(const Result& result);

/// The model that the recorded store promised as it was configured: `"promise"` in the header's `meta`, if it names
/// one.
[[nodiscard]] std::optional<Model> promised_in(const histories::Header& header);

/// The model that a workload promises (SCENARIOS' table); linearizable if the name says nothing.
[[nodiscard]] Model promised_by(const std::string& workload);

}  // namespace kasauti::checker::run
