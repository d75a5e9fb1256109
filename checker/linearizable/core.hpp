#pragma once

#include <optional>
#include <span>

#include "checker/certificate/certificate.hpp"
#include "checker/objects/specification.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::linearizable {

using histories::History;

/// A few operations of a key that admit no order by themselves, among those up to the completion of `failed`. Nullopt
/// if none was found within the budget. With `refuted` the search found no order for the events up to there, so that
/// all of them are a core if nothing smaller is; without it a core, if found, is the proof.
[[nodiscard]] std::optional<Core> find_core(const History& history, std::span<const OpId> operations,
                                            const objects::Specification& specification, OpId failed, bool refuted,
                                            histories::Budget& budget);

}  // namespace kasauti::checker::linearizable
