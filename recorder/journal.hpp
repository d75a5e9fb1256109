#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "recorder/ring.hpp"

namespace kasauti::recorder {

/// Where the events of a recording go: a file that survives the death of the process.
///
/// Threads hand in entries through a ring each and share no lock; one writer formats them and writes whole lines with
/// write(2), at least once every flush interval, so that SIGKILL loses nothing older. What cannot be written is
/// counted and told by error().
class Journal {
 public:
  struct Options {
    std::chrono::milliseconds interval{10};
    bool sync = false;  ///< append() returns when the event is in the file
  };

  /// Truncates or creates the file ("-": standard output) and writes the header line. What fails is in error().
  Journal(std::string path, const std::string& header, Options options);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Takes an event over. From any thread; waits only if the writer is a whole ring behind, or with `sync`.
  void append(const Entry& entry, std::string_view text) noexcept;
  /// Returns when every event that was appended before is in the file, or lost.
  void flush() noexcept;
  /// Writes what is left and stops. Nothing may be appended from then on.
  void close() noexcept;
  /// Empty, or what could not be written and why.
  [[nodiscard]] std::string error() const;

 private:
  struct Open {  // what the writer remembers of a process: its open call and the number of its next event
    std::string head, value;
    std::uint32_t next = 0;
  };
  struct Source {
    Ring* ring;
    std::uint64_t end;
    Entry entry;
    const char* text;
  };

  Ring& ring_of_this_thread();
  Ring& take_ring();
  void push(const Entry& entry, std::string_view text);
  void wake() noexcept;
  void run();
  void drain();
  void accept(const Entry& entry, std::string_view text);
  void format(const Entry& entry, std::string_view text);
  void write_out();
  void fail(std::string what);

  const std::string path_;
  const Options options_;
  const std::uint64_t id_;
  int file_ = -1;
  std::atomic<Ring*> rings_{nullptr};
  std::vector<std::shared_ptr<Ring>> owned_;
  std::mutex owned_mutex_;                  // taken once in a thread's life

  std::mutex mutex_;                        // of the writer's sleep, flush() and close()
  std::condition_variable wakened_, written_;
  std::uint64_t requested_ = 0, done_ = 0;  // flushes
  bool stop_ = false;
  std::atomic<bool> hurry_{false};

  // The writer's own.
  std::vector<Source> sources_;
  std::vector<Open> open_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<Entry, std::string>> early_;
  std::string out_;
  std::uint64_t lines_in_out_ = 0;

  std::atomic<bool> failed_{false};
  std::atomic<std::uint64_t> lost_{0};
  mutable std::mutex failure_mutex_;
  std::string failure_;

  std::thread writer_;
};

}  // namespace kasauti::recorder
