// Reading a history: a source of bytes, hashed and decompressed, and the reader of the format that the bytes turn out
// to have.
//
// Formats that go by lines are read in pieces of some megabytes, so that neither the text nor what a compressed file
// blows up to is ever held whole; while one piece is parsed another thread reads, hashes and decompresses the next.
// The other formats need their text at once, and ask the budget before they take more memory.

#include "histories/read.hpp"

#include <algorithm>
#include <future>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "histories/formats/format.hpp"
#include "histories/source.hpp"

namespace kasauti::histories {

namespace {

constexpr std::size_t piece = std::size_t{4} << 20;
constexpr std::size_t sniffed_bytes = 4096;

/// Bytes that grow without being cleared first, with room for formats::padding behind them.
class Buffer {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }
  /// Ready for `more` bytes behind those there are, which can be written at end().
  void make_room(std::size_t more) {
    if (size_ + more <= capacity_) return;
    capacity_ = std::max(size_ + more, 2 * size_);
    auto moved = std::make_unique_for_overwrite<char[]>(capacity_ + formats::padding);
    std::copy_n(bytes_.get(), size_, moved.get());
    bytes_ = std::move(moved);
  }
  [[nodiscard]] char* end() { return bytes_.get() + size_; }
  void grow_by(std::size_t count) { size_ += count; }
  void append(std::string_view text) {
    make_room(text.size());
    std::copy_n(text.data(), text.size(), end());
    size_ += text.size();
  }
  void clear() { size_ = 0; }
  void pad() { std::fill_n(end(), formats::padding, '\0'); }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0, capacity_ = 0;
};

void fill(Source& source, Buffer& buffer, std::size_t count) {
  buffer.make_room(count);
  buffer.grow_by(source.read(buffer.end(), count));
}

const formats::Format* choose(const ReadOptions& options, std::string_view beginning) {
  if (!options.format.empty()) return formats::format_named(options.format);
  for (const formats::Format& candidate : formats::formats()) {
    if (candidate.sniff(beginning)) return &candidate;
  }
  return nullptr;
}

void fail(ReadResult& result, std::string_view rule, std::string message) {
  result.findings.push_back(finding(rule, 0, 0, std::move(message)));
  result.ok = false;
}

void fail_unknown_format(ReadResult& result, const std::string& wanted) {
  std::string names;
  for (const formats::Format& known : formats::formats()) {
    names += (names.empty() ? "" : ", ") + std::string{known.name};
  }
  fail(result, "unknown-format",
       fmt::format("{}; --format takes one of {}",
                   wanted.empty() ? "not a history in any known format" : "no format is called " + wanted, names));
}

/// How a file that is as dense as its first piece will turn out: memory for it is taken at once instead of by doubling.
void reserve(const Source& source, const Buffer& first, HistoryBuilder& builder) {
  if (source.expected_bytes() <= first.size()) return;
  const auto events = static_cast<double>(std::ranges::count(first.view(), '\n'));
  const double whole = events * static_cast<double>(source.expected_bytes()) / static_cast<double>(first.size());
  const bool timed = first.view().substr(0, sniffed_bytes).find("\"time\"") != std::string_view::npos;
  builder.reserve(static_cast<std::size_t>(whole * 0.51) + 1, timed);
}

/// Piece by piece; `current` is the first. Gives the number of bytes of the text.
std::size_t read_pieces(Source& source, Buffer& current, formats::Reader& reader, HistoryBuilder& builder,
    Budget* budget) {
  Buffer next;
  const bool one_piece = source.ended();
  std::size_t bytes = current.size();
  reserve(source, current, builder);
  while (source.problem().empty()) {
    // A line of more than a piece waits until its end is there, or until it is longer than lines may be.
    const std::size_t line_end = current.view().rfind('\n');
    const bool whole = source.ended();
    const bool endless = line_end == std::string_view::npos && current.size() > formats::longest_line;
    const std::size_t cut = whole || endless ? current.size() : line_end == std::string_view::npos ? 0 : line_end + 1;
    next.clear();
    next.append(current.view().substr(cut));
    const std::size_t carried = next.size();
    std::future<void> filled;
    if (!whole && !endless) {
      filled = std::async(std::launch::async, [&source, &next] { fill(source, next, piece); });
    }
    bool go_on = !whole && !endless;
    if (cut != 0) {
      if (cut == current.size()) current.pad();
      builder.text(current.view().substr(0, cut), one_piece);
      go_on = reader.read(current.view().substr(0, cut), whole) && go_on;
    }
    if (filled.valid()) filled.get();
    bytes += next.size() - carried;
    if (!go_on || (budget != nullptr && !budget->poll())) break;
    std::swap(current, next);
  }
  return bytes;
}

/// All at once.
void read_whole(Source& source, Buffer& text, formats::Reader& reader, HistoryBuilder& builder, Budget* budget) {
  while (!source.ended() && source.problem().empty()) {
    const std::size_t expected = source.expected_bytes();
    const std::size_t more = expected > text.size() ? expected - text.size() + 1 : std::max(piece, text.size());
    if (budget != nullptr && !budget->may_allocate(text.size() + more)) return;
    fill(source, text, more);
  }
  if (!source.problem().empty()) return;
  text.pad();
  builder.text(text.view(), true);
  reader.read(text.view(), true);
}

ReadResult read_all(Source source, const ReadOptions& options) {
  ReadResult result;
  Budget* budget = options.budget;
  Buffer first;
  if (source.problem().empty()) fill(source, first, piece);
  const formats::Format* format = choose(options, first.view().substr(0, sniffed_bytes));
  if (format == nullptr && source.problem().empty()) {
    fail_unknown_format(result, options.format);
    return result;
  }
  HistoryBuilder builder{options.build};
  if (source.problem().empty()) {
    result.format = format->name;
    const std::unique_ptr<formats::Reader> reader = format->open(builder, budget);
    if (format->by_lines) {
      result.bytes = read_pieces(source, first, *reader, builder, budget);
    } else {
      read_whole(source, first, *reader, builder, budget);
      result.bytes = first.size();
    }
  }
  const bool stopped = budget != nullptr && budget->stopped();
  if (!source.problem().empty()) builder.add(finding("unreadable", 0, 0, "cannot be read: " + source.problem()));
  if (!stopped) result.history = builder.finish();
  result.findings = builder.take_findings();
  result.ok = !builder.failed() && !stopped;
  if (source.ended() && source.problem().empty()) result.sha256 = source.sha256();
  std::ranges::stable_sort(result.findings, {}, [](const Finding& f) { return std::pair{f.line, f.column}; });
  return result;
}

ReadResult without_memory() {
  ReadResult result;
  fail(result, "unreadable", "there is not enough memory to read it");
  return result;
}

ReadResult broken(const std::exception& why) {
  ReadResult result;
  fail(result, "unreadable", fmt::format("cannot be read: {}", why.what()));
  return result;
}

}  // namespace

ReadResult read_history(const std::string& path, const ReadOptions& options) try {
  return read_all(Source::of_file(path), options);
} catch (const std::bad_alloc&) {
  return without_memory();
} catch (const std::exception& why) {
  return broken(why);
}

ReadResult read_history_text(std::string_view text, const ReadOptions& options) try {
  return read_all(Source::of_text(text), options);
} catch (const std::bad_alloc&) {
  return without_memory();
} catch (const std::exception& why) {
  return broken(why);
}

}  // namespace kasauti::histories
