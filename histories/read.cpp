#include "histories/read.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "histories/formats/format.hpp"
#include "histories/sha256.hpp"

namespace kasauti::histories {

namespace {

constexpr std::size_t chunk = std::size_t{4} << 20;

/// The whole file; on failure what went wrong is in `problem`.
std::string read_bytes(const std::string& path, Budget* budget, std::string& problem) {
  std::string bytes;
  const int file = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    problem = std::strerror(errno);
    return bytes;
  }
  struct stat status {};
  const bool regular = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  if (regular && budget != nullptr && !budget->may_allocate(static_cast<std::uint64_t>(status.st_size))) {
    if (file != STDIN_FILENO) close(file);
    return bytes;
  }
  if (regular) bytes.reserve(static_cast<std::size_t>(status.st_size) + formats::padding + 1);
  for (;;) {
    const std::size_t before = bytes.size();
    const std::size_t room = std::max(chunk, formats::padding);
    if (bytes.capacity() < before + room && before != 0 && budget != nullptr && !budget->may_allocate(before)) break;
    bytes.resize(std::max(before + 1, std::min(before + room, std::max(bytes.capacity(), before + room))));
    const ssize_t got = read(file, bytes.data() + before, bytes.size() - before);
    if (got < 0 && errno == EINTR) {
      bytes.resize(before);
      continue;
    }
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) problem = std::strerror(errno);
    if (got <= 0) break;
    if (budget != nullptr && !budget->poll()) break;
  }
  if (file != STDIN_FILENO) close(file);
  return bytes;
}

void fail(ReadResult& result, std::string_view rule, std::string message) {
  result.findings.push_back(finding(rule, 0, 0, std::move(message)));
  result.ok = false;
}

void parse(std::string& bytes, const ReadOptions& options, ReadResult& result) {
  const std::string_view text = bytes;
  const formats::Format* format = nullptr;
  if (!options.format.empty()) {
    format = formats::format_named(options.format);
  } else {
    for (const formats::Format& candidate : formats::formats()) {
      if (format == nullptr && candidate.sniff(text.substr(0, 4096))) format = &candidate;
    }
  }
  if (format == nullptr) {
    std::string names;
    for (const formats::Format& known : formats::formats()) names += (names.empty() ? "" : ", ") + std::string{known.name};
    fail(result, "unknown-format",
         fmt::format("{}; --format takes one of {}",
                     options.format.empty() ? "not a history in any known format" : "no format is called " + options.format, names));
    return;
  }
  result.format = format->name;
  result.bytes = bytes.size();
  const std::size_t length = bytes.size();
  bytes.resize(length + formats::padding, '\0');
  HistoryBuilder builder{options.build};
  format->read({bytes.data(), length}, builder, options.budget);
  result.history = builder.finish();
  result.findings = builder.take_findings();
  result.ok = !builder.failed() && (options.budget == nullptr || !options.budget->stopped());
  std::ranges::stable_sort(result.findings, {}, [](const Finding& f) { return std::pair{f.line, f.column}; });
}

ReadResult read_all(std::string bytes, const ReadOptions& options) {
  ReadResult result;
  result.sha256 = sha256_hex(bytes);
  parse(bytes, options, result);
  return result;
}

}  // namespace

ReadResult read_history(const std::string& path, const ReadOptions& options) try {
  std::string problem;
  std::string bytes = read_bytes(path, options.budget, problem);
  if (!problem.empty()) {
    ReadResult result;
    fail(result, "unreadable", fmt::format("cannot be read: {}", problem));
    return result;
  }
  if (options.budget != nullptr && options.budget->stopped()) return {};
  return read_all(std::move(bytes), options);
} catch (const std::bad_alloc&) {
  ReadResult result;
  fail(result, "unreadable", "there is not enough memory to read it");
  return result;
}

ReadResult read_history_text(std::string_view text, const ReadOptions& options) try {
  return read_all(std::string{text}, options);
} catch (const std::bad_alloc&) {
  ReadResult result;
  fail(result, "unreadable", "there is not enough memory to read it");
  return result;
}

}  // namespace kasauti::histories
