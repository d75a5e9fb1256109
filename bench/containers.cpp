// How fast the engines of containers and their like are: generated histories of growing length, time, and memory
// beyond the history's.
//
//   bench_containers [LARGEST] [KIND…]      a table in Markdown on standard output
//
// One row a run: the engine's answer with its certificate, then the verifier on it. Each run is a process of its own.
// Memory is the peak of the resident set while the engine works, less what was resident when it began.

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "checker/certificate/verify.hpp"
#include "checker/index/keys.hpp"
#include "checker/linearizable/engines.hpp"
#include "histories/generate/generate.hpp"
#include "histories/read.hpp"

namespace {

using namespace kasauti;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The peak of the resident set since reset_peak(), in bytes; 0 where the system does not tell.
std::uint64_t peak() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    std::uint64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

void reset_peak() { std::ofstream{"/proc/self/clear_refs"} << 5; }

histories::ReadResult generated(const histories::generate::Options& options) {
  std::string text, problem;
  const auto keep = [&](std::string_view chunk) {
    text += chunk;
    return true;
  };
  if (!histories::generate::generate(options, keep, problem)) return {};
  return histories::read_history_text(text);
}

void run(const histories::generate::Options& options) {
  const histories::ReadResult read = generated(options);
  if (!read.ok) return;
  const histories::History& history = read.history;
  reset_peak();
  const auto before = histories::resident_bytes();
  const auto start = std::chrono::steady_clock::now();
  const checker::index::Keys keys{history, true};
  histories::Budget budget;
  std::vector<std::optional<checker::linearizable::KeyAnswer>> answers;
  for (histories::KeyId key = 0; key < keys.size(); ++key) {
    answers.push_back(checker::linearizable::decide_by_object(history, keys.operations(key), budget));
  }
  const double check = seconds_since(start);
  const std::uint64_t most = peak();
  checker::Verdict verdict = checker::Verdict::holds;
  checker::Certificate certificate;
  checker::Orders orders;
  for (histories::KeyId key = 0; key < keys.size(); ++key) {
    if (!answers[key]) {
      verdict = checker::worse(verdict, checker::Verdict::unknown);
    } else if (answers[key]->verdict == checker::Verdict::violated) {
      verdict = checker::Verdict::violated;
      certificate = std::move(answers[key]->refutation);
    } else {
      orders.orders.push_back({checker::Scope::key, key, std::move(answers[key]->witness)});
    }
  }
  if (verdict == checker::Verdict::holds) certificate.proof = std::move(orders);
  const auto verify_start = std::chrono::steady_clock::now();
  const auto checked = checker::verify(history, checker::Model::linearizable, verdict, certificate);
  const double verify = seconds_since(verify_start);
  const std::string verified = checked.accepted ? "yes" : checked.problem;
  fmt::print("| {} | {} | {} | {:g} % | {} | {:.4f} | {:.1f} | {} | {:.4f} |\n", options.kind, options.ops,
             options.violate, 100 * options.info, checker::name_of(verdict), check,
             most > before ? static_cast<double>(most - before) / 1e6 : 0.0, verified, verify);
}

}  // namespace

int main(int count, char** arguments) {
  const std::uint64_t largest = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1'000'000;
  std::vector<std::string> kinds{"queue", "stack",     "priority-queue", "bag",  "set",      "list",
                                 "ids",   "fetch-add", "counter",        "lock", "semaphore"};
  if (count > 2) kinds.assign(arguments + 2, arguments + count);
  fmt::print("| object | operations | planted | unknown | verdict | check, s | memory, MB | verified | verify, s |\n");
  fmt::print("|---|---|---|---|---|---|---|---|---|\n");
  for (const std::string& kind : kinds) {
    const bool doubles = kind == "ids" || kind == "lock" || kind == "semaphore";
    for (std::uint64_t ops = 1000; ops <= largest; ops *= 10) {
      for (const char* violate : {"none", doubles ? "duplicate" : "lost"}) {
        for (const double info : {0.0, 0.01}) {
          (void)std::fflush(stdout);
          const pid_t child = fork();
          if (child == 0) {
            run({.kind = kind, .ops = ops, .clients = 20, .info = info, .violate = violate});
            (void)std::fflush(stdout);
            _exit(0);
          }
          int status = 0;
          if (child > 0) waitpid(child, &status, 0);
        }
      }
    }
  }
  return 0;
}
