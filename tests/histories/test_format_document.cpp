// histories/FORMAT.md is what others write histories by: its examples are read, and its tables are complete.

#include <array>
#include <set>

#include "histories/finding.hpp"

#include "support.hpp"

namespace kasauti::histories::test {

namespace {

const std::string& document() {
  static const std::string text = contents(std::filesystem::path{KASAUTI_SOURCE_DIR} / "histories" / "FORMAT.md");
  return text;
}

/// The fenced blocks of one language.
std::vector<std::string> blocks(const std::string& language) {
  std::vector<std::string> found;
  const std::string fence = "```" + language + "\n";
  for (std::size_t at = document().find(fence); at != std::string::npos; at = document().find(fence, at)) {
    at += fence.size();
    const std::size_t end = document().find("```", at);
    found.push_back(document().substr(at, end - at));
    at = end;
  }
  return found;
}

TEST_CASE("the examples of FORMAT.md are read without a finding") {
  std::set<ObjectKind> objects;
  for (const auto& [language, format] : {std::pair{"jsonl", "jsonl"}, std::pair{"edn", "edn"}, std::pair{"log",
      "jepsen-log"}}) {
    const auto found = blocks(language);
    REQUIRE_FALSE(found.empty());
    for (const std::string& text : found) {
      INFO(text);
      const ReadResult result = read_text(text);
      INFO(messages(result.findings));
      CHECK(result.ok);
      CHECK(result.findings.empty());
      CHECK(result.format == format);
      CHECK(result.history.size() != 0);
      objects.insert(result.history.header.object);
    }
  }
  CHECK(objects.size() >= 11);
}

TEST_CASE("the complete example means what the document says of it") {
  const History h = read_text(blocks("jsonl").front()).history;
  REQUIRE(h.size() == 4);
  CHECK(h.header.workload == "register");
  CHECK(h.outcome[2] == Outcome::info);
  CHECK(h.faults.size() == 1);
  CHECK_FALSE(h.precedes(0, 1));
  CHECK(h.precedes(1, 2));
  const History final_reads = read_text(blocks("jsonl")[2]).history;
  CHECK(final_reads.final_phase == std::vector<bool>{false, true, true});
}

TEST_CASE("FORMAT.md names every object, every operation and every lint rule") {
  for (int kind = 0; kind < object_count; ++kind) {
    const auto object = static_cast<ObjectKind>(kind);
    const std::size_t row = document().find(fmt::format("\n| `{}` |", name_of(object)));
    INFO(name_of(object));
    REQUIRE(row != std::string::npos);
    const std::string line = document().substr(row + 1, document().find('\n', row + 1) - row - 1);
    for (int f = 0; f < function_count; ++f) {
      const auto function = static_cast<Function>(f);
      const std::string_view name = name_of(object, function);
      INFO(name);
      const bool inherited = object == ObjectKind::cas_register && name != "cas";
      if (name != "?" && !inherited) CHECK(line.find("`" + std::string{name} + "`") != std::string::npos);
    }
  }
  for (const Rule& rule : rules()) {
    const std::string row = fmt::format("| `{}` | {} | {} |\n", rule.name, rule.severity == Severity::error ? "error"
        : "warning", rule.summary);
    INFO(row);
    CHECK(document().find(row) != std::string::npos);
  }
}

}  // namespace

}  // namespace kasauti::histories::test
