// kasauti check --policy as a program: exit statuses, the report, and what is said of a bad policy.

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "kasauti-policy-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const { std::ofstream{path_ / name} << text; }

  /// The exit status, and what was printed on both outputs.
  [[nodiscard]] std::pair<int, std::string> check(const std::string& arguments) const {
    return run("check " + arguments);
  }

  [[nodiscard]] std::pair<int, std::string> run(const std::string& arguments) const {
    const std::string command = "cd " + path_.string() + " && " + KASAUTI_BIN_DIR + "/kasauti " + arguments + " 2>&1";
    std::FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    char piece[4096];
    while (const std::size_t length = std::fread(piece, 1, sizeof piece, pipe)) text.append(piece, length);
    const int status = pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
  }

 private:
  fs::path path_;
};

const std::string history = R"({"kasauti":1,"object":"kv","initial":null}
{"process":0,"type":"invoke","f":"put","key":"x","value":1,"level":"strong"}
{"process":0,"type":"ok","f":"put","key":"x","value":1}
{"process":1,"type":"invoke","f":"get","key":"x","value":null,"level":"weak"}
{"process":1,"type":"ok","f":"get","key":"x","value":null}
{"process":0,"type":"invoke","f":"get","key":"x","value":null,"level":"strong"}
{"process":0,"type":"ok","f":"get","key":"x","value":1}
)";

std::string policy(const std::string& weak) {
  return "{\"classes\": [\n {\"class\": \"s\", \"level\": \"strong\", \"model\": \"linearizable\"},\n"
         " {\"class\": \"w\", \"level\": \"weak\", \"model\": \"" + weak + "\"}]}";
}

}  // namespace

TEST_CASE("The exit status says whether every class kept its promise") {
  const Folder folder;
  folder.write("h.jsonl", history);
  folder.write("kept.json", policy("sequential"));
  folder.write("broken.json", policy("linearizable"));
  folder.write("open.json", R"({"classes": [{"class": "none", "keys": "z", "model": "mr"}]})");
  CHECK(folder.check("h.jsonl --model linearizable --quiet").first == 1);
  CHECK(folder.check("h.jsonl --policy kept.json --quiet").first == 0);
  CHECK(folder.check("h.jsonl --policy broken.json --quiet").first == 1);
  CHECK(folder.check("h.jsonl --policy open.json --quiet").first == 2);
  CHECK(folder.check("h.jsonl --policy open.json --quiet --allow-vacuous").first == 0);
  CHECK(folder.check("h.jsonl --policy open.json --quiet --allow-unknown").first == 0);
}

TEST_CASE("Declared, promised and observed stand side by side") {
  const Folder folder;
  folder.write("h.jsonl", history);
  folder.write("p.json", policy("linearizable"));
  const auto [status, text] = folder.check("h.jsonl --policy p.json --report json");
  CHECK(status == 1);
  const auto json = nlohmann::json::parse(text);
  CHECK(json["verdict"] == "violated");
  REQUIRE(json["policy"].size() == 2);
  const auto& weak = json["policy"][1];
  CHECK(weak["class"] == "w");
  CHECK(weak["declared"] == nlohmann::json{"weak"});
  CHECK(weak["promised"] == "linearizable");
  CHECK(weak["verdict"] == "violated");
  CHECK(weak["observed"] == nlohmann::json{"sequential"});
  CHECK(weak["operations"] == 1);
  CHECK(weak["anomalies"][0]["operations"].back()["line"] == 5);
  CHECK(json["policy"][0]["verdict"] == "holds");
  CHECK(json["policy"][0]["observed"] == nlohmann::json{"linearizable"});

  const std::string table = folder.check("h.jsonl --policy p.json").second;
  for (const char* part : {"declared", "promised", "observed", "\"weak\"", "VIOLATED", "StaleRead"}) {
    INFO(table);
    CHECK(table.find(part) != std::string::npos);
  }
}

TEST_CASE("Certificates of a policy's verdicts are saved, and verified again") {
  const Folder folder;
  folder.write("h.jsonl", history);
  folder.write("p.json", policy("linearizable"));
  CHECK(folder.check("h.jsonl --policy p.json --quiet --certificate c.json").first == 1);
  const auto [status, text] = folder.run("verify h.jsonl c.json");
  INFO(text);
  CHECK(status == 0);
  for (const char* line : {"s: linearizable       holds     verified", "w: linearizable       violated  verified",
                           "w: promise            violated  verified"}) {
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("What a policy says in vain is a warning with its place, in both reports") {
  const Folder folder;
  folder.write("h.jsonl", history);
  folder.write("p.json", R"({"classes": [{"class": "all", "keys": "", "model": "mr"},
 {"class": "z", "keys": "z", "model": "l"}]})");
  const auto [status, text] = folder.check("h.jsonl --policy p.json --allow-vacuous");
  CHECK(status == 0);
  INFO(text);
  CHECK(text.find("p.json:2:25: warning: no operation of the history is of keys \"z\"; is that misspelt? "
                  "[policy-rule-unused]") != std::string::npos);
  const auto json = nlohmann::json::parse(folder.check("h.jsonl --policy p.json --allow-vacuous --report json").second);
  REQUIRE(json["policy_lint"].size() == 1);
  CHECK(json["policy_lint"][0]["rule"] == "policy-rule-unused");
  CHECK((json["policy_lint"][0]["line"] == 2 && json["policy_lint"][0]["column"] == 25));
}

TEST_CASE("A policy that makes no sense ends in 254 with its place") {
  const Folder folder;
  folder.write("h.jsonl", history);
  folder.write("p.json", policy("linearisable"));
  const auto [status, text] = folder.check("h.jsonl --policy p.json");
  CHECK(status == 254);
  CHECK(text.find("p.json:3:43: there is no model \"linearisable\"") != std::string::npos);
  CHECK(folder.check("h.jsonl --policy missing.json").first == 254);
  CHECK(folder.check("h.jsonl --policy .").first == 254);
  folder.write("p.json", policy("causal"));
  CHECK(folder.check("h.jsonl --policy p.json --model all").first == 254);
  CHECK(folder.check("h.jsonl --policy p.json --expect causal").first == 254);
}
