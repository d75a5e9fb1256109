#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "checker/certificate/causal_proofs.hpp"
#include "checker/certificate/container_proofs.hpp"
#include "checker/certificate/register_proofs.hpp"
#include "checker/certificate/sequential_proofs.hpp"
#include "checker/certificate/staleness_proofs.hpp"
#include "checker/model.hpp"
#include "histories/history.hpp"

namespace kasauti::checker {

using histories::KeyId;
using histories::OpId;
using histories::SessionId;

/// What a certificate's order is of.
enum class Scope : std::uint8_t { whole, key, session };

/// Why one operation comes before another; the verifier checks each on the history alone.
enum class Reason : std::uint8_t {
  real_time,      ///< `from` completed before `to` was invoked
  process_order,  ///< calls of one process
  session_order,  ///< calls of one session, `from` completed before `to` was invoked
  reads_from,     ///< `to` returned the value that only `from` wrote
};

struct Edge {
  OpId from = histories::no_operation;
  OpId to = histories::no_operation;
  Reason reason = Reason::real_time;
};

/// A witness: an order of operations that is legal for the object and respects the model's order.
struct Order {
  Scope scope = Scope::whole;
  std::uint32_t id = 0;  ///< the key or the session
  std::vector<OpId> operations;
};

/// holds: orders that together cover every `ok` operation that they must, and no `fail`. `info` operations may be in or
/// out.
struct Orders {
  std::vector<Order> orders;
};

/// violated (register with distinct writes): clusters, a write with its reads, that precede each other in a circle. An
/// edge leads from an operation of one cluster to one of the next; the last leads back to the first one's. With one
/// edge only, it leads from a read to the write whose value it returned.
struct ClusterCycle {
  KeyId key = 0;
  std::vector<Edge> edges;
};

/// violated: an `ok` operation that returned a value which no `ok` or `info` operation wrote and which is not the
/// initial one.
struct ThinAir {
  OpId read = histories::no_operation;
};

/// violated (linearizable): a few operations of one key that alone admit no order; the verifier searches them
/// exhaustively.
///
/// Sound because every operation of the key that is left out either changes nothing, or completed before every required
/// one was invoked (then `any_initial` must be set), or was invoked after every required one had completed.
struct Core {
  struct Member {
    OpId operation = histories::no_operation;
    bool required = true;  ///< else it may be left out; where it stands, it returned what it returned
  };
  KeyId key = 0;
  bool any_initial = false;  ///< the state before is unknown
  std::vector<Member> members;
};

/// violated, but proved by the search alone: no proof that the verifier could check was short enough.
struct SearchAlone {
  KeyId key = 0;
};

/// What a verdict rests on. Default-constructed: nothing, as for an unknown verdict.
struct Certificate {
  std::variant<std::monostate, Orders, ClusterCycle, ThinAir, Core, SearchAlone,                            //
               ValuesCore, AlwaysThere, NoBottom, Outnumbered,                                              // containers
               OrderClash, OutOfBounds, TooManyHeld, ConcatenationClash,                                    // known order
               ForcedCycle, KeysCore,                                                                       // sequential
               ReadSources, StaleObservation, FinalSources, FinalClash, FinalLoss, StaleVersions, StaleTime,  // staleness
               UnwrittenRead, ForcedOrder, Arbitration, CausalOrder, SessionViews, SessionOrders,           // causal
               AssumingSources, EverySource, ByElements,                                                    // open reads
               ChainClash, FalseRefusal, SetCycle>                                                          // refusals
      proof;
};

}  // namespace kasauti::checker
