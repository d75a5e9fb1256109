#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "recorder/client.hpp"
#include "recorder/nemesis.hpp"
#include "recorder/workloads/workload.hpp"

namespace kasauti::recorder {

/// How a workload is driven. The phases: load with faults, heal, quiesce, and a read of every key through every node.
struct RunOptions {
  std::uint64_t operations = 0;                ///< of the load, all clients together; 0: as many as fit in `time`
  std::chrono::nanoseconds time{0};            ///< of the load; 0: no limit. One of the two is given
  std::size_t clients = 1;
  std::size_t keys = 1;
  double rate = 0;                             ///< operations a second, all clients together; 0: a closed loop
  std::uint64_t seed = 1;
  std::vector<std::string> faults;             ///< in turn, each for half a period
  std::chrono::nanoseconds fault_period{0};
  std::chrono::nanoseconds quiesce{0};         ///< how long after the heal the final reads are made
  const std::atomic<bool>* stop = nullptr;  ///< set by another thread or a signal: end the load, skip the final phase
};

struct Counts {
  std::uint64_t ok = 0, fail = 0, info = 0;
  [[nodiscard]] std::uint64_t all() const { return ok + fail + info; }
};

struct RunSummary {
  Counts counts;         ///< the final reads included
  double seconds = 0;    ///< of the load, in the store's time
  bool interrupted = false;
};

/// Drives a real store, a thread a client. `progress` (may be empty) is called a few times a second on the calling
/// thread.
RunSummary run_live(Store& store, const WorkloadRow& workload, Recorder& recorder, Nemesis& nemesis,
                    const RunOptions& options, const std::function<void(const Counts&, double seconds)>& progress);

/// Drives a simulated store, on the calling thread and in virtual time: the same options give the same history.
/// The recorder's clock must be the simulation's.
RunSummary run_simulated(Store& store, const WorkloadRow& workload, Recorder& recorder, Nemesis& nemesis,
                         const RunOptions& options);

/// Completes the call as the outcome says, and counts it.
void complete(Call& call, const Outcome& outcome, Counts& counts);

/// The session names of a run: clients', and of the final reads.
[[nodiscard]] std::string session_name(std::size_t client);
[[nodiscard]] std::string final_session_name(const std::string& node);

}  // namespace kasauti::recorder
