#pragma once

#include <string>
#include <string_view>

#include "histories/history.hpp"

namespace kasauti::histories {

/// The format that a path asks for by its ending, one of .gz and .zst set aside: "jsonl", "edn"; empty if none does.
[[nodiscard]] std::string format_for_path(std::string_view path);

/// Writes a history to `path` ("-": standard output), in the format that is named, or for an empty name in the one of
/// the path's ending, compressed where the path ends in .gz or .zst. True if all of it is there; else `problem` says
/// what went wrong and whatever was at the path before is still there, whole. Never throws.
[[nodiscard]] bool write_history(const History& history, const std::string& path, std::string_view format,
    std::string& problem);

/// The same for any text: it is written beside the path, forced to the disk, and put in its place by one renaming.
[[nodiscard]] bool write_file_atomically(const std::string& path, std::string_view text, std::string& problem);

/// The same piece by piece, for texts that are better not kept in memory. What is not committed leaves no trace. A
/// device or a pipe can't be replaced and is written to as the pieces come.
class AtomicFile {
 public:
  AtomicFile() = default;
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Each is false, with the reason in `problem`, if it can't be done.
  [[nodiscard]] bool open(const std::string& path, std::string& problem);
  [[nodiscard]] bool append(std::string_view text, std::string& problem);
  /// All of it is on the disk and in its place.
  [[nodiscard]] bool commit(std::string& problem);

 private:
  int file_ = -1;
  std::string target_;
  std::string temporary_;  ///< empty: written to in place
};

}  // namespace kasauti::histories
