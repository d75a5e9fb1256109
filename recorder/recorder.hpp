#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "recorder/value.hpp"

namespace kasauti {

namespace recorder {
struct RecorderState;
struct SessionState;
}  // namespace recorder

/// What a history's header says, and how it is written.
struct RecorderOptions {
  std::string object;           ///< "register", "kv", "queue"…; empty: told by the operations' names
  std::string workload;
  std::string store;            ///< the URI of the store
  Value initial;                ///< of every key; null: nothing was written yet
  std::int64_t permits = 0;     ///< of a semaphore; 0: not said
  std::string meta;             ///< a JSON object, carried along; empty: none
  bool sync = false;            ///< every event is in the file before its call returns; else within the flush interval
  std::chrono::milliseconds flush_interval{10};
  /// Nanoseconds of a clock to be used instead of CLOCK_MONOTONIC, by a simulation. Called on the recording threads.
  std::function<std::int64_t()> clock;
};

/// What a completion may say beside its value. Null values are left out.
struct Details {
  Value node{};                 ///< the node that answered
  Value version{};              ///< the store's own version of what was read or written
  Value level{};                ///< the consistency that this operation asked for
  std::optional<bool> result{}; ///< of a compare-and-set and the like: whether it took place
};

/// One call of a session, from its invocation to its completion.
///
/// Complete it once, with what is known: `ok` it happened, `fail` it certainly did not, `info` nobody knows. A call
/// destroyed without completion is recorded as info: an exception on the way out means that nobody knows. Never
/// throws.
class Call {
 public:
  Call(Call&& other) noexcept;
  Call& operator=(Call&&) = delete;
  ~Call();

  /// It happened, and returned what it was invoked with (a write), or nothing.
  void ok() noexcept;
  void ok(const Value& value, const Details& details = {}) noexcept;
  void ok(const Details& details) noexcept;
  void fail(std::string_view reason = {}, const Details& details = {}) noexcept;
  void info(std::string_view reason = {}, const Details& details = {}) noexcept;

 private:
  friend class Session;
  Call(recorder::SessionState& session, std::uint32_t process, std::uint32_t sequence);
  void complete(int kind, const Value* value, std::string_view reason, const Details& details) noexcept;

  recorder::SessionState* session_;  // null once completed
  std::uint32_t process_, sequence_;
};

/// What guarantees are promised to: calls of one user, one after the other. It survives connections and unknown
/// outcomes: after info the session goes on under a new process number, as the format demands; so does a call made
/// while another is open. A session and its calls belong to one thread at a time, and calls do not outlive their
/// session.
class Session {
 public:
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  /// Records that the call is about to be made; stamped last, so that the request leaves after it.
  [[nodiscard]] Call invoke(std::string_view f, const Value& key = Value::none(),
                            const Value& value = nullptr) noexcept;

 private:
  friend class Recorder;
  explicit Session(std::unique_ptr<recorder::SessionState> state);
  std::unique_ptr<recorder::SessionState> state_;
};

/// Records what clients see of a store into a history file (histories/FORMAT.md), from any number of threads.
///
/// A call costs some 100 ns on the caller's thread; no lock is shared between threads. A killed process loses no
/// event older than the flush interval. Never throws and never prints: what went wrong with the file is in error().
/// Outlives its sessions.
class Recorder {
 public:
  /// Creates the file, or empties it ("-": standard output).
  explicit Recorder(std::string path, RecorderOptions options = {});
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// A session of its own name; without one, each process is a session.
  [[nodiscard]] Session session(std::string_view name = {});
  /// Records something that was done to the store: a fault, or its end ("start-partition", "stop-partition").
  void nemesis(std::string_view f, const Value& value = nullptr) noexcept;
  /// Returns when everything recorded so far is in the file.
  void flush() noexcept;
  /// Writes what is left and stops; returns error(). No call may be open then on another thread.
  std::string close() noexcept;
  /// Empty, or what could not be written and why.
  [[nodiscard]] std::string error() const;

 private:
  std::unique_ptr<recorder::RecorderState> state_;
};

}  // namespace kasauti
