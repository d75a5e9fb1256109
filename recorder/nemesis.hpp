#pragma once

#include <string>
#include <vector>

#include "recorder/client.hpp"

namespace kasauti::recorder {

/// What the nemesis may do beside the faults of the store itself.
struct NemesisOptions {
  std::string start_command;  ///< run by /bin/sh to begin the fault "command"
  std::string stop_command;   ///< run to end any fault, if given: it may also restart what was killed
  int pid = 0;                ///< a local process for the faults "pause" and "kill" (once); 0: none
};

/// Begins and ends faults: those of a simulated store, commands of the user, and signals to a local process.
class Nemesis {
 public:
  Nemesis(Store& store, NemesisOptions options, std::uint64_t seed);

  [[nodiscard]] std::vector<std::string> faults() const;
  /// Begins a fault of faults(), and records it ("start-…", with its target).
  void start(const std::string& name, Recorder& recorder);
  /// Ends the fault that was begun last, if it was not ended, and records it ("stop-…").
  void stop(Recorder& recorder);
  [[nodiscard]] std::size_t started() const { return started_; }

 private:
  Value begin(const std::string& name);

  Store& store_;
  NemesisOptions options_;
  Random random_;
  std::string active_;
  Value target_;
  std::size_t started_ = 0;
  bool signalled_to_death_ = false;  // the process of options_.pid
};

}  // namespace kasauti::recorder
