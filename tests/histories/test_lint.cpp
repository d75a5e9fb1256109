#include <set>

#include "histories/lint.hpp"

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

std::vector<Finding> all_findings(const ReadResult& result) {
  std::vector<Finding> findings = result.findings;
  if (result.ok) {
    for (Finding& f : lint(result.history)) findings.push_back(std::move(f));
  }
  return findings;
}

TEST_CASE("each lint rule has a file that fails it, at the expected place") {
  std::set<std::string> covered;
  for (const auto& file : files_in(corpus / "lint")) {
    if (file.extension() == ".lint") continue;
    INFO(file.string());
    const ReadResult result = read_history(file.string());
    const auto findings = all_findings(result);
    INFO(messages(findings));
    CHECK(places(findings) == contents(stem_of(file).string() + ".lint"));
    for (const Finding& f : findings) {
      covered.insert(f.rule);
      CHECK_FALSE(f.message.empty());
      CHECK((f.severity == Severity::error) != result.ok);
    }
  }
  for (const Rule& rule : rules()) {
    INFO(rule.name);
    CHECK(covered.contains(std::string{rule.name}));
  }
}

TEST_CASE("findings beyond the limit are counted in one last finding") {
  std::string text = "{\"kasauti\":1,\"object\":\"register\",\"initial\":0}\n" + event("0", "invoke", "write", "1");
  for (int i = 1; i <= 100; ++i) {
    text += event(std::to_string(i), "invoke", "read") + event(std::to_string(i), "ok", "read",
        std::to_string(1000 + i));
  }
  const auto findings = lint(good(text));
  REQUIRE(findings.size() == HistoryBuilder::finding_limit + 1);
  CHECK(findings.front().line == 4);
  CHECK(findings.back().rule == "unwritten-read");
  CHECK(findings.back().line == 0);
  CHECK(findings.back().message == "and 80 more of these");
}

TEST_CASE("what counts as an observation") {
  const auto vacuous = [](std::string_view object, const std::string& events) {
    return is_vacuous(good(fmt::format("{{\"kasauti\":1,\"object\":\"{}\"}}\n", object) + events));
  };
  const auto call = [](std::string_view f, std::string_view argument, std::string_view result,
      std::string_view more = "",
                       std::string_view type = "ok") {
    return event("1", "invoke", f, argument) + event("1", type, f, result, more);
  };
  CHECK(vacuous("register", ""));
  CHECK(vacuous("register", call("write", "1", "1")));
  CHECK(vacuous("register", call("read", "null", "1", "", "fail")));
  CHECK(vacuous("register", call("read", "null", "1", "", "info")));
  CHECK_FALSE(vacuous("register", call("read", "null", "null")));
  CHECK_FALSE(vacuous("cas-register", call("cas", "[1,2]", "[1,2]")));
  CHECK_FALSE(vacuous("cas-register", call("cas", "[1,2]", "[1,2]", ",\"result\":false")));
  CHECK(vacuous("cas-register", call("cas", "[1,2]", "[1,2]", "", "fail")));
  CHECK(vacuous("queue", call("enqueue", "1", "1")));
  CHECK_FALSE(vacuous("queue", call("dequeue", "null", "null")));
  CHECK_FALSE(vacuous("set", call("contains", "1", "[1,false]")));
  CHECK_FALSE(vacuous("lock", call("acquire", "null", "null")));
  CHECK(vacuous("lock", call("acquire", "null", "null", "", "info")));
  CHECK(vacuous("txn", call("txn", R"([["w","x",1]])", R"([["w","x",1]])")));
  CHECK_FALSE(vacuous("txn", call("txn", R"([["r","x",null]])", R"([["r","x",1]])")));
}

TEST_CASE("failed and refused writes write nothing") {
  const auto rules_of = [](const std::string& text) { return places(lint(good(text))); };
  const std::string begin = "{\"kasauti\":1,\"object\":\"cas-register\",\"initial\":0}\n";
  const std::string other = event("9", "invoke", "write", "7");
  CHECK(rules_of(begin + other + event("1", "invoke", "write", "1") + event("1", "fail", "write", "1") + event("2",
      "invoke", "read") +
                 event("2", "ok", "read", "1")) == "6:1 unwritten-read\n");
  CHECK(rules_of(begin + other + event("1", "invoke", "cas", "[0,1]") + event("1", "ok", "cas", "[0,1]",
      ",\"result\":false") +
                 event("2", "invoke", "read") + event("2", "ok", "read", "1")) == "6:1 unwritten-read\n");
  CHECK(rules_of(begin + other + event("1", "invoke", "write", "1") + event("1", "info", "write", "1") + event("2",
      "invoke", "read") +
                 event("2", "ok", "read", "1")).empty());
}

TEST_CASE("calls of a session overlap only if two processes make them at once") {
  const auto session = [](std::string_view process, std::string_view type, std::string_view f, std::string_view value) {
    return event(process, type, f, value, ",\"session\":\"u\"");
  };
  const std::string apart = session("1", "invoke", "write", "1") + event("9", "invoke", "read") + session("1", "ok",
      "write", "1") +
                            session("2", "invoke", "read", "null") + session("2", "ok", "read", "1");
  CHECK(places(lint(good(apart))).empty());
  const std::string travelled = session("1", "invoke", "write", "1") + session("1", "info", "write", "1") +
                                session("2", "invoke", "read", "null") + session("2", "ok", "read", "1");
  CHECK(places(lint(good(travelled))).empty());
}

}  // namespace

}  // namespace kasauti::histories::test
