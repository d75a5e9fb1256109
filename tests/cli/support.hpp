#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/process.hpp"

namespace kasauti::tests {

inline const std::filesystem::path corpus = std::filesystem::path{KASAUTI_SOURCE_DIR} / "histories" / "corpus";

/// The program `kasauti`, run in a folder of its own.
class Kasauti {
 public:
  [[nodiscard]] Ended run(std::vector<std::string> arguments, std::string_view input = {}) const {
    return run_program(std::string{KASAUTI_BIN_DIR} + "/kasauti", std::move(arguments), folder.path(), input);
  }
  /// What kasauti generate makes of these words, as a file of the folder.
  std::string generated(const std::string& name, std::vector<std::string> words) const {
    words.insert(words.begin(), "generate");
    words.insert(words.end(), {"-o", name});
    const Ended ended = run(std::move(words));
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    return name;
  }
  /// A file of the corpus, copied into the folder under its own name.
  std::string copy(const std::string& file) const {
    const std::filesystem::path from = corpus / file;
    std::filesystem::copy_file(from, folder.path() / from.filename());
    return from.filename().string();
  }

  TemporaryFolder folder;
};

/// Process 1 reads 1 after process 0 has overwritten it with 2: not linearizable, but sequential, as process 1 may
/// lag. Process 2 has a key of its own, of which it reads with unknown outcome.
inline constexpr std::string_view stale = R"({"kasauti":1,"object":"register","initial":0}
{"process":0,"type":"invoke","f":"write","key":"x","value":1}
{"process":1,"type":"invoke","f":"read","key":"x","value":null}
{"process":0,"type":"ok","f":"write","key":"x","value":1}
{"process":1,"type":"ok","f":"read","key":"x","value":1}
{"process":0,"type":"invoke","f":"write","key":"x","value":2}
{"process":2,"type":"invoke","f":"write","key":"y","value":3}
{"process":0,"type":"ok","f":"write","key":"x","value":2}
{"process":1,"type":"invoke","f":"read","key":"x","value":null}
{"process":2,"type":"ok","f":"write","key":"y","value":3}
{"process":1,"type":"ok","f":"read","key":"x","value":1}
{"process":2,"type":"invoke","f":"read","key":"y","value":null}
)";

/// One write, and a read of it that overlaps it: linearizable.
inline constexpr std::string_view fine = R"({"kasauti":1,"object":"register","initial":0}
{"process":0,"type":"invoke","f":"write","value":1}
{"process":1,"type":"invoke","f":"read","value":null}
{"process":0,"type":"ok","f":"write","value":1}
{"process":1,"type":"ok","f":"read","value":1}
)";

/// A write that nobody observed.
inline constexpr std::string_view vacuous = R"({"kasauti":1,"object":"register","initial":0}
{"process":0,"type":"invoke","f":"write","value":1}
{"process":0,"type":"ok","f":"write","value":1}
)";

/// A completion of another type than the four, in line 3 at column 21.
inline constexpr std::string_view malformed = R"({"kasauti":1,"object":"register","initial":0}
{"process":0,"type":"invoke","f":"write","value":1}
{"process":0,"type":"yes","f":"write","value":1}
)";

inline bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace kasauti::tests
