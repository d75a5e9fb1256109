// kasauti minimize and kasauti explain, as programs.

#include <fstream>

#include "histories/read.hpp"
#include "tests/cli/support.hpp"

namespace kasauti::tests {

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("what minimize writes is small and violated") {
  const Kasauti kasauti;
  for (const char* kind : {"register", "cas-register", "kv", "queue", "stack", "bag"}) {
    const char* violation = kind == std::string{"queue"} ? "lost" : "future";
    const std::string file = kasauti.generated(std::string{kind} + ".jsonl",
                                               {kind, "--ops", "400", "--clients", "5", "--violate", violation});
    for (const char* name : {"small.jsonl", "small.edn", "small.jsonl.gz"}) {
      const Ended ended = kasauti.run({"minimize", file, "-o", name});
      INFO(kind << " " << name << "\n" << ended.out << ended.err);
      REQUIRE(ended.status == 1);
      CHECK(has(ended.out, "of 400 operations are enough"));
      CHECK(has(ended.out, "no sound step makes it smaller"));
      const auto read = histories::read_history((kasauti.folder.path() / name).string());
      REQUIRE(read.ok);
      CHECK(read.history.size() <= 6);
      CHECK(kasauti.run({"check", name, "--quiet"}).status == 1);
    }
  }
}

TEST_CASE("minimize takes the model that is asked for") {
  const Kasauti kasauti;
  const std::string file = kasauti.copy("litmus/R14-lunch-wrc.jsonl");
  const Ended ended = kasauti.run({"minimize", file, "-o", "-", "--model", "causal"});
  CHECK(ended.status == 1);
  std::ofstream{kasauti.folder.path() / "small.jsonl"} << ended.out;
  CHECK(kasauti.run({"check", "small.jsonl", "--model", "causal", "--quiet"}).status == 1);
  CHECK(kasauti.run({"minimize", file, "-o", "other.jsonl", "--model", "monotonic-reads"}).status == 0);
  CHECK_FALSE(std::filesystem::exists(kasauti.folder.path() / "other.jsonl"));
}

TEST_CASE("what is not violated is not written, and bad input is told") {
  const Kasauti kasauti;
  const std::string holds = kasauti.copy("litmus/R26-overlaps.jsonl");
  const Ended ended = kasauti.run({"minimize", holds, "-o", "small.jsonl"});
  CHECK(ended.status == 0);
  CHECK(has(ended.err, "nothing to minimize"));
  CHECK_FALSE(std::filesystem::exists(kasauti.folder.path() / "small.jsonl"));
  const std::string unknown = kasauti.copy("litmus/C4-late-info.jsonl");
  CHECK(kasauti.run({"minimize", unknown, "-o", "small.jsonl", "--model", "convergent"}).status == 2);
  CHECK(kasauti.run({"minimize", "missing.jsonl", "-o", "small.jsonl"}).status == 254);
  CHECK(kasauti.run({"minimize", holds}).status == 254);
  const std::string violated = kasauti.copy("litmus/R05-stale.jsonl");
  CHECK(kasauti.run({"minimize", violated, "-o", "no/such/folder.jsonl"}).status == 254);
  CHECK(kasauti.run({"explain", "missing.jsonl"}).status == 254);
}

TEST_CASE("explain says which, why, and what may be ignored") {
  const Kasauti kasauti;
  const std::string file = kasauti.generated("register.jsonl", {"register", "--ops", "300", "--clients", "4",
      "--violate", "stale"});
  const Ended ended = kasauti.run({"explain", file});
  INFO(ended.out);
  CHECK(ended.status == 1);
  CHECK(has(ended.out, "records 300 operations on a register"));
  CHECK(has(ended.out, "It violates linearizable"));
  CHECK(has(ended.out, "StaleRead: "));
  CHECK(has(ended.out, "because it had completed when the other was invoked"));
  CHECK(has(ended.out, "and it does not fit"));
  CHECK(has(ended.out, "operations may be ignored"));
  CHECK(kasauti.run({"explain", file}).out == ended.out);
}

TEST_CASE("explain of a history that holds shows the witness, and of an unknown one what is missing") {
  const Kasauti kasauti;
  const Ended holds = kasauti.run({"explain", kasauti.copy("litmus/R26-overlaps.jsonl")});
  INFO(holds.out);
  CHECK(holds.status == 0);
  CHECK(has(holds.out, "There is an order of the operations on \"x\" that explains every answer"));
  CHECK(has(holds.out, "1. process \"p1\": write \"x\" 1 (line 5)."));
  const Ended unknown = kasauti.run({"explain", kasauti.copy("litmus/C4-late-info.jsonl"), "--model", "convergent"});
  CHECK(unknown.status == 2);
  CHECK(has(unknown.out, "unknown (precondition)"));
}

TEST_CASE("explain names the reasons of causal violations") {
  const Kasauti kasauti;
  const Ended ended = kasauti.run({"explain", kasauti.copy("litmus/R14-lunch-wrc.jsonl"), "--model", "causal"});
  INFO(ended.out);
  CHECK(ended.status == 1);
  CHECK(has(ended.out, "because the second returned what only the first wrote"));
  CHECK(has(ended.out, "because they are calls of one session, in this order"));
}

}  // namespace kasauti::tests
