#include "histories/compression.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <climits>

namespace kasauti::histories {

namespace {

constexpr std::string_view gzip_magic{"\x1f\x8b", 2};
constexpr std::string_view zstd_magic{"\x28\xb5\x2f\xfd", 4};
constexpr int gzip_window = 15 + 16;  // zlib's way to ask for the gzip wrapping

uInt limited(std::size_t size) { return static_cast<uInt>(std::min<std::size_t>(size, UINT_MAX)); }

/// RFC 1952.
class Gunzip : public Decompressor {
 public:
  Gunzip() { good_ = inflateInit2(&stream_, gzip_window) == Z_OK; }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip() override { inflateEnd(&stream_); }

  std::size_t run(std::string_view& input, char* out, std::size_t room, std::string& problem) override {
    std::size_t written = 0;
    while (written < room && problem.empty()) {
      if (member_ended_ && !next_member(input)) break;
      const uInt offered = limited(input.size());
      const uInt space = limited(room - written);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
      stream_.avail_in = offered;
      stream_.next_out = reinterpret_cast<Bytef*>(out + written);
      stream_.avail_out = space;
      const int code = good_ ? inflate(&stream_, Z_NO_FLUSH) : Z_MEM_ERROR;
      input.remove_prefix(offered - stream_.avail_in);
      written += space - stream_.avail_out;
      if (code == Z_STREAM_END) {
        member_ended_ = true;
      } else if (code == Z_BUF_ERROR || (code == Z_OK && input.empty() && stream_.avail_out != 0)) {
        break;  // more input is needed
      } else if (code != Z_OK) {
        problem = std::string{"the gzip stream is damaged: "} + (stream_.msg != nullptr ? stream_.msg : zError(code));
      }
    }
    return written;
  }
  [[nodiscard]] bool complete() const override { return member_ended_; }

 private:
  /// Whether another member begins; padding with zeros, as tape drives leave it, is passed over.
  bool next_member(std::string_view& input) {
    if (!input.empty() && input.front() == '\0') input.remove_prefix(std::min(input.find_first_not_of('\0'),
        input.size()));
    if (input.empty()) return false;
    member_ended_ = false;
    good_ = good_ && inflateReset2(&stream_, gzip_window) == Z_OK;
    return true;
  }

  z_stream stream_{};
  bool good_ = false;
  bool member_ended_ = false;
};

/// RFC 8878.
class Unzstd : public Decompressor {
 public:
  Unzstd() = default;
  Unzstd(const Unzstd&) = delete;
  Unzstd& operator=(const Unzstd&) = delete;
  ~Unzstd() override { ZSTD_freeDStream(stream_); }

  std::size_t run(std::string_view& input, char* out, std::size_t room, std::string& problem) override {
    ZSTD_outBuffer target{out, room, 0};
    while (target.pos < room) {
      ZSTD_inBuffer source{input.data(), input.size(), 0};
      const std::size_t before = target.pos;
      const std::size_t code = ZSTD_decompressStream(stream_, &target, &source);
      input.remove_prefix(source.pos);
      if (ZSTD_isError(code) != 0) {
        problem = std::string{"the zstd stream is damaged: "} + ZSTD_getErrorName(code);
        break;
      }
      if (source.pos != 0 || target.pos != before) frame_ended_ = code == 0;
      if (input.empty() && target.pos < room) break;
    }
    return target.pos;
  }
  [[nodiscard]] bool complete() const override { return frame_ended_; }

 private:
  ZSTD_DStream* stream_ = ZSTD_createDStream();
  bool frame_ended_ = false;
};

bool gzip(std::string_view text, std::string& out) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 8,
      Z_DEFAULT_STRATEGY) != Z_OK) return false;
  char buffer[1 << 16];
  int code = Z_OK;
  while (code == Z_OK) {
    if (stream.avail_in == 0) {
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
      stream.avail_in = limited(text.size());
      text.remove_prefix(stream.avail_in);
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    code = deflate(&stream, text.empty() ? Z_FINISH : Z_NO_FLUSH);
    out.append(buffer, sizeof buffer - stream.avail_out);
  }
  deflateEnd(&stream);
  return code == Z_STREAM_END;
}

}  // namespace

Compression compression_of(std::string_view beginning) {
  if (beginning.starts_with(gzip_magic)) return Compression::gzip;
  if (beginning.starts_with(zstd_magic)) return Compression::zstd;
  return Compression::none;
}

Compression compression_named(std::string_view path) {
  if (path.ends_with(".gz")) return Compression::gzip;
  if (path.ends_with(".zst")) return Compression::zstd;
  return Compression::none;
}

std::unique_ptr<Decompressor> make_decompressor(Compression compression) {
  switch (compression) {
    case Compression::gzip: return std::make_unique<Gunzip>();
    case Compression::zstd: return std::make_unique<Unzstd>();
    case Compression::none: break;
  }
  return nullptr;
}

bool compress(Compression compression, std::string_view text, std::string& out) {
  switch (compression) {
    case Compression::gzip: return gzip(text, out);
    case Compression::zstd: {
      out.resize(ZSTD_compressBound(text.size()));
      const std::size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), ZSTD_CLEVEL_DEFAULT);
      if (ZSTD_isError(size) != 0) return false;
      out.resize(size);
      return true;
    }
    case Compression::none: break;
  }
  out.assign(text);
  return true;
}

}  // namespace kasauti::histories
