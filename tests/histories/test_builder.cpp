#include <limits>

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

TEST_CASE("without times the lines order the events") {
  const History h = good(event("1", "invoke", "write", "1") + event("2", "invoke", "read") + event("1", "ok", "write",
      "1") +
                         event("2", "ok", "read", "1") + event("1", "invoke", "read") + event("1", "ok", "read", "1"));
  REQUIRE(h.size() == 3);
  CHECK(h.invoked == std::vector<Rank>{0, 1, 4});
  CHECK(h.completed == std::vector<Rank>{2, 3, 5});
  CHECK(h.invoked_line == std::vector<std::uint32_t>{1, 2, 5});
  CHECK(h.completed_line == std::vector<std::uint32_t>{3, 4, 6});
  CHECK(h.invoked_time.empty());
  CHECK_FALSE(h.precedes(0, 1));
  CHECK(h.precedes(0, 2));
}

TEST_CASE("a completion and an invocation with one stamp are concurrent") {
  const History h = good(event("1", "invoke", "write", "1", at(0)) + event("1", "ok", "write", "1", at(10)) +
                         event("2", "invoke", "read", "null", at(10)) + event("2", "ok", "read", "1", at(20)) +
                         event("3", "invoke", "read", "null", at(21)) + event("3", "ok", "read", "1", at(21)));
  CHECK_FALSE(h.precedes(0, 1));
  CHECK_FALSE(h.precedes(1, 0));
  CHECK(h.precedes(1, 2));
  CHECK_FALSE(h.ties_in_process);
}

TEST_CASE("a process that calls again in the nanosecond of its completion keeps its order") {
  const History h = good(event("1", "invoke", "write", "1", at(0)) + event("1", "ok", "write", "1", at(10)) +
                         event("1", "invoke", "read", "null", at(10)) + event("1", "ok", "read", "1", at(10)) +
                         event("1", "invoke", "read", "null", at(10)) + event("1", "ok", "read", "1", at(12)));
  REQUIRE(h.size() == 3);
  CHECK(h.ties_in_process);
  CHECK(h.precedes(0, 1));
  CHECK(h.precedes(1, 2));
  CHECK_FALSE(h.precedes(1, 0));
  CHECK(h.previous == std::vector<OpId>{no_operation, 0, 1});
}

TEST_CASE("with times the lines of different processes may come in any order") {
  const History h = good(event("2", "invoke", "read", "null", at(30)) + event("2", "ok", "read", "1", at(40)) +
                         event("1", "invoke", "write", "1", at(0)) + event("1", "ok", "write", "1", at(10)) +
                         event("\"nemesis\"", "info", "kill", "null", at(20)));
  REQUIRE(h.size() == 2);
  CHECK(h.function == std::vector<Function>{Function::write, Function::read});
  CHECK(h.invoked == std::vector<Rank>{0, 2});
  CHECK(h.completed == std::vector<Rank>{1, 3});
  CHECK(h.invoked_line == std::vector<std::uint32_t>{3, 1});
  REQUIRE(h.faults.size() == 1);
  CHECK(h.faults[0].rank == 2);
}

TEST_CASE("the clock error widens every interval at both ends") {
  const std::string text = event("1", "invoke", "write", "1", at(0)) + event("1", "ok", "write", "1", at(10)) +
                           event("2", "invoke", "read", "null", at(15)) + event("2", "ok", "read", "0", at(20)) +
                           event("1", "invoke", "read", "null", at(21)) + event("1", "ok", "read", "1", at(22));
  CHECK(good(text).precedes(0, 1));
  CHECK(good(text, {2}).precedes(0, 1));
  const History wide = good(text, {3});
  CHECK_FALSE(wide.precedes(0, 1));
  CHECK(wide.precedes(0, 2));
  CHECK(wide.invoked_time[1] == 15);
  const History wider = good(text, {6});
  CHECK(wider.precedes(0, 2));
  CHECK(wider.ties_in_process);
  CHECK(good(text, {std::numeric_limits<std::int64_t>::max()}).size() == 3);
}

TEST_CASE("an info call never completes, and its process may go on") {
  const History h = good(event("1", "invoke", "write", "1") + event("1", "info", "write", "\"timed-out\"",
      ",\"error\":\"time-out\"") +
                         event("1", "invoke", "read") + event("1", "ok", "read", "1") + event("2", "invoke", "write",
                             "2"));
  REQUIRE(h.size() == 3);
  CHECK(h.outcome == std::vector<Outcome>{Outcome::info, Outcome::ok, Outcome::info});
  CHECK(h.completed[0] == never);
  CHECK(h.completed[2] == never);
  CHECK(h.completed_line[0] == 2);
  CHECK(h.completed_line[2] == 0);
  CHECK(h.result[0] == no_value);
  CHECK_FALSE(h.precedes(0, 1));
  CHECK(h.values.to_json(h.error[0]) == "\"time-out\"");
}

TEST_CASE("a session may span processes, and a name is no process") {
  const History h = good(event("1", "invoke", "write", "1", ",\"session\":2") + event("1", "ok", "write", "1") +
                         event("2", "invoke", "read") + event("2", "ok", "read", "1") +
                         event("3", "invoke", "read", "null", ",\"session\":2") + event("3", "ok", "read", "1") +
                         event("4", "invoke", "read") + event("4", "ok", "read", "1", ",\"session\":\"late\""));
  CHECK(h.sessions_given);
  CHECK(h.session[0] == h.session[2]);
  CHECK(h.session[0] != h.session[1]);
  CHECK(h.session_precedes(0, 2));
  CHECK_FALSE(h.session_precedes(0, 1));
  CHECK(h.values.to_json(h.session_name[h.session[3]]) == "\"late\"");
}

TEST_CASE("the final phase is what says so, or what comes after the fault of that name") {
  const History said = good(event("1", "invoke", "read") + event("1", "ok", "read") + event("1", "invoke", "read",
      "null", ",\"phase\":\"final\"") +
                            event("1", "ok", "read"));
  CHECK(said.final_phase == std::vector<bool>{false, true});
  const History declared = good(event("2", "invoke", "read", "null", at(50)) + event("2", "ok", "read", "null",
      at(60)) +
                                event("\"nemesis\"", "info", "final", "null", at(40)) + event("1", "invoke", "read",
                                    "null", at(10)) +
                                event("1", "ok", "read", "null", at(45)));
  CHECK(declared.final_phase == std::vector<bool>{false, true});
  CHECK(good(event("1", "invoke", "read")).final_phase.empty());
}

TEST_CASE("the object is told by the operations where no header tells it") {
  const auto object = [](const std::string& text) { return name_of(good(text).header.object); };
  const auto read = [](std::string_view value) { return event("1", "invoke", "read") + event("1", "ok", "read", value);
      };
  const auto call = [](std::string_view f, std::string_view value) { return event("2", "invoke", f, value); };
  CHECK(object(read("1")) == "register");
  CHECK(object(read("1") + call("write", "1")) == "register");
  CHECK(object(call("write", "1") + call("cas", "[1,2]").replace(11, 1, "3")) == "cas-register");
  CHECK(object(call("add", "1") + read("[1]")) == "set");
  CHECK(object(call("add", "1") + read("1")) == "counter");
  CHECK(object(call("append", "1") + read("[1]")) == "list");
  CHECK(object(read(R"({"a":1})")) == "bank");
  CHECK(object(call("enqueue", "1")) == "queue");
  CHECK(object(call("acquire", "null")) == "lock");
  CHECK(object(event("1", "invoke", "put", "1", ",\"key\":\"a\"")) == "kv");
}

TEST_CASE("a set is read as a sorted list") {
  const History h = good("{\"kasauti\":1,\"object\":\"set\"}\n" + event("1", "invoke", "read") + event("1", "ok",
      "read", R"([10,"b",9,"a"])"));
  CHECK(h.values.to_json(h.result[0]) == R"([9,10,"a","b"])");
}

TEST_CASE("of one rule twenty findings are kept, and all are counted") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += event(std::to_string(i), "ok", "read");
  const ReadResult result = read_text(text);
  CHECK_FALSE(result.ok);
  CHECK(result.findings.size() == HistoryBuilder::finding_limit);
}

TEST_CASE("an error within an event of several lines is found in its line") {
  check_finds("{:type :invoke\n :process 1\n :f :cas\n   :value ^5}", "value-shape");
}

}  // namespace

}  // namespace kasauti::histories::test
