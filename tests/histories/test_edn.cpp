#include "histories/formats/edn_parser.hpp"

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

/// One form as JSON, or what is wrong with it as `!column message`.
std::string form(std::string_view text) {
  ValueTable values;
  formats::EdnParser parser{text, values};
  ValueId id = no_value;
  if (parser.next() && parser.read(id) && !parser.next() && !parser.failed()) return values.to_json(id);
  if (!parser.failed()) return "no form";
  return fmt::format("!{} {}", parser.problem_at() - text.data() + 1, parser.problem());
}

TEST_CASE("forms of EDN and what they are as values") {
  CHECK(form("nil") == "null");
  CHECK(form(" true ,") == "true");
  CHECK(form("-0") == "0");
  CHECK(form("+17") == "17");
  CHECK(form("42N") == "42");
  CHECK(form("123456789012345678901234567890N") == "123456789012345678901234567890");
  CHECK(form("2.50M") == "2.5");
  CHECK(form("1e3") == "1000");
  CHECK(form("-1.5E-2") == "-0.015");
  CHECK(form("6/4") == "\"3/2\"");
  CHECK(form("-6/3") == "-2");
  CHECK(form("##Inf") == "\"##Inf\"");
  CHECK(form(":timed-out") == "\"timed-out\"");
  CHECK(form(":a.b/c") == "\"a.b/c\"");
  CHECK(form("a-symbol?") == "\"a-symbol?\"");
  CHECK(form("-") == "\"-\"");
  CHECK(form("\\newline") == "\"\\n\"");
  CHECK(form("\\a") == "\"a\"");
  CHECK(form("\\u00e9") == "\"é\"");
  CHECK(form(R"("a\n\"\\\t\u00e9\101")") == R"("a\n\"\\\té)" "A\"");
  CHECK(form(R"("\ud83d\ude00")") == "\"\xF0\x9F\x98\x80\"");
  CHECK(form("[1 (2 3), []]") == "[1,[2,3],[]]");
  CHECK(form("#{3 1 10 \"a\"}") == R"([1,3,10,"a"])");
  CHECK(form("{:b 1, \"a\" {2 nil}, [1] 2}") == R"({"[1]":2,"a":{"2":null},"b":1})");
  CHECK(form("#inst \"2020-01-01\"") == "\"2020-01-01\"");
  CHECK(form("#a #b [1]") == "[1]");
  CHECK(form("#_ 1 2") == "2");
  CHECK(form("#_ #_ 1 [2 3] {4 #_ 5 6}") == R"({"4":6})");
  CHECK(form("[1 #_ {:a \"]\" \\] ; ]\n}] ; the end") == "[1]");
  CHECK(form("; nothing") == "no form");
}

TEST_CASE("what is no EDN is told with its place") {
  CHECK(form("[1 2") == "!1 a list begins here and does not end");
  CHECK(form("[1 {:a 2]") == "!9 no form begins with this character");
  CHECK(form("{:a}") == "!4 this map has a key without a value");
  CHECK(form("\"abc") == "!1 a string begins here and does not end");
  CHECK(form("\"abc\\") == "!1 a string begins here and does not end");
  CHECK(form("\"a\\x\"") == "!3 an escape that EDN does not have");
  CHECK(form("\"\\u12\"") == "!2 an escape needs four hexadecimal digits");
  CHECK(form("\"\\ud83d\"") == "!2 half of a surrogate pair");
  CHECK(form("[007]") == "!2 a number does not begin with 0");
  CHECK(form("1x") == "!1 not a number, though it begins like one");
  CHECK(form("1/0") == "!1 a ratio is two integers, n/d");
  CHECK(form("1e999") == "!1 a number beyond what a double holds");
  CHECK(form(":") == "!1 a keyword has a name behind its colon");
  CHECK(form("#_") == "!1 a form begins here and does not end");
  CHECK(form("#tag") == "!1 a tagged element begins here and does not end");
  CHECK(form("#") == "!1 '#' begins a tag, a set or a discarded form, and this is none");
  CHECK(form("^x") == "!1 no form begins with this character");
  CHECK(form("#_ (1 ]") == "!7 ']' closes nothing");
}

/// The object, and each operation with its key, as read from op maps.
std::string calls(const std::string& text) {
  const History h = good(text);
  std::string told{name_of(h.header.object)};
  for (OpId op = 0; op < h.size(); ++op) told += " | " + h.describe_call(op);
  return told;
}
std::string op(std::string_view type, std::string_view f, std::string_view value,
    std::string_view more = ":process 0") {
  return fmt::format("{{:type :{}, :f :{}, :value {}, {}}}\n", type, f, value, more);
}

TEST_CASE("tuples of independent keys are told from other pairs") {
  const std::string reads = op("invoke", "read", "[1 nil]") + op("ok", "read", "[1 5]");
  CHECK(calls(op("invoke", "write", "[1 5]",
      ":process 1") + reads) == "register | write 1 5 (unknown outcome) | read 1 → 5");
  CHECK(calls(op("invoke", "cas", "[1 [0 5]]",
      ":process 1") + reads) == "cas-register | cas 1 0→5 (unknown outcome) | read 1 → 5");
  // A compare-and-set register: its reads are invoked with nil.
  CHECK(calls(op("invoke", "cas", "[1 5]", ":process 1") + op("invoke", "read", "nil") + op("ok", "read", "5")) ==
        "cas-register | cas 1→5 (unknown outcome) | read → 5");
  CHECK(calls(op("invoke", "cas", "[1 5]")) == "cas-register | cas 1→5 (unknown outcome)");
  CHECK(calls(op("invoke", "cas", "[7 [1 5]]")) == "cas-register | cas 7 1→5 (unknown outcome)");
  // Pairs as values of a register that is read.
  CHECK(calls(op("invoke", "write", "[1 5]", ":process 1") + op("invoke", "read", "nil") + op("ok", "read", "[1 5]")) ==
        "register | write [1,5] (unknown outcome) | read → [1,5]");
  // Only writes: nothing tells.
  CHECK(calls(op("invoke", "write", "[1 5]")) == "register | write [1,5] (unknown outcome)");
  // A read invoked with what it came to return is no tuple.
  CHECK(calls(op("invoke", "write", "[1 5]", ":process 1") + op("invoke", "read", "[1 5]") + op("ok", "read",
      "[1 5]")) ==
        "register | write [1,5] (unknown outcome) | read → [1,5]");
  // A tuple of another key than the invocation's.
  check_finds(reads + op("invoke", "read", "[1 nil]") + op("ok", "read", "^[2 5]"), "contradictory-completion");
}

TEST_CASE("transactions are told by their name or by their micro-operations") {
  CHECK(calls("{:type :invoke :process 1 :value [[:r :x nil] [:append 2 3]]}") ==
        R"(txn | txn [["r","x",null],["append",2,3]] (unknown outcome))");
  CHECK(calls(op("invoke", "read", "[[:r 0 nil]]") + op("info", "read",
      ":timed-out")) == R"(txn | txn [["r",0,null]] (unknown outcome))");
  CHECK(calls(op("invoke", "txn", "[]") + op("ok", "txn", "[]")) == "txn | txn []");
}

TEST_CASE("objects are told by Jepsen's operations") {
  CHECK(calls(op("invoke", "acquire", "nil") + op("ok", "acquire", "nil")) == "lock | acquire");
  CHECK(calls(op("invoke", "read", "nil") + op("ok", "read", "{0 10, 1 5}")) == R"(bank | read-all → {"0":10,"1":5})");
  CHECK(calls(op("invoke", "transfer", "{:from 0, :to 1, :amount 5}")) ==
        R"(bank | transfer {"amount":5,"from":0,"to":1} (unknown outcome))");
  CHECK(calls(op("invoke", "add", "1") + op("ok", "add", "1") + op("invoke", "add", "1") + op("ok", "add", "1")) ==
        "counter | add 1 | add 1");
  CHECK(calls(op("invoke", "add", "1") + op("ok", "add", "1") + op("invoke", "read", "nil") + op("ok", "read",
      "#{2 1}")) ==
        "set | add 1 | read → [1,2]");
}

TEST_CASE("values of failed and unknown completions say nothing, keywords are kept as errors") {
  const History h = good(op("invoke", "write", "5") + op("info", "write", ":timed-out") + op("invoke", "write", "6",
      ":process 1") +
                         op("fail", "write", "7", ":process 1, :error [:not-found \"x\"]"));
  CHECK(h.values.to_json(h.error[0]) == "\"timed-out\"");
  CHECK(h.values.to_json(h.error[1]) == R"(["not-found","x"])");
  CHECK(h.values.to_json(h.argument[1]) == "6");
}

TEST_CASE("op maps without a process are one process's, and -1 is no time") {
  const History h = good("{:type :invoke :f :read :time -1} {:type :ok :f :read :value 3 :time -1}");
  REQUIRE(h.size() == 1);
  CHECK(h.values.to_json(h.process_name[0]) == "0");
  CHECK(h.invoked_time.empty());
  const ReadResult mixed = read_text("{:type :invoke :f :read :process 1}\n{:type :ok :f :read :value 3}");
  CHECK(places(mixed.findings) == "2:1 missing-field\n");
}

TEST_CASE("errors of op maps have the place of what is wrong") {
  const auto check = [](std::string_view text, std::string_view rule) { check_finds(text, rule, "edn"); };
  check("{:type ^:done, :f :read, :process 1}", "malformed");
  check("^{:f :read, :process 1}", "missing-field");
  check("^{:type :invoke, :process 1}", "missing-field");
  check("[^{:type :invoke, :f nil, :process 1}]", "missing-field");
  check("[{:type :invoke, :f :read, :process ^[1]}]", "malformed");
  check("{:type :invoke, :f :read, :process 1,\n :time ^:noon}", "malformed");
  check("{:type :invoke, :f :read, :process 1, ^:f :read}", "malformed");
  check("[{:type :invoke, :f :read, :process 1}\n ^17]", "malformed");
  check("^[{:type :invoke, :f :read, :process 1}\n", "malformed");
  check("{:type :invoke, :f :read, :process 1}\n^{:type :ok, :f :re", "truncated-line");
  check("{:type :invoke, :f :read, :process 1}\n{:type :ok, :f ^\"re", "truncated-line");
  check("{:type :invoke, :f :read, :process 1}\n^}", "malformed");
  check("{:type :invoke, :f :read, :process 1}\n{:type :ok, :f :^\xff}", "malformed");
  check("[{:type :invoke, :f ^:rewind, :process 1}]", "unknown-function");
  CHECK(places(read_text("[{:type :invoke, :f 7, :process 1}]").findings) == "1:2 missing-field\n1:21 malformed\n");
}

TEST_CASE("lines of a log are events, chatter or errors") {
  const std::string begin = "INFO  jepsen.util - 1\t:invoke\t:read\tnil\n";
  for (const char* fine : {"INFO  jepsen.util - Testing 3 :invoke :read nil\n",
      "INFO  jepsen.core - 3 :invoke :read nil\n",
                           "INFO [2016-01-01] jepsen.util 1\t:ok\t:read\t3\n"}) {
    CHECK(read_text(begin + fine, "jepsen-log").findings.empty());
  }
  const auto check = [&begin](std::string_view text, std::string_view rule) { check_finds(begin + std::string{text},
      rule, "jepsen-log"); };
  check("INFO  jepsen.util - 1\t:ok\t:read\t^[3\n", "malformed");
  check("INFO  jepsen.util - 1\t^:okay\t:read\t3\n", "malformed");
  check("INFO  jepsen.util - 1\t:ok\t^read\t3\n", "malformed");
  check("INFO  jepsen.util - ^1\t:ok\t:read\n", "malformed");
  check("INFO  jepsen.util - ^2\t:ok\t:read\t3\n", "completion-without-invocation");
  check("INFO  jepsen.util - 1\t:ok\t:read\t3 :why ^5\n", "malformed");
  check("INFO  jepsen.util - 1\t:ok\t^:rewind\t3\n", "unknown-function");
  check("INFO  jepsen.util - ^1\t:ok\t:re", "truncated-line");
}

}  // namespace

}  // namespace kasauti::histories::test
