#include "recorder/workloads/workload.hpp"

#include <string>

namespace kasauti::recorder {

const std::vector<WorkloadRow>& workloads() {
  static const std::vector<WorkloadRow> table = {
      {"register",
       "register",
       "reads and distinct writes over a few keys",
       {Action::read, Action::write},
       make_register},
      {"cas-register",
       "cas-register",
       "reads, distinct writes and compare-and-sets of the value last seen",
       {Action::read, Action::write, Action::cas},
       make_cas_register},
  };
  return table;
}

const WorkloadRow* workload_named(std::string_view name) {
  for (const WorkloadRow& row : workloads()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

Value key_named(std::size_t number) { return "k" + std::to_string(number); }

Value distinct_value(const WorkloadOptions& options, std::int64_t n) {
  return n * static_cast<std::int64_t>(options.clients) + static_cast<std::int64_t>(options.client) + 1;
}

}  // namespace kasauti::recorder
