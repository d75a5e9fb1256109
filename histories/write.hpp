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

}  // namespace kasauti::histories
