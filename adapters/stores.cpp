#include "adapters/stores.hpp"

#include "adapters/sim/sim.hpp"
#ifdef KASAUTI_REDIS
#include "adapters/redis/redis.hpp"
#endif

namespace kasauti::adapters {

std::span<const recorder::StoreRow> stores() {
  static constexpr recorder::StoreRow rows[] = {
      {"sim", "a simulated store; needs no server", "sim:linearizable|async|…?bug=ID&replicas=3&lag=5ms",
       sim::open_sim},
#ifdef KASAUTI_REDIS
      {"redis", "Redis and servers like it", "redis://HOST:PORT?replica=HOST:PORT&read=replica", redis::open_redis},
#endif
  };
  return rows;
}

}  // namespace kasauti::adapters
