#pragma once

#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include "checker/run/run.hpp"

namespace kasauti::tests {

/// How many verdicts rest on the search alone, of how many.
struct Tally {
  std::size_t verdicts = 0;
  std::size_t search_alone = 0;
};

/// Judges one file by one model, asked for on its own, so that its engine answers and not another model's verdict.
/// Checks that nothing is wrong inside, and that a verdict comes with a certificate. Says "holds", "violated" or
/// "unknown:CAUSE".
inline std::string verdict_of(const std::filesystem::path& file, checker::Model model, Tally& tally) {
  using checker::run::Certified;
  checker::run::Options options;
  options.models = {model};
  options.threads = 2;
  options.limits.seconds = 60;
  const checker::run::Result result = checker::run::check_file(file.string(), options);
  INFO(file.string() << ", " << checker::name_of(model));
  CHECK(checker::run::internal_error(result) == "");
  REQUIRE(!result.bad_input);
  REQUIRE(result.models.size() == 1);
  const auto& [judgement, certified, implied_by] = result.models[0];
  CHECK(result.verdict == judgement.verdict);
  CHECK(!implied_by);
  if (judgement.verdict == checker::Verdict::unknown)
    return fmt::format("unknown:{}", checker::name_of(judgement.cause));
  ++tally.verdicts;
  tally.search_alone += certified == Certified::search_alone ? 1 : 0;
  CHECK(certified != Certified::none);
  if (judgement.verdict == checker::Verdict::holds) CHECK(certified == Certified::verified);
  if (judgement.verdict == checker::Verdict::violated) CHECK(!judgement.anomalies.empty());
  return std::string{checker::name_of(judgement.verdict)};
}

}  // namespace kasauti::tests
