#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kasauti::histories::generate {

/// What to generate; the defaults give a small register history that is linearizable.
struct Options {
  std::string kind = "register";  ///< one of kinds()
  std::uint64_t ops = 1000;       ///< the number of invocations, exactly
  unsigned clients = 5;           ///< that call at the same time, at least 1
  unsigned keys = 1;              ///< objects (accounts of a bank); with one, only maps name their key
  double info = 0;                ///< the share of operations whose outcome is unknown, 0 to 1
  std::uint64_t seed = 1;
  std::string violate = "none";   ///< "none" or one of violations_of(kind)
  unsigned values = 0;            ///< 0: every write writes another value; else values 0 … values-1 are drawn at random
  double reads = 0.5;             ///< the share of operations that observe only (or take away, of a container)
  unsigned permits = 3;           ///< of a semaphore
  bool cas_fails = false;         ///< record a compare-and-set that found another value as `fail`, as Jepsen does
};

/// A kind of history: the name of an object, or of a map that is weaker than linearizable on purpose.
struct Kind {
  std::string_view name;
  std::string_view summary;                  ///< one line for the help
  std::vector<std::string_view> violations;  ///< what `violate` may be, beside "none"
};

/// Every kind, in the order of the documentation.
[[nodiscard]] const std::vector<Kind>& kinds();

/// Takes a piece of the text; false stops the generation (the disk is full, the reader has gone).
using Sink = std::function<bool(std::string_view chunk)>;

/// Streams a history in the native format, its header first, in chunks of whole lines; the same options give the same
/// bytes on every machine. Every event is stamped, and lines come in the order of their times.
///
/// The status is true by construction. Without a violation each operation that takes effect does so on one simulated
/// object, at one instant between its invocation and its completion (or, where its outcome is unknown, at any time
/// after its invocation, or never); the order of those instants is a witness of linearizability. The kinds `causal`
/// and `sequential` are argued in replicas.cpp. A violation is played by one client in consecutive operations that
/// suffice to refute the model, with values that nobody else uses; each family's file says why they do.
///
/// Memory does not depend on `ops`: O(clients + keys), and O(replicas × keys) for the weaker kinds; time O(ops log
/// clients). False if the options make no sense (`problem` says which and what would) or the sink refused (`problem`
/// is empty).
[[nodiscard]] bool generate(const Options& options, const Sink& sink, std::string& problem);

}  // namespace kasauti::histories::generate
