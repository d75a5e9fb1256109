#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace kasauti::histories {

enum class Compression { none, gzip, zstd };

/// Told by the magic number at the beginning of a file.
[[nodiscard]] Compression compression_of(std::string_view beginning);
/// Told by the ending of a file's name: .gz, .zst.
[[nodiscard]] Compression compression_named(std::string_view path);

/// A stream that is decompressed piece by piece, so that neither a large file nor a bomb is ever held whole here.
/// Several members (gzip) or frames (zstd) behind one another are one text, as gunzip and unzstd have it.
class Decompressor {
 public:
  virtual ~Decompressor() = default;
  /// Takes bytes off the front of `input` and puts at most `room` bytes at `out`; how many is returned. Fewer than
  /// `room` only if the input is used up. If the stream is damaged, `problem` says how.
  virtual std::size_t run(std::string_view& input, char* out, std::size_t room, std::string& problem) = 0;
  /// Whether the stream may end here: the last member is complete.
  [[nodiscard]] virtual bool complete() const = 0;
};

/// Null for Compression::none.
[[nodiscard]] std::unique_ptr<Decompressor> make_decompressor(Compression compression);

/// The text compressed as a whole; `none` gives the text itself. False if the library fails.
[[nodiscard]] bool compress(Compression compression, std::string_view text, std::string& out);

}  // namespace kasauti::histories
