#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace kasauti::histories {

/// What a run may use. 0 means: no limit.
struct Limits {
  double seconds = 0;
  std::uint64_t bytes = 0;  ///< resident memory of the whole process
  std::uint64_t steps = 0;  ///< configurations that searches may visit, all together
};

enum class Exhausted : std::uint8_t { no, time, memory, steps };

/// The limits of one run, shared by everything that works on it and polled from inside its loops.
///
/// spend() is cheap enough for an inner loop: it looks at the clock and at the process's resident memory every few
/// thousand units only, and a limit is noticed within some milliseconds. A pass that is about to allocate much at once
/// asks may_allocate() first. Thread-safe. Once exhausted, it stays so.
class Budget {
 public:
  explicit Budget(Limits limits = {});
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  /// Accounts for `units` of work, each well under a microsecond; false once a limit is reached.
  /// `local` is the caller's own counter, one per thread, to be started at 0.
  [[nodiscard]] bool spend(std::uint32_t& local, std::uint32_t units = 1) {
    local += units;
    if (local < poll_every) return !stopped();
    local = 0;
    return poll();
  }
  /// As spend(), for a step of a search: it counts against `steps` too.
  [[nodiscard]] bool step(std::uint32_t& local) {
    if (limits_.steps != 0 && steps_.fetch_add(1, std::memory_order_relaxed) >= limits_.steps) return stop(Exhausted::steps);
    return spend(local);
  }
  /// Looks at the clock and at the memory now.
  [[nodiscard]] bool poll();
  /// Whether `bytes` more would stay within the memory limit; if not, the budget is exhausted.
  [[nodiscard]] bool may_allocate(std::uint64_t bytes);
  [[nodiscard]] bool stopped() const { return state_.load(std::memory_order_relaxed) != Exhausted::no; }
  [[nodiscard]] Exhausted exhausted() const { return state_.load(std::memory_order_relaxed); }
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_.load(std::memory_order_relaxed); }
  [[nodiscard]] double seconds() const;

  static constexpr std::uint32_t poll_every = 4096;

 private:
  bool stop(Exhausted cause);

  Limits limits_;
  std::chrono::steady_clock::time_point start_;
  std::atomic<Exhausted> state_{Exhausted::no};
  std::atomic<std::uint64_t> steps_{0};
};

/// Resident memory of this process in bytes, and the most it ever was; 0 where the system does not tell.
[[nodiscard]] std::uint64_t resident_bytes();
[[nodiscard]] std::uint64_t peak_resident_bytes();

}  // namespace kasauti::histories
