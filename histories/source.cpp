#include "histories/source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace kasauti::histories {

namespace {

constexpr std::size_t raw_room = std::size_t{1} << 18;

}  // namespace

Source Source::of_file(const std::string& path) {
  Source source;
  source.owned_ = path != "-";
  source.file_ = source.owned_ ? open(path.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
  struct stat status {};
  if (source.file_ < 0 || fstat(source.file_, &status) != 0) {
    source.problem_ = std::strerror(errno);
  } else if (S_ISDIR(status.st_mode)) {
    source.problem_ = std::strerror(EISDIR);
  } else if (S_ISREG(status.st_mode)) {
    source.size_ = static_cast<std::size_t>(status.st_size);
  }
  return source;
}

Source Source::of_text(std::string_view text) {
  Source source;
  source.text_ = text;
  source.size_ = text.size();
  return source;
}

Source::Source(Source&& other) noexcept
    : file_{std::exchange(other.file_, -1)}, owned_{other.owned_}, text_{other.text_}, size_{other.size_},
      compression_{other.compression_}, decompressor_{std::move(other.decompressor_)}, hash_{std::move(other.hash_)},
      raw_{std::move(other.raw_)}, pending_{other.pending_}, begun_{other.begun_}, raw_ended_{other.raw_ended_},
      ended_{other.ended_}, problem_{std::move(other.problem_)} {}

Source::~Source() {
  if (owned_ && file_ >= 0) close(file_);
}

std::size_t Source::read_raw(char* out, std::size_t room) {
  std::size_t filled = 0;
  if (file_ < 0) {
    filled = std::min(room, text_.size());
    std::copy_n(text_.data(), filled, out);
    text_.remove_prefix(filled);
  }
  while (file_ >= 0 && filled < room) {
    const ssize_t got = ::read(file_, out + filled, room - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) problem_ = std::strerror(errno);
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  raw_ended_ = filled < room;
  hash_->update({out, filled});
  return filled;
}

void Source::begin() {
  begun_ = true;
  raw_ = std::make_unique_for_overwrite<char[]>(raw_room);
  pending_ = {raw_.get(), read_raw(raw_.get(), raw_room)};
  compression_ = compression_of(pending_);
  decompressor_ = make_decompressor(compression_);
}

std::size_t Source::read(char* out, std::size_t room) {
  if (!problem_.empty() || ended_) return 0;
  if (!begun_) begin();
  std::size_t filled = 0;
  while (filled < room && problem_.empty()) {
    if (decompressor_ == nullptr) {
      const std::size_t taken = std::min(room - filled, pending_.size());
      std::copy_n(pending_.data(), taken, out + filled);
      pending_.remove_prefix(taken);
      filled += taken;
      if (filled < room && !raw_ended_) filled += read_raw(out + filled, room - filled);
      if (raw_ended_ && pending_.empty()) break;
      continue;
    }
    filled += decompressor_->run(pending_, out + filled, room - filled, problem_);
    if (filled == room || !problem_.empty()) break;
    if (raw_ended_) {
      if (!decompressor_->complete()) problem_ = "the compressed stream is cut off";
      break;
    }
    pending_ = {raw_.get(), read_raw(raw_.get(), raw_room)};
  }
  ended_ = filled < room;
  return filled;
}

}  // namespace kasauti::histories
