// A class's verdict is that of a file written for it alone: others' reads left out, others' weaker writes of unknown
// outcome and each by a process of its own. Random histories, each model; the files go through the reader and so
// share nothing with the sub-histories.

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include "checker/policy/judge.hpp"
#include "histories/generate/generate.hpp"
#include "histories/read.hpp"

using namespace kasauti;
using namespace kasauti::checker;

namespace {

struct Op {
  int process;
  bool write;
  int key;
  std::string value;   ///< written, or returned
  bool strong;
  std::string type;
  int begin, end;
};

/// A few processes that read and write two keys; what a read returns is any value of its key, so that little or
/// nothing holds.
std::vector<Op> random_operations(std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<Op> operations;
  int value = 0, name = 3;
  for (int lane = 0; lane < 3; ++lane) {
    int process = lane, time = below(10);
    for (int i = 0; i < 4; ++i) {
      Op op{process, below(2) == 0, below(2), "", below(2) == 0, "ok", time += 1 + below(8), 0};
      op.end = time += 1 + below(12);
      if (op.write) op.value = std::to_string(++value);
      const int fate = below(8);
      op.type = fate == 0 ? "info" : fate == 1 && op.write ? "fail" : "ok";
      if (op.type == "info") process = name++;
      operations.push_back(op);
    }
  }
  for (Op& op : operations) {
    if (op.write) continue;
    std::vector<std::string> values = {"null"};
    for (const Op& other : operations) {
      if (other.write && other.key == op.key && other.begin < op.end) values.push_back(other.value);
    }
    op.value = values[std::max(below(static_cast<int>(values.size())), below(static_cast<int>(values.size())))];
  }
  return operations;
}

std::string text_of(const std::vector<Op>& operations) {
  std::vector<std::pair<int, std::string>> events;
  for (const Op& op : operations) {
    const auto event = [&](int time, const std::string& type, const std::string& value) {
      events.emplace_back(time,
          fmt::format(R"({{"time":{},"process":{},"type":"{}","f":"{}","key":"k{}","value":{},"level":"{}"}})" "\n",
                      time, op.process, type, op.write ? "put" : "get", op.key, value, op.strong ? "s" : "w"));
    };
    event(op.begin, "invoke", op.write ? op.value : "null");
    event(op.end, op.type, op.type == "ok" || op.write ? op.value : "null");
  }
  std::ranges::stable_sort(events, {}, &std::pair<int, std::string>::first);
  std::string text = R"({"kasauti":1,"object":"kv","initial":null})" "\n";
  for (const auto& [time, line] : events) text += line;
  return text;
}

/// The file of the strong or of the weak operations alone.
std::string file_for(const std::vector<Op>& operations, bool strong, bool weaken) {
  std::vector<bool> its_key(2, false);
  for (const Op& op : operations) {
    if (op.strong == strong) its_key[static_cast<std::size_t>(op.key)] = true;
  }
  std::vector<Op> part;
  int name = 100;
  for (Op op : operations) {
    if (!its_key[static_cast<std::size_t>(op.key)] || (op.strong != strong && !op.write)) continue;
    if (op.strong != strong && weaken && op.type != "fail") {
      op.type = "info";
      op.process = name++;
    }
    part.push_back(op);
  }
  return text_of(part);
}

Verdict verdict_of(const std::string& text, Model model) {
  auto read = histories::read_history_text(text);
  REQUIRE(read.ok);
  run::Options options;
  options.models = {model};
  options.allow_vacuous = true;
  histories::Budget budget;
  return run::check_history(std::move(read.history), options, budget).verdict;
}

/// A history of a kind, true to its model by construction, whose calls carry levels drawn at random.
std::string with_levels(std::string_view kind, std::uint64_t seed) {
  std::string text, problem;
  histories::generate::Options options;
  options.kind = kind;
  options.ops = 60;
  options.clients = 4;
  options.info = 0.05;
  options.seed = seed;
  const auto keep = [&](std::string_view chunk) {
    text += chunk;
    return true;
  };
  REQUIRE(histories::generate::generate(options, keep, problem));
  std::mt19937 random{static_cast<unsigned>(seed)};
  std::istringstream lines{text};
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(R"("type":"invoke")") != std::string::npos) {
      line.pop_back();
      line += random() % 2 == 0 ? R"(,"level":"s"})" : R"(,"level":"w"})";
    }
    out += line + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("A history that keeps the strongest promise keeps each class's, whatever the levels and the object") {
  const auto promised = [](std::string_view kind) {
    return kind == "causal" || kind == "sequential" ? kind : "linearizable";
  };
  std::size_t holding = 0;
  for (const auto& kind : histories::generate::kinds()) {
    const policy::Parsed parsed = policy::parse(fmt::format(
        R"({{"classes": [{{"class": "s", "level": "s", "model": "{}"}},
                         {{"class": "w", "level": "w", "model": "causal"}}]}})",
        promised(kind.name)));
    REQUIRE(parsed.problems.empty());
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      run::Result result;
      result.read = histories::read_history_text(with_levels(kind.name, seed));
      REQUIRE(result.read.ok);
      run::Options options;
      histories::Budget budget{{.seconds = 5, .bytes = 0, .steps = 200'000}};
      policy::judge(parsed.policy, result, options, budget);
      REQUIRE(run::internal_error(result).empty());
      for (const run::ClassResult& each : result.classes) {
        INFO(kind.name << ", seed " << seed << ", class " << each.name << ": " << each.detail);
        CHECK(each.operations > 10);
        CHECK(each.verdict != Verdict::violated);
        holding += each.verdict == Verdict::holds ? 1 : 0;
      }
    }
  }
  CHECK(holding >= 4 * histories::generate::kinds().size());
}

TEST_CASE("A class's verdict is that of a file written for it alone") {
  std::mt19937 random{7};
  std::array<std::size_t, 3> count{};
  std::size_t weakened = 0;
  for (int round = 0; round < 400; ++round) {
    const std::vector<Op> operations = random_operations(random);
    const std::string text = text_of(operations);
    for (const ModelRow& row : models()) {
      if (row.model == Model::k_atomic || row.model == Model::delta_atomic || row.model == Model::convergent) continue;
      // Both classes were promised the same, or the weak one less than any other model.
      const bool less = round % 2 == 0 && row.model != Model::safe;
      const policy::Parsed parsed = policy::parse(fmt::format(
          R"({{"classes": [{{"class": "s", "level": "s", "model": "{}"}},
                           {{"class": "w", "level": "w", "model": "{}"}}]}})",
          row.name, less ? "safe" : row.name));
      REQUIRE(parsed.problems.empty());
      run::Result result;
      result.read = histories::read_history_text(text);
      REQUIRE(result.read.ok);
      run::Options options;
      options.allow_vacuous = true;
      histories::Budget budget;
      policy::judge(parsed.policy, result, options, budget);
      INFO(row.name << "\n" << text);
      REQUIRE(run::internal_error(result).empty());
      const auto& [strong, weak] = std::pair{result.classes[0], result.classes[1]};
      if (strong.operations != 0) CHECK(strong.verdict == verdict_of(file_for(operations, true, less), row.model));
      if (weak.operations != 0) {
        const bool bound = !less || implies(row.model, Model::safe);
        CHECK(weak.verdict == verdict_of(file_for(operations, false, !bound), less ? Model::safe : row.model));
      }
      ++count[static_cast<std::size_t>(strong.verdict)];
      weakened += strong.weakened;
    }
  }
  CHECK(count[static_cast<std::size_t>(Verdict::holds)] > 500);
  CHECK(count[static_cast<std::size_t>(Verdict::violated)] > 500);
  CHECK(weakened > 500);
}
