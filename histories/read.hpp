#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "histories/budget.hpp"
#include "histories/builder.hpp"
#include "histories/finding.hpp"
#include "histories/history.hpp"

namespace kasauti::histories {

struct ReadOptions {
  std::string format;        ///< a name from formats(); empty: sniffed
  BuildOptions build;
  Budget* budget = nullptr;  ///< polled while reading, if given
};

/// A history as read, with everything that was found on the way.
struct ReadResult {
  History history;                ///< meaningful only if ok
  std::vector<Finding> findings;  ///< in the order of the file's lines
  std::string sha256;             ///< of the file's bytes as they stand, in hex; what certificates are tied to
  std::string format;             ///< the format's name
  std::size_t bytes = 0;          ///< after decompression
  bool ok = false;                ///< no finding is an error and the budget was not exhausted
};

/// Reads a history file ("-": standard input), decompressed where it is gzip or zstd. Never throws, never prints;
/// what is wrong is in the findings. O(n) for untimed or time-ordered files.
[[nodiscard]] ReadResult read_history(const std::string& path, const ReadOptions& options = {});

/// The same for text in memory.
[[nodiscard]] ReadResult read_history_text(std::string_view text, const ReadOptions& options = {});

}  // namespace kasauti::histories
