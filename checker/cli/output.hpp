#pragma once

#include <string>
#include <string_view>

namespace kasauti::checker::cli {

/// Writes to standard output. False if that failed (a closed pipe, a full disk).
bool print(std::string_view text);
/// Writes a line to standard error, with "kasauti: " before it.
void complain(std::string_view message);

/// Writes a file in whole or not at all: under another name beside it, synced, then renamed. "-" is standard output.
/// False if that failed; then a message has been printed.
bool write_output(const std::string& path, std::string_view text);

}  // namespace kasauti::checker::cli
