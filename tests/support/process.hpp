#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace kasauti::tests {

/// What a program left behind when it ended.
struct Ended {
  int status = -1;  ///< its exit status; minus the signal's number if a signal ended it
  std::string out;
  std::string err;
};

/// A folder of its own under the temporary one; removed with all it holds at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file in it and returns its name.
  std::string write(const std::string& name, std::string_view text) const;
  [[nodiscard]] std::string read(const std::string& name) const;
  /// The names in it, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

/// Runs a program to its end, in this folder, with this standard input; TMPDIR is the folder too, so that what the
/// program forgets there can be seen. No shell comes between.
[[nodiscard]] Ended run_program(const std::string& program, std::vector<std::string> arguments,
                                const std::filesystem::path& folder, std::string_view input = {});

/// A file's bytes; empty if it can't be read.
[[nodiscard]] std::string contents_of(const std::filesystem::path& path);

}  // namespace kasauti::tests
