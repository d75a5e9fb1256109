// Limits: a run that reaches one says which, exits with 2, and never guesses. Histories without evidence.

#include <chrono>

#include <nlohmann/json.hpp>

#include "tests/cli/support.hpp"

namespace kasauti::tests {

namespace {

using nlohmann::json;

// Most of 3000 calls of 60 clients are of unknown outcome, values come back, and one stale read is planted at the
// end: no order explains it, and a search has more to try than any limit here allows.
std::string hard(const Kasauti& kasauti) {
  return kasauti.generated("hard", {"cas-register", "--ops", "3000", "--clients", "60", "--values", "12", "--info",
                                    "60%", "--violate", "stale", "--seed", "3"});
}

json judged(const Kasauti& kasauti, const std::string& file, const std::vector<std::string>& options, int status) {
  std::vector<std::string> arguments = {"check", file, "--report", "json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Ended ended = kasauti.run(arguments);
  INFO(ended.out << ended.err);
  CHECK(ended.status == status);
  return json::parse(ended.out);
}

void check_cause(const json& report, const std::string& cause) {
  CHECK(report.at("verdict") == "unknown");
  REQUIRE(report.at("models").size() == 1);
  const json& model = report.at("models")[0];
  CHECK(model.at("verdict") == "unknown");
  CHECK(model.at("cause") == cause);
  CHECK(model.at("certificate") == "none");
  CHECK(report.at("anomalies").empty());
}

}  // namespace

TEST_CASE("option --timeout, --memory and --steps end a search with their name") {
  const Kasauti kasauti;
  const std::string file = hard(kasauti);
  for (const auto& [option, limit, cause] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"--timeout", "300ms", "time"},
           {"--memory", "1M", "memory"},
           {"--steps", "1000", "steps"},
           {"--steps", "2K", "steps"}}) {
    INFO(option << " " << limit);
    const json report = judged(kasauti, file, {option, limit}, 2);
    check_cause(report, cause);
    CHECK(says(report.at("models")[0].at("detail"), option));  // what to raise
    judged(kasauti, file, {option, limit, "--allow-unknown"}, 0);
    const Ended text = kasauti.run({"check", file, option, limit});
    CHECK(text.status == 2);
    CHECK(says(text.out, "linearizable          unknown: " + cause));
    CHECK(kasauti.run({"check", file, option, limit, "--expect", "linearizable"}).status == 2);
  }
}

TEST_CASE("a limit of time is kept") {
  const Kasauti kasauti;
  const std::string file = hard(kasauti);
  const auto start = std::chrono::steady_clock::now();
  check_cause(judged(kasauti, file, {"--timeout", "1s", "--threads", "2"}, 2), "time");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CHECK(took.count() >= 0.9);
  CHECK(took.count() < 5);  // generous, for machines with other things to do
}

TEST_CASE("each file has limits of its own") {
  const Kasauti kasauti;
  const std::string file = hard(kasauti);
  kasauti.folder.write("fine", fine);
  const Ended ended = kasauti.run({"check", file, "fine", "--timeout", "300ms"});
  CHECK(ended.status == 2);
  CHECK(says(ended.out, "linearizable          unknown: time"));
  CHECK(says(ended.out, "linearizable          holds"));
}

TEST_CASE("a certificate of an unknown verdict proves nothing, and verify says so") {
  const Kasauti kasauti;
  const std::string file = hard(kasauti);
  CHECK(kasauti.run({"check", file, "--steps", "1000", "--quiet", "--certificate", "c"}).status == 2);
  const Ended verified = kasauti.run({"verify", file, "c"});
  CHECK(verified.status == 2);
  CHECK(says(verified.out, "nothing to verify"));
}

TEST_CASE("without a completed observation nothing can be concluded") {
  const Kasauti kasauti;
  kasauti.folder.write("vacuous", vacuous);
  kasauti.folder.write("nothing", "");
  kasauti.folder.write("header", R"({"kasauti":1,"object":"queue","initial":null})" "\n");
  kasauti.folder.write("failed", R"({"kasauti":1,"object":"register","initial":0}
{"process":0,"type":"invoke","f":"read","value":null}
{"process":0,"type":"fail","f":"read","value":null}
)");
  for (const char* file : {"vacuous", "nothing", "header", "failed"}) {
    INFO(file);
    const json report = judged(kasauti, file, {}, 2);
    check_cause(report, "vacuous");
    CHECK(report.at("lint")[0].at("rule") == "vacuous");
    judged(kasauti, file, {"--allow-unknown"}, 0);
    const json lifted = judged(kasauti, file, {"--allow-vacuous"}, 0);
    CHECK(lifted.at("verdict") == "holds");
    CHECK(lifted.at("models")[0].at("certificate") == "verified");
    CHECK(says(kasauti.run({"check", file}).out, "unknown: vacuous"));
  }
  const json all = judged(kasauti, "vacuous", {"--model", "all"}, 2);
  CHECK(all.at("models").size() > 10);
  for (const json& model : all.at("models")) CHECK(model.at("cause") == "vacuous");
}

}  // namespace kasauti::tests
