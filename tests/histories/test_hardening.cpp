// Bad input of every format: an error with its place, or a warning, and never a crash or a hang. Run under the
// address sanitizer (cmake --preset asan) these tests find what an optimised build hides.

#include <map>
#include <random>

#include "histories/compression.hpp"
#include "histories/lint.hpp"

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

/// One small history of each format.
const std::map<std::string, std::string>& samples() {
  static const std::map<std::string, std::string> table = {
      {"jsonl", contents(corpus / "nasty" / "blanks-crlf-and-mark.jsonl")},
      {"json", contents(corpus / "nasty" / "json-array.json")},
      {"jepsen-log", contents(corpus / "nasty" / "log-with-chatter.log")},
      {"edn", contents(corpus / "nasty" / "edn-tuples.edn")}};
  return table;
}

/// Reads, and lints if there is a history. Every error of a text has a place; no history comes with an error.
ReadResult try_reading(const std::string& text, const std::string& format) {
  ReadResult result = read_text(text, format);
  bool errors = false;
  for (const Finding& f : result.findings) {
    errors |= f.severity == Severity::error;
    const bool has_place = f.line != 0 && f.column != 0;
    INFO(format << "\n" << text.substr(0, 3000) << "\n" << f.rule << " " << f.message);
    REQUIRE((has_place || f.rule == "unreadable"));
    REQUIRE(f.line <= static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1);
  }
  REQUIRE(result.ok != errors);
  if (result.ok) (void)lint(result.history);
  return result;
}

TEST_CASE("a file that is cut off at any byte") {
  for (const auto& [format, text] : samples()) {
    for (std::size_t length = 0; length <= text.size(); ++length) (void)try_reading(text.substr(0, length), format);
  }
}

TEST_CASE("each format read as each other") {
  for (const auto& [format, text] : samples()) {
    for (const auto& [other, ignored] : samples()) {
      const ReadResult result = try_reading(text, other);
      if (format == other) CHECK(result.ok);
    }
  }
}

TEST_CASE("mutations of histories, always the same ones") {
  std::mt19937 random{4711};
  const std::string_view alphabet = "{}[]()\"\\,:;# \t\n\r0123456789-+.eNM/_rnilokftypcasv\x00\x01\x7f\x80\xc3\xa9\xff";
  for (const auto& [format, text] : samples()) {
    for (int round = 0; round < 4000; ++round) {
      std::string mutated = text;
      for (auto changes = 1 + random() % 6; changes != 0; --changes) {
        const std::size_t place = random() % (mutated.size() + 1);
        const std::size_t other = random() % (mutated.size() + 1);
        const std::size_t length = random() % 40;
        switch (random() % 5) {
          case 0: mutated.insert(place, 1, alphabet[random() % alphabet.size()]); break;
          case 1: mutated.erase(place, length); break;
          case 2: mutated.insert(place, mutated.substr(other, length)); break;
          case 3: mutated.resize(place); break;
          default:
            if (place < mutated.size()) mutated[place] = alphabet[random() % alphabet.size()];
        }
        if (mutated.empty()) mutated = "x";
      }
      (void)try_reading(mutated, format);
    }
  }
}

TEST_CASE("mutations of compressed histories") {
  std::mt19937 random{42};
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    std::string bytes;
    REQUIRE(compress(compression, samples().at("jsonl"), bytes));
    for (int round = 0; round < 2000; ++round) {
      std::string mutated = bytes;
      for (auto changes = 1 + random() % 3; changes != 0; --changes) {
        mutated[4 + random() % (mutated.size() - 4)] = static_cast<char>(random());
      }
      const ReadResult result = read_text(mutated, "jsonl");
      REQUIRE((result.ok || !result.findings.empty()));
    }
  }
}

TEST_CASE("a million brackets within one another") {
  const std::string deep(1'000'000, '[');
  const std::string closed = deep + std::string(1'000'000, ']');
  for (const std::string& nest : {deep, closed}) {
    check_finds(event("1", "invoke", "write", nest.substr(0, 64) + "^" + nest.substr(64)), "too-large");
    CHECK_FALSE(try_reading("[" + event("1", "invoke", "write", nest) + "]", "json").ok);
    CHECK_FALSE(try_reading("{:process 1 :type :invoke :f :write :value " + nest + "}", "edn").ok);
    CHECK_FALSE(try_reading("INFO jepsen.util - 1 :invoke :write " + nest, "jepsen-log").ok);
    CHECK_FALSE(try_reading("{\"kasauti\":1,\"object\":\"register\",\"initial\":" + nest + "}\n", "jsonl").ok);
    CHECK_FALSE(try_reading(nest, "edn").ok);
    CHECK_FALSE(try_reading(nest, "json").ok);
  }
  // What is passed over may be as deep as it likes.
  CHECK(try_reading("{:process 1 :type :invoke :f :write :value 1 :exception " + closed + "}", "edn").ok);
  CHECK(try_reading("#_ " + closed + " {:process 1 :type :invoke :f :write :value 1}", "edn").ok);
  std::string discards;
  for (int i = 0; i < 300'000; ++i) discards += "#_ ";
  CHECK_FALSE(try_reading(discards, "edn").ok);
  std::string tags;
  for (int i = 0; i < 300'000; ++i) tags += "#a ";
  CHECK_FALSE(try_reading("{:process 1 :type :invoke :f :write :value " + tags + "1}", "edn").ok);
}

TEST_CASE("a line of a hundred megabytes") {
  const std::string wide(100'000'000, 'x');
  const std::string first = event("1", "invoke", "read");
  for (const std::string end : {"", "\"}\n"}) {
    const ReadResult result = try_reading(first + "{\"process\":\"" + wide + end, "jsonl");
    REQUIRE(result.findings.size() == 1);
    CHECK(places(result.findings) == "2:67108865 too-large\n");
  }
  CHECK(places(try_reading("INFO jepsen.util - 1 :invoke :write \"" + wide,
      "jepsen-log").findings) == "1:67108865 too-large\n");
}

TEST_CASE("numbers of any size") {
  const std::string digits(100'000, '7');
  const auto value_of = [](const std::string& number) {
    const History h = good(event("1", "invoke", "write", number));
    return h.values.to_json(h.argument[0]);
  };
  CHECK(value_of("9223372036854775807") == "9223372036854775807");
  CHECK(value_of("-9223372036854775808") == "-9223372036854775808");
  CHECK(value_of("9223372036854775808") == "9223372036854775808");
  CHECK(value_of("-9223372036854775809") == "-9223372036854775809");
  CHECK(value_of(digits) == digits);
  CHECK(value_of("1e2") == "100");
  check_finds(event("1", "invoke", "write", "^1e999"), "malformed");
  check_finds(event("1", "invoke", "write", "^1" + digits + "e5"), "malformed");
}

TEST_CASE("binary garbage, and files of nothing") {
  std::mt19937 random{7};
  for (int round = 0; round < 200; ++round) {
    std::string garbage(1 + random() % 5000, '\0');
    for (char& c : garbage) c = static_cast<char>(random());
    const ReadResult sniffed = read_text(garbage);
    CHECK_FALSE(sniffed.ok);
    for (const auto& [format, ignored] : samples()) (void)read_text(garbage, format);
  }
  for (const auto& [format, ignored] : samples()) {
    const bool array = format == "json";
    CHECK(read_text("", format).ok == !array);
    CHECK(read_text("\n\n \n", format).ok == !array);
  }
  CHECK_FALSE(read_text(std::string(100'000, '\0'), "jsonl").ok);
}

TEST_CASE("events that contradict one another") {
  const auto check = [](const std::string& text, std::string_view rule) {
    check_finds("{\"kasauti\":1,\"object\":\"kv\"}\n" + text, rule);
  };
  const std::string invoked = event("1", "invoke", "put", "1", ",\"key\":\"a\"");
  check(event("^1", "ok", "put", "1"), "completion-without-invocation");
  check(invoked + event("^1", "invoke", "put", "1"), "two-open-calls");
  check(invoked + R"({"process":1,"type":"ok","f":^"get","value":1})", "contradictory-completion");
  check(invoked + event("1", "ok", "put", "1", ",\"key\":^\"b\""), "contradictory-completion");
  check(invoked + event("1", "ok", "put", "^2"), "contradictory-completion");
  check(invoked + event("1", "ok", "put", "1", ",\"time\":^5"), "mixed-times");
  check(event("1", "invoke", "append", "^7"), "value-shape");
  check(R"({"process":1,"type":"invoke","f":^"push","value":7})", "unknown-function");
}

}  // namespace

}  // namespace kasauti::histories::test
