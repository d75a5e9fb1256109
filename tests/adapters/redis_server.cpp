#include "redis_server.hpp"

#include <csignal>
#include <cstdlib>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <sstream>
#include <thread>

namespace kasauti::tests {

namespace {

std::string program() {
  std::stringstream path{std::getenv("PATH") == nullptr ? "/usr/bin" : std::getenv("PATH")};
  for (std::string folder; std::getline(path, folder, ':');) {
    const std::string candidate = folder + "/redis-server";
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int free_port() {
  const int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
  close(socket_);
  return ntohs(address.sin_port);
}

}  // namespace

bool redis_installed() { return !program().empty(); }

RedisServer::RedisServer(const std::vector<std::string>& arguments) : port_{free_port()} {
  std::string pattern = (std::filesystem::temp_directory_path() / "kasauti-redis-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  std::vector<std::string> words{program(), "--port", std::to_string(port_), "--bind", "127.0.0.1",
                                 "--save",  "",       "--appendonly",        "no",     "--repl-diskless-sync-delay",
                                 "0",       "--dir",  folder_.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  for (int tries = 0; tries < 500 && !ready_; ++tries) {
    ready_ = ask("PING").starts_with("+PONG");
    if (!ready_) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

RedisServer::~RedisServer() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string RedisServer::ask(const std::string& command) const {
  const int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const sockaddr_in address = loopback(port_);
  std::string answer;
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string line = command + "\r\n";
    char buffer[4096];
    if (send(socket_, line.data(), line.size(), MSG_NOSIGNAL) > 0) {
      const ssize_t got = recv(socket_, buffer, sizeof buffer, 0);
      if (got > 0) answer.assign(buffer, static_cast<std::size_t>(got));
    }
  }
  close(socket_);
  return answer;
}

}  // namespace kasauti::tests
