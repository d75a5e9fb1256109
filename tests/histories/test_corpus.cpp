// Our own corpus: every history is read without an error, and every .expect file is one that a driver can follow.

#include <set>
#include <sstream>

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

const std::set<std::string> models = {
    "linearizable", "sequential", "per-key-sequential", "causal-memory", "causal-convergent", "causal", "pram",
        "session",
    "read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads", "convergent"};

TEST_CASE("every history of the corpus is read, and has its expected verdicts beside it") {
  std::size_t histories = 0;
  for (const char* folder : {"litmus", "nasty"}) {
    for (const auto& file : files_in(corpus / folder)) {
      if (file.extension() == ".expect") continue;
      ++histories;
      INFO(file.string());
      const ReadResult result = read_history(file.string());
      INFO(messages(result.findings));
      CHECK(result.ok);
      CHECK(result.findings.empty());
      std::istringstream expect{contents(stem_of(file).string() + ".expect")};
      std::size_t lines = 0;
      for (std::string model, verdict; expect >> model >> verdict; ++lines) {
        CHECK(models.contains(model));
        CHECK((verdict == "holds" || verdict == "violated" || verdict.starts_with("unknown:")));
      }
      CHECK(lines != 0);
    }
  }
  CHECK(histories >= 80);
}

TEST_CASE("the litmus table is there in full") {
  for (int number = 1; number <= 30; ++number) {
    const std::string prefix = fmt::format("R{:02}", number);
    const auto files = files_in(corpus / "litmus");
    const auto found = std::ranges::count_if(files, [&](const auto& file) {
      return file.filename().string().starts_with(prefix) && file.extension() == ".jsonl";
    });
    CHECK(found == (number == 1 ? 3 : 1));
  }
}

TEST_CASE("a litmus history says what its shape says") {
  const History h = read_history((corpus / "litmus" / "R26-overlaps.jsonl").string()).history;
  REQUIRE(h.size() == 5);
  CHECK(h.describe_call(0) == "write \"x\" 1");
  CHECK(h.describe_call(4) == "read \"y\" → 0");
  CHECK_FALSE(h.precedes(1, 4));
  CHECK(h.precedes(0, 3));
}

TEST_CASE("of a very long value a sentence has the two ends") {
  std::string text;
  while (text.size() < 5'000) text += "ä";
  const ReadResult read = read_history_text("{\"kasauti\":1,\"object\":\"register\"}\n{\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"value\":\"" +
                                            text + "\"}\n");
  REQUIRE(read.ok);
  const std::string told = read.history.describe_call(0);
  CHECK(told.size() < 220);
  CHECK(told.starts_with("write \"ää"));
  CHECK(told.find("ä…ä") != std::string::npos);
  CHECK(told.find("(5002 bytes)") != std::string::npos);
}

}  // namespace

}  // namespace kasauti::histories::test
