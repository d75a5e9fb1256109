#include "histories/write.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "histories/compression.hpp"
#include "histories/formats/format.hpp"

namespace kasauti::histories {

namespace {

bool write_all(int file, std::string_view text, std::string& problem) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      problem = std::strerror(errno);
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// A renaming is safe from a power cut once its directory is on the disk. Some file systems can't do that; the file
/// is whole then too.
void sync_directory(const std::filesystem::path& path) {
  const std::string directory = path.has_parent_path() ? path.parent_path().string() : ".";
  const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  (void)fsync(file);
  close(file);
}

/// A new file beside `target`; the name that it got is put into `temporary`.
int create_beside(const std::string& target, std::string& temporary) {
  for (unsigned attempt = 0;; ++attempt) {
    temporary = fmt::format("{}.{}-{}.tmp", target, getpid(), attempt);
    const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 || errno != EEXIST) return file;
  }
}

bool failed(std::string& problem) {
  problem = std::strerror(errno);
  return false;
}

}  // namespace

std::string format_for_path(std::string_view path) {
  for (const std::string_view compressed : {".gz", ".zst"}) {
    if (path.ends_with(compressed)) path.remove_suffix(compressed.size());
  }
  for (const formats::Format& format : formats::formats()) {
    if (format.write != nullptr && path.ends_with("." + std::string{format.name})) return std::string{format.name};
  }
  return {};
}

AtomicFile::~AtomicFile() {
  if (file_ >= 0) close(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

bool AtomicFile::open(const std::string& path, std::string& problem) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    return file_ >= 0 || failed(problem);
  }
  std::error_code ignored;
  // A link is followed, so that the file that it names is replaced and not the link.
  const std::filesystem::path resolved = std::filesystem::canonical(path, ignored);
  target_ = resolved.empty() ? path : resolved.string();
  std::string temporary;
  file_ = create_beside(target_, temporary);
  if (file_ < 0) return failed(problem);
  temporary_ = std::move(temporary);
  return true;
}

bool AtomicFile::append(std::string_view text, std::string& problem) { return write_all(file_, text, problem); }

bool AtomicFile::commit(std::string& problem) {
  struct stat replaced {};
  if (!temporary_.empty() && stat(target_.c_str(), &replaced) == 0) (void)fchmod(file_, replaced.st_mode & 0777U);
  if (!temporary_.empty() && fsync(file_) != 0) return failed(problem);
  const int file = std::exchange(file_, -1);
  if (close(file) != 0) return failed(problem);
  if (temporary_.empty()) return true;
  if (rename(temporary_.c_str(), target_.c_str()) != 0) return failed(problem);
  temporary_.clear();
  sync_directory(target_);
  return true;
}

bool write_file_atomically(const std::string& path, std::string_view text, std::string& problem) try {
  if (path == "-") return write_all(STDOUT_FILENO, text, problem);
  AtomicFile file;
  return file.open(path, problem) && file.append(text, problem) && file.commit(problem);
} catch (const std::exception& why) {
  problem = why.what();
  return false;
}

bool write_history(const History& history, const std::string& path, std::string_view format, std::string& problem) try {
  const std::string name = format.empty() ? format_for_path(path) : std::string{format};
  const formats::Format* chosen = formats::format_named(name);
  if (chosen == nullptr || chosen->write == nullptr) {
    problem = name.empty() ? "the name's ending tells no format; .jsonl and .edn can be written"
                           : fmt::format("{} cannot be written; jsonl and edn can", name);
    return false;
  }
  std::string text;
  chosen->write(history, text);
  const Compression compression = compression_named(path);
  if (compression != Compression::none) {
    std::string packed;
    if (!compress(compression, text, packed)) {
      problem = "the compression failed";
      return false;
    }
    text = std::move(packed);
  }
  return write_file_atomically(path, text, problem);
} catch (const std::exception& why) {
  problem = why.what();
  return false;
}

}  // namespace kasauti::histories
