// From what was found to a judgement: names, counts, words, certificates.

#include "checker/causal/outcome.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace kasauti::checker::causal {

using enum Model;
using histories::Budget;
using histories::Exhausted;

namespace {

struct AnomalyRow {
  std::string_view name;
  std::vector<Model> models;
};

const std::vector<AnomalyRow>& anomaly_rows() {
  static const std::vector<AnomalyRow> rows = {
      {"ThinAirRead", {causal_memory, causal_convergent, causal, pram, session, read_your_writes, monotonic_reads,
                       monotonic_writes, writes_follow_reads}},
      {"FailedWriteRead", {causal_memory, causal_convergent, causal, pram, session, read_your_writes, monotonic_reads,
                           monotonic_writes, writes_follow_reads}},
      {"CyclicCO", {causal_memory, causal_convergent, causal, session, writes_follow_reads}},
      {"WriteCOInitRead", {causal_memory, causal_convergent, causal, session}},
      {"WriteCORead", {causal_memory, causal_convergent, causal, session}},
      {"CyclicCF", {causal_convergent}},
      {"WriteHBInitRead", {causal_memory}},
      {"CyclicHB", {causal_memory}},
      {"WritePRAMInitRead", {causal_memory, pram}},
      {"CyclicPRAM", {causal_memory, pram}},
      {"CyclicSessionOrder", {causal_memory, causal_convergent, session}},
      {"ReadYourWrites", {causal_memory, pram, session, read_your_writes}},
      {"MonotonicReads", {causal_memory, pram, session, monotonic_reads}},
      {"MonotonicWrites", {monotonic_writes}},
      {"WritesFollowReads", {causal_memory, causal_convergent, causal, session, writes_follow_reads}},
  };
  return rows;
}

void collect(const std::vector<Link>& path, std::vector<OpId>& operations) {
  for (const Link& link : path) {
    operations.push_back(link.from);
    operations.push_back(link.to);
  }
}

std::string with_version(const History& h, OpId op) {
  if (h.version[op] == histories::no_value) return h.describe(op);
  return fmt::format("{} as version {}", h.describe(op), h.values.to_json(h.version[op]));
}

bool uses_versions(const ForcedOrder& proof) {
  return std::ranges::find(proof.end, Force::version, &Link::force) != proof.end.end();
}

std::string link_in_words(const History& h, const ForcedOrder& proof, const Link& link) {
  switch (link.force) {
    case Force::session_order:
      return fmt::format("{} comes before {} in their session", h.describe(link.from), h.describe(link.to));
    case Force::reads_from: return fmt::format("{} returned what {} wrote", h.describe(link.to), h.describe(link.from));
    case Force::version:
      return fmt::format("{} comes before {} by the store's versions", with_version(h, link.from),
                         with_version(h, link.to));
    case Force::derived: break;
  }
  return fmt::format(
      "{} must come before {}, because {} returned the latter's value and the former comes before that read",
      h.describe(link.from), h.describe(link.to), h.describe(proof.derived[link.derived].read));
}

}  // namespace

std::vector<Model> models_against(std::string_view anomaly) {
  for (const AnomalyRow& row : anomaly_rows()) {
    if (row.name == anomaly) return row.models;
  }
  return {};
}

std::uint64_t session_count(const History& history, std::vector<OpId> operations) {
  for (OpId& op : operations) op = history.session[op];
  std::ranges::sort(operations);
  return static_cast<std::uint64_t>(std::ranges::unique(operations).begin() - operations.begin());
}

std::vector<Link> links(const Relations& relations, std::span<const GraphEdge> path, ForcedOrder& proof,
                        Budget& budget) {
  std::vector<Link> result;
  for (const GraphEdge& edge : path) {
    if (edge.kind == GraphEdge::Kind::conflict && edge.read == no_operation) {
      result.push_back({edge.from, edge.to, Force::version, 0});
      continue;
    }
    if (edge.kind != GraphEdge::Kind::conflict) {
      const bool session = edge.kind == GraphEdge::Kind::session;
      result.push_back({edge.from, edge.to, session ? Force::session_order : Force::reads_from, 0});
      continue;
    }
    DerivedOrder derived{edge.read,
                         links(relations, causal_path(relations, edge.from, edge.read, budget), proof, budget)};
    result.push_back({edge.from, edge.to, Force::derived, static_cast<std::uint32_t>(proof.derived.size())});
    proof.derived.push_back(std::move(derived));
  }
  return result;
}

std::string in_words(const History& history, const ForcedOrder& proof) {
  std::vector<std::string> clauses;
  std::vector<bool> told(proof.derived.size(), false);
  // What a derived order rests on is told before it is used, its own grounds first.
  const auto tell = [&](const auto& self, const std::vector<Link>& path) -> void {
    for (const Link& link : path) {
      if (link.force == Force::derived && !told[link.derived]) {
        told[link.derived] = true;
        self(self, proof.derived[link.derived].path);
      }
      std::string clause = link_in_words(history, proof, link);
      if (std::ranges::find(clauses, clause) == clauses.end()) clauses.push_back(std::move(clause));
    }
  };
  tell(tell, proof.end);
  constexpr std::size_t shown = 12;
  const std::size_t left = clauses.size() > shown ? clauses.size() - shown : 0;
  clauses.resize(clauses.size() - left);
  std::string text = fmt::format("{}", fmt::join(clauses, "; "));
  if (left != 0) text += fmt::format("; and {} more steps", left);
  const OpId last = proof.end.back().to;
  if (last == proof.end.front().from) return text + ": a circle";
  return text + fmt::format("; yet {} returned the initial value", history.describe(last));
}

Outcome::Outcome(Model model, const Relations& relations) : model_{model}, relations_{relations} {
  add_unexplained(false, "ThinAirRead", "returned a value that nothing wrote");
  add_unexplained(true, "FailedWriteRead", "returned a value that only a failed write tried to write");
}

void Outcome::add_unexplained(bool failed, std::string name, std::string reason) {
  std::vector<OpId> reads;
  OpId write = no_operation;
  for (const UnexplainedRead& read : relations_.unexplained()) {
    if ((read.failed_write != no_operation) != failed) continue;
    if (reads.empty()) write = read.failed_write;
    reads.push_back(read.read);
  }
  if (reads.empty()) return;
  if (anomalies_.empty()) certificate_.proof = UnwrittenRead{reads.front()};
  Anomaly anomaly;
  anomaly.models = models_against(name);
  anomaly.name = std::move(name);
  anomaly.operations = {reads.front()};
  if (relations_.sources().refused(reads.front())) reason = "was refused, though nothing ever wrote another value";
  anomaly.reason = fmt::format("{} {}", relations_.history().describe(reads.front()), reason);
  if (write != no_operation) {
    anomaly.operations.push_back(write);
    anomaly.reason += fmt::format(": {}", relations_.history().describe(write));
    std::ranges::sort(anomaly.operations);
  }
  anomaly.count = reads.size();
  anomaly.at_risk = relations_.read_count();
  anomaly.sessions = session_count(relations_.history(), reads);
  anomaly.occurrences = std::move(reads);
  anomalies_.push_back(std::move(anomaly));
}

void Outcome::add(Anomaly anomaly, ForcedOrder proof) {
  anomaly.models = models_against(anomaly.name);
  if (std::ranges::find(anomaly.models, model_) == anomaly.models.end()) anomaly.models.push_back(model_);
  std::ranges::sort(anomaly.models);
  // The order of the store's versions says nothing to a model that may take any order of the writes.
  if (uses_versions(proof)) {
    std::erase_if(anomaly.models, [&](Model model) { return model != session && model != model_; });
  }
  collect(proof.end, anomaly.operations);
  for (const DerivedOrder& derived : proof.derived) collect(derived.path, anomaly.operations);
  std::ranges::sort(anomaly.operations);
  anomaly.operations.erase(std::ranges::unique(anomaly.operations).begin(), anomaly.operations.end());
  anomaly.reason = in_words(relations_.history(), proof);
  if (anomalies_.empty()) certificate_.proof = std::move(proof);
  anomalies_.push_back(std::move(anomaly));
}

void Outcome::add_relative(Anomaly anomaly) {
  anomaly.relative = true;
  relative_.push_back(std::move(anomaly));
}

void Outcome::add_by_search(Anomaly anomaly) {
  anomaly.models = models_against(anomaly.name);
  if (anomalies_.empty()) certificate_.proof = SearchAlone{};
  anomalies_.push_back(std::move(anomaly));
}

Judgement Outcome::finish(Certificate witness, const Budget& budget) {
  Judgement judgement = conclude(std::move(witness), budget);
  std::ranges::move(relative_, std::back_inserter(judgement.anomalies));
  return judgement;
}

Judgement Outcome::conclude(Certificate witness, const Budget& budget) {
  if (violated()) return checker::violated(model_, std::move(certificate_), std::move(anomalies_));
  if (budget.stopped()) {
    const Cause cause = budget.exhausted() == Exhausted::time     ? Cause::time
                        : budget.exhausted() == Exhausted::memory ? Cause::memory
                                                                  : Cause::steps;
    return unknown(model_, cause,
                   fmt::format("the {} limit was reached after {:.1f} s; raise it", name_of(cause), budget.seconds()));
  }
  if (!relations_.unsettled().empty()) {
    return unknown(model_, Cause::precondition,
                   fmt::format("{} ({} such reads)", relations_.sources().why_open(relations_.unsettled().front()),
                               relations_.unsettled().size()));
  }
  return holds(model_, std::move(witness));
}

Judgement Outcome::finish_unknown(Cause cause, std::string detail) {
  if (violated()) return checker::violated(model_, std::move(certificate_), std::move(anomalies_));
  return unknown(model_, cause, std::move(detail));
}

}  // namespace kasauti::checker::causal
