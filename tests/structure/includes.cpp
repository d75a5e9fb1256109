// Includes run one way (DESIGN §2): each room may include itself and those listed for it. A room that is not listed
// fails.

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

namespace fs = std::filesystem;

namespace {

const std::set<std::string> base = {"histories", "checker", "checker/objects", "checker/index", "checker/certificate"};

std::set<std::string> with(std::set<std::string> rooms, std::initializer_list<std::string> more) {
  rooms.insert(more);
  return rooms;
}

/// Room → the rooms that it may include. "checker" is the files directly in checker/: the words all parts share.
const std::map<std::string, std::set<std::string>> allowed = {
    {"histories", {"histories"}},
    {"checker", {"histories", "checker", "checker/certificate"}},
    {"checker/objects", {"histories", "checker/objects"}},
    {"checker/index", {"histories", "checker/index"}},
    {"checker/certificate", {"histories", "checker", "checker/objects", "checker/certificate"}},
    {"checker/linearizable", with(base, {"checker/linearizable"})},
    {"checker/sequential", with(base, {"checker/sequential", "checker/linearizable"})},
    {"checker/causal", with(base, {"checker/causal"})},
    {"checker/sessions", with(base, {"checker/sessions", "checker/causal"})},
    {"checker/staleness", with(base, {"checker/staleness", "checker/linearizable"})},
    {"checker/convergence", with(base, {"checker/convergence"})},
    {"checker/run", with(base, {"checker/run", "checker/linearizable", "checker/sequential", "checker/causal", "checker/sessions",
                                "checker/staleness", "checker/convergence"})},
    {"checker/policy", with(base, {"checker/policy", "checker/run", "checker/staleness"})},
    {"checker/minimize", with(base, {"checker/minimize", "checker/run"})},
    {"checker/report", with(base, {"checker/report", "checker/run", "checker/minimize"})},
    {"checker/cli", with(base, {"checker/cli", "checker/run", "checker/policy", "checker/report", "checker/minimize"})},
    {"recorder", {"histories", "recorder"}},
    {"adapters", {"histories", "recorder", "adapters"}},
};

std::string room_of(const std::string& path) {
  if (!path.starts_with("checker/")) return path.substr(0, path.find('/'));
  const std::size_t second = path.find('/', 8);
  return second == std::string::npos ? "checker" : path.substr(0, second);
}

}  // namespace

TEST_CASE("includes run one way") {
  const fs::path root = KASAUTI_SOURCE_DIR;
  std::size_t includes = 0;
  for (const char* top : {"histories", "checker", "recorder", "adapters"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (entry.path().extension() != ".hpp" && entry.path().extension() != ".cpp") continue;
      const std::string file = fs::relative(entry.path(), root).string();
      const auto rule = allowed.find(room_of(file));
      INFO(file << " is in a room without a rule");
      REQUIRE(rule != allowed.end());
      std::ifstream in{entry.path()};
      for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("#include \"")) continue;
        const std::string target = line.substr(10, line.find('"', 10) - 10);
        ++includes;
        INFO(file << " includes " << target);
        CHECK(fs::exists(root / target));
        CHECK(rule->second.contains(room_of(target)));
      }
    }
  }
  CHECK(includes > 100);
}
