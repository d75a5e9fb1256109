// What check prints: the text for people, to the byte; the JSON for programs, field by field.

#include <algorithm>
#include <cctype>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/cli/support.hpp"

namespace kasauti::tests {

namespace {

using nlohmann::json;

std::string approved(const std::string& name) {
  return contents_of(std::filesystem::path{KASAUTI_SOURCE_DIR} / "tests" / "cli" / "approved" / name);
}

}  // namespace

// The approved texts were compared by hand with their histories: each line number, process, value and count.
TEST_CASE("the text of a violation names the operations with their lines, one column a process") {
  const Kasauti kasauti;
  kasauti.folder.write("stale.jsonl", stale);
  const Ended ended = kasauti.run({"check", "stale.jsonl", "--model", "l,sequential"});
  CHECK(ended.status == 1);
  CHECK(ended.err == "");
  CHECK(ended.out == approved("stale.txt"));

  kasauti.folder.write("cas.jsonl", R"({"kasauti":1,"object":"cas-register","initial":0}
{"process":0,"type":"invoke","f":"cas","value":[0,1]}
{"process":"b","type":"invoke","f":"cas","value":[0,2]}
{"process":2,"type":"invoke","f":"read","value":null}
{"process":0,"type":"ok","f":"cas","value":[0,1]}
{"process":2,"type":"fail","f":"read","value":null}
{"process":"b","type":"ok","f":"cas","value":[0,2]}
)");
  CHECK(kasauti.run({"check", "cas.jsonl"}).out == approved("cas.txt"));
}

TEST_CASE("the next command that the text names can be run") {
  const Kasauti kasauti;
  kasauti.folder.write("stale.jsonl", stale);
  const std::string text = kasauti.run({"check", "stale.jsonl"}).out;
  const std::string before = "\nnext: kasauti ";
  const std::size_t begin = text.find(before);
  REQUIRE(begin != std::string::npos);
  std::istringstream words{text.substr(begin + before.size())};
  std::vector<std::string> arguments;
  for (std::string word; words >> word;) arguments.push_back(word);
  const Ended next = kasauti.run(arguments);
  INFO(next.out << next.err);
  CHECK(next.status == 1);  // it is still violated
  CHECK(says(next.out, "line 11"));  // the stale read
}

TEST_CASE("the text of a history that holds is short") {
  const Kasauti kasauti;
  kasauti.folder.write("fine", fine);
  CHECK(kasauti.run({"check", "fine"}).out ==
        "fine: 2 operations of a register, 2 processes\n"
        "  assumed: format jsonl, events in the order of their lines, initial value 0\n"
        "  linearizable          holds  (certificate verified)\n");
}

TEST_CASE("option --quiet leaves the exit status alone to speak") {
  const Kasauti kasauti;
  kasauti.folder.write("stale", stale);
  kasauti.folder.write("fine", fine);
  for (const char* file : {"stale", "fine"}) {
    const Ended ended = kasauti.run({"check", file, "--quiet"});
    CHECK(ended.status == (std::string_view{file} == "stale" ? 1 : 0));
    CHECK(ended.out == "");
    CHECK(ended.err == "");
  }
  // Reports that were asked for elsewhere are written all the same.
  const Ended ended = kasauti.run({"check", "stale", "--quiet", "--report", "text:r", "--report", "json"});
  CHECK(says(kasauti.folder.read("r"), "VIOLATED"));
  CHECK(json::parse(ended.out).at("verdict") == "violated");
}

TEST_CASE("option --stats shows what took how long, and which method decided") {
  const Kasauti kasauti;
  kasauti.folder.write("stale", stale);
  const Ended ended = kasauti.run({"check", "stale", "--stats"});
  for (const char* part : {"\nread ", "\nlint ", "\ncheck ", "\ncertify ", "linearizable: zones", "peak memory: "}) {
    INFO(part);
    CHECK(says(ended.out, part));
  }
}

TEST_CASE("several reports at once, each to its place, of several files") {
  const Kasauti kasauti;
  kasauti.folder.write("a", stale);
  kasauti.folder.write("b", fine);
  const Ended ended = kasauti.run({"check", "a", "b", "--report", "json:out.json", "--report", "text", "--report",
                                   "text:out.txt"});
  CHECK(ended.status == 1);
  CHECK(ended.out == kasauti.folder.read("out.txt"));
  CHECK(ended.out.starts_with("a: 6 operations"));
  CHECK(says(ended.out, "\nb: 2 operations"));
  std::istringstream lines{kasauti.folder.read("out.json")};
  std::vector<std::string> files;
  for (std::string line; std::getline(lines, line);) files.push_back(json::parse(line).at("file"));
  CHECK(files == std::vector<std::string>{"a", "b"});
  CHECK(kasauti.folder.names() == std::vector<std::string>{"a", "b", "out.json", "out.txt"});
}

TEST_CASE("option --report json has the fields that programs rely on") {
  const Kasauti kasauti;
  kasauti.folder.write("stale.jsonl", stale);
  const Ended ended = kasauti.run({"check", "stale.jsonl", "--model", "l,s,cc,convergent", "--report", "json"});
  CHECK(ended.status == 1);
  CHECK(std::ranges::count(ended.out, '\n') == 1);
  const json report = json::parse(ended.out);
  CHECK(report.at("kasauti") == 1);
  CHECK(report.at("file") == "stale.jsonl");
  const std::string hash = report.at("sha256");
  CHECK(hash.size() == 64);
  CHECK(std::ranges::all_of(hash, [](unsigned char c) { return std::isxdigit(c) != 0; }));
  // The reference is another program's word.
  const Ended sum = run_program("/bin/sh", {"-c", "sha256sum < stale.jsonl"}, kasauti.folder.path());
  if (sum.status == 0) CHECK(sum.out.substr(0, 64) == hash);
  CHECK(report.at("operations") == 6);
  CHECK(report.at("verdict") == "violated");

  const json& models = report.at("models");
  REQUIRE(models.size() == 4);
  const auto model_is = [&](std::size_t i, const char* name, const char* verdict, const json& cause,
                            const json& implied_by, const char* certificate) {
    INFO(models[i].dump());
    CHECK(models[i].at("model") == name);
    CHECK(models[i].at("verdict") == verdict);
    CHECK(models[i].at("cause") == cause);
    CHECK(models[i].at("implied_by") == implied_by);
    CHECK(models[i].at("certificate") == certificate);
  };
  model_is(0, "linearizable", "violated", nullptr, nullptr, "verified");
  model_is(1, "sequential", "holds", nullptr, nullptr, "verified");
  model_is(3, "convergent", "unknown", "precondition", nullptr, "none");
  CHECK(models[2].at("verdict") == "holds");

  REQUIRE(report.at("anomalies").size() == 1);
  const json& anomaly = report.at("anomalies")[0];
  CHECK(anomaly.at("name") == "StaleRead");
  CHECK(anomaly.at("models") == json::array({"linearizable"}));
  CHECK(anomaly.at("count") == 1);
  CHECK(anomaly.at("at_risk") == 2);  // the two completed reads of x
  CHECK(anomaly.at("sessions") == 1);
  CHECK(says(anomaly.at("reason"), "line 8"));
  // The stale read, the write that it missed, and the one that it returned.
  std::vector<json> operations;
  for (json operation : anomaly.at("operations")) {
    json kept;
    for (const char* field : {"line", "process", "f", "key", "value"}) kept[field] = operation.at(field);
    operations.push_back(kept);
  }
  CHECK(operations == std::vector<json>{json::parse(R"({"line":4,"process":0,"f":"write","key":"x","value":1})"),
                                        json::parse(R"({"line":8,"process":0,"f":"write","key":"x","value":2})"),
                                        json::parse(R"({"line":11,"process":1,"f":"read","key":"x","value":1})")});

  CHECK(report.at("lint") == json::array());
  REQUIRE(!report.at("passes").empty());
  CHECK(report.at("passes")[0].at("name") == "read");
  for (const json& pass : report.at("passes")) CHECK(pass.at("seconds").is_number_float());
  CHECK(report.at("peak_bytes").get<std::uint64_t>() > 1'000'000);
}

TEST_CASE("option --report json says which model settled another, and what lint found") {
  const Kasauti kasauti;
  kasauti.folder.write("fine", fine);
  const json report = json::parse(kasauti.run({"check", "fine", "--model", "l,pram,safe", "--report", "json"}).out);
  CHECK(report.at("models")[0].at("implied_by") == nullptr);
  CHECK(report.at("models")[1].at("implied_by") == "linearizable");
  CHECK(report.at("models")[1].at("verdict") == "holds");
  CHECK(report.at("models")[2].at("implied_by") == "linearizable");

  kasauti.folder.write("malformed", malformed);
  const json bad = json::parse(kasauti.run({"check", "malformed", "--report", "json"}).out);
  CHECK(bad.at("verdict") == nullptr);
  CHECK(bad.at("models") == json::array());
  CHECK(bad.at("anomalies") == json::array());
  REQUIRE(bad.at("lint").size() == 1);
  CHECK(bad.at("lint")[0].at("rule") == "malformed");
  CHECK(bad.at("lint")[0].at("line") == 3);
  CHECK(bad.at("lint")[0].at("column") == 21);
  CHECK(bad.at("lint")[0].at("message").is_string());
}

}  // namespace kasauti::tests
