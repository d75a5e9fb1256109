#include "histories/budget.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

namespace kasauti::histories {

Budget::Budget(Limits limits) : limits_{limits}, start_{std::chrono::steady_clock::now()} {}

double Budget::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

bool Budget::stop(Exhausted cause) {
  Exhausted expected = Exhausted::no;
  state_.compare_exchange_strong(expected, cause, std::memory_order_relaxed);
  return false;
}

bool Budget::poll() {
  if (stopped()) return false;
  if (limits_.seconds > 0 && seconds() > limits_.seconds) return stop(Exhausted::time);
  if (limits_.bytes != 0 && resident_bytes() > limits_.bytes) return stop(Exhausted::memory);
  return true;
}

bool Budget::may_allocate(std::uint64_t bytes) {
  if (stopped()) return false;
  if (limits_.bytes != 0 && resident_bytes() + bytes > limits_.bytes) return stop(Exhausted::memory);
  return true;
}

std::uint64_t resident_bytes() {
  static const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[128];
  const ssize_t length = pread(file, text, sizeof text - 1, 0);
  if (length <= 0) return 0;
  text[length] = '\0';
  char* rest = nullptr;
  (void)std::strtoull(text, &rest, 10);
  return std::strtoull(rest, nullptr, 10) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t peak_resident_bytes() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace kasauti::histories
