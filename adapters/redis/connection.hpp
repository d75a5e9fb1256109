#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;

namespace kasauti::adapters::redis {

struct Address {
  std::string host;
  int port = 6379;
  [[nodiscard]] std::string text() const { return host + ":" + std::to_string(port); }
};

/// What came of a command.
struct Answer {
  enum class Kind : std::uint8_t {
    refused,  ///< no connection: nothing was sent
    lost,     ///< sent, and no answer: time-out, reset, end of file. Nobody knows
    error,    ///< the server refused the command
    nil, text, integer,
  };
  Kind kind = Kind::lost;
  std::string text;          ///< of refused, lost and error: why
  std::int64_t integer = 0;
};

/// A connection to one server over hiredis. After an error its context is dead, and the next command begins with a
/// new one. $REDISCLI_AUTH, where set, is the password, as for redis-cli.
class Connection {
 public:
  Connection(Address address, std::chrono::nanoseconds timeout);
  Connection(Connection&&) noexcept;
  ~Connection();

  /// Sends the command and waits for its answer, no longer than the time-out. Does not throw on any answer.
  [[nodiscard]] Answer command(const std::vector<std::string>& arguments);
  [[nodiscard]] const Address& address() const { return address_; }

 private:
  struct Free {
    void operator()(redisContext* context) const;
  };

  [[nodiscard]] bool connect(std::string& problem);
  [[nodiscard]] Answer exchange(const std::vector<std::string>& arguments);

  Address address_;
  std::chrono::nanoseconds timeout_;
  std::unique_ptr<redisContext, Free> context_;
};

}  // namespace kasauti::adapters::redis
