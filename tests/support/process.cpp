#include "tests/support/process.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace kasauti::tests {

namespace fs = std::filesystem;

namespace {

/// A file without a name for one of a program's streams: unlike a pipe it never fills up, so nobody waits for anybody.
class Stream {
 public:
  explicit Stream(std::string_view text = {}) : file_{memfd_create("stream", MFD_CLOEXEC)} {
    if (file_ < 0 || write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      throw std::runtime_error{"a program's stream cannot be made"};
    }
    lseek(file_, 0, SEEK_SET);
  }
  ~Stream() { close(file_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] int file() const { return file_; }
  [[nodiscard]] std::string text() const {
    std::string text(static_cast<std::size_t>(std::max<off_t>(lseek(file_, 0, SEEK_END), 0)), '\0');
    const ssize_t got = pread(file_, text.data(), text.size(), 0);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }

 private:
  int file_;
};

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "kasauti-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary folder can be made"};
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, std::string_view text) const {
  std::ofstream file{path_ / name, std::ios::binary};
  file << text;
  if (!file.flush()) throw std::runtime_error{"cannot write " + name};
  return name;
}

std::string TemporaryFolder::read(const std::string& name) const { return contents_of(path_ / name); }

std::vector<std::string> TemporaryFolder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{path_}) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

Ended run_program(const std::string& program, std::vector<std::string> arguments, const fs::path& folder,
                  std::string_view input) {
  const Stream in{input};
  const Stream out;
  const Stream err;
  arguments.insert(arguments.begin(), program);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(in.file(), STDIN_FILENO);
    dup2(out.file(), STDOUT_FILENO);
    dup2(err.file(), STDERR_FILENO);
    if (chdir(folder.c_str()) != 0 || setenv("TMPDIR", folder.c_str(), 1) != 0) _exit(126);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  if (child < 0) throw std::runtime_error{"no process can be started"};
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), out.text(), err.text()};
}

std::string contents_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace kasauti::tests
