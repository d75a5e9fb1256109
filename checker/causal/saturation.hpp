#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "checker/causal/relations.hpp"
#include "checker/certificate/causal_proofs.hpp"

namespace kasauti::checker::causal {

/// The forced order of one session's view, for causal memory or PRAM (see saturation.cpp).
///
/// One object serves many sessions, one after the other; it holds some 50 bytes for each operation of the history.
/// Inside, operations have numbers of their own, *slots*: each chain lies together in memory, since it is walked along.
class Saturation {
 public:
  enum class Answer : std::uint8_t { holds, violated, exhausted };

  /// `causal`: views contain reads-from between other sessions too (causal memory, where it must have no cycle with
  /// the session order); else only the session order (PRAM).
  Saturation(const Relations& relations, bool causal, histories::Budget& budget);

  /// Judges the view in which the session's acknowledged operations come in the order `own`.
  [[nodiscard]] Answer judge(std::span<const OpId> own);
  /// What an object takes in memory.
  [[nodiscard]] static std::uint64_t bytes_needed(const Relations& relations);
  /// After `holds`: what the verifier can't find on its own.
  [[nodiscard]] std::vector<SessionViews::Hint> hints() const;
  /// After `violated`: judges again, and says why. `initial` is set if it is about a read of the initial value. Links
  /// of session order follow `own`, so that where calls overlap they may say more than the session order does.
  [[nodiscard]] ForcedOrder explain(std::span<const OpId> own, bool& initial);

 private:
  using Index = std::uint32_t;  // of the session's own operations, from 1
  using Slot = std::uint32_t;   // an operation; or, as in Relations, initial_write or no_operation
  static constexpr Index never = UINT32_MAX;
  static constexpr std::uint32_t no_event = UINT32_MAX;

  /// Consecutive reads of one key, in the session's order, that returned the same write's value.
  struct Run {
    Index first, last;
    Slot source;
  };
  /// `op` must come before the own operation `by`: because it precedes the operation of event `via` (or `read`
  /// returned its value, if there is none), or because of `read` it comes before the write of that event, or before
  /// the own write `own_target`.
  struct Event {
    Slot op;
    Index by;
    std::uint32_t via;
    std::uint32_t earlier;  ///< the event about `op` before this one, on which a derived order rests
    Slot read;              ///< of a derived order
    Slot own_target;
  };
  /// What the inner loop needs of an operation, together in memory.
  struct Node {
    Slot previous;                ///< in its chain, or no_operation
    Slot source;                  ///< which base order says precedes it, or no_operation
    histories::KeyId written_key; ///< or no_key
    Index phase;                  ///< the own operation before which it must come, or never; of an own one, itself
  };
  static constexpr histories::KeyId no_key = UINT32_MAX;
  /// How a contradiction was met.
  struct Clash {
    enum class Kind : std::uint8_t { none, own_needed, own_overwritten, own_future, initial, cycle };
    Kind kind = Kind::none;
    Slot op = no_operation;      // the own operation or write that is in the way
    Slot target = no_operation;  // what must come after it
    Index read = 0;              // the own read that says so
    std::uint32_t event = no_event;
  };

  void number_slots();
  void reset(std::span<const OpId> own);
  bool run(std::span<const OpId> own);
  bool take_read(Index index);
  void take_write(Index index);
  void deliver(Slot write, Index index);
  bool lower(Slot op, Index by, Event reason);
  void mark(Slot op, Index by, const Event& reason);
  bool drain();
  bool apply_rule(Slot write);
  [[nodiscard]] const Run* next_other_run(Slot write, Index from) const;
  void collect_hints();
  bool ordered_within_phases();
  bool clash(Clash::Kind kind, Slot op, Slot target, Index read);

  [[nodiscard]] bool own(Slot op) const { return own_index_[op] != 0; }
  [[nodiscard]] Index phase(Slot op) const { return nodes_[op].phase; }
  [[nodiscard]] Slot slot(OpId op) const { return op < initial_write ? slot_of_[op] : op; }
  [[nodiscard]] OpId id(Slot op) const { return op < initial_write ? id_of_[op] : op; }
  template <class Visit>
  void each_before(Slot op, Visit visit) const;

  // saturation_proof.cpp
  [[nodiscard]] Link base_link(Slot from, Slot to) const;
  void follow(std::uint32_t event, std::vector<Link>& path) const;
  [[nodiscard]] std::vector<Link> path_to_read(Slot write, std::uint32_t event, Index read) const;
  [[nodiscard]] std::vector<Link> clash_path();
  [[nodiscard]] std::uint32_t derive(Slot write, Slot target, Index read);

  const Relations& relations_;
  histories::Budget& budget_;
  std::uint32_t spent_ = 0;
  bool exhausted_ = false;

  std::vector<Slot> slot_of_;          // by operation
  std::vector<OpId> id_of_;            // by slot
  std::vector<Slot> own_;
  std::vector<Index> own_index_;       // by slot; 0: not the session's own
  std::vector<Node> nodes_;            // by slot
  std::vector<Index> delivered_at_;    // by write: which own operation was judged when it first had a phase
  std::vector<Slot> delivered_;        // writes of the keys that are read, by key and as they were delivered
  std::vector<std::uint32_t> delivered_begin_, delivered_count_;  // by key
  std::vector<std::uint32_t> compared_;  // by key: how many were delivered when it was last read
  std::vector<bool> is_source_;        // by write: the session read it
  std::vector<histories::KeyId> keys_; // that the session reads: writes of others need no attention
  std::vector<bool> key_read_;
  std::vector<std::uint32_t> run_begin_, run_count_;  // by key
  std::vector<Run> runs_;
  std::vector<Slot> lowered_, to_check_;
  std::vector<Slot> level_;            // writes that once shared a phase with the source they come before

  std::vector<Slot> hint_after_;             // by write: the write of its phase before which it must come
  std::vector<Slot> first_hint_, next_hint_; // the same backwards, as lists
  std::vector<Slot> hinted_;                 // writes with a hint_after_
  std::vector<Slot> hinted_targets_;
  std::vector<std::uint8_t> colour_;
  std::vector<Slot> coloured_;
  std::vector<Slot> cycle_;

  bool logging_ = false;
  std::vector<Event> events_;
  std::vector<std::uint32_t> event_of_;
  Clash clash_;
};

}  // namespace kasauti::checker::causal
