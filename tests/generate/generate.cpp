// What a generator promises beside the status: the same bytes for the same seed, readable by our reader, and the
// asked-for numbers of operations, clients, keys and unknown outcomes.

#include <algorithm>
#include <set>

#include "histories/sha256.hpp"
#include "tests/generate/support.hpp"

using namespace kasauti;
using histories::History;
using histories::OpId;
using histories::generate::Options;

TEST_CASE("the same seed gives the same bytes, another seed others") {
  for (const auto& kind : histories::generate::kinds()) {
    Options options{.kind = std::string{kind.name}, .ops = 300, .keys = 2, .info = 0.05, .seed = 7};
    const std::string first = tests::generated(options);
    CHECK(first == tests::generated(options));
    options.seed = 8;
    CHECK(first != tests::generated(options));
  }
}

TEST_CASE("every kind is read back without a finding, and has as many operations as were asked for") {
  for (const auto& kind : histories::generate::kinds()) {
    for (const unsigned keys : {1U, 5U}) {
      for (const double info : {0.0, 0.1}) {
        const History history = tests::generated_history(
            {.kind = std::string{kind.name}, .ops = 2000, .clients = 10, .keys = keys, .info = info, .seed = 3});
        INFO(kind.name << ", " << keys << " keys");
        CHECK(history.size() == 2000);
        CHECK(history.header.given);
      }
    }
  }
}

TEST_CASE("the share of unknown outcomes is about the one asked for") {
  for (const auto& kind : histories::generate::kinds()) {
    // Clients that wait for a lock at the end have no completion either.
    const History history =
        tests::generated_history({.kind = std::string{kind.name}, .ops = 20'000, .clients = 8, .info = 0.1, .seed = 5});
    const auto unknown = std::ranges::count(history.outcome, histories::Outcome::info);
    INFO(kind.name);
    CHECK(unknown > 1700);
    CHECK(unknown < 2300);
    CHECK(std::ranges::count(history.outcome, histories::Outcome::fail) == 0);
  }
}

TEST_CASE("without unknown outcomes every call completes, but for those that wait for a lock") {
  for (const auto& kind : histories::generate::kinds()) {
    const History history = tests::generated_history({.kind = std::string{kind.name}, .ops = 5000, .clients = 8});
    INFO(kind.name);
    CHECK(std::ranges::count(history.outcome, histories::Outcome::info) <=
          (kind.name == "lock" || kind.name == "semaphore" ? 8 : 0));
  }
}

TEST_CASE("clients call at the same time") {
  for (const unsigned clients : {1U, 5U, 50U}) {
    const History history = tests::generated_history({.kind = "register", .ops = 20'000, .clients = clients});
    // The mean number of open calls is the total time inside calls over the time that passed.
    double inside = 0;
    for (OpId op = 0; op < history.size(); ++op) {
      inside += static_cast<double>(history.completed_time[op] - history.invoked_time[op]);
    }
    const auto passed =
        static_cast<double>(*std::ranges::max_element(history.completed_time) - history.invoked_time.front());
    CHECK(inside / passed > 0.7 * clients);
    CHECK(inside / passed <= clients);
    CHECK(history.process_name.size() == clients);
  }
}

TEST_CASE("writes are distinct, or drawn from so many values") {
  for (const unsigned values : {0U, 4U}) {
    const History history =
        tests::generated_history({.kind = "kv", .ops = 5000, .clients = 10, .keys = 3, .values = values});
    std::set<histories::ValueId> written;
    std::size_t writes = 0;
    for (OpId op = 0; op < history.size(); ++op) {
      if (history.function[op] != histories::Function::write) continue;
      ++writes;
      written.insert(history.argument[op]);
    }
    CHECK(written.size() == (values == 0 ? writes : values));
    CHECK(history.key_count() == 3);
  }
}

TEST_CASE("a compare-and-set that finds another value is an observation, or a failure") {
  for (const bool fails : {false, true}) {
    const History history =
        tests::generated_history({.kind = "cas-register", .ops = 5000, .values = 5, .cas_fails = fails});
    const auto refused = std::ranges::count(history.flag, histories::Flag::no);
    const auto failed = std::ranges::count(history.outcome, histories::Outcome::fail);
    // Four of five guesses are wrong.
    CHECK((fails ? failed : refused) > 800);
    CHECK((fails ? refused : failed) == 0);
  }
}

TEST_CASE("options that make no sense are refused with words") {
  const auto complaint = [](const Options& options) {
    std::string problem;
    CHECK_FALSE(histories::generate::generate(options, [](std::string_view) { return true; }, problem));
    return problem;
  };
  CHECK(complaint({.kind = "registre"}).find("cas-register") != std::string::npos);
  CHECK(complaint({.kind = "queue", .violate = "stale"}).find("duplicate") != std::string::npos);
  CHECK(complaint({.clients = 0}).find("clients") != std::string::npos);
  CHECK(complaint({.info = 1.5}).find("unknown") != std::string::npos);
  CHECK(complaint({.ops = 2, .violate = "stale"}).find("more operations") != std::string::npos);
}

TEST_CASE("a sink that refuses ends the generation") {
  std::string problem = "?";
  std::size_t chunks = 0;
  const auto refuse = [&chunks](std::string_view) { return ++chunks < 3; };
  CHECK_FALSE(histories::generate::generate({.ops = 100'000}, refuse, problem));
  CHECK(problem.empty());
  CHECK(chunks == 3);
}

TEST_CASE("the bytes do not depend on the machine") {
  // Noted once; whoever noted a seed relies on it.
  const Options options{.kind = "kv", .ops = 1000, .clients = 7, .keys = 9, .info = 0.03, .seed = 42};
  const std::string text = tests::generated(options);
  CHECK(histories::sha256_hex(text) == "70a456e499f6506cf339d8cdec81b4e2c21974b35bb1c065bc44a48c73559a72");
}
