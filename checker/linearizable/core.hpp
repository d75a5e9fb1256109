#pragma once

#include <optional>
#include <span>

#include "checker/certificate/certificate.hpp"
#include "checker/objects/specification.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::linearizable {

using histories::History;

/// A few operations of a key that admit no order by themselves, given that the search found none for the events up to
/// the completion of `failed`. Nullopt if none was found that the verifier could search, within the budget.
[[nodiscard]] std::optional<Core> find_core(const History& history, std::span<const OpId> operations,
                                            const objects::Specification& specification, OpId failed,
                                            histories::Budget& budget);

}  // namespace kasauti::checker::linearizable
