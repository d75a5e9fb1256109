// Workers, faults and phases in virtual time.
//
// Everything is an event of the simulation: a client's next call, its completion, the beginning and the end of a
// fault. One thread runs them in the order of their times, so that a history depends on the options and the seed
// alone, to the byte.

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "recorder/run.hpp"

namespace kasauti::recorder {

namespace {

class SimulatedRun {
 public:
  SimulatedRun(Store& store, const WorkloadRow& workload, Recorder& recorder, Nemesis& nemesis,
               const RunOptions& options)
      : store_{store}, simulation_{*store.simulation()}, recorder_{recorder}, nemesis_{nemesis}, options_{options} {
    Random seeds{options.seed};
    for (std::size_t i = 0; i < options.clients; ++i) {
      workers_.push_back(
          {recorder.session(session_name(i)), workload.make({options.keys, options.clients, i}), seeds.fork(), {}});
    }
  }

  RunSummary run() {
    const std::int64_t begin = simulation_.now();
    if (options_.time.count() != 0) end_ = begin + options_.time.count();
    busy_ = workers_.size();
    for (std::size_t i = 0; i < workers_.size(); ++i) simulation_.at(begin + pace(i, 0), [this, i] { call(i, 1); });
    if (!options_.faults.empty()) plan_fault(0);
    while (busy_ != 0 && simulation_.step()) {}
    RunSummary summary;
    summary.seconds = static_cast<double>(simulation_.now() - begin) / 1e9;
    nemesis_.stop(recorder_);
    load_over_ = true;
    summary.interrupted = stopped();
    if (!summary.interrupted) final_reads();
    summary.counts = counts_;
    return summary;
  }

 private:
  struct Worker {
    Session session;
    std::unique_ptr<Workload> workload;
    Random random;
    std::optional<Call> call;
  };

  [[nodiscard]] bool stopped() const {
    return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
  }

  /// When the n-th call of a worker is due, after the beginning.
  [[nodiscard]] std::int64_t pace(std::size_t worker, std::uint64_t n) const {
    if (options_.rate <= 0) return 0;
    const double turn = static_cast<double>(n) * static_cast<double>(options_.clients) + static_cast<double>(worker);
    return static_cast<std::int64_t>(turn / options_.rate * 1e9);
  }

  void call(std::size_t number, std::uint64_t nth) {
    const bool spent = options_.operations != 0 && called_ == options_.operations;
    if (spent || simulation_.now() >= end_ || stopped()) {
      --busy_;
      return;
    }
    ++called_;
    Worker& worker = workers_[number];
    Request request = worker.workload->next(worker.random);
    worker.call.emplace(worker.session.invoke(name_of(request.action), request.key, request.value));
    simulation_.submit(number, request, [this, number, nth, request](const Outcome& outcome) {
      Worker& mine = workers_[number];
      complete(*mine.call, outcome, counts_);
      mine.call.reset();
      mine.workload->observe(request, outcome);
      // A client that was refused tries again a little later, as clients do.
      const std::int64_t pause = outcome.kind == Outcome::Kind::fail ? retry_pause : think_time;
      simulation_.at(std::max(simulation_.now() + pause, pace(number, nth)),
                     [this, number, nth] { call(number, nth + 1); });
    });
  }

  void plan_fault(std::size_t nth) {
    const std::int64_t half = options_.fault_period.count() / 2;
    simulation_.at(simulation_.now() + half, [this, nth, half] {
      if (load_over_ || busy_ == 0) return;
      nemesis_.start(options_.faults[nth % options_.faults.size()], recorder_);
      simulation_.at(simulation_.now() + half, [this, nth] {
        if (load_over_ || busy_ == 0) return;
        nemesis_.stop(recorder_);
        plan_fault(nth + 1);
      });
    });
  }

  void rest(std::int64_t time) {
    bool over = false;
    simulation_.at(simulation_.now() + time, [&over] { over = true; });
    while (!over && simulation_.step()) {}
  }

  void final_reads() {
    rest(options_.quiesce.count());
    recorder_.nemesis("final");
    const std::vector<std::string> nodes = store_.nodes();
    for (std::size_t node = 0; node < nodes.size(); ++node) {
      Session session = recorder_.session(final_session_name(nodes[node]));
      for (std::size_t key = 0; key < options_.keys; ++key) {
        Call read = session.invoke(name_of(Action::read), key_named(key));
        bool done = false;
        simulation_.submit(options_.clients + node, {Action::read, key_named(key), nullptr, node},
                           [&](const Outcome& outcome) {
                             complete(read, outcome, counts_);
                             done = true;
                           });
        while (!done && simulation_.step()) {}
        rest(think_time);
      }
    }
  }

  static constexpr std::int64_t retry_pause = 2'000'000;
  /// Between two calls of a client: no thread calls again in the nanosecond of its last answer.
  static constexpr std::int64_t think_time = 1'000;

  Store& store_;
  Simulation& simulation_;
  Recorder& recorder_;
  Nemesis& nemesis_;
  const RunOptions& options_;
  std::vector<Worker> workers_;
  Counts counts_;
  std::uint64_t called_ = 0;
  std::size_t busy_ = 0;
  std::int64_t end_ = INT64_MAX;
  bool load_over_ = false;
};

}  // namespace

RunSummary run_simulated(Store& store, const WorkloadRow& workload, Recorder& recorder, Nemesis& nemesis,
                         const RunOptions& options) {
  return SimulatedRun{store, workload, recorder, nemesis, options}.run();
}

}  // namespace kasauti::recorder
