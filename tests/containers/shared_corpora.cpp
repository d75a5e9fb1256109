// The made-up container histories with known verdicts: the engines must agree with them, and their certificates
// verify.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/linearizable/linearizable.hpp"
#include "histories/read.hpp"

namespace kasauti::tests {

TEST_CASE("the shared container histories get the verdicts that their table states") {
  const char* given = std::getenv("KASAUTI_CORPORA");
  const std::filesystem::path folder =
      std::filesystem::path{given != nullptr ? given : KASAUTI_SOURCE_DIR "/../shared/corpora"} / "synthetic";
  std::ifstream table{folder / "verdicts.tsv"};
  if (!table) SKIP("the shared corpora are not at " << folder.string());
  std::size_t judged = 0;
  for (std::string line; std::getline(table, line);) {
    std::istringstream fields{line};
    std::string file, verdict, object;
    fields >> file >> verdict >> object;
    if (object != "queue" && object != "stack" && object != "priority-queue" && object != "set") continue;
    INFO(file);
    const auto read = histories::read_history((folder / file).string());
    REQUIRE(read.ok);
    histories::Budget budget;
    const auto judgement = checker::linearizable::check(read.history, {}, budget);
    CHECK(checker::name_of(judgement.verdict) == (verdict == "linearizable" ? "holds" : "violated"));
    const auto verified =
        checker::verify(read.history, checker::Model::linearizable, judgement.verdict, judgement.certificate);
    CHECK(verified.accepted);
    CHECK(verified.complete);
    ++judged;
  }
  CHECK(judged >= 17);
}

}  // namespace kasauti::tests
