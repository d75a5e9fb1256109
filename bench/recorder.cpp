// What recording costs: nanoseconds a call on the caller's thread, and events a second from the first call to the
// last byte written.
//
// A call is an invocation and its completion, two events. Usage: recorder [THREADS [CALLS]]; the file is made and
// removed in the current folder. Marks: ≤ 200 ns a call, ≥ 2·10⁶ events a second over 2 cores (DESIGN §11).

#include "recorder/recorder.hpp"

#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace {

using Clock = std::chrono::steady_clock;

/// Seconds of processor time that this thread has had.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  const std::int64_t calls = argc > 2 ? std::atoll(argv[2]) : 2'000'000;
  if (threads < 1 || calls < 1) return 254;
  const std::string path = "bench-recorder.jsonl";
  std::vector<double> seconds(static_cast<std::size_t>(threads));
  const Clock::time_point begin = Clock::now();
  std::string error;
  {
    kasauti::Recorder recorder{path};
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; ++t) {
      workers.emplace_back([&recorder, &seconds, t, threads, calls] {
        auto session = recorder.session("user-" + std::to_string(t));
        const double start = thread_seconds();
        for (std::int64_t i = t; i < calls; i += threads) {
          auto call = session.invoke("write", "x", i);
          call.ok();
        }
        seconds[static_cast<std::size_t>(t)] = thread_seconds() - start;
      });
    }
    for (std::thread& worker : workers) worker.join();
    error = recorder.close();
  }
  const double whole = std::chrono::duration<double>(Clock::now() - begin).count();
  double all = 0;
  for (const double each : seconds) all += each;
  const auto bytes = std::filesystem::file_size(path);
  std::filesystem::remove(path);
  if (!error.empty()) {
    fmt::print(stderr, "{}\n", error);
    return 255;
  }
  fmt::print("{} threads, {} calls: {:.0f} ns of processor time a call, {:.2f} million events/s written, {:.0f} MB/s\n",
             threads, calls, all / static_cast<double>(calls) * 1e9, 2 * static_cast<double>(calls) / whole / 1e6,
             static_cast<double>(bytes) / whole / 1e6);
  return 0;
}
