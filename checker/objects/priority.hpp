#pragma once

#include "histories/value.hpp"

namespace kasauti::checker::objects {

/// The order in which a priority queue holds its values: whether `a` comes out after `b`. Numbers by value; anything
/// else below all numbers, by its JSON text. A strict total order of interned values.
[[nodiscard]] bool ranks_below(const histories::ValueTable& values, histories::ValueId a, histories::ValueId b);

}  // namespace kasauti::checker::objects
