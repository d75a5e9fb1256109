#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recorder/random.hpp"
#include "recorder/recorder.hpp"

namespace kasauti::recorder {

/// What a workload can ask of a store.
enum class Action : std::uint8_t { read, write, cas };

/// The action's `f` in a history.
[[nodiscard]] std::string_view name_of(Action action);

/// One call. `node`: through which of Store::nodes() it goes, where the workload cares (the final reads do).
struct Request {
  Action action = Action::read;
  Value key;
  Value value;  ///< of a write; of a cas [old, new]
  std::optional<std::size_t> node{};
};

/// How a call ended. `fail` is for a definite rejection only; time-out, reset and whatever else leaves doubt is info.
struct Outcome {
  enum class Kind : std::uint8_t { ok, fail, info };
  Kind kind = Kind::info;
  bool has_value = false;  ///< ok: `value` is what was returned; else the call returned what it was invoked with
  Value value;
  std::string reason;      ///< of fail and info
  Details details;

  [[nodiscard]] static Outcome ok(Details details = {}) { return {Kind::ok, false, {}, {}, std::move(details)}; }
  [[nodiscard]] static Outcome ok_with(Value value, Details details = {}) {
    return {Kind::ok, true, std::move(value), {}, std::move(details)};
  }
  [[nodiscard]] static Outcome fail(std::string reason, Details details = {}) {
    return {Kind::fail, false, {}, std::move(reason), std::move(details)};
  }
  [[nodiscard]] static Outcome info(std::string reason, Details details = {}) {
    return {Kind::info, false, {}, std::move(reason), std::move(details)};
  }
};

/// One connection of one session to a store. Used by one thread. Must not throw.
class Client {
 public:
  virtual ~Client() = default;
  /// Makes the call and waits for its outcome, at most for the store's time-out. A connection that broke on an
  /// earlier call is replaced first; if that is refused, the outcome is fail, as nothing was sent.
  virtual Outcome execute(const Request& request) = 0;
};

/// A store that runs in virtual time, on one thread: the same seed gives the same history.
class Simulation {
 public:
  virtual ~Simulation() = default;
  [[nodiscard]] virtual std::int64_t now() const = 0;  ///< ns
  /// Calls `action` at the given time, or now if that has passed; at one time in the order of these calls.
  virtual void at(std::int64_t time, std::function<void()> action) = 0;
  /// Makes a call for a client, whose calls come one after the other; `done` gets its outcome.
  virtual void submit(std::size_t client, const Request& request, std::function<void(const Outcome&)> done) = 0;
  /// Runs what comes next; false if there is nothing.
  virtual bool step() = 0;
};

/// A store, opened by its URI.
class Store {
 public:
  virtual ~Store() = default;
  /// The strongest model that it promises as configured, by its name in the checker; empty if it promises nothing.
  [[nodiscard]] virtual std::string promise() const = 0;
  [[nodiscard]] virtual std::vector<std::string> nodes() const = 0;
  [[nodiscard]] virtual bool supports(Action action) const = 0;
  /// Of a real store: a connection for the client of this number. Null for a simulation.
  [[nodiscard]] virtual std::unique_ptr<Client> client(std::size_t number) = 0;
  /// Of a simulated store, else null.
  [[nodiscard]] virtual Simulation* simulation() { return nullptr; }

  /// The faults that the store itself can be given.
  [[nodiscard]] virtual std::vector<std::string> faults() const { return {}; }
  /// Begins a fault of faults(); the target, for the history.
  virtual Value start_fault(const std::string& /*name*/, Random& /*random*/) { return nullptr; }
  virtual void stop_fault(const std::string& /*name*/) {}
};

}  // namespace kasauti::recorder
