// Saved certificates of a policy's verdicts, checked again.
//
// The certificate carries the policy's text, and for each class proofs on that class's own history. Which operations
// those are is not taken from it: policy and history say so (scope.cpp). What is believed of a class's verdict has to
// follow from proofs that the verifier accepts: the model's verdict, and the figures of staleness within or beyond what
// was promised; levels are looked at again. A verdict that rests on a tolerated share rests on counts of the engine:
// that is said, and not verified. Tested in tests/policy/saved.cpp.

#include "checker/policy/verify.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "checker/policy/scope.hpp"

namespace kasauti::checker::policy {

namespace {

/// What accepted proofs say about a class.
struct Proved {
  std::optional<Verdict> model;            // of the promised model
  bool atomic = false;                     // k = 1, Δ = 0
  std::optional<StaleVersions> versions;
  std::optional<StaleTime> time;
};

Verdict within(bool given, bool atomic, bool known, bool holds, bool fails) {
  if (!given || atomic) return Verdict::holds;
  if (!known) return Verdict::unknown;
  return fails ? Verdict::violated : holds ? Verdict::holds : Verdict::unknown;
}

Verdict levels(const Promise& promise, const History& whole, const std::vector<std::uint32_t>& class_of,
               std::uint32_t number) {
  Verdict verdict = Verdict::holds;
  for (OpId op = 0; op < whole.size() && !promise.demanded.empty(); ++op) {
    if (class_of[op] != number) continue;
    const auto level = level_of(whole, op);
    if (level == histories::no_value) {
      verdict = worse(verdict, Verdict::unknown);
    } else if (whole.values.to_json(level) != promise.demanded) {
      return Verdict::violated;
    }
  }
  return verdict;
}

/// What the proofs make of the promise.
Verdict follows(const Promise& promise, const Proved& proved) {
  Verdict verdict = Verdict::holds;
  if (promise.model) verdict = worse(verdict, proved.model.value_or(Verdict::unknown));
  const auto& k = proved.versions;
  const std::uint64_t most = promise.most_versions.value_or(0);
  verdict = worse(verdict, within(promise.most_versions.has_value(), proved.atomic, k.has_value(),
                                  k && k->at_most != 0 && k->at_most <= most, k && k->at_least > most));
  const auto& time = proved.time;
  const std::int64_t longest = promise.most_nanoseconds.value_or(0);
  return worse(verdict, within(promise.most_nanoseconds.has_value(), proved.atomic, time.has_value(),
                               time && time->nanoseconds <= longest, time && time->nanoseconds > longest));
}

void note(const CertificateFile::Entry& entry, const Promise& promise, Proved& proved) {
  if (promise.model == entry.model) proved.model = entry.verdict;
  const bool holds = entry.verdict == Verdict::holds;
  if (holds && entry.model == Model::linearizable) proved.atomic = true;
  if (const auto* k = std::get_if<StaleVersions>(&entry.certificate.proof)) proved.versions = *k;
  if (const auto* time = std::get_if<StaleTime>(&entry.certificate.proof)) proved.time = *time;
  // No k will do where a read ended before its write began.
  if (proved.versions && proved.versions->between.empty() && proved.versions->core.empty()) {
    proved.versions->at_least = UINT64_MAX;
  }
}

class Check {
 public:
  Check(const Policy& policy, const History& history, const CertificateFile& file)
      : policy_{policy}, h_{history}, scope_{policy, history, file.others} {}

  void one(const CertificateFile::Class& saved, std::vector<ClassCheck>& checks) {
    const auto named = [&](const Class& each) { return each.name == saved.name; };
    const auto found = std::ranges::find_if(policy_.classes, named);
    auto number = static_cast<std::uint32_t>(found - policy_.classes.begin());
    Promise promise;
    if (found != policy_.classes.end()) {
      promise = found->promise;
    } else {
      const auto nth = static_cast<std::size_t>(others_seen_++);
      if (saved.name != "uncovered" || nth >= scope_.others().size()) {
        checks.push_back({saved.name, "promise", saved.verdict, {false, true, "the policy has no such class"}});
        return;
      }
      number = no_class;
      promise.model = scope_.others()[nth];
    }
    seen_.push_back(saved.name);
    const Subhistory part = scope_.history_of(number, promise.model);
    Proved proved;
    for (const CertificateFile::Entry& entry : saved.entries) {
      const Verification verification = verify(part.history, entry.model, entry.verdict, entry.certificate);
      if (verification.accepted && verification.complete) note(entry, promise, proved);
      checks.push_back({saved.name, std::string{name_of(entry.model)}, entry.verdict, verification});
    }
    const bool vacuous = part.history.size() == 0;
    const Verdict own = levels(promise, h_, scope_.class_of(), number);
    const Verdict proof = vacuous ? own : worse(own, follows(promise, proved));
    checks.push_back({saved.name, "promise", saved.verdict, judge(saved, promise, proof)});
  }

  /// The policy's classes that the certificate says nothing of.
  [[nodiscard]] std::vector<std::string> missing() const {
    std::vector<std::string> names;
    for (const Class& each : policy_.classes) {
      if (std::ranges::find(seen_, each.name) == seen_.end()) names.push_back(each.name);
    }
    return names;
  }

 private:
  static Verification judge(const CertificateFile::Class& saved, const Promise& promise, Verdict proof) {
    if (saved.verdict == Verdict::unknown || saved.verdict == proof) return {true, true, {}};
    if (saved.verdict == Verdict::holds && proof == Verdict::violated && promise.tolerate > 0) {
      return {true, false, "it rests on the share of anomalies that is tolerated"};
    }
    if (proof == Verdict::unknown) return {true, false, "no proof in the certificate settles it"};
    return {false, true, fmt::format("by the proofs the promise is {}", name_of(proof))};
  }

  const Policy& policy_;
  const History& h_;
  Scope scope_;
  int others_seen_ = 0;
  std::vector<std::string> seen_;
};

}  // namespace

bool verify_classes(const History& history, const CertificateFile& file, std::vector<ClassCheck>& checks,
                    std::string& problem) {
  const Parsed parsed = parse(file.policy);
  if (!parsed.problems.empty()) {
    const Problem& first = parsed.problems.front();
    problem = fmt::format("the policy in it, line {}, column {}: {}", first.line, first.column, first.message);
    return false;
  }
  Check check{parsed.policy, history, file};
  for (const CertificateFile::Class& saved : file.classes) check.one(saved, checks);
  for (std::string& name : check.missing()) {
    Verification refused{false, true, "the certificate says nothing of it"};
    checks.push_back({std::move(name), "promise", Verdict::unknown, std::move(refused)});
  }
  return true;
}

}  // namespace kasauti::checker::policy
