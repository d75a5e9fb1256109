// Three in ten calls of unknown outcome, twenty clients, thousands of calls: where values are distinct an engine
// answers, and no search has to.

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "checker/certificate/verify.hpp"
#include "checker/linearizable/linearizable.hpp"
#include "generate/support.hpp"

namespace kasauti::tests {

namespace {

histories::History simulated(const std::string& kind, std::uint64_t seed) {
  histories::generate::Options options;
  options.kind = kind;
  options.ops = 5'000;
  options.clients = 20;
  options.keys = 1;
  options.info = 0.3;
  options.seed = seed;
  return generated_history(options);
}

}  // namespace

TEST_CASE("three in ten calls of unknown outcome are decided without a search where values are distinct") {
  for (const std::string kind : {"register", "kv", "cas-register", "list", "queue", "stack", "priority-queue", "bag", "ids", "fetch-add",
                                 "lock", "semaphore"}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      INFO(kind << ", seed " << seed);
      const auto history = simulated(kind, seed);
      histories::Budget budget{{.seconds = 60}};  // what falls to a search may not end
      const auto judgement = checker::linearizable::check(history, {checker::linearizable::Engine::automatic, 1}, budget);
      CHECK(judgement.verdict == checker::Verdict::holds);
      REQUIRE(judgement.methods.size() == 1);
      CHECK_FALSE(judgement.methods[0].starts_with("search"));
      const auto verified = checker::verify(history, judgement.model, judgement.verdict, judgement.certificate);
      CHECK(verified.accepted);
    }
  }
}

}  // namespace kasauti::tests
