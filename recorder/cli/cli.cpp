#include "recorder/cli/cli.hpp"

#include <csignal>
#include <cstdio>

#include <unistd.h>

#include <algorithm>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "recorder/json.hpp"
#include "recorder/run.hpp"

namespace kasauti::recorder::cli {

namespace {

constexpr int bad_usage = 254;
constexpr int defect = 255;

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

extern "C" void request_stop(int) { stop_requested.store(true, std::memory_order_relaxed); }

/// The command line as given.
struct Arguments {
  std::string uri;
  std::string workload = "register";
  std::string history = "history.jsonl";
  std::size_t clients = 5;
  std::size_t keys = 3;
  std::uint64_t operations = 0;
  std::string time;
  double rate = 0;
  std::string faults;
  bool faults_given = false;
  std::string fault_period;
  std::string quiesce;
  NemesisOptions nemesis;
  std::uint64_t seed = 1;
  bool sync = false;
  bool quiet = false;
};

/// What is wrong with the command line or the store; shown to the user.
struct Problem {
  std::string text;
};

std::string epilogue(std::span<const StoreRow> stores) {
  std::string text = "Stores:\n";
  for (const StoreRow& row : stores) text += fmt::format("  {:<44} {}\n", row.example, row.summary);
  text += "Workloads:\n";
  for (const WorkloadRow& row : workloads()) text += fmt::format("  {:<44} {}\n", row.name, row.summary);
  return text + "Exit status: 0 recorded, 254 bad usage or unreachable store, 255 the history could not be written.";
}

void declare(CLI::App& app, Arguments& arguments) {
  app.add_option("URI", arguments.uri, "The store")->required();
  app.add_option("--workload", arguments.workload, "What the clients do")->capture_default_str();
  app.add_option("--history", arguments.history, "The file to write; - is standard output")->capture_default_str();
  app.add_option("--clients", arguments.clients, "Concurrent clients, each a session")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--keys", arguments.keys, "Keys that they share")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  app.add_option("--ops", arguments.operations,
                 "Operations, all clients together; 1000 (of simulated stores 2000) if no --time is given");
  app.add_option("--time", arguments.time, "How long the load lasts: 500ms, 10s, 2m");
  app.add_option("--rate", arguments.rate, "Operations a second, all clients together; without it a closed loop")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--faults", arguments.faults,
                 "Faults in turn, as a,b,c; none for none. A simulated store has one by default");
  app.add_option("--fault-period", arguments.fault_period,
                 "Half of it with a fault, half without; 5s, of simulated stores 50ms");
  app.add_option("--fault-start", arguments.nemesis.start_command, "Command that begins the fault \"command\"");
  app.add_option("--fault-stop", arguments.nemesis.stop_command, "Command that is run at the end of each fault");
  app.add_option("--fault-pid", arguments.nemesis.pid, "Local process for the faults \"pause\" and \"kill\"")
      ->check(CLI::PositiveNumber);
  app.add_option("--quiesce", arguments.quiesce, "Rest between the heal and the final reads; 1s");
  app.add_option("--seed", arguments.seed, "Seed of what is random; with sim: it decides the history to the byte")
      ->capture_default_str();
  app.add_flag("--sync", arguments.sync, "Write every event before its call goes on");
  app.add_flag("--quiet", arguments.quiet, "Nothing on standard error but errors");
}

std::chrono::nanoseconds duration(const std::string& text, const char* option, std::chrono::nanoseconds otherwise) {
  if (text.empty()) return otherwise;
  const auto parsed = parse_duration(text);
  if (!parsed || parsed->count() == 0)
    throw Problem{fmt::format("{} is a length of time such as 500ms or 10s, found \"{}\"", option, text)};
  return *parsed;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> names;
  std::size_t at = 0;
  while (at <= list.size()) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    if (end > at) names.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

/// Options of the run, with the defaults that depend on the kind of store.
RunOptions run_options(const Arguments& arguments, bool simulated, const Nemesis& nemesis) {
  using namespace std::chrono_literals;
  RunOptions options;
  options.operations = arguments.operations;
  if (options.operations == 0 && arguments.time.empty()) options.operations = simulated ? 2000 : 1000;
  options.time = duration(arguments.time, "--time", 0ns);
  options.clients = arguments.clients;
  options.keys = arguments.keys;
  options.rate = arguments.rate;
  options.seed = arguments.seed;
  options.fault_period = duration(arguments.fault_period, "--fault-period", simulated ? 50ms : 5000ms);
  options.quiesce = duration(arguments.quiesce, "--quiesce", 1s);
  options.stop = &stop_requested;
  const std::vector<std::string> known = nemesis.faults();
  if (arguments.faults_given) {
    if (arguments.faults != "none") options.faults = split(arguments.faults);
  } else if (simulated) {
    options.faults = {known.front()};
  }
  for (const std::string& fault : options.faults) {
    if (std::ranges::find(known, fault) == known.end()) {
      throw Problem{fmt::format(
          "--faults: there is no fault \"{}\" here; there are: {} (--fault-start gives \"command\", --fault-pid "
          "gives \"pause\" and \"kill\")",
          fault, joined(known))};
    }
  }
  return options;
}

std::string meta_of(const RunOptions& options, const Store& store) {
  std::string text =
      fmt::format("{{\"seed\":{},\"clients\":{},\"keys\":{},\"promise\":", options.seed, options.clients, options.keys);
  append_json_text(text, store.promise());
  text += ",\"faults\":[";
  for (std::size_t i = 0; i < options.faults.size(); ++i) {
    if (i != 0) text += ',';
    append_json_text(text, options.faults[i]);
  }
  return text + "]}";
}

void show_progress(const Counts& counts, double seconds) {
  fmt::print(stderr, "\r{:7.1f} s  {} ok, {} fail, {} info \x1b[K", seconds, counts.ok, counts.fail, counts.info);
  std::fflush(stderr);
}

int record(const Arguments& arguments, std::span<const StoreRow> stores) {
  const WorkloadRow* const workload = workload_named(arguments.workload);
  if (workload == nullptr) {
    std::vector<std::string> names;
    for (const WorkloadRow& row : workloads()) names.emplace_back(row.name);
    throw Problem{fmt::format("there is no workload \"{}\"; there are: {}", arguments.workload, joined(names))};
  }
  const Opened opened = open_store(arguments.uri, stores, {arguments.clients, arguments.seed});
  if (opened.store == nullptr) throw Problem{opened.problem};
  Store& store = *opened.store;
  for (const Action action : workload->actions) {
    if (!store.supports(action)) {
      throw Problem{
          fmt::format("{} has no {}, which the workload {} needs", arguments.uri, name_of(action), workload->name)};
    }
  }
  Simulation* const simulation = store.simulation();
  Nemesis nemesis{store, arguments.nemesis, arguments.seed ^ 0x6e656d65U};
  const RunOptions options = run_options(arguments, simulation != nullptr, nemesis);

  RecorderOptions recording;
  recording.object = workload->object;
  recording.workload = workload->name;
  recording.store = arguments.uri;
  recording.meta = meta_of(options, store);
  recording.sync = arguments.sync;
  if (simulation != nullptr) recording.clock = [simulation] { return simulation->now(); };
  Recorder recorder{arguments.history, recording};
  if (const std::string error = recorder.error(); !error.empty()) throw Problem{error};

  const bool progress = !arguments.quiet && isatty(STDERR_FILENO) == 1;
  const RunSummary summary = simulation != nullptr
                                 ? run_simulated(store, *workload, recorder, nemesis, options)
                                 : run_live(store, *workload, recorder, nemesis, options,
                                            progress ? show_progress : std::function<void(const Counts&, double)>{});
  if (progress && simulation == nullptr) fmt::print(stderr, "\r\x1b[K");
  if (const std::string error = recorder.close(); !error.empty()) {
    fmt::print(stderr, "kasauti-record: {}\n", error);
    return defect;
  }
  if (!arguments.quiet) {
    const Counts& counts = summary.counts;
    fmt::print(stderr, "{}{} operations in {:.2f} s{} ({:.0f}/s): {} ok, {} fail, {} info; {} faults; history: {}\n",
               summary.interrupted ? "interrupted; " : "", counts.all(), summary.seconds,
               simulation != nullptr ? " of virtual time" : "",
               summary.seconds > 0 ? static_cast<double>(counts.all()) / summary.seconds : 0.0, counts.ok, counts.fail,
               counts.info, nemesis.started(), arguments.history);
  }
  return 0;
}

}  // namespace

int run(int argc, char** argv, std::span<const StoreRow> stores) try {
  CLI::App app{"Drives a workload against a store and records what its clients see, for kasauti check.",
               "kasauti-record"};
  app.footer(epilogue(stores));
  app.set_version_flag("--version", "kasauti-record 0.1.0");
  Arguments arguments;
  declare(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : bad_usage;
  }
  arguments.faults_given = app.count("--faults") != 0;
  struct sigaction action {};
  action.sa_handler = request_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second Ctrl-C kills
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return record(arguments, stores);
} catch (const Problem& problem) {
  fmt::print(stderr, "kasauti-record: {}\n", problem.text);
  return bad_usage;
} catch (const std::exception& problem) {
  fmt::print(stderr, "kasauti-record: {}\n", problem.what());
  return defect;
}

}  // namespace kasauti::recorder::cli
