#pragma once

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sequential {

/// Which engine may answer, for tests that set one against another.
enum class Engine : std::uint8_t {
  automatic,  ///< an order by demand or a forced order first, then the search along it
  search,     ///< the search alone
};

struct Options {
  Engine engine = Engine::automatic;
  unsigned threads = 1;
  std::uint64_t first_retreats = 256;  ///< a search that has to go back more often is spread over the threads
  std::uint32_t parallel_from = 4096;  ///< components of so many operations may have several threads at once
};

/// Whether one legal order of all operations respects the session order (Lamport 1979).
///
/// Failed operations are left out; those of unknown outcome may be in the order, after what precedes them in their
/// session. Objects without a specification give `unknown: unsupported`. The verdict, the certificate and the
/// anomalies do not depend on the number of threads, unless the budget runs out.
[[nodiscard]] Judgement check_sequential(const History& history, const Options& options, histories::Budget& budget);

/// The same for every key alone; also called cache consistency (Goodman 1989).
[[nodiscard]] Judgement check_per_key_sequential(const History& history, const Options& options, histories::Budget& budget);

}  // namespace kasauti::checker::sequential
