#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::staleness {

struct Options {
  unsigned threads = 1;
  /// The judgement about linearizability, if the caller has it already: k-atomic and delta-atomic hold iff that does.
  const Judgement* linearizable = nullptr;
};

/// How many versions back the reads of a history go.
struct LeastK {
  std::uint64_t at_least = 1;
  std::uint64_t at_most = 1;            ///< equal to at_least where the least k is known
  OpId read = histories::no_operation;  ///< one that shows at_least
  bool bounded = true;                  ///< false: a read ended before its write began, and no k will do
  StaleVersions proof;                  ///< of both bounds; meaningful from at_least = 2
};

/// How far, in ns, the reads of a history have to be moved back to be atomic.
struct LeastDelta {
  std::int64_t nanoseconds = 0;
  std::vector<OpId> clash;              ///< the operations of two values that forbid less
  bool bounded = true;
  StaleTime proof;                      ///< meaningful if nanoseconds > 0
};

/// Judges `which`: regular, safe, k_atomic or delta_atomic, for registers and maps; `unknown: unsupported` for other
/// objects.
///
/// The last two are measures: `holds` means k = 1 or Δ = 0, which is linearizability. Otherwise the judgement is
/// `violated` and its detail and anomaly say by how much: the least k, or a lower and an upper bound that are proved;
/// the least Δ. Without times there is no Δ, and where a value was written twice neither: the verdict stands, and the
/// detail says what is missing.
[[nodiscard]] Judgement check_staleness(const History& history, Model which, const Options& options,
                                        histories::Budget& budget);

/// Over all keys. nullopt where some value has several writers, so that nobody knows who read what; or the budget ran
/// out.
[[nodiscard]] std::optional<LeastK> least_k(const History& history, histories::Budget& budget);
/// Likewise; also nullopt without times.
[[nodiscard]] std::optional<LeastDelta> least_delta(const History& history, histories::Budget& budget);

/// Why neither can be told: the lines of a value with several writers, of a read of what nobody wrote, or of a call
/// that is no read or write. Of the limits of a budget it knows nothing. O(n).
[[nodiscard]] std::string why_not_measured(const History& history);

/// Adds to the reason of a StaleRead of any model by how many versions, and for how long, the read that it shows is
/// stale on its own account, if it is. O(n).
void tell_how_stale(const History& history, Anomaly& anomaly);

}  // namespace kasauti::checker::staleness
