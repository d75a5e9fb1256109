// The shared corpora: histories whose verdicts others established, with other tools or by reasoning. Where the folder
// is not beside the source tree these tests are skipped, and say so.

#include <sstream>
#include <vector>

#include "tests/corpora/judge.hpp"
#include "tests/support/process.hpp"

namespace kasauti::tests {

namespace {

namespace fs = std::filesystem;
using checker::Model;

fs::path folder(const char* name) {
  const fs::path path = fs::path{KASAUTI_SOURCE_DIR} / ".." / "shared" / "corpora" / name;
  if (!fs::exists(path)) SKIP("the shared corpora are not at " << path.string());
  return path;
}

// The rows of a verdicts.tsv, the first one with the names of the columns.
std::vector<std::vector<std::string>> table(const fs::path& corpus) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines{contents_of(corpus / "verdicts.tsv")};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells{line};
    auto& row = rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
  }
  REQUIRE(rows.size() > 1);
  return rows;
}

// Every file of a corpus whose verdict is "linearizable" or "not"; so many rows, and so many verdicts at most without
// a proof.
void check_linearizable(const char* name, std::size_t files, std::size_t search_alone) {
  const fs::path corpus = folder(name);
  const auto rows = table(corpus);
  CHECK(rows.size() == files + 1);
  Tally tally;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    INFO(rows[i][0]);
    REQUIRE((rows[i][1] == "linearizable" || rows[i][1] == "not"));
    CHECK(verdict_of(corpus / rows[i][0], Model::linearizable, tally) == (rows[i][1] == "not" ? "violated" : "holds"));
  }
  CHECK(tally.verdicts == files);
  INFO(tally.search_alone << " of " << tally.verdicts << " verdicts rest on the search alone");
  CHECK(tally.search_alone <= search_alone);
}

}  // namespace

TEST_CASE("Jepsen's logs of etcd") { check_linearizable("jepsen-etcd", 52, 0); }

TEST_CASE("the key-value histories with append") { check_linearizable("kv", 4, 0); }

TEST_CASE("the made-up histories") { check_linearizable("synthetic", 71, 0); }

TEST_CASE("the figure of POPL 2017 tells the causal models apart") {
  const fs::path corpus = folder("popl17-fig2");
  const auto rows = table(corpus);
  REQUIRE(rows[0] == std::vector<std::string>{"file", "CC", "CM", "CCv", "SC"});
  CHECK(rows.size() == 6);
  const Model columns[] = {Model::causal, Model::causal_memory, Model::causal_convergent, Model::sequential};
  Tally tally;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    for (std::size_t column = 0; column < 4; ++column) {
      INFO(rows[i][0] << ", " << rows[0][column + 1]);
      const char* stated = rows[i][column + 1] == "ok" ? "holds" : "violated";
      CHECK(verdict_of(corpus / rows[i][0], columns[column], tally) == stated);
    }
    INFO(rows[i][0]);
    // None is even sequentially consistent.
    CHECK(verdict_of(corpus / rows[i][0], Model::linearizable, tally) == "violated");
  }
  CHECK(tally.search_alone == 0);
}

TEST_CASE("Knossos' registers and mutexes") {
  const fs::path corpus = folder("elle-edn");
  Tally tally;
  for (const auto& row : table(corpus)) {
    if (!row[0].starts_with("knossos/")) continue;
    INFO(row[0]);
    CHECK(verdict_of(corpus / row[0], Model::linearizable, tally) == (row[1] == "valid" ? "holds" : "violated"));
  }
  CHECK(tally.verdicts == 10);
  CHECK(tally.search_alone == 0);
}

}  // namespace kasauti::tests
