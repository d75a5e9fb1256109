#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checker/linearizable/engines.hpp"

// What the engines of queues, stacks, priority queues and bags share: who added and who removed each value, when it
// was there for certain, and at which moments nothing was.

namespace kasauti::checker::linearizable {

/// A place among the events of one key, counted from 0. A call whose completion was not seen ends at Contents::end.
using Place = std::uint32_t;

/// A value with the calls that added and removed it. Intervals are tightened: a value is removed after it was added,
/// so the add takes effect before the removal completes, and the removal after the add began.
struct Item {
  OpId add = histories::no_operation;
  OpId removal = histories::no_operation;  ///< none: nobody is known to have removed it
  Place add_begin = 0, add_end = 0;
  Place removal_begin = 0, removal_end = 0;  ///< both Contents::end + 1 where there is no removal

  /// It was there for certain from the end of its add to the beginning of its removal; a slot is the time between one
  /// place and the next, named by the former.
  [[nodiscard]] bool certain() const { return add_end < removal_begin; }
};

/// A call and its interval in places.
struct Spot {
  OpId operation = histories::no_operation;
  Place begin = 0, end = 0;
};

/// The values of one key of a container.
struct Contents {
  Place end = 0;                  ///< the number of events
  std::vector<Item> items;        ///< values added by an `ok` call, or removed by one; in order of the add's invocation
  std::vector<Spot> empties;      ///< removals that found nothing, in order of invocation
  std::vector<Spot> unknown;      ///< removals of unknown outcome that were given no value, in order of invocation
  bool any_unknown = false;       ///< there were removals of unknown outcome at all
  std::optional<KeyAnswer> clash;  ///< a value alone that has no order
};

/// No answer where a value was added twice, the container did not begin empty, or calls of one process have equal
/// stamps, which the engines don't handle. O(n log n).
[[nodiscard]] std::optional<Contents> contents_of(const History& history, std::span<const OpId> operations,
                                                  Budget& budget);

/// For every slot the first one at or behind it in which no value is there for certain; those that nobody removed
/// count only if `with_unremoved`.
[[nodiscard]] std::vector<Place> free_slots(const Contents& contents, bool with_unremoved);

/// A value that must be gone before `because` completes, at the place `deadline`.
struct Need {
  std::uint32_t item = 0;
  OpId because = histories::no_operation;
  Place deadline = 0;
};

/// Lets removals of unknown outcome remove what must be gone, the earliest deadline first. The refutation if there
/// are too few of them, which is exact: they differ only in when they began.
[[nodiscard]] std::optional<KeyAnswer> meet_needs(const History& history, Contents& contents, std::vector<Need> needs);

/// Gives `item` to a removal of unknown outcome.
void remove_by(Contents& contents, std::uint32_t item, const Spot& removal);

/// At which slots the removals that found nothing take effect, in the order of `empties`.
struct EmptySlots {
  std::vector<Place> slots;
  std::optional<KeyAnswer> refutation;
  bool undecided = false;  ///< removals of unknown outcome might explain them, but not in the way tried
};

/// Looks for a moment in each one's interval at which no value is there for certain; it may give away removals of
/// unknown outcome.
[[nodiscard]] EmptySlots place_empties(const History& history, Contents& contents, std::string_view method);

/// The witness of adds as late and removals as early as can be: each item's removal in its slot, its add right before
/// the end of its interval or right before the removal, whichever is earlier; in one slot items in the order given. A
/// slot at or behind the end means that the item stays.
[[nodiscard]] KeyAnswer late_adds(const Contents& contents, std::string_view method,
                                  std::span<const std::uint32_t> order, std::span<const Place> removal_slots,
                                  std::span<const Place> empty_slots);

/// The header gives the container, list or set elements to begin with.
[[nodiscard]] bool begins_with_something(const History& history);

/// A violated answer. `operations` are the anomaly's.
[[nodiscard]] KeyAnswer refuted(std::string_view method, Certificate proof, std::string_view anomaly,
                                std::vector<OpId> operations, std::string reason);

/// That one of `covers`, items that are there for certain, is there at every one of `removal`'s slots [from, to);
/// names the fewest. No answer if there is a slot without.
[[nodiscard]] std::optional<KeyAnswer> refuted_by_cover(const History& history, const Contents& contents,
                                                        std::string_view method, OpId removal, Place from, Place to,
                                                        std::span<const std::uint32_t> covers);

}  // namespace kasauti::checker::linearizable
