#include "checker/cli/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "histories/write.hpp"

namespace kasauti::checker::cli {

bool print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      complain(fmt::format("standard output cannot be written: {}", std::strerror(errno)));
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void complain(std::string_view message) { fmt::print(stderr, "kasauti: {}\n", message); }

bool write_output(const std::string& path, std::string_view text) {
  if (path == "-") return print(text);
  std::string problem;
  if (histories::write_file_atomically(path, text, problem)) return true;
  complain(fmt::format("{}: {}", path, problem));
  return false;
}

}  // namespace kasauti::checker::cli
