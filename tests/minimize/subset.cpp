// A part of a history says of its operations what the whole said.

#include <catch2/catch_test_macros.hpp>

#include "histories/read.hpp"
#include "histories/subset.hpp"
#include "histories/formats/format.hpp"

namespace {

using namespace kasauti::histories;

constexpr std::string_view text = R"({"kasauti":1,"object":"kv","initial":0}
{"time":10,"process":0,"type":"invoke","f":"put","key":"x","value":"one","session":"u"}
{"time":15,"process":"nemesis","type":"info","f":"cut","value":["n1"]}
{"time":20,"process":1,"type":"invoke","f":"get","key":"y","value":null}
{"time":30,"process":0,"type":"ok","f":"put","key":"x","value":"one","session":"u","node":"n1","version":3}
{"time":40,"process":1,"type":"ok","f":"get","key":"y","value":2.5}
{"time":50,"process":2,"type":"invoke","f":"cas","key":"x","value":["one",[1,{"a":2}]]}
{"time":60,"process":1,"type":"invoke","f":"get","key":"x","value":null}
{"time":70,"process":1,"type":"ok","f":"get","key":"x","value":[1,{"a":2}]}
{"time":80,"process":2,"type":"ok","f":"cas","key":"x","value":["one",[1,{"a":2}]]}
{"time":85,"process":"nemesis","type":"info","f":"heal"}
{"time":90,"process":0,"type":"invoke","f":"delete","key":"x","value":null,"session":"u"}
)";

History whole() {
  ReadResult read = read_history_text(text);
  REQUIRE(read.ok);
  return std::move(read.history);
}

}  // namespace

TEST_CASE("a subset keeps order, names, lines and times") {
  const History h = whole();
  REQUIRE(h.size() == 5);
  const std::vector<Fate> fates{Fate::kept, Fate::gone, Fate::kept, Fate::kept, Fate::gone};
  const History part = subset(h, fates);
  REQUIRE(origins(fates) == std::vector<OpId>{0, 2, 3});
  REQUIRE(part.size() == 3);
  for (OpId op = 0; op < 3; ++op) CHECK(part.describe(op) == h.describe(origins(fates)[op]));
  CHECK(part.invoked == std::vector<Rank>{0, 2, 3});
  CHECK(part.completed == std::vector<Rank>{1, 5, 4});
  CHECK(part.key_count() == 1);
  CHECK(part.values.to_json(part.header.initial) == "0");
  CHECK(part.invoked_time == std::vector<std::int64_t>{10, 50, 60});
  CHECK(part.values.to_json(part.session_name[part.session[0]]) == "\"u\"");
  CHECK(part.values.to_json(part.version[0]) == "3");
  CHECK(part.version[1] == no_value);
  REQUIRE(part.faults.size() == 1);
  CHECK(part.faults[0].name == "cut");
  CHECK(part.faults[0].rank == 1);
  CHECK(part.values.to_json(part.faults[0].value) == R"(["n1"])");
}

TEST_CASE("a weakened operation has no result and precedes nothing") {
  const History h = whole();
  std::vector<Fate> fates(h.size(), Fate::kept);
  fates[0] = Fate::weakened;
  fates[2] = Fate::weakened;
  const History part = subset(h, fates);
  CHECK(part.outcome[0] == Outcome::info);
  CHECK(part.completed[0] == never);
  CHECK_FALSE(part.precedes(0, 3));
  CHECK_FALSE(part.session_precedes(0, 4));
  CHECK(part.result[2] == no_value);
  CHECK(part.outcome[3] == Outcome::ok);
}

TEST_CASE("a subset that is written and read again is the same") {
  const History h = whole();
  const std::vector<Fate> fates{Fate::weakened, Fate::gone, Fate::kept, Fate::kept, Fate::kept};
  const History part = subset(h, fates);
  for (const char* name : {"jsonl", "edn"}) {
    std::string written;
    formats::format_named(name)->write(part, written);
    const ReadResult again = read_history_text(written);
    INFO(written);
    REQUIRE(again.ok);
    REQUIRE(again.history.size() == part.size());
    for (OpId op = 0; op < part.size(); ++op) {
      CHECK(again.history.describe_call(op) == part.describe_call(op));
      CHECK(again.history.invoked[op] == part.invoked[op]);
      CHECK(again.history.completed[op] == part.completed[op]);
    }
  }
}

TEST_CASE("of nothing there is an empty history") {
  const History h = whole();
  const History part = subset(h, std::vector<Fate>(h.size(), Fate::gone));
  CHECK(part.size() == 0);
  CHECK(part.key_count() == 0);
}
