#include <sys/stat.h>
#include <unistd.h>

#include "histories/formats/format.hpp"
#include "histories/write.hpp"

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

/// A folder of this test's own, gone afterwards.
class Folder {
 public:
  Folder() : path_{std::filesystem::temp_directory_path() / fmt::format("kasauti-write-{}", getpid())} {
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{path_}, {}));
  }

 private:
  std::filesystem::path path_;
};

std::string written(const History& h, std::string_view format) {
  std::string out;
  formats::format_named(format)->write(h, out);
  return out;
}

// By operation: the first operation of its session. Sessions may bear one name, which a story doesn't show.
std::vector<OpId> first_of_session(const History& h) {
  std::vector<OpId> first(h.session_name.size(), no_operation);
  std::vector<OpId> out;
  for (OpId op = 0; op < h.size(); ++op) {
    if (first[h.session[op]] == no_operation) first[h.session[op]] = op;
    out.push_back(first[h.session[op]]);
  }
  return out;
}

void check_round_trip(const History& h) {
  for (const std::string format : {"jsonl", "edn"}) {
    const std::string text = written(h, format);
    INFO(format << "\n" << text.substr(0, 2000));
    const ReadResult again = read_text(text);
    INFO(messages(again.findings));
    REQUIRE(again.ok);
    CHECK(again.findings.empty());
    CHECK(again.format == format);
    CHECK(story(again.history) == story(h));
    CHECK(first_of_session(again.history) == first_of_session(h));
    CHECK(written(again.history, format) == text);
  }
}

TEST_CASE("a history that is written and read again is the same") {
  for (const char* folder : {"litmus", "nasty"}) {
    for (const auto& file : files_in(corpus / folder)) {
      if (file.extension() == ".expect") continue;
      INFO(file.string());
      check_round_trip(read_history(file.string()).history);
    }
  }
}

TEST_CASE("the shared corpora survive writing and reading") {
  if (!std::filesystem::exists(shared_corpora)) SKIP("the shared corpora are not at " << shared_corpora.string());
  for (const char* folder : {"kv", "jepsen-etcd", "synthetic", "elle-edn", "popl17-fig2"}) {
    for (const auto& file : files_in(shared_corpora / folder)) {
      const std::string name = file.filename().string();
      const bool data = file.extension() == ".edn" || file.extension() == ".json" || file.extension() == ".log" ||
                        file.extension() == ".jsonl" || (file.extension() == ".txt" &&
                            std::string_view{folder} == "kv");
      if (!data) continue;
      INFO(file.string());
      check_round_trip(read_history(file.string()).history);
    }
  }
}

TEST_CASE("everything that an event can say survives") {
  check_round_trip(good(
      R"({"kasauti":1,"object":"kv","initial":{"a":[1,0.5,"é\n\u0000"]},"workload":"w","store":"sim:","meta":{"x":[1]})"
      "}"
      "\n" +
      event("\"p 1\"", "invoke", "put", R"({"12":1,"a-b":2,"a b":null,"":[]})",
          R"(,"key":[1,"x"],"time":-5,"session":"s","node":"n","level":"quorum","phase":"final")") +
      event("\"p 1\"", "ok", "put", "null", R"(,"time":7,"version":[3,4])") +
      event("-3", "invoke", "cas", "[null,18446744073709551616]", R"(,"key":"k","time":6)") +
      event("-3", "ok", "cas", "null", R"(,"time":9,"result":false,"error":{"code":5})") +
      event("\"nemesis\"", "info", "a fault", R"(["n1"])", ",\"time\":8") + event("4", "invoke", "get", "null",
          R"(,"key":7,"time":9)") +
      event("4", "info", "get", "null", ",\"time\":12")));
}

TEST_CASE("a process that calls again in the nanosecond of its completion survives") {
  check_round_trip(good(event("1", "invoke", "write", "1", at(0)) + event("1", "ok", "write", "1", at(10)) +
                        event("1", "invoke", "read", "null", at(10)) + event("1", "ok", "read", "1", at(10)) +
                        event("1", "invoke", "read", "null", at(10)) + event("1", "info", "read", "1", at(12)) +
                        event("1", "invoke", "read", "null", at(12)) + event("2", "invoke", "write", "9", at(5))));
}

TEST_CASE("the ending of the name tells format and compression") {
  const Folder folder;
  const History h = good(contents(corpus / "litmus" / "R14-lunch-wrc.jsonl"));
  for (const std::string name : {"a.jsonl", "a.edn", "a.jsonl.gz", "a.edn.gz", "a.jsonl.zst", "a.edn.zst"}) {
    std::string problem;
    REQUIRE(write_history(h, folder.file(name), "", problem));
    const ReadResult again = read_history(folder.file(name));
    CHECK(again.format == (name.find("edn") != std::string::npos ? "edn" : "jsonl"));
    CHECK(story(again.history) == story(h));
  }
  CHECK(folder.count() == 6);
  std::string problem;
  CHECK_FALSE(write_history(h, folder.file("a.txt"), "", problem));
  CHECK(problem.find(".jsonl") != std::string::npos);
  CHECK_FALSE(write_history(h, folder.file("a.json"), "json", problem));
  CHECK(write_history(h, folder.file("a.txt"), "edn", problem));
  CHECK(folder.count() == 7);
}

TEST_CASE("a write that fails leaves what was there, and nothing beside it") {
  const Folder folder;
  std::string problem;
  REQUIRE(write_file_atomically(folder.file("h"), "before", problem));
  REQUIRE(chmod(folder.file("h").c_str(), 0640) == 0);
  REQUIRE(write_file_atomically(folder.file("h"), "after", problem));
  CHECK(contents(folder.file("h")) == "after");
  struct stat status {};
  REQUIRE(stat(folder.file("h").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);
  CHECK_FALSE(write_file_atomically(folder.file("missing/h"), "x", problem));
  CHECK_FALSE(problem.empty());
  CHECK_FALSE(write_file_atomically("/dev/full", "x", problem));
  std::filesystem::create_symlink(folder.file("h"), folder.file("link"));
  REQUIRE(write_file_atomically(folder.file("link"), "through", problem));
  CHECK(contents(folder.file("h")) == "through");
  CHECK(std::filesystem::is_symlink(folder.file("link")));
  CHECK(folder.count() == 2);
}

TEST_CASE("a file written in pieces is in its place when it is committed, and never before") {
  const Folder folder;
  std::string problem;
  REQUIRE(write_file_atomically(folder.file("h"), "before", problem));
  {
    AtomicFile abandoned;
    REQUIRE(abandoned.open(folder.file("h"), problem));
    REQUIRE(abandoned.append("half of", problem));
    CHECK(contents(folder.file("h")) == "before");
  }
  CHECK(folder.count() == 1);
  AtomicFile file;
  REQUIRE(file.open(folder.file("h"), problem));
  REQUIRE(file.append("all ", problem));
  REQUIRE(file.append("of it", problem));
  CHECK(contents(folder.file("h")) == "before");
  REQUIRE(file.commit(problem));
  CHECK(contents(folder.file("h")) == "all of it");
  CHECK(folder.count() == 1);
}

}  // namespace

}  // namespace kasauti::histories::test
