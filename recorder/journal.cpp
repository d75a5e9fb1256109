// The crash-safe writer of histories.
//
// A thread that records must not wait for a disk, for another thread, or for a lock that another thread holds. So
// each one has a ring of its own (ring.hpp) into which it copies its events, already stamped; a single writer empties
// all rings, merges them by time, and writes. A history may have its lines in any order but for those of one process,
// and a call may begin on one thread and end on another, so the events of a process are numbered, and the writer
// keeps one that comes early until those before it came.
//
// Durability is that of write(2): what was written survives the death of this process, not that of the machine. The
// writer sleeps half a flush interval at most. Each write carries whole lines; if one fails half way, the file is cut
// back to its last whole line, and nothing more is written: a gap in the middle of a history would make a false one
// of it.
//
// Cost: a clock and a copy of some 100 bytes for the caller, about 100 ns a line for the writer. Test:
// tests/recorder/.

#include "recorder/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "recorder/json.hpp"

namespace kasauti::recorder {

namespace {

constexpr std::size_t write_size = std::size_t{512} << 10;

std::uint64_t next_journal_id() {
  static std::atomic<std::uint64_t> ids{0};
  return ++ids;
}

/// The rings that this thread holds, given back when it ends. Journals are told apart by ids that are never used again.
struct Held {
  struct Row {
    std::uint64_t journal;
    std::shared_ptr<Ring> ring;
  };
  std::vector<Row> rows;
  std::uint64_t last_journal = 0;
  Ring* last_ring = nullptr;

  ~Held() {
    for (const Row& row : rows) row.ring->taken.store(false, std::memory_order_release);
  }
};

thread_local Held held;

constexpr std::string_view type_names[] = {"invoke", "ok", "fail", "info"};

}  // namespace

Journal::Journal(std::string path, const std::string& header, Options options)
    : path_{std::move(path)}, options_{options}, id_{next_journal_id()} {
  file_ = path_ == "-" ? dup(STDOUT_FILENO) : open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) {
    fail(std::string{"cannot be opened for writing: "} + std::strerror(errno));
  } else {
    out_ = header + "\n";
    write_out();
  }
  writer_ = std::thread{[this] { run(); }};
}

Journal::~Journal() { close(); }

Ring& Journal::ring_of_this_thread() {
  if (held.last_journal == id_) return *held.last_ring;
  for (const Held::Row& row : held.rows) {
    if (row.journal != id_) continue;
    held.last_journal = id_;
    held.last_ring = row.ring.get();
    return *row.ring;
  }
  return take_ring();
}

// A thread's first event: it takes a ring that an ended thread left, or a new one.
Ring& Journal::take_ring() {
  const std::lock_guard lock{owned_mutex_};
  std::shared_ptr<Ring> mine;
  for (const std::shared_ptr<Ring>& ring : owned_) {
    bool free = false;
    if (!ring->taken.compare_exchange_strong(free, true, std::memory_order_acquire)) continue;
    mine = ring;
    break;
  }
  if (mine == nullptr) {
    mine = std::make_shared<Ring>();
    owned_.push_back(mine);
    mine->following = rings_.load(std::memory_order_relaxed);
    rings_.store(mine.get(), std::memory_order_release);
  }
  std::erase_if(held.rows,
                [](const Held::Row& row) { return row.ring.use_count() == 1; });  // of journals that are gone
  held.rows.push_back({id_, mine});
  held.last_journal = id_;
  held.last_ring = mine.get();
  return *mine;
}

void Journal::wake() noexcept {
  if (!hurry_.exchange(true, std::memory_order_relaxed)) wakened_.notify_one();
}

void Journal::push(const Entry& entry, std::string_view text) {
  Ring& ring = ring_of_this_thread();
  while (!ring.push(entry, text)) {
    wake();
    std::this_thread::sleep_for(std::chrono::microseconds{20});
  }
  if (ring.filling()) {
    ring.look_again();
    if (ring.filling()) wake();
  }
}

void Journal::append(const Entry& entry, std::string_view text) noexcept try {
  if (text.size() <= Ring::longest) {
    push(entry, text);
  } else {
    auto owner = std::make_unique<std::string>(text);
    const std::string* const pointer = owner.get();
    Entry far = entry;
    far.elsewhere = true;
    push(far, {reinterpret_cast<const char*>(&pointer), sizeof pointer});
    static_cast<void>(owner.release());  // the writer's from now on
  }
  if (options_.sync) flush();
} catch (const std::exception& problem) {
  lost_.fetch_add(1, std::memory_order_relaxed);
  fail(std::string{"an event could not be recorded: "} + problem.what());
}

void Journal::flush() noexcept {
  std::unique_lock lock{mutex_};
  if (stop_) return;
  const std::uint64_t mine = ++requested_;
  wakened_.notify_one();
  written_.wait(lock, [&] { return done_ >= mine; });
}

void Journal::close() noexcept {
  {
    const std::lock_guard lock{mutex_};
    if (stop_) return;
    stop_ = true;
  }
  wakened_.notify_one();
  writer_.join();
  if (file_ >= 0 && ::close(file_) != 0 && errno != EINTR) fail(std::string{"close failed: "} + std::strerror(errno));
  file_ = -1;
}

std::string Journal::error() const {
  if (!failed_.load(std::memory_order_acquire)) return {};
  const std::lock_guard lock{failure_mutex_};
  const std::uint64_t lost = lost_.load(std::memory_order_relaxed);
  return path_ + ": " + failure_ + (lost == 0 ? "" : "; " + std::to_string(lost) + " events are not in the file");
}

void Journal::fail(std::string what) {
  const std::lock_guard lock{failure_mutex_};
  if (failure_.empty()) failure_ = std::move(what);
  failed_.store(true, std::memory_order_release);
}

void Journal::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    const bool stopping = stop_;
    const std::uint64_t request = requested_;
    hurry_.store(false, std::memory_order_relaxed);
    lock.unlock();
    try {
      drain();
      write_out();
    } catch (const std::exception& problem) {
      fail(std::string{"the writer failed: "} + problem.what());
      out_.clear();
    }
    lock.lock();
    done_ = request;
    written_.notify_all();
    if (stopping) return;
    wakened_.wait_for(lock, options_.interval / 2,
                      [&] { return stop_ || requested_ != done_ || hurry_.load(std::memory_order_relaxed); });
  }
}

// Takes everything that was in the rings at the beginning, in the order of time as far as one round shows it.
void Journal::drain() {
  sources_.clear();
  for (Ring* ring = rings_.load(std::memory_order_acquire); ring != nullptr; ring = ring->following) {
    Source source{ring, ring->end(), {}, nullptr};
    if (source.ring->front(source.end, source.entry, source.text)) sources_.push_back(source);
  }
  while (!sources_.empty()) {
    // The ring with the earliest event is read until another has an earlier one.
    std::size_t first = 0;
    std::int64_t bound = INT64_MAX;
    for (std::size_t i = 1; i < sources_.size(); ++i) {
      const bool earlier = sources_[i].entry.time < sources_[first].entry.time;
      bound = std::min(bound, sources_[earlier ? first : i].entry.time);
      if (earlier) first = i;
    }
    Source& source = sources_[first];
    bool more = true;
    while (more && source.entry.time <= bound) {
      if (source.entry.elsewhere) {
        std::string* pointer = nullptr;
        std::memcpy(&pointer, source.text, sizeof pointer);
        const std::unique_ptr<std::string> owner{pointer};
        accept(source.entry, *owner);
      } else {
        accept(source.entry, {source.text, std::size_t{source.entry.head} + source.entry.value + source.entry.extra});
      }
      source.ring->pop(source.entry);
      source.ring->release();
      more = source.ring->front(source.end, source.entry, source.text);
    }
    if (!more) {
      source.ring->release();
      sources_.erase(sources_.begin() + static_cast<std::ptrdiff_t>(first));
    }
    if (out_.size() >= write_size) write_out();
  }
}

void Journal::accept(const Entry& entry, std::string_view text) {
  if (entry.kind == EntryKind::nemesis) {
    format(entry, text);
    return;
  }
  if (entry.process >= open_.size())
    open_.resize(std::max<std::size_t>(2 * open_.size(), entry.process + std::size_t{1}));
  std::uint32_t& next = open_[entry.process].next;
  if (entry.sequence != next) {
    early_.emplace(std::pair{entry.process, entry.sequence}, std::pair{entry, std::string{text}});
    return;
  }
  format(entry, text);
  ++next;
  while (!early_.empty()) {
    const auto found = early_.find({entry.process, next});
    if (found == early_.end()) return;
    format(found->second.first, found->second.second);
    early_.erase(found);
    ++next;
  }
}

void Journal::format(const Entry& entry, std::string_view text) {
  ++lines_in_out_;
  const std::string_view head = text.substr(0, entry.head);
  const std::string_view value = text.substr(entry.head, entry.value);
  out_ += "{\"time\":";
  append_integer(out_, entry.time);
  if (entry.kind == EntryKind::nemesis) {
    out_ += ",\"process\":\"nemesis\",\"type\":\"info\",";
    out_ += head;
    out_ += ",\"value\":";
    out_ += value;
    out_ += "}\n";
    return;
  }
  out_ += ",\"process\":";
  append_integer(out_, entry.process);
  out_ += ",\"type\":\"";
  out_ += type_names[static_cast<std::size_t>(entry.kind)];
  out_ += "\",";
  Open& open = open_[entry.process];
  if (entry.kind == EntryKind::invoke) {
    open.head = head;
    open.value = value;
  }
  out_ += open.head;
  out_ += ",\"value\":";
  out_ += entry.has_value ? value : std::string_view{open.value};
  out_ += text.substr(entry.head + std::size_t{entry.value}, entry.extra);
  out_ += "}\n";
  if (entry.kind == EntryKind::info) {  // the process has ended
    open.head = std::string{};
    open.value = std::string{};
  }
}

void Journal::write_out() {
  if (failed_.load(std::memory_order_relaxed)) {
    lost_.fetch_add(lines_in_out_, std::memory_order_relaxed);
    out_.clear();
    lines_in_out_ = 0;
    return;
  }
  std::size_t done = 0;
  while (done < out_.size()) {
    const ssize_t wrote = write(file_, out_.data() + done, out_.size() - done);
    if (wrote >= 0) {
      done += static_cast<std::size_t>(wrote);
    } else if (errno != EINTR) {
      const int cause = errno;
      // What was written of the last line is taken back, so that the file ends with a whole one.
      const std::size_t whole = done == 0 ? 0 : out_.rfind('\n', done - 1) + 1;
      const off_t end = lseek(file_, 0, SEEK_CUR);
      if (end >= 0 && whole < done) static_cast<void>(ftruncate(file_, end - static_cast<off_t>(done - whole)) == 0);
      fail(std::string{"write failed: "} + std::strerror(cause));
      const auto saved =
          static_cast<std::uint64_t>(std::count(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(whole), '\n'));
      lost_.fetch_add(lines_in_out_ - std::min(saved, lines_in_out_), std::memory_order_relaxed);
      break;
    }
  }
  out_.clear();
  lines_in_out_ = 0;
}

}  // namespace kasauti::recorder
