#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "histories/value.hpp"

namespace kasauti::histories {

/// What an operation does, under one name for all objects: a map's `get` and `put` are read and write.
enum class Function : std::uint8_t {
  read, write, cas, remove, append, add, contains, increment, enqueue, dequeue, push, pop, insert, poll, put, take,
  generate, fetch_add, acquire, release, transfer, read_all, book, txn,
};
inline constexpr int function_count = static_cast<int>(Function::txn) + 1;

/// How an operation ended. `info`: nobody knows whether it took effect (DESIGN §3).
enum class Outcome : std::uint8_t { ok, fail, info };

/// The `"result"` field of a completion.
enum class Flag : std::uint8_t { absent, no, yes };

/// The objects of DESIGN §4.
enum class ObjectKind : std::uint8_t {
  reg, cas_register, kv, list, set, counter, queue, stack, priority_queue, bag, ids, fetch_add, lock, fenced_lock,
  semaphore, bank, booking, txn,
};
inline constexpr int object_count = static_cast<int>(ObjectKind::txn) + 1;

/// The object's name in a header: "register", "cas-register", "kv"…
[[nodiscard]] std::string_view name_of(ObjectKind object);
[[nodiscard]] std::optional<ObjectKind> object_named(std::string_view name);

/// The function that `f` names for this object (aliases included), if the object has it.
[[nodiscard]] std::optional<Function> function_named(ObjectKind object, std::string_view f);
/// The canonical spelling of a function for this object: a map says "get", a register "read".
[[nodiscard]] std::string_view name_of(ObjectKind object, Function function);
/// The object that a history without a header is about, told by the name of one of its operations; nullopt if no
/// object has such an operation. `kv`-only names give kv, and so on; "read" and "write" give register.
[[nodiscard]] std::optional<ObjectKind> object_implied_by(std::string_view f);
/// The functions of an object as "read, write, cas", for error messages.
[[nodiscard]] std::string_view functions_of(ObjectKind object);

/// One operation as a sequential specification sees it.
struct Operation {
  Function function = Function::read;
  ValueId argument = no_value;  ///< as invoked; no_value for a plain read
  ValueId result = no_value;    ///< as returned; no_value if nothing was returned or nobody knows
  Flag flag = Flag::absent;     ///< the `"result"` of the completion
  bool known = true;            ///< the completion was seen; if false, any result is possible

  friend bool operator==(const Operation&, const Operation&) = default;
};

}  // namespace kasauti::histories
