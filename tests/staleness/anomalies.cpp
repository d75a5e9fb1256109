// Anomalies as they are reported: each kind once, with its base, its first and its easiest example; and the names.

#include <algorithm>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "checker/run/grouping.hpp"
#include "checker/run/run.hpp"
#include "tests/support/litmus.hpp"

namespace kasauti::tests {

namespace {

using checker::Anomaly;
using checker::Model;
using checker::run::Result;
using histories::History;
using histories::OpId;

Result check(std::string_view text, Model model) {
  checker::run::Options options;
  options.models = {model};
  histories::Budget budget;
  Result result = checker::run::check_history(litmus(text), options, budget);
  CHECK(checker::run::internal_error(result).empty());
  return result;
}

std::vector<std::string> names(const Result& result) {
  std::vector<std::string> names;
  for (const Anomaly& anomaly : result.models.front().judgement.anomalies) names.push_back(anomaly.name);
  return names;
}

}  // namespace

TEST_CASE("each name is given to the history that it is the name of") {
  const auto told = [](const char* history, Model model, const char* name) {
    INFO(history << ": " << checker::name_of(model));
    CHECK(names(check(history, model)).front() == name);
  };
  told("p1:w(x,1) r(x)->0", Model::read_your_writes, "ReadYourWrites");
  told("p1:w(x,1); p2:r(x)->1 r(x)->0", Model::monotonic_reads, "MonotonicReads");
  told("p1:r(x)->1 w(y,1) // p2:r(y)->1 w(x,1)", Model::writes_follow_reads, "WritesFollowReads");
  told("p1:w(x,1); p2:r(x)->0", Model::linearizable, "StaleRead");
  told("p1:w(x,1); p2:r(x)->0", Model::k_atomic, "StaleRead");
  told("p1:w(x,1); p2:r(x)->0", Model::regular, "StaleRead");
  told("p1:w(x,1)~; p2:r(x)->1; p3:r(x)->0", Model::linearizable, "NewOldInversion");
  told("[x=1] p1:cas(x,1,2) // p2:cas(x,1,3)", Model::linearizable, "LostUpdate");
  told("p1:w(x,1) w(x,2) # f1:r(x)->1 // f2:r(x)->1", Model::convergent, "LostAcknowledgedWrite");
  told("p1:w(x,1) // p2:w(x,2) # f1:r(x)->1 // f2:r(x)->2", Model::convergent, "NotConverged");
  told("p1:w(x,1); p2:r(x)->3", Model::linearizable, "ThinAirRead");
  told("p1:w(x,1)!; p2:r(x)->1", Model::linearizable, "FailedWriteRead");
  told("p1:r(x)->1; p2:w(x,1)", Model::linearizable, "FutureRead");
  told("p1:r(x)->1 w(y,1) // p2:r(y)->1 w(x,1)", Model::causal, "CyclicCO");
  told("p1:w(x,1) w(x,2) r(x)->1", Model::causal, "WriteCORead");
  told("p1:w(x,1) r(x)->0", Model::causal, "WriteCOInitRead");
  told("p1:w(x,1) r(x)->2 // p2:w(x,2) r(x)->1", Model::causal_convergent, "CyclicCF");
  told("p1:w(x,1) // p2:w(x,2) r(x)->1 r(x)->2", Model::causal_memory, "CyclicHB");
  told("p1:w(z,1) w(x,1) w(y,1) // p2:w(x,2) r(z)->0 r(y)->1 r(x)->2", Model::causal_memory, "WriteHBInitRead");
}

TEST_CASE("an update is lost only where its value was taken more often than it was there") {
  const auto name = [](const char* history) { return names(check(history, Model::linearizable)).front(); };
  CHECK(name("[x=1] p1:cas(x,1,2) // p2:cas(x,1,3) // p3:cas(x,1,4)") == "LostUpdate");
  // The write brings back what the first took: both may succeed, and it is the read that is wrong.
  CHECK(name("[x=1] p1:cas(x,1,2) w(x,1); p2:cas(x,1,3); p3:r(x)->1") != "LostUpdate");
  CHECK(name("[x=1] p1:cas(x,1,2) cas(x,2,1) cas(x,1,3); p3:r(x)->1") != "LostUpdate");
}

TEST_CASE("what keys show by themselves is one anomaly with the base of all") {
  // Stale reads of x and z; y is in order, and its read was at risk too.
  const Result result = check(
      "p1:w(x,1); p2:r(x)->0; p1:w(y,1); p2:r(y)->1; p3:w(z,1) w(z,2); p4:r(z)->0; p5:r(z)->0", Model::linearizable);
  const auto& anomalies = result.models.front().judgement.anomalies;
  REQUIRE(anomalies.size() == 1);
  CHECK(anomalies[0].name == "StaleRead");
  CHECK((anomalies[0].count == 3 && anomalies[0].at_risk == 4 && anomalies[0].sessions == 3));
  CHECK(anomalies[0].occurrences == std::vector<OpId>{1, 6, 7});
  CHECK(anomalies[0].operations == std::vector<OpId>{0, 1});
  CHECK(anomalies[0].reason.find("stale by 1 version") != std::string::npos);
}

TEST_CASE("beside the first example stands the one that is easiest to read") {
  const History history = litmus("p1:w(x,1) w(x,2) w(x,3) r(x)->3 r(x)->3 r(x)->3");
  std::vector<Anomaly> found(3);
  for (Anomaly& anomaly : found) anomaly.name = "StaleRead";
  found[0].operations = {0, 1, 3};
  found[1].operations = {1, 5};
  found[2].operations = {2, 4};
  found[2].name = "FutureRead";
  auto kinds = checker::run::grouped(history, found);
  REQUIRE(kinds.size() == 2);
  CHECK(kinds[0].count == 2);
  CHECK(kinds[0].operations == std::vector<OpId>{0, 1, 3});
  CHECK(kinds[0].smallest == std::vector<OpId>{1, 5});
  CHECK(kinds[0].occurrences == std::vector<OpId>{3, 5});
  CHECK(kinds[1].smallest.empty());
}

}  // namespace kasauti::tests
