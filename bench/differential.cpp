// Many small random histories, each judged by every engine that can: an answer that differs from another one, from what
// the history was made to be, or whose certificate the verifier refuses, is an error in one of them.
//
//   bench_differential HISTORIES SEED THREADS KEEP [SAMPLES EVERY]
//
// History i depends on SEED and i alone. About a third is made to be violated, and in another third two answers are
// exchanged, so that nobody knows. Compared are: what was made; the engine that `kasauti check` takes, with its
// certificate verified; the search; and, where it is quick, the search without its reductions. Histories of
// disagreement go to the folder KEEP. Every EVERY-th history is left in SAMPLES with our verdict, for others to judge.
// Prints one line at the end; exit status 1 if anything disagreed.

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "checker/certificate/verify.hpp"
#include "checker/index/keys.hpp"
#include "checker/linearizable/linearizable.hpp"
#include "checker/linearizable/search.hpp"
#include "checker/objects/specification.hpp"
#include "histories/generate/generate.hpp"
#include "histories/read.hpp"
#include "histories/write.hpp"

namespace {

using namespace kasauti;
using checker::Verdict;
using histories::History;
using histories::OpId;

/// What may be spent on one answer: more histories say more than hard ones.
constexpr double seconds_for_one = 1;
constexpr std::uint64_t engine_steps = 20'000;
constexpr std::uint64_t search_steps = 2'000;
constexpr std::uint64_t plain_steps = 500;
constexpr std::uint64_t verifying_steps = 50'000;

std::string text_of(const histories::generate::Options& options) {
  std::string text, problem;
  const auto keep = [&](std::string_view chunk) {
    text += chunk;
    return true;
  };
  return histories::generate::generate(options, keep, problem) ? text : std::string{};
}

histories::generate::Options draw_options(std::mt19937_64& random) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  static const std::vector<histories::generate::Kind> kinds = [] {
    std::vector<histories::generate::Kind> judged;
    for (const auto& kind : histories::generate::kinds()) {
      if (kind.name != "causal" && kind.name != "sequential") judged.push_back(kind);
    }
    return judged;
  }();
  const auto& kind = kinds[below(kinds.size())];
  histories::generate::Options options;
  options.kind = kind.name;
  options.clients = 1 + static_cast<unsigned>(below(6));
  options.ops = 24 + 2 * options.clients + below(30);
  options.keys = 1 + static_cast<unsigned>(below(4) == 0 ? below(3) : 0);
  const double shares[] = {0, 0, 0.05, 0.2};
  options.info = shares[below(4)];
  options.reads = 0.3 + 0.2 * static_cast<double>(below(3));
  options.cas_fails = below(2) == 0;
  options.permits = 1 + static_cast<unsigned>(below(3));
  options.seed = random();
  if (below(10) < 3 && !kind.violations.empty()) options.violate = kind.violations[below(kind.violations.size())];
  if (below(2) == 0 && options.violate == "none") options.values = 2 + static_cast<unsigned>(below(4));
  return options;
}

/// Exchanges what two calls of one kind on one key returned, mostly neighbours; false if there are no two that differ.
bool spoil(History& history, std::mt19937_64& random) {
  for (int tries = 0; tries < 8; ++tries) {
    const OpId a = static_cast<OpId>(random() % history.size());
    const OpId end = std::min<OpId>(static_cast<OpId>(history.size()), a + 12);
    for (OpId b = a + 1; b < end; ++b) {
      const bool alike = history.ok(a) && history.ok(b) && history.function[a] == history.function[b] &&
                         history.key[a] == history.key[b] && history.argument[a] == history.argument[b];
      if (!alike || history.result[a] == history.result[b]) continue;
      std::swap(history.result[a], history.result[b]);
      return true;
    }
  }
  return false;
}

class Comparison {
 public:
  explicit Comparison(const History& history) : history_{history} {}

  /// What disagrees, or nothing.
  std::string run(const char* made) {
    said(made);
    const auto ours = judged(checker::linearizable::Engine::automatic, engine_steps);
    verdict_ = ours.verdict;
    said(name_of(ours.verdict));
    if (ours.verdict != Verdict::unknown) {
      histories::Budget budget{{seconds_for_one, 0, 0}};
      const auto verified = checker::verify(history_, ours.model, ours.verdict, ours.certificate, verifying_steps, &budget);
      if (!verified.accepted && verified.complete) return "the verifier refuses: " + verified.problem;
    }
    said(name_of(judged(checker::linearizable::Engine::search, search_steps).verdict));
    if (history_.key_count() == 1) said(name_of(plainly()));
    return holds_ && violated_ ? words_ : std::string{};
  }

  [[nodiscard]] Verdict verdict() const { return verdict_; }

 private:
  void said(std::string_view verdict) {
    words_ += fmt::format("{}{}", words_.empty() ? "" : ", ", verdict);
    holds_ |= verdict == "holds";
    violated_ |= verdict == "violated";
  }

  [[nodiscard]] checker::Judgement judged(checker::linearizable::Engine engine, std::uint64_t steps) const {
    histories::Budget budget{{seconds_for_one, 0, steps}};
    return checker::linearizable::check(history_, {engine, 1}, budget);
  }

  [[nodiscard]] Verdict plainly() const {
    histories::Budget budget{{seconds_for_one, 0, plain_steps}};
    const auto specification = checker::objects::make_specification(history_.header, history_.values);
    const checker::index::Keys keys{history_, checker::objects::splits_by_key(history_.header.object)};
    if (keys.size() == 0) return Verdict::holds;
    const auto problem = checker::linearizable::make_problem(history_, keys.operations(0), *specification);
    checker::linearizable::SearchOptions plain;
    plain.reductions = {false, false, false};
    plain.segment = 0;
    return checker::linearizable::search(problem, *specification, plain, budget).verdict;
  }

  const History& history_;
  std::string words_;
  bool holds_ = false, violated_ = false;
  Verdict verdict_ = Verdict::unknown;
};

struct Work {
  std::uint64_t histories = 0, seed = 0;
  std::filesystem::path keep, samples;
  std::uint64_t every = 0;
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> count[3] = {};
  std::atomic<std::uint64_t> disagreements{0};
  std::mutex printing;
};

void save(const History& history, const std::filesystem::path& path) {
  std::string problem;
  if (!histories::write_history(history, path.string(), "jsonl", problem)) fmt::print(stderr, "{}\n", problem);
}

void one(Work& work, std::uint64_t number) {
  std::mt19937_64 random{work.seed * 0x9e3779b97f4a7c15U + number};
  const auto options = draw_options(random);
  const std::string text = text_of(options);
  if (text.empty()) return;  // no such history: more clients than operations, or a violation without room
  histories::ReadResult read = histories::read_history_text(text);
  const char* made = options.violate == "none" ? "holds" : "violated";
  if (random() % 3 == 0 && spoil(read.history, random)) made = "not known";
  Comparison comparison{read.history};
  const std::string problem = comparison.run(made);
  ++work.count[static_cast<int>(comparison.verdict())];
  const std::string name = fmt::format("{}-{}.jsonl", work.seed, number);
  if (!problem.empty()) {
    ++work.disagreements;
    save(read.history, work.keep / name);
    const std::lock_guard lock{work.printing};
    fmt::print("DISAGREEMENT: {}: {}\n", (work.keep / name).string(), problem);
  }
  if (work.every == 0 || number % work.every != 0) return;
  save(read.history, work.samples / name);
  const std::lock_guard lock{work.printing};
  std::ofstream{work.samples / "verdicts.tsv", std::ios::app} << name << '\t' << name_of(comparison.verdict()) << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5 && argc != 7) {
    fmt::print(stderr, "usage: bench_differential HISTORIES SEED THREADS KEEP [SAMPLES EVERY]\n");
    return 254;
  }
  Work work;
  work.histories = std::strtoull(argv[1], nullptr, 10);
  work.seed = std::strtoull(argv[2], nullptr, 10);
  work.keep = argv[4];
  if (argc == 7) {
    work.samples = argv[5];
    work.every = std::strtoull(argv[6], nullptr, 10);
  }
  for (const auto& folder : {work.keep, work.samples}) {
    if (!folder.empty()) std::filesystem::create_directories(folder);
  }
  std::vector<std::thread> threads;
  for (long i = std::max(1L, std::strtol(argv[3], nullptr, 10)); i > 0; --i) {
    threads.emplace_back([&work] {
      for (std::uint64_t number = work.next++; number < work.histories; number = work.next++) one(work, number);
    });
  }
  for (std::thread& thread : threads) thread.join();
  fmt::print("{} histories: {} hold, {} violated, {} unknown; {} disagreements\n", work.histories,
             work.count[0].load(), work.count[1].load(), work.count[2].load(), work.disagreements.load());
  return work.disagreements == 0 ? 0 : 1;
}
