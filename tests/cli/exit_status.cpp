// What scripts and gates depend on: the exit status of every command, for good and bad input and for wrong usage; and
// that what is wrong is said where people look for it.

#include <algorithm>

#include "tests/cli/support.hpp"

namespace kasauti::tests {

namespace {

// Wrong usage: 254, a message on standard error that contains `said`, nothing on standard output, no file.
void refused(const Kasauti& kasauti, std::vector<std::string> arguments, std::string_view said) {
  const auto before = kasauti.folder.names();
  std::string words;
  for (const std::string& word : arguments) words += word + " ";
  const Ended ended = kasauti.run(std::move(arguments));
  INFO(words << "\n" << ended.err);
  CHECK(ended.status == 254);
  CHECK(says(ended.err, said));
  CHECK(ended.out == "");
  CHECK(kasauti.folder.names() == before);
}

}  // namespace

TEST_CASE("check exits with the verdict") {
  const Kasauti kasauti;
  kasauti.folder.write("fine", fine);
  kasauti.folder.write("stale", stale);
  kasauti.folder.write("vacuous", vacuous);
  kasauti.folder.write("malformed", malformed);
  CHECK(kasauti.run({"check", "fine"}).status == 0);
  CHECK(kasauti.run({"check", "stale"}).status == 1);
  CHECK(kasauti.run({"check", "vacuous"}).status == 2);
  CHECK(kasauti.run({"check", "vacuous", "--allow-unknown"}).status == 0);
  CHECK(kasauti.run({"check", "vacuous", "--allow-vacuous"}).status == 0);
  CHECK(kasauti.run({"check", "stale", "--allow-unknown", "--allow-vacuous"}).status == 1);
  CHECK(kasauti.run({"check", "malformed"}).status == 254);
  CHECK(kasauti.run({"check", "malformed", "--allow-unknown"}).status == 254);
  CHECK(kasauti.run({"check", "missing"}).status == 254);
}

TEST_CASE("of several files, check exits with the worst") {
  const Kasauti kasauti;
  kasauti.folder.write("0", fine);
  kasauti.folder.write("1", stale);
  kasauti.folder.write("2", vacuous);
  kasauti.folder.write("254", malformed);
  const std::vector<std::string> from_best = {"0", "2", "1", "254"};
  for (std::size_t i = 0; i < from_best.size(); ++i) {
    for (std::size_t j = 0; j < from_best.size(); ++j) {
      const Ended ended = kasauti.run({"check", from_best[i], from_best[j]});
      INFO(from_best[i] << " " << from_best[j]);
      CHECK(std::to_string(ended.status) == from_best[std::max(i, j)]);
      CHECK(says(ended.out, from_best[i] + ":"));  // each has its say, also behind a bad one
      CHECK(says(ended.out, from_best[j] + ":"));
    }
  }
  CHECK(kasauti.run({"check", "0", "1", "2", "254"}).status == 254);
  CHECK(kasauti.run({"check", "0", "2", "0", "--allow-unknown"}).status == 0);
}

TEST_CASE("lint exits with 0 or 254") {
  const Kasauti kasauti;
  kasauti.folder.write("fine", fine);
  kasauti.folder.write("vacuous", vacuous);
  kasauti.folder.write("malformed", malformed);
  const Ended good = kasauti.run({"lint", "fine"});
  CHECK(good.status == 0);
  CHECK(good.out == "fine: 2 operations, nothing to say\n");
  const Ended doubtful = kasauti.run({"lint", "vacuous"});
  CHECK(doubtful.status == 0);
  CHECK(says(doubtful.out, "vacuous: warning: "));
  CHECK(says(doubtful.out, "[vacuous]\n"));
  const Ended bad = kasauti.run({"lint", "fine", "malformed", "fine"});
  CHECK(bad.status == 254);
  CHECK(says(bad.out, "malformed:3:21: error: "));
  CHECK(says(bad.out, "[malformed]\nfine: 2 operations"));
}

TEST_CASE("convert exits with 0 or 254") {
  const Kasauti kasauti;
  kasauti.folder.write("fine.jsonl", fine);
  kasauti.folder.write("malformed.jsonl", malformed);
  CHECK(kasauti.run({"convert", "fine.jsonl", "fine.edn"}).status == 0);
  refused(kasauti, {"convert", "malformed.jsonl", "out.edn"}, "malformed.jsonl:3:21: ");
  refused(kasauti, {"convert", "missing.jsonl", "out.edn"}, "missing.jsonl");
  refused(kasauti, {"convert", "fine.jsonl", "out.xml"}, ".jsonl and .edn can be written");
  refused(kasauti, {"convert", "fine.jsonl", "out", "--to", "xml"}, "jsonl and edn can");
  refused(kasauti, {"convert", "fine.jsonl", "nowhere/out.edn"}, "No such file or directory");
  refused(kasauti, {"convert", "fine.jsonl"}, "B is required");
}

TEST_CASE("generate exits with 0 or 254") {
  const Kasauti kasauti;
  CHECK(kasauti.run({"generate", "queue", "--ops", "20", "-o", "q.jsonl"}).status == 0);
  refused(kasauti, {"generate", "quue"}, "there are register, cas-register");
  refused(kasauti, {"generate", "register", "--info", "200%"}, "--info takes a share");
  refused(kasauti, {"generate", "register", "--violate", "everything"}, "everything");
  refused(kasauti, {"generate", "register", "--ops", "many"}, "--ops");
  refused(kasauti, {"generate", "register", "-o", "nowhere/out.jsonl"}, "No such file or directory");
  refused(kasauti, {"generate"}, "KIND is required");
}

TEST_CASE("wrong usage ends with 254 and says what is right") {
  const Kasauti kasauti;
  kasauti.folder.write("fine", fine);
  refused(kasauti, {}, "subcommand is required");
  refused(kasauti, {"chek", "fine"}, "there are check, lint, verify, ");
  refused(kasauti, {"--frobnicate"}, "subcommand is required");
  refused(kasauti, {"check"}, "FILE is required");
  refused(kasauti, {"check", "fine", "--frobnicate"}, "--frobnicate");
  refused(kasauti, {"check", "fine", "--model", "linearisable"}, "there is no model \"linearisable\"");
  refused(kasauti, {"check", "fine", "--model", "l,nonsense"}, "causal-convergent");
  refused(kasauti, {"check", "fine", "--expect", "nonsense"}, "--expect takes one of: linearizable, sequential");
  refused(kasauti, {"check", "fine", "--report", "xml"}, "text, json");
  refused(kasauti, {"check", "fine", "--report", "json:"}, "KIND:PATH");
  refused(kasauti, {"check", "fine", "--report"}, "--report");
  refused(kasauti, {"check", "fine", "--report", "text", "--report", "json"}, "share standard output");
  refused(kasauti, {"check", "fine", "--report", "text:r", "--report", "json:r"}, "share r");
  refused(kasauti, {"check", "fine", "--certificate", "-"}, "share standard output");
  refused(kasauti, {"check", "fine", "fine", "--certificate", "c"}, "of one history");
  refused(kasauti, {"check", "fine", "--certificate", "fine"}, "written over the history fine");
  refused(kasauti, {"check", "fine", "--report", "json:./fine"}, "written over the history fine");
  CHECK(kasauti.folder.read("fine") == fine);
  refused(kasauti, {"check", "fine", "--timeout", "soon"}, "--timeout takes a duration such as 60s");
  refused(kasauti, {"check", "fine", "--timeout", "-1s"}, "--timeout");
  refused(kasauti, {"check", "fine", "--memory", "lots"}, "--memory takes a size such as 8G");
  refused(kasauti, {"check", "fine", "--steps", "few"}, "--steps takes a positive number");
  refused(kasauti, {"check", "fine", "--threads", "two"}, "--threads");
  refused(kasauti, {"check", "fine", "--clock-error", "2 days"}, "--clock-error takes a duration");
  refused(kasauti, {"verify", "fine"}, "CERTIFICATE is required");
  refused(kasauti, {"verify", "-", "-"}, "standard input");
  refused(kasauti, {"lint"}, "FILE is required");
  const Ended format = kasauti.run({"check", "fine", "--format", "xml"});
  CHECK(format.status == 254);
  CHECK(says(format.out, "--format takes one of jsonl, json, jepsen-log, edn"));
}

TEST_CASE("asked for help or the version, it exits with 0") {
  const Kasauti kasauti;
  CHECK(kasauti.run({"--version"}).out.starts_with("kasauti "));
  const Ended help = kasauti.run({"--help"});
  CHECK(help.status == 0);
  CHECK(says(help.out, "Exit status: 0 holds, 1 violated, 2 unknown, 254 bad usage or input, 255 internal error."));
  for (const char* command : {"check", "lint", "verify", "minimize", "explain", "convert", "generate", "record", "test"}) {
    CHECK(says(help.out, command));
    CHECK(kasauti.run({command, "--help"}).status == 0);
  }
  CHECK(says(kasauti.run({"record", "--help"}).out, "--workload"));  // the recorder's own
}

}  // namespace kasauti::tests
