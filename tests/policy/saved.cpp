// Certificates of a policy's verdicts: saved, read again, verified on the history and the policy's text alone; and what
// is refused.

#include <algorithm>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include "checker/policy/judge.hpp"
#include "checker/policy/verify.hpp"
#include "histories/read.hpp"

namespace kasauti::tests {

namespace {

using checker::CertificateFile;
using checker::Verdict;
using checker::policy::ClassCheck;

/// Writes 1, 2, 3 at level strong; then reads 3 at strong and 1 at weak, which is three versions and 30 ns old.
const std::string stale = [] {
  std::string text = R"({"kasauti":1,"object":"kv","initial":null})" "\n";
  int time = 0;
  const auto call = [&](int process, const char* f, int value, const char* level) {
    for (const char* type : {"invoke", "ok"}) {
      text += fmt::format(R"({{"time":{},"process":{},"type":"{}","f":"{}","key":"x","value":{},"level":"{}"}})" "\n",
                          time += 10, process, type, f, value, level);
    }
  };
  for (int value = 1; value <= 3; ++value) call(0, "put", value, "strong");
  call(1, "get", 3, "strong");
  call(2, "get", 1, "weak");
  return text;
}();

struct Saved {
  checker::run::Result result;
  CertificateFile file;
};

Saved save(const std::string& classes) {
  Saved saved;
  saved.result.policy = "{\"classes\": [" + classes + "]}";
  const auto parsed = checker::policy::parse(saved.result.policy);
  REQUIRE(parsed.problems.empty());
  saved.result.read = histories::read_history_text(stale);
  REQUIRE(saved.result.read.ok);
  histories::Budget budget;
  checker::policy::judge(parsed.policy, saved.result, {}, budget);
  std::string problem;
  REQUIRE(checker::from_json(checker::to_json(checker::run::certificates(saved.result)), saved.file, problem));
  return saved;
}

std::vector<ClassCheck> verified(const Saved& saved) {
  std::vector<ClassCheck> checks;
  std::string problem;
  REQUIRE(checker::policy::verify_classes(saved.result.read.history, saved.file, checks, problem));
  return checks;
}

bool all_accepted(const std::vector<ClassCheck>& checks) {
  return std::ranges::all_of(checks, [](const ClassCheck& each) {
    UNSCOPED_INFO(each.class_name << ": " << each.what << ": " << each.verification.problem);
    return each.verification.accepted && each.verification.complete;
  });
}

const std::string strong = R"({"class": "strong", "level": "strong", "model": "linearizable"})";

std::string weak(const std::string& promise) {
  return strong + R"(, {"class": "weak", "level": "weak", )" + promise + "}";
}

}  // namespace

TEST_CASE("Each kind of verdict of a class is saved with proofs that bear it out") {
  for (const auto& [promise, verdict] : {std::pair{R"("model": "sequential")", Verdict::holds},
                                         {R"("model": "linearizable")", Verdict::violated},
                                         {R"("model": "regular")", Verdict::violated},
                                         {R"("max_staleness": 3)", Verdict::holds},
                                         {R"("max_staleness": 2)", Verdict::violated},
                                         {R"("max_staleness": "1us")", Verdict::holds},
                                         {R"("max_staleness": "10ns")", Verdict::violated},
                                         {R"("max_staleness": 3, "model": "mr")", Verdict::holds},
                                         {R"("demands": "weak")", Verdict::holds},
                                         {R"("demands": "strong")", Verdict::violated}}) {
    INFO(promise);
    const Saved saved = save(weak(promise));
    REQUIRE(saved.result.classes.at(1).verdict == verdict);
    CHECK(all_accepted(verified(saved)));
    // The opposite can't be claimed with these proofs.
    Saved wrong = saved;
    wrong.file.classes.at(1).verdict = verdict == Verdict::holds ? Verdict::violated : Verdict::holds;
    CHECK(!all_accepted(verified(wrong)));
  }
}

TEST_CASE("A certificate of a policy that lacks a class, or has another one's proofs, is refused") {
  const Saved saved = save(weak(R"("model": "sequential")"));
  Saved wrong = saved;
  wrong.file.classes.pop_back();
  CHECK(!all_accepted(verified(wrong)));
  wrong = saved;
  wrong.file.classes.at(0).name = "other";
  CHECK(!all_accepted(verified(wrong)));
  wrong = saved;
  std::swap(wrong.file.classes.at(0).entries, wrong.file.classes.at(1).entries);
  CHECK(!all_accepted(verified(wrong)));
  wrong = saved;
  wrong.file.classes.at(1).entries.clear();
  CHECK(!all_accepted(verified(wrong)));
  // A policy that promises more than what was proved.
  wrong = saved;
  wrong.file.policy.replace(wrong.file.policy.find("sequential"), 10, "linearizable");
  CHECK(!all_accepted(verified(wrong)));
  wrong.file.policy = "{";
  std::vector<ClassCheck> checks;
  std::string problem;
  CHECK(!checker::policy::verify_classes(wrong.result.read.history, wrong.file, checks, problem));
  CHECK(problem.find("line 1") != std::string::npos);
}

TEST_CASE("What rests on a tolerated share is said not to be verified") {
  const Saved saved = save(weak(R"("model": "regular", "tolerate": 1)"));
  REQUIRE((saved.result.classes.at(1).verdict == Verdict::holds && saved.result.classes.at(1).tolerated));
  const auto checks = verified(saved);
  CHECK((checks.back().what == "promise" && checks.back().verification.accepted));
  CHECK(!checks.back().verification.complete);
}

}  // namespace kasauti::tests
