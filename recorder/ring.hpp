#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace kasauti::recorder {

enum class EntryKind : std::uint8_t { invoke, ok, fail, info, nemesis };

/// One event on its way from the thread that saw it to the writer, followed by its text: `head` bytes of fields (of
/// an invocation: "f", "key", "session"), `value` bytes of a value, `extra` bytes of further fields.
struct Entry {
  std::uint32_t size = 0;  ///< in the ring, header included; 0: the rest of the ring is unused, go on at its beginning
  EntryKind kind = EntryKind::invoke;
  bool has_value = false;            ///< of a completion: it says a value of its own
  bool elsewhere = false;            ///< the text is too long for a ring; its owner is a pointer in its place
  std::int64_t time = 0;
  std::uint32_t process = 0;
  std::uint32_t sequence = 0;        ///< the number of this event among those of its process
  std::uint32_t head = 0;
  std::uint32_t value = 0;
  std::uint32_t extra = 0;
};

/// A queue of entries between one producer and one consumer, without locks (Lamport 1983).
///
/// Entries lie in one piece and in order. Positions only grow; the place of a position is its remainder.
/// The producer may change, if whoever hands the ring over synchronises with the next one.
class Ring {
 public:
  static constexpr std::size_t capacity = std::size_t{1} << 20;
  /// A text longer than this does not go into the ring.
  static constexpr std::size_t longest = capacity / 8;

  Ring() : bytes_{new char[capacity]} {}

  /// Puts an entry and its text (head, value, extra) in; false if there is no room now. `size` is set here.
  bool push(Entry entry, std::string_view text) {
    const std::size_t size = (sizeof(Entry) + text.size() + 7) & ~std::size_t{7};
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    const std::size_t place = head & (capacity - 1);
    const std::size_t skipped = place + size > capacity ? capacity - place : 0;
    if (head + skipped + size - known_tail_ > capacity) {
      known_tail_ = tail_.load(std::memory_order_acquire);
      if (head + skipped + size - known_tail_ > capacity) return false;
    }
    if (skipped != 0) {
      const std::uint32_t end_mark = 0;
      std::memcpy(bytes_.get() + place, &end_mark, sizeof end_mark);
    }
    char* const into = bytes_.get() + ((head + skipped) & (capacity - 1));
    entry.size = static_cast<std::uint32_t>(size);
    std::memcpy(into, &entry, sizeof entry);
    std::memcpy(into + sizeof entry, text.data(), text.size());
    head_.store(head + skipped + size, std::memory_order_release);
    return true;
  }

  /// More than half of the ring was in use when the producer last looked.
  [[nodiscard]] bool filling() const { return head_.load(std::memory_order_relaxed) - known_tail_ > capacity / 2; }
  /// To be called by the producer, when filling(), to look again.
  void look_again() { known_tail_ = tail_.load(std::memory_order_acquire); }

  /// How far the consumer may read.
  [[nodiscard]] std::uint64_t end() const { return head_.load(std::memory_order_acquire); }
  /// The next entry before `end` and its text, if there is one; it stays until release().
  bool front(std::uint64_t end, Entry& entry, const char*& text) {
    for (;;) {
      if (next_ == end) return false;
      const char* const at = bytes_.get() + (next_ & (capacity - 1));
      std::memcpy(&entry.size, at, sizeof entry.size);
      if (entry.size == 0) {
        next_ += capacity - (next_ & (capacity - 1));
        continue;
      }
      std::memcpy(&entry, at, sizeof entry);
      text = at + sizeof entry;
      return true;
    }
  }
  void pop(const Entry& entry) { next_ += entry.size; }
  /// Gives what was popped back to the producer.
  void release() { tail_.store(next_, std::memory_order_release); }

  /// Held by a thread that produces.
  std::atomic<bool> taken{true};
  Ring* following = nullptr;  ///< in the journal's list

 private:
  std::unique_ptr<char[]> bytes_;
  alignas(64) std::atomic<std::uint64_t> head_{0};
  std::uint64_t known_tail_ = 0;                    // the producer's
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  std::uint64_t next_ = 0;                          // the consumer's
};

}  // namespace kasauti::recorder
