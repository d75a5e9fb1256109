// kasauti test on a real Redis, which the test starts itself on a free port.

#include <csignal>

#include "tests/adapters/redis_server.hpp"
#include "tests/cli/support.hpp"

namespace kasauti::tests {

namespace {

void need_redis() {
  if (!redis_installed()) SKIP("redis-server is not installed");
}

}  // namespace

TEST_CASE("one Redis server is linearizable, and nothing is left behind") {
  need_redis();
  const RedisServer server;
  REQUIRE(server.ready());
  const Kasauti kasauti;
  const std::string uri = "redis://" + server.address();
  for (const char* workload : {"register", "cas-register"}) {
    const Ended ended = kasauti.run({"test", uri, "--workload", workload, "--expect", "linearizable", "--ops", "2000"});
    INFO(ended.out << ended.err);
    CHECK(ended.status == 0);
    CHECK(says(ended.out, "linearizable          holds  (certificate verified)"));
    CHECK(kasauti.folder.names().empty());
  }
}

TEST_CASE("reads at a Redis replica are stale, and the history is kept") {
  need_redis();
  const RedisServer primary;
  REQUIRE(primary.ready());
  const RedisServer replica{{"--replicaof", "127.0.0.1 " + std::to_string(primary.port())}};
  REQUIRE(replica.ready());
  const Kasauti kasauti;
  const std::string uri = "redis://" + primary.address() + "?replica=" + replica.address() + "&read=replica";
  const Ended ended = kasauti.run({"test", uri, "--workload", "register", "--expect", "linearizable", "--ops", "3000",
                                   "--faults", "replication"});
  INFO(ended.out << ended.err);
  CHECK(ended.status == 1);
  CHECK(says(ended.out, "linearizable          VIOLATED  (certificate verified)"));
  CHECK(says(ended.err, "the history is kept: "));
  CHECK(kasauti.folder.names().size() == 1);
}

TEST_CASE("no Redis, no test") {
  need_redis();
  std::string address;
  {
    const RedisServer server;
    REQUIRE(server.ready());
    address = server.address();
  }
  const Kasauti kasauti;
  const Ended ended = kasauti.run({"test", "redis://" + address, "--workload", "register", "--expect", "linearizable"});
  CHECK(ended.status == 254);
  CHECK(says(ended.err, address));
  CHECK(kasauti.folder.names().empty());
}

}  // namespace kasauti::tests
