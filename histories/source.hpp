#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "histories/compression.hpp"
#include "histories/sha256.hpp"

namespace kasauti::histories {

/// Bytes of a file, of standard input or of a text in memory: hashed as they stand, handed on decompressed.
class Source {
 public:
  /// "-" is standard input. If it can't be opened, problem() says why.
  static Source of_file(const std::string& path);
  static Source of_text(std::string_view text);
  Source(Source&& other) noexcept;
  Source& operator=(Source&&) = delete;
  ~Source();

  /// Puts the next decompressed bytes at `out`; fewer than `room` only at the end, or where problem() tells why.
  std::size_t read(char* out, std::size_t room);
  /// Empty as long as all is well.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] bool ended() const { return ended_; }
  /// Bytes of the file, where known beforehand and not compressed; else 0.
  [[nodiscard]] std::size_t expected_bytes() const { return compression_ == Compression::none ? size_ : 0; }
  /// Of the file's bytes as they stand. Once, after the end.
  [[nodiscard]] std::string sha256() { return hash_->hex(); }

 private:
  Source() = default;
  std::size_t read_raw(char* out, std::size_t room);
  void begin();

  int file_ = -1;
  bool owned_ = false;
  std::string_view text_;
  std::size_t size_ = 0;
  Compression compression_ = Compression::none;
  std::unique_ptr<Decompressor> decompressor_;
  std::unique_ptr<Sha256> hash_ = std::make_unique<Sha256>();
  std::unique_ptr<char[]> raw_;       ///< bytes read and not yet handed on: the beginning, and compressed ones
  std::string_view pending_;
  bool begun_ = false, raw_ended_ = false, ended_ = false;
  std::string problem_;
};

}  // namespace kasauti::histories
