#pragma once

#include <memory>
#include <span>

#include "checker/objects/specification.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::linearizable {

/// The specification of one key of a map, with all strings that no operation of the key can observe any more taken for
/// one state; or null where the key has no appends. Legal orders are the same for both. `specification` must outlive
/// it.
[[nodiscard]] std::unique_ptr<objects::Specification> merge_unobservable(const histories::History& history,
                                                                         std::span<const histories::OpId> operations,
                                                                         const objects::Specification& specification);

}  // namespace kasauti::checker::linearizable
