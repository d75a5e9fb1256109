#include "adapters/stores.hpp"

#include "adapters/sim/sim.hpp"

namespace kasauti::adapters {

std::span<const recorder::StoreRow> stores() {
  static constexpr recorder::StoreRow rows[] = {
      {"sim", "a simulated store; needs no server", "sim:linearizable|async|…?bug=ID&replicas=3&lag=5ms", sim::open_sim},
  };
  return rows;
}

}  // namespace kasauti::adapters
