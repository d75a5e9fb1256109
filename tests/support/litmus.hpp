#pragma once

#include <string_view>

#include "histories/history.hpp"

namespace kasauti::tests {

/// A history in the notation of the litmus tables: `p1:w(x,1) r(y)->0 // p2:w(y,1); p3:r(x)->1`.
///
/// `;` separates in real time; `//` parts lanes that run in lock step, so that their n-th operations overlap; `#`
/// begins the final phase. A lane is `process:` or `process@session:` and its operations: `w(key,value)`,
/// `r(key)->value`, `cas(key,old,new)`, with `->no` if it was refused. After an operation, `~`: ok, but open to the
/// end; `?`: unknown outcome; `!`: failed. `[x=9]` in front gives the initial value, of every key; without it that is
/// 0. Values are integers or `null`. Lines are numbered by event, from 1. Throws std::invalid_argument on anything
/// else: a test with a mistake in it must not pass.
[[nodiscard]] histories::History litmus(std::string_view text);

}  // namespace kasauti::tests
