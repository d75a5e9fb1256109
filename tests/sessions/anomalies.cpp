// What is counted against what, and how it is told: names, bases, lines.

#include "tests/support/judge_causal.hpp"
#include "tests/support/litmus.hpp"

using namespace kasauti;
using checker::Anomaly;
using checker::Model;
using checker::Verdict;

namespace {

const Anomaly& only_anomaly(const checker::Judgement& judgement) {
  REQUIRE(judgement.verdict == Verdict::violated);
  const auto violates = [](const Anomaly& anomaly) { return !anomaly.relative; };
  REQUIRE(std::ranges::count_if(judgement.anomalies, violates) == 1);
  return *std::ranges::find_if(judgement.anomalies, violates);
}

bool names(const checker::Judgement& judgement, std::string_view name) {
  return std::ranges::find(judgement.anomalies, name, &Anomaly::name) != judgement.anomalies.end();
}

}  // namespace

TEST_CASE("read-your-writes counts reads against those after an own write of the key") {
  const auto history =
      tests::litmus("p1:w(x,1) r(x)->0 r(x)->1 r(y)->0 r(x)->0; p2:r(x)->0 w(y,7) r(y)->0; p3:w(x,3) r(x)->3");
  const auto judgement = tests::judge(history, Model::read_your_writes);
  const Anomaly& anomaly = only_anomaly(judgement);
  CHECK(anomaly.name == "ReadYourWrites");
  CHECK(anomaly.count == 3);
  CHECK(anomaly.at_risk == 5);
  CHECK(anomaly.sessions == 2);
  CHECK(anomaly.operations == std::vector<histories::OpId>{0, 1});
  CHECK(anomaly.reason.find("(line 2)") != std::string::npos);
  CHECK(anomaly.reason.find("(line 4)") != std::string::npos);
}

TEST_CASE("read-your-writes: an own write that came back") {
  CHECK(tests::judge(tests::litmus("p1:w(x,1) w(x,2) r(x)->1"), Model::read_your_writes).verdict == Verdict::holds);
  const auto both = tests::judge(tests::litmus("p1:w(x,1) w(x,2) r(x)->1 r(x)->2"), Model::read_your_writes);
  CHECK(only_anomaly(both).count == 1);
  // Read before it was written, and still in conflict later.
  const auto early = tests::litmus("p1:w(x,1) r(x)->2 w(x,2) r(x)->1");
  CHECK(tests::judge(early, Model::read_your_writes).verdict == Verdict::violated);
}

TEST_CASE("monotonic reads counts reads that go back against repeated reads") {
  const auto history =
      tests::litmus("p1:w(x,1) w(x,2); p2:r(x)->1 r(x)->2 r(x)->1 r(x)->2 r(y)->0; p3:r(x)->2 r(x)->0");
  const auto judgement = tests::judge(history, Model::monotonic_reads);
  const Anomaly& anomaly = only_anomaly(judgement);
  CHECK(anomaly.name == "MonotonicReads");
  CHECK(anomaly.count == 3);
  CHECK(anomaly.at_risk == 4);
  CHECK(anomaly.sessions == 2);
}

TEST_CASE("a session that spans processes is one program") {
  CHECK(tests::judge(tests::litmus("p1@u:w(x,1); p2@u:r(x)->0"), Model::read_your_writes).verdict == Verdict::violated);
  CHECK(tests::judge(tests::litmus("p1@u:w(x,1) // p2@u:r(x)->0"), Model::read_your_writes).verdict == Verdict::holds);
  CHECK(tests::judge(tests::litmus("p1@u:w(x,1)?; p2@u:r(x)->0"), Model::read_your_writes).verdict == Verdict::holds);
}

TEST_CASE("all four guarantees name those that fail alone too") {
  const auto judgement =
      tests::judge(tests::litmus("p1:w(x,1) // p2:w(x,2); p3:r(x)->1 r(x)->2 r(x)->1"), Model::session);
  CHECK(names(judgement, "MonotonicReads"));
  CHECK(names(judgement, "CyclicSessionOrder"));
}

TEST_CASE("anomalies of the causal family by name") {
  const auto told = [](const char* history, Model model, std::string_view name) {
    INFO(history << " " << checker::name_of(model) << " " << name);
    CHECK(names(tests::judge(tests::litmus(history), model), name));
  };
  told("p1:r(x)->1 w(y,1) // p2:r(y)->1 w(x,1)", Model::causal, "CyclicCO");
  told("p1:r(x)->1 w(y,1) // p2:r(y)->1 w(x,1)", Model::writes_follow_reads, "WritesFollowReads");
  told("p1:w(x,1) r(x)->0", Model::causal, "WriteCOInitRead");
  told("p1:w(x,1) w(x,2) r(x)->1", Model::causal, "WriteCORead");
  told("p1:r(x)->3", Model::monotonic_writes, "ThinAirRead");
  told("p1:w(x,1)!; p2:r(x)->1", Model::pram, "FailedWriteRead");
  told("p1:w(x,1) r(x)->2 // p2:w(x,2) r(x)->1", Model::causal_convergent, "CyclicCF");
  told("p1:w(z,1) w(x,1) w(y,1) // p2:w(x,2) r(z)->0 r(y)->1 r(x)->2", Model::causal_memory, "WriteHBInitRead");
  told("p1:w(x,1) // p2:w(x,2) r(x)->1 r(x)->2", Model::causal_memory, "CyclicHB");
  told("p1:w(x,1) // p2:w(x,2) r(x)->1 r(x)->2", Model::pram, "CyclicPRAM");
  told("p1:w(d,1) w(f,1); p2:r(f)->1 r(d)->0", Model::pram, "WritePRAMInitRead");
}
