// Redis, and servers that speak its protocol: registers as string keys.
//
// Outcomes. A refused connection means that nothing was sent: fail. An error reply to one command means that it was
// not executed: fail. Time-out, reset and end of file leave doubt, of reads too: info, and a new connection. A write
// that too few replicas confirmed (WAIT) stands at the primary and may be lost with it: info.
//
// A run has its keys to itself: they get a prefix that no other run has, so that what is read was written in this
// history.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/redis/connection.hpp"
#include "adapters/redis/redis.hpp"

namespace kasauti::adapters::redis {

namespace {

using recorder::Action;
using recorder::Outcome;
using recorder::Request;

enum class ReadFrom : std::uint8_t { primary, replica, any };

struct Settings {
  std::vector<Address> nodes;  // the primary first
  ReadFrom read = ReadFrom::primary;
  int wait = 0;
  std::chrono::nanoseconds timeout{std::chrono::seconds{1}};
  std::string prefix;
};

constexpr const char* cas_script =
    "local now = redis.call('GET', KEYS[1])\n"
    "local old = ARGV[1] == 'some' and ARGV[2]\n"  // GET of an absent key gives false, as does this
    "if now ~= old then return 0 end\n"
    "redis.call('SET', KEYS[1], ARGV[3])\n"
    "return 1";

std::string text_of(const Value& value) { return value.is_string() ? value.text() : value.to_json(); }

/// What was written as an integer is read as one.
Value value_of(const std::string& text) {
  std::int64_t integer = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (code == std::errc{} && end == text.data() + text.size() && std::to_string(integer) == text) return integer;
  return text;
}

class RedisClient final : public recorder::Client {
 public:
  RedisClient(const Settings& settings, std::size_t number) : settings_{settings}, number_{number} {
    for (const Address& address : settings.nodes) connections_.emplace_back(address, settings.timeout);
  }

  Outcome execute(const Request& request) override {
    Connection& connection = connections_[request.node ? *request.node : route(request)];
    const Details details{.node = connection.address().text()};
    const Answer answer = connection.command(command_of(request));
    switch (answer.kind) {
      case Answer::Kind::refused: case Answer::Kind::error: return Outcome::fail(answer.text, details);
      case Answer::Kind::lost: return Outcome::info(answer.text, details);
      default: break;
    }
    if (request.action == Action::read) {
      return Outcome::ok_with(answer.kind == Answer::Kind::nil ? Value{} : value_of(answer.text), details);
    }
    Outcome outcome = Outcome::ok(details);
    if (request.action == Action::cas) outcome.details.result = answer.integer == 1;
    if (settings_.wait > 0 && outcome.details.result.value_or(true)) return replicated(connection, std::move(outcome));
    return outcome;
  }

 private:
  std::size_t route(const Request& request) {
    const std::size_t nodes = connections_.size();
    if (request.action != Action::read || nodes == 1 || settings_.read == ReadFrom::primary) return 0;
    if (settings_.read == ReadFrom::any) return (number_ + reads_++) % nodes;
    return 1 + number_ % (nodes - 1);
  }

  [[nodiscard]] std::vector<std::string> command_of(const Request& request) const {
    const std::string key = settings_.prefix + text_of(request.key);
    switch (request.action) {
      case Action::read: return {"GET", key};
      case Action::write: return {"SET", key, text_of(request.value)};
      case Action::cas: break;
    }
    const std::vector<Value>& pair = request.value.elements();
    return {"EVAL", cas_script, "1", key, pair[0].is_null() ? "none" : "some", text_of(pair[0]), text_of(pair[1])};
  }

  [[nodiscard]] Outcome replicated(Connection& connection, Outcome outcome) const {
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(settings_.timeout).count() / 2;
    const Answer answer =
        connection.command({"WAIT", std::to_string(settings_.wait), std::to_string(std::max<std::int64_t>(limit, 1))});
    if (answer.kind == Answer::Kind::integer && answer.integer >= settings_.wait) return outcome;
    const std::string reason = answer.kind == Answer::Kind::integer ? "on " + std::to_string(answer.integer) + " of " +
                                                                          std::to_string(settings_.wait) + " replicas"
                                                                    : "WAIT: " + answer.text;
    return Outcome::info(reason, outcome.details);
  }

  const Settings& settings_;
  const std::size_t number_;
  std::size_t reads_ = 0;
  std::vector<Connection> connections_;
};

class RedisStore final : public recorder::Store {
 public:
  explicit RedisStore(Settings settings) : settings_{std::move(settings)} {}

  std::string promise() const override {
    switch (settings_.read) {
      case ReadFrom::primary: return "linearizable";
      case ReadFrom::replica: return "monotonic-reads";
      case ReadFrom::any: break;
    }
    return "convergent";
  }
  std::vector<std::string> nodes() const override {
    std::vector<std::string> names;
    for (const Address& node : settings_.nodes) names.push_back(node.text());
    return names;
  }
  bool supports(Action) const override { return true; }
  std::unique_ptr<recorder::Client> client(std::size_t number) override {
    return std::make_unique<RedisClient>(settings_, number);
  }

  std::vector<std::string> faults() const override {
    return settings_.nodes.size() == 1 ? std::vector<std::string>{} : std::vector<std::string>{"replication"};
  }

  // The replicas follow a server that isn't there: what they have stays, and grows old.
  Value start_fault(const std::string&, recorder::Random&) override {
    std::vector<Value> cut;
    for (std::size_t i = 1; i < settings_.nodes.size(); ++i) {
      Connection connection{settings_.nodes[i], settings_.timeout};
      const Answer answer = connection.command({"REPLICAOF", "127.0.0.1", "1"});
      cut.emplace_back(settings_.nodes[i].text() + (answer.kind == Answer::Kind::text ? "" : ": " + answer.text));
    }
    return cut;
  }

  void stop_fault(const std::string&) override {
    const Address& primary = settings_.nodes[0];
    for (std::size_t i = 1; i < settings_.nodes.size(); ++i) {
      Connection connection{settings_.nodes[i], settings_.timeout};
      const Answer answer = connection.command({"REPLICAOF", primary.host, std::to_string(primary.port)});
      if (answer.kind == Answer::Kind::text) wait_for_link(connection);
    }
  }

 private:
  /// Until the replica has caught up with its primary, ten seconds at most.
  static void wait_for_link(Connection& connection) {
    for (int tries = 0; tries < 200; ++tries) {
      const Answer answer = connection.command({"INFO", "replication"});
      if (answer.text.find("master_link_status:up") != std::string::npos) return;
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
  }

  const Settings settings_;
};

/// Appends the addresses of a list HOST:PORT,HOST:PORT; what is wrong with it, or empty.
std::string add_addresses(std::string_view list, std::vector<Address>& into) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view text = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    const std::size_t colon = text.rfind(':');
    Address address;
    address.host = text.substr(0, colon);
    if (colon != std::string_view::npos) {
      const auto port = recorder::parse_integer(text.substr(colon + 1), 1, 65535);
      if (!port) return "\"" + std::string{text} + "\" is no address: HOST:PORT is expected, the port from 1 to 65535";
      address.port = static_cast<int>(*port);
    }
    if (address.host.empty()) return "\"" + std::string{text} + "\" is no address: HOST:PORT is expected";
    into.push_back(std::move(address));
  }
  return {};
}

std::string unique_prefix() {
  std::random_device device;
  const std::uint64_t number = (std::uint64_t{device()} << 32U | device()) ^ static_cast<std::uint64_t>(getpid());
  std::array<char, 17> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return "kasauti:" + std::string{digits.data(), end} + ":";
}

std::string parse(const recorder::Uri& uri, Settings& settings) {
  std::string problem = uri.unknown_option({"read", "replica", "wait", "timeout", "prefix"});
  if (!problem.empty()) return problem;
  std::string hosts = uri.rest;
  if (!hosts.starts_with("//")) return "redis: expects redis://HOST:PORT, found \"" + uri.text + "\"";
  hosts.erase(0, 2);
  if (hosts.ends_with('/')) hosts.pop_back();
  problem = add_addresses(hosts, settings.nodes);
  if (problem.empty()) problem = add_addresses(uri.option("replica"), settings.nodes);
  if (!problem.empty()) return problem;
  if (settings.nodes.empty()) settings.nodes.push_back({"127.0.0.1"});
  const std::string read = uri.option("read", "primary");
  if (read == "replica") settings.read = ReadFrom::replica;
  else if (read == "any") settings.read = ReadFrom::any;
  else if (read != "primary") return "redis: read is primary, replica or any, found \"" + read + "\"";
  if (settings.read != ReadFrom::primary && settings.nodes.size() == 1)
    return "redis: read=" + read + " needs a replica=HOST:PORT";
  const auto wait = recorder::parse_integer(uri.option("wait", "0"), 0, 1000);
  if (!wait) return "redis: wait is a number of replicas, found \"" + uri.option("wait") + "\"";
  settings.wait = static_cast<int>(*wait);
  const auto timeout = recorder::parse_duration(uri.option("timeout", "1s"));
  if (!timeout || *timeout < std::chrono::milliseconds{1}) {
    return "redis: timeout is a length of time of 1ms or more, found \"" + uri.option("timeout") + "\"";
  }
  settings.timeout = *timeout;
  settings.prefix = uri.options.contains("prefix") ? uri.option("prefix") : unique_prefix();
  return {};
}

}  // namespace

recorder::Opened open_redis(const recorder::Uri& uri, const recorder::OpenOptions&) {
  Settings settings;
  const std::string problem = parse(uri, settings);
  if (!problem.empty()) return {nullptr, problem};
  for (const Address& node : settings.nodes) {
    Connection connection{node, settings.timeout};
    const Answer answer = connection.command({"PING"});
    if (answer.kind != Answer::Kind::text)
      return {nullptr, "redis at " + node.text() + " cannot be used: " + answer.text};
  }
  return {std::make_unique<RedisStore>(std::move(settings)), {}};
}

}  // namespace kasauti::adapters::redis
