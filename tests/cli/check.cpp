// kasauti check: which models are judged, what is expected, and that two runs say the same.

#include <nlohmann/json.hpp>

#include "tests/cli/support.hpp"

namespace kasauti::tests {

namespace {

using nlohmann::json;

// The names of the models in a report, in its order.
std::vector<std::string> models_of(const Kasauti& kasauti, std::vector<std::string> options) {
  options.insert(options.begin(), {"check", "h", "--report", "json"});
  std::vector<std::string> names;
  const json report = json::parse(kasauti.run(std::move(options)).out);
  for (const json& model : report.at("models")) names.push_back(model.at("model"));
  return names;
}

}  // namespace

TEST_CASE("option --model takes names, aliases, lists, several lists, and all") {
  using Names = std::vector<std::string>;
  const Kasauti kasauti;
  kasauti.folder.write("h", fine);
  CHECK(models_of(kasauti, {}) == Names{"linearizable"});
  CHECK(models_of(kasauti, {"--model", "pram"}) == Names{"pram"});
  CHECK(models_of(kasauti, {"--model", "sequential,linearizable,safe"}) == Names{"sequential", "linearizable", "safe"});
  CHECK(models_of(kasauti, {"--model", "l,s,cm,ccv,cc,ryw,mr,mw,wfr"}) ==
        Names{"linearizable", "sequential", "causal-memory", "causal-convergent", "causal", "read-your-writes",
              "monotonic-reads", "monotonic-writes", "writes-follow-reads"});
  CHECK(models_of(kasauti, {"--model", "regular", "--model=s,session"}) == Names{"regular", "sequential", "session"});
  CHECK(models_of(kasauti, {"--model", "l,linearizable,l"}) == Names{"linearizable"});
  CHECK(models_of(kasauti, {"--model", "s", "--expect", "cc"}) == Names{"sequential", "causal"});
  CHECK(models_of(kasauti, {"--model", "all"}) ==
        Names{"linearizable", "sequential", "per-key-sequential", "causal-memory", "causal-convergent", "causal",
              "pram", "session", "read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads",
              "regular", "safe", "k-atomic", "delta-atomic", "convergent"});
  // The words behind the option's one value are files.
  CHECK(kasauti.run({"check", "--model", "l", "h", "--report", "text", "h"}).status == 0);
  CHECK(kasauti.run({"check", "--model", "all", "h", "--expect", "l"}).status == 0);
}

TEST_CASE("without --model, the header's workload says what is promised") {
  const Kasauti kasauti;
  const auto with_workload = [](const std::string& name) {
    std::string history{fine};
    return history.replace(history.find("\"initial\""), 0, "\"workload\":\"" + name + "\",");
  };
  for (const auto& [workload, model] : std::vector<std::pair<std::string, std::string>>{
           {"register", "linearizable"},
           {"session", "session"},
           {"reply_after_cause", "causal"},
           {"chat", "sequential"},
           {"unheard-of", "linearizable"}}) {
    kasauti.folder.write("h", with_workload(workload));
    INFO(workload);
    CHECK(models_of(kasauti, {}) == std::vector<std::string>{model});
    CHECK(models_of(kasauti, {"--model", "pram"}) == std::vector<std::string>{"pram"});
  }
}

TEST_CASE("option --expect alone decides the exit status") {
  const Kasauti kasauti;
  kasauti.folder.write("stale", stale);
  CHECK(kasauti.run({"check", "stale", "--expect", "linearizable"}).status == 1);
  CHECK(kasauti.run({"check", "stale", "--expect", "sequential"}).status == 0);
  CHECK(kasauti.run({"check", "stale", "--expect", "s"}).status == 0);
  CHECK(kasauti.run({"check", "stale", "--expect", "convergent"}).status == 2);  // no final phase is declared
  // Other models are judged and reported, but gate nothing.
  const Ended all = kasauti.run({"check", "stale", "--model", "all", "--expect", "pram"});
  CHECK(all.status == 0);
  CHECK(says(all.out, "\n  linearizable          VIOLATED"));
  CHECK(kasauti.run({"check", "stale", "--model", "s,cc", "--expect", "regular"}).status == 1);
  CHECK(kasauti.run({"check", "stale", "--model", "all"}).status == 1);
  CHECK(kasauti.run({"check", "stale", "--model", "sequential,convergent"}).status == 2);
}

TEST_CASE("two runs, and any number of threads, say the same") {
  const Kasauti kasauti;
  kasauti.generated("keys", {"register", "--ops", "4000", "--clients", "8", "--keys", "20", "--info", "2%",
                             "--violate", "stale"});
  kasauti.generated("cas", {"cas-register", "--ops", "600", "--clients", "6", "--keys", "3", "--values", "5",
                            "--info", "3%"});
  kasauti.folder.write("stale", stale);
  for (const char* history : {"keys", "cas", "stale"}) {
    std::vector<std::string> texts;
    std::vector<json> objects;
    std::vector<std::string> certificates;
    for (const char* threads : {"1", "4", "4"}) {
      const std::vector<std::string> common = {"check", history, "--model", "l,regular,mr", "--threads", threads};
      auto arguments = common;
      arguments.insert(arguments.end(), {"--report", "json", "--report", "text:t", "--certificate", "c"});
      json object = json::parse(kasauti.run(arguments).out);
      object.erase("passes");
      object.erase("peak_bytes");
      objects.push_back(std::move(object));
      texts.push_back(kasauti.folder.read("t"));
      certificates.push_back(kasauti.folder.read("c"));
    }
    INFO(history);
    CHECK(says(texts[0], "linearizable"));
    CHECK(texts[1] == texts[0]);
    CHECK(texts[2] == texts[0]);
    CHECK(objects[1] == objects[0]);
    CHECK(objects[2] == objects[0]);
    CHECK(certificates[1] == certificates[0]);
    CHECK(certificates[2] == certificates[0]);
  }
}

TEST_CASE("generate gives the same bytes for the same seed, of the asked size") {
  const Kasauti kasauti;
  const std::vector<std::string> words = {"generate", "kv", "--ops",  "300", "--clients", "4",
                                          "--keys",   "3",  "--info", "5%",  "--seed"};
  const auto with = [&](const char* seed) {
    auto all = words;
    all.emplace_back(seed);
    return kasauti.run(all).out;
  };
  const std::string seven = with("7");
  CHECK(with("7") == seven);
  CHECK(with("8") != seven);
  kasauti.folder.write("h", seven);
  const json report = json::parse(kasauti.run({"check", "h", "--report", "json"}).out);
  CHECK(report.at("operations") == 300);
  CHECK(report.at("verdict") == "holds");
}

TEST_CASE("option --clock-error widens every interval") {
  // The read begins 10 ns after the write ended, by another host's clock; 5 ns at each end make them touch.
  const Kasauti kasauti;
  kasauti.folder.write("h", R"({"kasauti":1,"object":"register","initial":0}
{"time":100,"process":0,"type":"invoke","f":"write","value":1}
{"time":200,"process":0,"type":"ok","f":"write","value":1}
{"time":210,"process":1,"type":"invoke","f":"read","value":null}
{"time":300,"process":1,"type":"ok","f":"read","value":0}
)");
  CHECK(kasauti.run({"check", "h"}).status == 1);
  CHECK(kasauti.run({"check", "h", "--clock-error", "0.000004ms"}).status == 1);
  CHECK(kasauti.run({"check", "h", "--clock-error", "0.000005ms"}).status == 0);
}

}  // namespace kasauti::tests
