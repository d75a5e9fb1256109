#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "recorder/client.hpp"

namespace kasauti::recorder {

/// One client's part of a workload.
struct WorkloadOptions {
  std::size_t keys = 1;
  std::size_t clients = 1;
  std::size_t client = 0;  ///< 0 … clients - 1
};

/// Generates the requests of one client. The same random numbers and outcomes give the same requests.
/// Every value written is distinct in the run, and none is the initial one (null).
class Workload {
 public:
  virtual ~Workload() = default;
  virtual Request next(Random& random) = 0;
  /// Tells how the last request ended. Only to choose what comes next: workloads don't judge.
  virtual void observe(const Request& /*request*/, const Outcome& /*outcome*/) {}
};

/// A workload of SCENARIOS' table by its name.
struct WorkloadRow {
  std::string_view name;
  std::string_view object;             ///< the history's object
  std::string_view summary;
  std::vector<Action> actions;         ///< what a store must support
  std::unique_ptr<Workload> (*make)(const WorkloadOptions& options);
};

[[nodiscard]] const std::vector<WorkloadRow>& workloads();
/// Null if there is none of that name.
[[nodiscard]] const WorkloadRow* workload_named(std::string_view name);

/// The name of a key by its number: "k0", "k1"…
[[nodiscard]] Value key_named(std::size_t number);
/// The value of a client's n-th write: positive, and no other client's.
[[nodiscard]] Value distinct_value(const WorkloadOptions& options, std::int64_t n);

[[nodiscard]] std::unique_ptr<Workload> make_register(const WorkloadOptions& options);
[[nodiscard]] std::unique_ptr<Workload> make_cas_register(const WorkloadOptions& options);

}  // namespace kasauti::recorder
