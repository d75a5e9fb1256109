// The simulated store: clients and their time-outs, the faults, and the URI.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sim/bases.hpp"
#include "adapters/sim/sim.hpp"

namespace kasauti::adapters::sim {

namespace {

using recorder::Outcome;
using recorder::Random;
using recorder::Request;

/// How much longer messages take on the links that the fault "lag" hits.
constexpr Time fault_lag = 40 * millisecond;

struct Settings {
  const Base* base = nullptr;
  const Bug* bug = nullptr;
  std::size_t replicas = 3;
  Time lag = 5 * millisecond;
  Time timeout = 20 * millisecond;
  ReadFrom read = ReadFrom::replica;
  std::uint64_t seed = 1;
};

class SimulatedStore final : public recorder::Store, public recorder::Simulation {
 public:
  SimulatedStore(const Settings& settings, std::size_t clients)
      : settings_{settings},
        random_{settings.seed},
        network_{loop_, random_.fork(), settings.replicas},
        cluster_{loop_, network_, random_, clients, settings.lag},
        protocol_{
            make_protocol(*settings.base, settings.bug == nullptr ? "" : settings.bug->id, settings.read, cluster_)},
        queued_(settings.replicas) {}

  // What it claims to be: a planted bug breaks the claim.
  std::string promise() const override {
    if (settings_.base->name != "async" || settings_.read == ReadFrom::replica)
      return std::string{settings_.base->promise};
    return settings_.read == ReadFrom::primary ? "linearizable" : "convergent";
  }
  std::vector<std::string> nodes() const override {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < network_.size(); ++i) names.push_back(name_of(i));
    return names;
  }
  bool supports(recorder::Action action) const override { return protocol_->supports(action); }
  std::unique_ptr<recorder::Client> client(std::size_t) override { return nullptr; }
  recorder::Simulation* simulation() override { return this; }

  std::int64_t now() const override { return loop_.now(); }
  void at(std::int64_t time, std::function<void()> action) override { loop_.at(time, std::move(action)); }
  bool step() override { return loop_.step(); }
  void submit(std::size_t client, const Request& request, std::function<void(const Outcome&)> done) override;

  // The first one is what a run has by default.
  std::vector<std::string> faults() const override {
    std::vector<std::string> names{"partition", "lag", "kill", "pause"};
    if (network_.size() == 1) names = {"pause", "kill"};
    const std::string_view best = settings_.bug == nullptr ? std::string_view{} : settings_.bug->fault;
    const auto found = std::ranges::find(names, best);
    if (found != names.end()) std::rotate(names.begin(), found, found + 1);
    return names;
  }
  Value start_fault(const std::string& name, Random& random) override;
  void stop_fault(const std::string& name) override;

 private:
  struct Pending {
    std::size_t node = 0;
    std::function<void(const Outcome&)> done;
  };

  static std::string name_of(std::size_t node) { return "n" + std::to_string(node + 1); }
  void arrive(std::uint64_t number, std::size_t client, const Request& request);
  void serve(std::size_t node, std::uint64_t number, std::size_t client, const Request& request);
  void answer(std::uint64_t number, Outcome outcome);
  void finish(std::uint64_t number, const Outcome& outcome);
  Value partition(Random& random);

  const Settings settings_;
  EventLoop loop_;
  Random random_;
  Network network_;
  Cluster cluster_;
  const std::unique_ptr<Protocol> protocol_;
  std::map<std::uint64_t, Pending> pending_;      // calls whose clients wait, by number
  std::vector<std::vector<Action>> queued_;       // by node: requests that came while it was paused
  std::uint64_t calls_ = 0;
  std::size_t victim_ = 0;                        // of the fault that is on
};

void SimulatedStore::submit(std::size_t client, const Request& request, std::function<void(const Outcome&)> done) {
  const std::uint64_t number = ++calls_;
  const std::size_t node = request.node ? *request.node : protocol_->route(client, request);
  pending_.emplace(number, Pending{node, std::move(done)});
  loop_.at(now() + settings_.timeout, [this, number] { finish(number, Outcome::info("time-out")); });
  loop_.at(now() + network_.client_latency(), [this, number, client, request] { arrive(number, client, request); });
}

void SimulatedStore::arrive(std::uint64_t number, std::size_t client, const Request& request) {
  const auto found = pending_.find(number);
  if (found == pending_.end()) return;  // the connection was reset on the way
  const std::size_t node = found->second.node;
  if (network_.down(node)) {
    answer(number, Outcome::fail("connection refused", {.node = name_of(node)}));
  } else if (network_.paused(node)) {
    queued_[node].push_back([this, node, number, client, request] { serve(node, number, client, request); });
  } else {
    serve(node, number, client, request);
  }
}

void SimulatedStore::serve(std::size_t node, std::uint64_t number, std::size_t client, const Request& request) {
  protocol_->execute(node, client, request, [this, node, number](const Outcome& outcome) {
    Outcome with_node = outcome;
    with_node.details.node = name_of(node);
    answer(number, std::move(with_node));
  });
}

void SimulatedStore::answer(std::uint64_t number, Outcome outcome) {
  loop_.at(now() + network_.client_latency(),
           [this, number, outcome = std::move(outcome)] { finish(number, outcome); });
}

void SimulatedStore::finish(std::uint64_t number, const Outcome& outcome) {
  const auto found = pending_.find(number);
  if (found == pending_.end()) return;
  const auto done = std::move(found->second.done);
  pending_.erase(found);
  done(outcome);
}

// A minority of the nodes against the rest.
Value SimulatedStore::partition(Random& random) {
  const std::size_t nodes = network_.size();
  std::vector<std::size_t> order(nodes);
  for (std::size_t i = 0; i < nodes; ++i) order[i] = i;
  for (std::size_t i = nodes - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
  const std::size_t minority = 1 + random.below(std::max<std::size_t>(1, (nodes - 1) / 2));
  std::vector<int> sides(nodes, 0);
  for (std::size_t i = 0; i < minority; ++i) sides[order[i]] = 1;
  std::vector<Value> groups[2];
  for (std::size_t i = 0; i < nodes; ++i) groups[sides[i]].emplace_back(name_of(i));
  network_.partition(std::move(sides));
  return std::vector<Value>{groups[1], groups[0]};
}

Value SimulatedStore::start_fault(const std::string& name, Random& random) {
  if (name == "partition") return partition(random);
  if (name == "lag") {
    network_.congest(fault_lag);
    return "half of the links";
  }
  victim_ = random.below(network_.size());
  if (name == "pause") {
    network_.set_paused(victim_, true);
  } else {
    victim_ = protocol_->leader().value_or(victim_);
    network_.set_down(victim_, true);
    queued_[victim_].clear();
    for (const auto& [number, call] : pending_) {
      if (call.node == victim_) answer(number, Outcome::info("connection reset", {.node = name_of(victim_)}));
    }
    protocol_->killed(victim_);
  }
  return name_of(victim_);
}

void SimulatedStore::stop_fault(const std::string& name) {
  if (name == "partition") {
    network_.partition(std::vector<int>(network_.size(), 0));
  } else if (name == "lag") {
    network_.congest(0);
  } else if (name == "kill") {
    network_.set_down(victim_, false);
  } else {
    network_.set_paused(victim_, false);
    const std::vector<Action> requests = std::exchange(queued_[victim_], {});
    for (const Action& request : requests) request();
  }
}

template <class Rows, class Name>
std::string names_of(const Rows& rows, Name name) {
  std::string names;
  for (const auto& row : rows) names += (names.empty() ? "" : ", ") + std::string{name(row)};
  return names;
}

/// Base and bug; what is wrong with them, or empty.
std::string choose(const recorder::Uri& uri, Settings& settings) {
  const std::string id = uri.option("bug");
  if (!id.empty()) {
    settings.bug = bug_named(id);
    const std::string known =
        names_of(bugs(), [](const Bug& row) { return std::string{row.id} + " (of " + std::string{row.base} + ")"; });
    if (settings.bug == nullptr) return "sim: has no bug \"" + id + "\"; it has " + known;
    if (!uri.rest.empty() && uri.rest != settings.bug->base) {
      return "the bug " + id + " is one of sim:" + std::string{settings.bug->base} + ", not of sim:" + uri.rest +
             "; there are " + known;
    }
  }
  const std::string_view default_base = settings.bug == nullptr ? std::string_view{"async"} : settings.bug->base;
  const std::string base = uri.rest.empty() ? std::string{default_base} : uri.rest;
  settings.base = base_named(base);
  if (settings.base == nullptr) {
    return "sim: has no base \"" + base + "\"; it has " + names_of(bases(), [](const Base& row) { return row.name; });
  }
  return {};
}

/// A length of time among the options; false if it is none.
bool take_duration(const recorder::Uri& uri, std::string_view name, Time& into, std::string& problem) {
  const std::string text = uri.option(name);
  if (text.empty()) return true;
  const auto parsed = recorder::parse_duration(text);
  if (!parsed) problem = "sim: " + std::string{name} + " is a length of time such as 5ms, found \"" + text + "\"";
  if (parsed) into = parsed->count();
  return parsed.has_value();
}

std::string parse(const recorder::Uri& uri, Settings& settings) {
  std::string problem = choose(uri, settings);
  if (!problem.empty()) return problem;
  const bool async = settings.base->name == "async";
  std::vector<std::string_view> known{"bug", "replicas", "lag", "timeout", "seed"};
  if (async) known.emplace_back("read");
  problem = uri.unknown_option(known);
  if (!problem.empty()) return problem;
  if (!take_duration(uri, "lag", settings.lag, problem) || !take_duration(uri, "timeout", settings.timeout, problem))
    return problem;
  if (const std::string text = uri.option("replicas"); !text.empty()) {
    const auto number = recorder::parse_integer(text, 1, 99);
    if (!number) return "sim: replicas is a number from 1 to 99, found \"" + text + "\"";
    settings.replicas = static_cast<std::size_t>(*number);
  }
  if (const std::string text = uri.option("seed"); !text.empty()) {
    const auto number = recorder::parse_integer(text, 0, INT64_MAX);
    if (!number) return "sim: seed is a number, found \"" + text + "\"";
    settings.seed = static_cast<std::uint64_t>(*number);
  }
  // Where a fail-over is planted, reads go to the primary: what is missing then is missing by the fail-over.
  const std::string read = uri.option("read", settings.bug != nullptr && async ? "primary" : "replica");
  if (read == "primary") settings.read = ReadFrom::primary;
  else if (read == "any") settings.read = ReadFrom::any;
  else if (read != "replica") return "sim: read is primary, replica or any, found \"" + read + "\"";
  return {};
}

}  // namespace

recorder::Opened open_sim(const recorder::Uri& uri, const recorder::OpenOptions& options) {
  Settings settings;
  settings.seed = options.seed;
  const std::string problem = parse(uri, settings);
  if (!problem.empty()) return {nullptr, problem};
  return {std::make_unique<SimulatedStore>(settings, options.clients), {}};
}

}  // namespace kasauti::adapters::sim
