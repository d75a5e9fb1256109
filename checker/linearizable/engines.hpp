#pragma once

#include <optional>
#include <span>

#include "checker/linearizable/answer.hpp"
#include "histories/budget.hpp"
#include "histories/history.hpp"

// Engines that know one object each and decide one key of it without a search. `operations` are as index::Keys gives
// them: of one key, in order of invocation, without failed calls and reads of unknown outcome. No answer: the engine
// does not apply, or can't tell; it never guesses. A budget that runs out gives no answer either.

namespace kasauti::checker::linearizable {

using histories::Budget;
using histories::History;
using histories::OpId;

/// The engine for the history's object, if there is one.
[[nodiscard]] std::optional<KeyAnswer> decide_by_object(const History& history, std::span<const OpId> operations,
                                                        Budget& budget);

[[nodiscard]] std::optional<KeyAnswer> decide_queue(const History&, std::span<const OpId> operations, Budget&);
[[nodiscard]] std::optional<KeyAnswer> decide_stack(const History&, std::span<const OpId> operations, Budget&);
[[nodiscard]] std::optional<KeyAnswer> decide_priority_queue(const History&, std::span<const OpId> operations, Budget&);
[[nodiscard]] std::optional<KeyAnswer> decide_bag(const History&, std::span<const OpId> operations, Budget&);
[[nodiscard]] std::optional<KeyAnswer> decide_list(const History&, std::span<const OpId> operations, Budget&);
[[nodiscard]] std::optional<KeyAnswer> decide_set(const History&, std::span<const OpId> operations, Budget&);
/// Adds and whole reads only.
[[nodiscard]] std::optional<KeyAnswer> decide_growing_set(const History&, std::span<const OpId> operations, Budget&);
[[nodiscard]] std::optional<KeyAnswer> decide_ids(const History&, std::span<const OpId> operations, Budget&);
[[nodiscard]] std::optional<KeyAnswer> decide_fetch_add(const History&, std::span<const OpId> operations, Budget&);
[[nodiscard]] std::optional<KeyAnswer> decide_counter(const History&, std::span<const OpId> operations, Budget&);
/// Maps with appends.
[[nodiscard]] std::optional<KeyAnswer> decide_concatenations(const History&, std::span<const OpId> operations, Budget&);
/// Locks and semaphores.
[[nodiscard]] std::optional<KeyAnswer> decide_lock(const History&, std::span<const OpId> operations, Budget&);
[[nodiscard]] std::optional<KeyAnswer> decide_fenced_lock(const History&, std::span<const OpId> operations, Budget&);

}  // namespace kasauti::checker::linearizable
