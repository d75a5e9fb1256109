#pragma once

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "histories/generate/generate.hpp"
#include "histories/read.hpp"

namespace kasauti::tests {

/// The generated text; the test fails if there is none.
inline std::string generated(const histories::generate::Options& options) {
  std::string text, problem;
  const bool good = histories::generate::generate(
      options, [&text](std::string_view chunk) { return text.append(chunk), true; }, problem);
  INFO(options.kind << " violating " << options.violate << ": " << problem);
  REQUIRE(good);
  return text;
}

/// The generated history, which must be without errors and warnings.
inline histories::History generated_history(const histories::generate::Options& options) {
  histories::ReadResult result = histories::read_history_text(generated(options));
  INFO(options.kind << (result.findings.empty() ? "" : ": " + result.findings.front().message));
  REQUIRE(result.ok);
  REQUIRE(result.findings.empty());
  return std::move(result.history);
}

}  // namespace kasauti::tests
