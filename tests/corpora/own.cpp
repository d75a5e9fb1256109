// Our own histories: every model that an .expect file names has the verdict that it says, in whatever form the same
// history comes.

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "tests/corpora/judge.hpp"
#include "tests/support/process.hpp"

namespace kasauti::tests {

namespace {

namespace fs = std::filesystem;

struct Expected {
  fs::path file;
  checker::Model model;
  std::string verdict;
};

// The histories of a folder of the corpus, each with the lines of its .expect file.
std::vector<Expected> expectations(const char* folder) {
  std::vector<Expected> all;
  for (const auto& entry : fs::directory_iterator{fs::path{KASAUTI_SOURCE_DIR} / "histories" / "corpus" / folder}) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".expect")) continue;
    std::istringstream lines{contents_of(entry.path().parent_path() / (name.substr(0, name.find('.')) + ".expect"))};
    const std::size_t before = all.size();
    for (std::string model, verdict; lines >> model >> verdict;) {
      const auto known = checker::model_named(model);
      INFO(name << ": " << model);
      REQUIRE(known);
      all.push_back({entry.path(), *known, verdict});
    }
    INFO(name << " has no .expect file");
    REQUIRE(all.size() > before);
  }
  std::ranges::sort(all, {}, &Expected::file);
  return all;
}

void check_folder(const char* folder, std::size_t at_least) {
  Tally tally;
  const auto all = expectations(folder);
  CHECK(all.size() >= at_least);
  for (const auto& [file, model, verdict] : all) {
    INFO(file.string() << ", " << checker::name_of(model));
    CHECK(verdict_of(file, model, tally) == verdict);
  }
  CHECK(tally.search_alone == 0);  // small enough for a proof, all of them
}

}  // namespace

TEST_CASE("the litmus histories have the verdicts that stand beside them") { check_folder("litmus", 200); }

TEST_CASE("the nasty histories have the verdicts that stand beside them") { check_folder("nasty", 40); }

TEST_CASE("all models at once say the same as each alone") {
  for (const char* folder : {"litmus", "nasty"}) {
    checker::run::Result result;
    for (const auto& [file, model, verdict] : expectations(folder)) {
      if (result.file != file.string()) {
        checker::run::Options options;
        options.all_models = true;
        result = checker::run::check_file(file.string(), options);
        INFO(file.string());
        CHECK(checker::run::internal_error(result) == "");
        CHECK(result.models.size() == checker::models().size());
      }
      const auto& wanted = model;
      const auto own = std::ranges::find_if(result.models, [&](const auto& m) { return m.judgement.model == wanted; });
      INFO(file.string() << ", " << checker::name_of(model));
      REQUIRE(own != result.models.end());
      CHECK(verdict.starts_with(checker::name_of(own->judgement.verdict)));
    }
  }
}

}  // namespace kasauti::tests
