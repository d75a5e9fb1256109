// Workers, faults and phases against a real store: a thread a client, the nemesis and the progress on the calling
// thread.

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "recorder/run.hpp"

namespace kasauti::recorder {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds tick{50};
/// How long a client that was refused waits before it tries again.
constexpr milliseconds retry_pause{5};
/// How many final reads of a node may go unanswered before it is given up, and how long apart they are.
constexpr int final_patience = 20;
constexpr milliseconds final_pause{100};

class LiveRun {
 public:
  LiveRun(Store& store, const WorkloadRow& workload, Recorder& recorder, Nemesis& nemesis, const RunOptions& options)
      : store_{store}, workload_{workload}, recorder_{recorder}, nemesis_{nemesis}, options_{options} {}

  RunSummary run(const std::function<void(const Counts&, double)>& progress) {
    begin_ = Clock::now();
    if (options_.time.count() != 0) end_ = begin_ + options_.time;
    next_fault_ = begin_ + options_.fault_period / 2;
    working_ = options_.clients;
    Random seeds{options_.seed};
    std::vector<std::jthread> threads;  // joined even if one cannot be started
    for (std::size_t i = 0; i < options_.clients; ++i) {
      threads.emplace_back([this, i, random = seeds.fork()] { work(i, random); });
    }
    supervise(progress);
    for (std::jthread& thread : threads) thread.join();
    RunSummary summary;
    summary.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    nemesis_.stop(recorder_);
    if (!stopped()) final_reads();
    summary.interrupted = stopped();
    summary.counts = counts();
    return summary;
  }

 private:
  [[nodiscard]] bool stopped() const {
    return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
  }

  [[nodiscard]] Counts counts() const {
    return {ok_.load(std::memory_order_relaxed), fail_.load(std::memory_order_relaxed),
            info_.load(std::memory_order_relaxed)};
  }

  void add(const Counts& counts) {
    ok_.fetch_add(counts.ok, std::memory_order_relaxed);
    fail_.fetch_add(counts.fail, std::memory_order_relaxed);
    info_.fetch_add(counts.info, std::memory_order_relaxed);
  }

  /// Sleeps until then; false if the run ends first.
  [[nodiscard]] bool sleep_until(Clock::time_point then) const {
    for (;;) {
      const Clock::time_point now = Clock::now();
      if (stopped() || now >= end_) return false;
      if (now >= then) return true;
      std::this_thread::sleep_until(std::min({then, end_, now + tick}));
    }
  }

  /// Takes one of the operations of the run; false if none is left.
  bool take() {
    return options_.operations == 0 || taken_.fetch_add(1, std::memory_order_relaxed) < options_.operations;
  }

  void work(std::size_t number, Random random) {
    const std::unique_ptr<Client> client = store_.client(number);
    const std::unique_ptr<Workload> workload = workload_.make({options_.keys, options_.clients, number});
    Session session = recorder_.session(session_name(number));
    for (std::uint64_t n = 0; sleep_until(due(number, n)) && take(); ++n) {
      const Request request = workload->next(random);
      Call call = session.invoke(name_of(request.action), request.key, request.value);
      const Outcome outcome = client->execute(request);
      Counts counts;
      complete(call, outcome, counts);
      add(counts);
      workload->observe(request, outcome);
      if (outcome.kind == Outcome::Kind::fail) std::this_thread::sleep_for(retry_pause);
    }
    const std::lock_guard lock{mutex_};
    --working_;
    ended_.notify_one();
  }

  /// When a client's n-th call is due.
  [[nodiscard]] Clock::time_point due(std::size_t client, std::uint64_t n) const {
    if (options_.rate <= 0) return begin_;
    const double turn = static_cast<double>(n) * static_cast<double>(options_.clients) + static_cast<double>(client);
    return begin_ + nanoseconds{static_cast<std::int64_t>(turn / options_.rate * 1e9)};
  }

  // Until the workers have ended: faults in turn, and progress.
  void supervise(const std::function<void(const Counts&, double)>& progress) {
    std::size_t steps = 0;  // half periods: even ones begin a fault, odd ones end it
    std::unique_lock lock{mutex_};
    while (working_ != 0) {
      ended_.wait_for(lock, tick, [this] { return working_ == 0; });
      lock.unlock();
      if (!options_.faults.empty() && Clock::now() >= next_fault_ && !stopped()) {
        if (steps % 2 == 0) {
          nemesis_.start(options_.faults[steps / 2 % options_.faults.size()], recorder_);
        } else {
          nemesis_.stop(recorder_);
        }
        ++steps;
        next_fault_ += options_.fault_period / 2;
      }
      if (progress) progress(counts(), std::chrono::duration<double>(Clock::now() - begin_).count());
      lock.lock();
    }
  }

  void final_reads() {
    end_ = Clock::time_point::max();
    if (!sleep_until(Clock::now() + options_.quiesce)) return;
    recorder_.nemesis("final");
    recorder_.flush();  // its line comes before those of the reads
    const std::vector<std::string> nodes = store_.nodes();
    for (std::size_t node = 0; node < nodes.size(); ++node) {
      Session session = recorder_.session(final_session_name(nodes[node]));
      const std::unique_ptr<Client> client = store_.client(options_.clients + node);
      int patience = final_patience;
      for (std::size_t key = 0; key < options_.keys; ++key) read_finally(session, *client, key, node, patience);
    }
  }

  void read_finally(Session& session, Client& client, std::size_t key, std::size_t node, int& patience) {
    while (patience > 0 && !stopped()) {
      Call call = session.invoke(name_of(Action::read), key_named(key));
      const Outcome outcome = client.execute({Action::read, key_named(key), nullptr, node});
      Counts counts;
      complete(call, outcome, counts);
      add(counts);
      if (outcome.kind == Outcome::Kind::ok) return;
      --patience;
      std::this_thread::sleep_for(final_pause);
    }
  }

  Store& store_;
  const WorkloadRow& workload_;
  Recorder& recorder_;
  Nemesis& nemesis_;
  const RunOptions& options_;
  Clock::time_point begin_, end_ = Clock::time_point::max(), next_fault_;
  std::atomic<std::uint64_t> taken_{0}, ok_{0}, fail_{0}, info_{0};
  std::mutex mutex_;  // of the supervisor's sleep
  std::condition_variable ended_;
  std::size_t working_ = 0;
};

}  // namespace

RunSummary run_live(Store& store, const WorkloadRow& workload, Recorder& recorder, Nemesis& nemesis,
                    const RunOptions& options, const std::function<void(const Counts&, double)>& progress) {
  return LiveRun{store, workload, recorder, nemesis, options}.run(progress);
}

}  // namespace kasauti::recorder
