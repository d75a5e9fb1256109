#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace kasauti::tests {

/// Whether a redis-server is installed.
[[nodiscard]] bool redis_installed();

/// A redis-server of its own, on a free port of 127.0.0.1 and in a temporary folder; ends with this object.
class RedisServer {
 public:
  explicit RedisServer(const std::vector<std::string>& arguments = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] int pid() const { return pid_; }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] bool ready() const { return ready_; }
  /// Sends one command line ("SET x 1") and returns the raw answer.
  [[nodiscard]] std::string ask(const std::string& command) const;

 private:
  int pid_ = -1;
  int port_ = 0;
  bool ready_ = false;
  std::filesystem::path folder_;
};

}  // namespace kasauti::tests
