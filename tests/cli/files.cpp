// Where histories come from and where files go: each malformed kind, standard input, compression, paths that can't be
// written.

#include <algorithm>
#include <sstream>

#include "tests/cli/support.hpp"

namespace kasauti::tests {

namespace fs = std::filesystem;

// An .lint file states "line:column rule" of each finding; 0:0 stands for the file as a whole. Which rules are errors
// follows from DESIGN §3: everything but these is.
TEST_CASE("each malformed history ends with 254 and file:line:column") {
  const std::vector<std::string> warnings = {
      "duplicate-write", "in-order",       "no-concurrency", "no-observation-at-risk", "process-after-info",
      "session-overlap", "truncated-line", "unwritten-read", "vacuous"};
  const Kasauti kasauti;
  std::size_t errors = 0;
  for (const auto& entry : fs::directory_iterator{corpus / "lint"}) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".lint")) continue;
    const std::string stem = name.substr(0, name.find('.'));
    std::istringstream expected{contents_of(corpus / "lint" / (stem + ".lint"))};
    const bool bad = std::ranges::find(warnings, stem) == warnings.end();
    const Ended check = kasauti.run({"check", entry.path().string()});
    const Ended lint = kasauti.run({"lint", entry.path().string()});
    INFO(name << "\n" << check.out << check.err);
    CHECK((check.status == 254) == bad);
    CHECK(lint.status == (bad ? 254 : 0));
    CHECK(check.err == "");
    std::string first_rule;
    for (std::string place, rule; expected >> place >> rule;) {
      if (first_rule.empty()) first_rule = rule;
      const std::string where =
          entry.path().string() + (place == "0:0" ? "" : ":" + place) + (bad ? ": error: " : ": warning: ");
      for (const std::string& out : {check.out, lint.out}) {
        INFO(where << "… [" << rule << "]");
        CHECK(says(out, where));
        CHECK(says(out, " [" + rule + "]\n"));
      }
    }
    errors += bad ? 1 : 0;
    // No verdict beside an error, in words or for programs.
    if (!bad) continue;
    CHECK_FALSE(says(check.out, "linearizable"));
    const Ended json = kasauti.run({"check", entry.path().string(), "--report", "json"});
    CHECK(json.status == 254);
    CHECK(says(json.out, R"("verdict":null,"models":[],"anomalies":[],"lint":[{"rule":")" + first_rule + "\""));
  }
  CHECK(errors >= 14);
}

TEST_CASE("a dash is standard input and standard output") {
  const Kasauti kasauti;
  const Ended check = kasauti.run({"check", "-"}, stale);
  CHECK(check.status == 1);
  CHECK(check.out.starts_with("-: 6 operations of a register"));
  CHECK(kasauti.run({"lint", "-"}, malformed).out.starts_with("-:3:21: error"));
  const Ended converted = kasauti.run({"convert", "-", "-", "--to", "edn"}, fine);
  CHECK(converted.status == 0);
  CHECK(says(converted.out, "{:process 1, :type :ok, :f :read, :value 1"));
  const Ended back = kasauti.run({"convert", "-", "-"}, converted.out);
  CHECK(back.status == 0);
  CHECK(back.out.starts_with("{\"kasauti\":1,"));
  CHECK(kasauti.run({"check", "-"}, back.out).status == 0);
  const Ended generated = kasauti.run({"generate", "register", "--ops", "50", "--violate", "stale", "-o", "-"});
  CHECK(kasauti.run({"check", "-"}, generated.out).status == 1);
  const Ended certificate = kasauti.run({"check", "-", "--quiet", "--certificate", "-"}, stale);
  CHECK(certificate.status == 1);
  kasauti.folder.write("stale", stale);
  CHECK(kasauti.run({"verify", "stale", "-"}, certificate.out).status == 0);
  kasauti.folder.write("c", certificate.out);
  CHECK(kasauti.run({"verify", "-", "c"}, stale).status == 0);
}

TEST_CASE("a history is the same in every format and compression") {
  const Kasauti kasauti;
  kasauti.folder.write("h.jsonl", stale);
  for (const char* name : {"a.edn", "a.jsonl.gz", "a.jsonl.zst", "a.edn.gz", "a.edn.zst"}) {
    INFO(name);
    CHECK(kasauti.run({"convert", "h.jsonl", name}).status == 0);
    CHECK(kasauti.folder.read(name) != stale);
    const Ended check = kasauti.run({"check", name, "--model", "l,s"});
    CHECK(check.status == 1);
    CHECK(says(check.out, "6 operations of a register, 3 processes, 2 keys, 1 of unknown outcome"));
    CHECK(says(check.out, "\n  linearizable          VIOLATED"));
    CHECK(says(check.out, "\n  sequential            holds"));
    CHECK(kasauti.run({"check", "-"}, kasauti.folder.read(name)).status == 1);
    CHECK(kasauti.run({"convert", name, "back.jsonl"}).status == 0);
    CHECK(kasauti.run({"check", "back.jsonl"}).status == 1);
  }
  const std::string gz = kasauti.folder.read("a.jsonl.gz");
  kasauti.folder.write("cut.jsonl.gz", gz.substr(0, gz.size() / 2));
  CHECK(kasauti.run({"check", "cut.jsonl.gz"}).status != 255);
}

TEST_CASE("a path that cannot be written ends with 254, and nothing half-written stays") {
  const Kasauti kasauti;
  kasauti.folder.write("fine", fine);
  kasauti.folder.write("stale", stale);
  fs::create_directory(kasauti.folder.path() / "folder");
  const auto before = kasauti.folder.names();
  for (const std::vector<std::string>& option :
       {std::vector<std::string>{"--report", "json:nowhere/r.json"},
        {"--certificate", "nowhere/c.json"},
        {"--report", "text:folder"},
        {"--certificate", "folder"}}) {
    for (const char* history : {"fine", "stale"}) {
      const Ended ended = kasauti.run({"check", history, option[0], option[1]});
      INFO(option[1] << ": " << ended.err);
      CHECK(ended.status == 254);
      CHECK(ended.err.starts_with("kasauti: "));
      CHECK(kasauti.folder.names() == before);
      CHECK(fs::is_empty(kasauti.folder.path() / "folder"));
    }
  }
  for (const char* arguments : {"check fine", "check fine --report json", "check fine --quiet --certificate -",
                                "lint fine", "convert fine -", "generate register --ops 10"}) {
    const std::string command = std::string{KASAUTI_BIN_DIR} + "/kasauti " + arguments + " > /dev/full";
    const Ended ended = run_program("/bin/sh", {"-c", command}, kasauti.folder.path());
    INFO(arguments << "\n" << ended.err);
    CHECK(ended.status == 254);
    CHECK(says(ended.err, "No space left on device"));
  }
}

TEST_CASE("a file that cannot be replaced in whole keeps what it had") {
  const Kasauti kasauti;
  kasauti.folder.write("fine", fine);
  kasauti.folder.write("report.json", "old");
  // A limit of 512 bytes a file (POSIX counts blocks of 512): less than the report needs.
  const std::string limited = "trap '' XFSZ; ulimit -f 1; " + std::string{KASAUTI_BIN_DIR} + "/kasauti ";
  const auto run = [&](const std::string& words) {
    return run_program("/bin/sh", {"-c", limited + words}, kasauti.folder.path());
  };
  const Ended report = run("check fine --model all --quiet --report json:report.json");
  CHECK(report.status == 254);
  CHECK(says(report.err, "File too large"));
  const Ended generate = run("generate register --ops 100 -o new.jsonl");
  CHECK(generate.status == 254);
  CHECK(kasauti.folder.names() == std::vector<std::string>{"fine", "report.json"});
  CHECK(kasauti.folder.read("report.json") == "old");
}

}  // namespace kasauti::tests
