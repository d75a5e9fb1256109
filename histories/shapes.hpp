#pragma once

#include <string>

#include "histories/operation.hpp"
#include "histories/value.hpp"

namespace kasauti::histories {

/// Whether `value` can be the argument of an invocation of `function` on `object`; if not, `problem` says what was
/// expected. The shapes are those of DESIGN §4's table.
[[nodiscard]] bool argument_fits(const ValueTable& values, ObjectKind object, Function function, ValueId value,
                                 std::string& problem);

/// Whether `value` can be what an `ok` completion returned, likewise.
[[nodiscard]] bool result_fits(const ValueTable& values, ObjectKind object, Function function, ValueId value,
                               std::string& problem);

/// The function returns something that the invocation did not say (a read, a dequeue, an acquired token…).
[[nodiscard]] bool returns_value(Function function);
/// Nothing is said by the invocation: its value is ignored (a read, a pop…).
[[nodiscard]] bool takes_nothing(ObjectKind object, Function function);
/// The `"result"` of a completion means something here: the call can be refused, or answers yes or no.
[[nodiscard]] bool has_flag(ObjectKind object, Function function);

}  // namespace kasauti::histories
