// The plain-line path and the strict one have to agree, and each error has its place.

#include <random>

#include "histories/formats/json_lines.hpp"

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

/// The same history, but with a blank in front of every line, which keeps the plain-line path away.
std::string indented(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins) out += ' ';
    line_begins = c == '\n';
    out += c;
  }
  return out;
}

std::string told(const std::string& text) {
  const ReadResult result = read_text(text, "jsonl");
  std::string all = result.ok ? story(result.history) : "";
  for (const Finding& f : result.findings) all += fmt::format("{} {} {}\n", f.line, f.rule, f.message);
  return all;
}

TEST_CASE("plain lines are read as the strict reader reads them") {
  for (const char* folder : {"litmus", "nasty", "lint"}) {
    for (const auto& file : files_in(corpus / folder)) {
      if (file.extension() != ".jsonl") continue;
      INFO(file.string());
      const std::string text = contents(file);
      if (text.empty() || text.starts_with("\xEF")) continue;
      CHECK(told(text) == told(indented(text)));
    }
  }
}

TEST_CASE("mutated lines are read alike on both paths") {
  const std::string text = event("1", "invoke", "cas", "[10,-2]", R"(,"key":"k","time":12,"session":"s","node":"n1")") +
                           event("\"p\"", "ok", "read", "\"v\"",
                               R"(,"index":7,"level":"one","version":-3,"error":"e")") +
                           event("2", "info", "write", "null") + event("3", "fail", "write", "true");
  std::mt19937 random{20};
  const std::string_view alphabet = "{}[]\",:\\ 0123456789-+.eintruefalsok\n\x01\x7f\xc3\xa9";
  for (int round = 0; round < 20000; ++round) {
    std::string mutated = text;
    for (auto changes = 1 + random() % 3; changes != 0; --changes) {
      const std::size_t place = random() % mutated.size();
      const char other = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0: mutated[place] = other; break;
        case 1: mutated.insert(place, 1, other); break;
        default: mutated.erase(place, 1 + random() % 4);
      }
    }
    INFO(mutated);
    REQUIRE(told(mutated) == told(indented(mutated)));
  }
}

TEST_CASE("which lines are plain") {
  ValueTable values;
  const auto plain = [&values](std::string line) {
    const std::size_t size = line.size();
    line.append(64, '\0');
    Event read;
    return formats::read_plain_line(line.data(), line.data() + size, values, read) == line.data() + size;
  };
  CHECK(plain(event("1", "invoke", "write", "5")));
  CHECK(plain(event("1", "ok", "read", "[1,\"a\",null]", ",\"time\":-7")));
  CHECK(plain("{\"process\":1,\"type\":\"ok\",\"f\":\"read\"}\r\n"));
  CHECK(plain("{\"process\":1,\"type\":\"ok\",\"f\":\"read\"}"));
  CHECK_FALSE(plain("{\"kasauti\":1}\n"));
  CHECK_FALSE(plain(event("1", "ok", "read", "01")));
  CHECK_FALSE(plain(event("1", "ok", "read", "-0")));
  CHECK_FALSE(plain(event("1", "ok", "read", "1.0")));
  CHECK_FALSE(plain(event("1", "ok", "read", "1234567890123456789")));
  CHECK_FALSE(plain(event("1", "ok", "read", "\"\\n\"")));
  CHECK_FALSE(plain(event("1", "ok", "read", "[[1]]")));
  CHECK_FALSE(plain(event("1", "ok", "read", "1", ",\"value\":1")));
  CHECK_FALSE(plain("{\"process\":1,\"type\":\"ok\"}\n"));
  CHECK_FALSE(plain("{\"process\":null,\"type\":\"ok\",\"f\":\"read\"}\n"));
  CHECK_FALSE(plain("{\"process\":1,\"type\":\"ok\",\"f\":\"read\"} \n"));
}

TEST_CASE("every error of a line has the place of what is wrong") {
  const auto check = [](std::string_view line, std::string_view rule = "malformed") {
    check_finds("{\"kasauti\":1,\"object\":\"register\"}\n" + std::string{line} + "\n", rule);
  };
  check(R"({"process":1,"type":"invoke","f":"read"^)");
  check(R"({"process":1,"type":"invoke","f":^"read})");
  check(R"({"process":1,"type":"invoke","f":"read"}^})");
  check(R"({"process":1 ^"type":"invoke","f":"read"})");
  check(R"({"process":1,"type":"invoke","f":"read",^})");
  check(R"({"process":^01,"type":"invoke","f":"read"})");
  check(R"({"process":1,"type":"invoke","f":"read","value":^nul})");
  check(R"({"process":1,"type":"invoke","f":"read","value":"^\x"})");
  check("{\"process\":1,\"type\":\"invoke\",\"f\":\"read\",\"value\":\"^\xff\"}");
  check(std::string{"{\"process\":1,\"type\":\"invoke\",\"f\":\"re^\0ad\"}", 42});
  check(R"(  ^[1])");
  check(R"(^17)");
  check(R"({"process":^[1],"type":"invoke","f":"read"})");
  check(R"({"process":1,"type":^5,"f":"read"})");
  check(R"({"process":1,"type":"invoke","f":^5})");
  check(R"({"process":1,"type":"invoke","f":"read","time":^"noon"})");
  check(R"({"process":1,"type":"invoke","f":"read","time":^1.5})");
  check(R"({"process":1,"type":"invoke","f":"read","time":^9223372036854775808})");
  check(R"({"process":1,"type":"invoke","f":"read","result":^"no"})");
  check(R"({"process":1,^"process":1,"type":"invoke","f":"read"})");
  check(R"(^{"process":null,"type":"invoke","f":"read"})", "missing-field");
  check(R"({"kasauti":^1})", "bad-header");
  check_finds(R"({"kasauti":1,"object":"semaphore","permits":^0})", "bad-header");
  check_finds(R"({"kasauti":1,"object":^7})", "bad-header");
  check_finds(R"({"kasauti":1,"object":"kv",^"object":"kv"})", "malformed");
}

TEST_CASE("a JSON array tells the line and column too") {
  const std::string begin = "[{\"type\":\"invoke\",\"f\":\"read\",\"process\":1}";
  CHECK(read_text("[]", "json").ok);
  CHECK(read_text(begin + ",\n {\"type\":\"ok\",\"f\":\"read\",\"process\":1,\"value\":3}]", "json").ok);
  const auto check = [&begin](std::string_view rest,
      std::string_view rule = "malformed") { check_finds(begin + std::string{rest}, rule, "json"); };
  check(",\n ^5]");
  check(",\n {\"type\":\"ok\" ^5}]");
  check(",\n {\"type\":^\"okay\",\"f\":\"read\",\"process\":1}]");
  check("^");
  check("] ^7");
  check(",\n {\"type\":\"ok\",\"f\":\"read\",\"process\":^2}]", "completion-without-invocation");
  check(",\n {\"type\":\"ok\",\"f\":^\"rewind\",\"process\":1}]", "unknown-function");
}

TEST_CASE("lines that span the pieces a file is read in are whole") {
  std::string text;
  std::string wide(100'000, 'x');
  for (int i = 0; i < 150; ++i) {
    const std::string value = fmt::format("\"{}{}\"", wide, i);
    text += event("1", "invoke", "write", value) + event("1", "ok", "write", value);
  }
  text += event("2", "invoke", "read") + event("2", "ok", "read", "\"" + std::string(9'000'000, 'y') + "\"");
  const History h = good(text);
  REQUIRE(h.size() == 151);
  CHECK(h.values.text(h.argument[149]).substr(100'000) == "149");
  CHECK(h.values.text(h.result[150]).size() == 9'000'000);
  CHECK(h.completed_line[150] == 302);
}

}  // namespace

}  // namespace kasauti::histories::test
