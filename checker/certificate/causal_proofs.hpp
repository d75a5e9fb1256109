#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker {

/// Why, in a proof about causality, one operation comes before another.
enum class Force : std::uint8_t {
  session_order,  ///< calls of one session, `from` completed before `to` was invoked
  reads_from,     ///< `to` returned the value that only `from` wrote
  derived,        ///< a DerivedOrder of the same proof
  version,        ///< two writes of a key, whose order the store's versions tell; for session guarantees only
};

struct Link {
  histories::OpId from = histories::no_operation;
  histories::OpId to = histories::no_operation;
  Force force = Force::session_order;
  std::uint32_t derived = 0;  ///< for Force::derived: its number
};

/// `read` returned what w1 wrote, although w2, another write of the same key, leads to it: so w2 comes before w1. The
/// path leads from w2 to `read`, and uses only derived orders with smaller numbers.
struct DerivedOrder {
  histories::OpId read = histories::no_operation;
  std::vector<Link> path;
};

/// violated (causal models, PRAM, sessions): orders that the model forces, and that end in a contradiction: either a
/// cycle, or a path from a write to a read that returned the initial value of the same key. Which links a model
/// allows, and whose reads may be used to derive orders, is said in verify_causal.cpp.
struct ForcedOrder {
  static constexpr histories::SessionId any_session = UINT32_MAX;
  histories::SessionId session =
      any_session;  ///< whose view is contradictory, for models that give each session its own
  std::vector<DerivedOrder> derived;
  std::vector<Link> end;
};

/// violated (all of these models): an operation that happened and returned a value which nobody wrote who may have
/// happened, and which is not the initial one. Unlike ThinAir it may be a compare-and-set.
struct UnwrittenRead {
  histories::OpId read = histories::no_operation;
};

/// holds (CCv; S4 and CC): orders of all operations that respect session order and reads-from. In the part that names
/// a read's session, the write it returned is the last, of those of its key that causally precede it. CCv needs one
/// part for all.
struct Arbitration {
  struct Part {
    std::vector<histories::SessionId> sessions;  ///< empty: all
    std::vector<histories::OpId> order;
  };
  std::vector<Part> parts;
};

/// holds (CC, writes-follow-reads): an order of all operations that respects session order and reads-from. For CC the
/// verifier walks along it and finds for each read what causally precedes it. Also holds (writes-follow-reads,
/// monotonic-writes, where the store's versions order the writes of some key): an order of all writes.
struct CausalOrder {
  std::vector<histories::OpId> order;
};

/// holds (CM, PRAM): for each session an order of all writes and of its own operations, in short form. The verifier
/// takes the session's own operations one by one; before each it places the writes that must precede it and are not
/// placed yet, and before each of those the writes that must precede it or that a hint puts before it. A hint is no
/// claim: what comes out is an order, and is replayed.
struct SessionViews {
  struct Hint {
    histories::OpId before = histories::no_operation;
    histories::OpId after = histories::no_operation;
  };
  struct View {
    histories::SessionId session = 0;
    std::vector<histories::OpId> own;  ///< the order of its own operations; empty: as invoked
    std::vector<Hint> hints;
  };
  std::vector<View> views;  ///< of the sessions that need hints; the others are placed without
};

/// holds (read-your-writes, monotonic-reads, monotonic-writes): for each session that needs one, the order of those
/// writes that its guarantee compares.
struct SessionOrders {
  struct Part {
    histories::SessionId session = 0;
    std::vector<histories::OpId> writes;
  };
  std::vector<Part> parts;
};

/// What a read returned, taken to be what `source` wrote, or the initial value.
struct AssumedSource {
  static constexpr histories::OpId initial = histories::no_operation - 1;
  histories::OpId read = histories::no_operation;
  histories::OpId source = initial;
};

/// holds, where several writes may have written what was read: a source for each such read, and a witness for these.
struct AssumingSources {
  std::vector<AssumedSource> sources;
  std::variant<Arbitration, CausalOrder, SessionViews, SessionOrders> witness;
};

/// violated, where several writes may have written what was read: whichever did, the model is refuted. A tree; its
/// root is the last node. Each node has a branch for every possible source of one read, which leads to a node with a
/// smaller number, or to a leaf: a refutation that may take for granted what the branches above it say.
struct EverySource {
  struct Branch {
    histories::OpId source = AssumedSource::initial;
    bool to_leaf = true;
    std::uint32_t number = 0;  ///< of the leaf, or of the node
  };
  struct Node {
    histories::OpId read = histories::no_operation;
    std::vector<Branch> branches;
  };
  std::vector<Node> nodes;
  std::vector<std::variant<ForcedOrder, UnwrittenRead>> leaves;
};

/// A proof about a set or a list by way of a register for each element: about the accesses to these, numbered as in
/// verify_elements.cpp.
struct ByElements {
  std::variant<UnwrittenRead, ForcedOrder, Arbitration, CausalOrder, SessionViews, SessionOrders, AssumingSources,
               EverySource>
      registers;
};

}  // namespace kasauti::checker
