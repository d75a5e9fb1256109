// Every file of the shared corpora that is a history of operations is read, to the number of operations that its
// folder states.

#include <map>
#include <sstream>

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

/// The rows of a verdicts.tsv as fields.
std::vector<std::vector<std::string>> table(const std::filesystem::path& path) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines{contents(path)};
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;
    std::istringstream cells{line};
    for (std::string cell; std::getline(cells, cell, '\t');) fields.push_back(cell);
    rows.push_back(fields);
  }
  return rows;
}

std::filesystem::path folder(std::string_view name) {
  const auto path = shared_corpora / name;
  if (!std::filesystem::exists(path)) SKIP("the shared corpora are not at " << path.string());
  return path;
}

ReadResult read_good(const std::filesystem::path& path, std::string_view format) {
  ReadResult result = read_history(path.string());
  INFO(path.string() << "\n" << messages(result.findings));
  REQUIRE(result.ok);
  REQUIRE(result.findings.empty());
  REQUIRE(result.format == format);
  return result;
}

std::size_t count(const History& h, Outcome outcome) { return static_cast<std::size_t>(std::ranges::count(h.outcome,
    outcome)); }

TEST_CASE("Jepsen's logs of etcd") {
  const auto path = folder("jepsen-etcd");
  const auto rows = table(path / "verdicts.tsv");
  REQUIRE(rows.size() == 53);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const History h = read_good(path / rows[i][0], "jepsen-log").history;
    CHECK(h.header.object == ObjectKind::cas_register);
    CHECK(std::to_string(h.size()) == rows[i][2]);
    // The table counts reads that timed out as unknown; the logs call them failed. Neither constrains anything.
    std::size_t timed_out = 0;
    for (OpId op = 0; op < h.size(); ++op) timed_out += h.function[op] == Function::read &&
        h.outcome[op] == Outcome::fail ? 1 : 0;
    CHECK(std::to_string(count(h, Outcome::info) + timed_out) == rows[i][3]);
    CHECK(std::to_string(count(h, Outcome::fail) - timed_out) == rows[i][4]);
  }
}

TEST_CASE("the key-value texts") {
  const auto path = folder("kv");
  const auto rows = table(path / "verdicts.tsv");
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const History h = read_good(path / rows[i][0], "edn").history;
    CHECK(h.header.object == ObjectKind::kv);
    CHECK(h.values.to_json(h.header.initial) == "\"\"");
    CHECK(std::to_string(h.size()) == rows[i][2]);
    CHECK(std::to_string(h.process_name.size()) == rows[i][3]);
    CHECK(std::to_string(h.key_count()) == rows[i][4]);
    CHECK(count(h, Outcome::ok) == h.size());
  }
}

TEST_CASE("the synthetic histories") {
  const auto path = folder("synthetic");
  const auto rows = table(path / "verdicts.tsv");
  REQUIRE(rows.size() == 72);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const History h = read_good(path / rows[i][0], "jsonl").history;
    INFO(rows[i][0]);
    CHECK(name_of(h.header.object) == rows[i][2]);
    CHECK(std::to_string(h.size()) == rows[i][3]);
    CHECK(std::to_string(count(h, Outcome::info)) == rows[i][4]);
    CHECK(std::to_string(count(h, Outcome::fail)) == rows[i][5]);
  }
}

TEST_CASE("the histories of POPL 2017") {
  for (const auto& file : files_in(folder("popl17-fig2"))) {
    if (file.extension() != ".jsonl") continue;
    CHECK(read_good(file, "jsonl").history.header.object == ObjectKind::reg);
  }
}

TEST_CASE("elle-cli's histories, in EDN and in JSON") {
  const auto path = folder("elle-edn");
  const std::map<std::string, std::pair<std::string, std::size_t>> expected = {
      {"elle/list-append-gh-30", {"txn", 5}},      {"elle/paper-example", {"txn", 4}},
      {"elle/rw-register", {"txn", 3}},            {"jepsen/bank-neg", {"bank", 1}},
      {"jepsen/bank-negative-balances", {"bank", 2}}, {"jepsen/bank", {"bank", 321}},
      {"jepsen/counter", {"counter", 287}},        {"jepsen/long-fork", {"txn", 2}},
      {"jepsen/set", {"set", 4}},                  {"jepsen/set_full", {"set", 294}},
      {"knossos/cas-register/bad/bad-analysis", {"register", 9}},
      {"knossos/cas-register/bad/cas-failure", {"cas-register", 291}},
      {"knossos/cas-register/bad/mongodb-v0-ack-rollback-6", {"cas-register", 746}},
      {"knossos/cas-register/bad/rethink-fail-minimal", {"register", 4}},
      {"knossos/cas-register/bad/rethink-fail-smaller", {"cas-register", 250}},
      {"knossos/cas-register/bad/rethink-fail", {"cas-register", 250}},
      {"knossos/cas-register/good/memstress3-9", {"cas-register", 316}},
      {"knossos/mutex/bad/etcd", {"lock", 563}}};
  std::map<std::string, std::string> stories;
  std::size_t files = 0;
  for (const auto& row : table(path / "verdicts.tsv")) {
    if (row[0] == "file") continue;
    ++files;
    const std::filesystem::path name = row[0];
    INFO(row[0]);
    const History h = read_good(path / name, name.extension().string().substr(1)).history;
    const std::string stem = (name.parent_path() / name.stem()).string();
    REQUIRE(expected.contains(stem));
    CHECK(name_of(h.header.object) == expected.at(stem).first);
    CHECK(h.size() == expected.at(stem).second);
    // A .json beside an .edn of the same name is the same history; what nemeses say is put differently there.
    std::string told = story(h);
    told.resize(told.find("\nfault") == std::string::npos ? told.size() : told.find("\nfault"));
    const auto [entry, first] = stories.try_emplace(stem, told);
    if (!first && stem != "elle/paper-example") CHECK(entry->second == told);
  }
  CHECK(files == 25);
}

}  // namespace

}  // namespace kasauti::histories::test
