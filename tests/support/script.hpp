#pragma once

// Histories written as a few calls with their times, for tests that read like the tables of the documentation.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <fmt/format.h>

#include "histories/history.hpp"
#include "histories/read.hpp"

namespace kasauti::tests {

/// One call: what was asked and returned as JSON text (empty: nothing), and when.
struct Call {
  int process = 0;
  std::string f;
  std::string argument;
  std::string returned;              ///< the completion's value; empty: the argument again
  int begin = 0;
  int end = 0;
  std::string type = "ok";           ///< or "fail", or "info"
  std::string result = {};           ///< the completion's "result": "true", "false" or empty
};

/// The history as a native file. `header` is its first line's fields behind the version: `"object":"set"`.
inline std::string script_text(const std::string& header, const std::vector<Call>& calls) {
  std::vector<std::pair<int, std::string>> events;
  for (const Call& call : calls) {
    const std::string argument = call.argument.empty() ? "null" : call.argument;
    events.emplace_back(call.begin, fmt::format(R"({{"time":{},"process":{},"type":"invoke","f":"{}","value":{}}})",
                                                call.begin, call.process, call.f, argument));
    std::string end = fmt::format(R"({{"time":{},"process":{},"type":"{}","f":"{}","value":{})", call.end, call.process,
                                  call.type, call.f, call.returned.empty() ? argument : call.returned);
    if (!call.result.empty()) end += ",\"result\":" + call.result;
    events.emplace_back(call.end, end + "}");
  }
  std::ranges::stable_sort(events, {}, &std::pair<int, std::string>::first);
  std::string text = "{\"kasauti\":1," + header + "}\n";
  for (const auto& [time, line] : events) text += line + "\n";
  return text;
}

inline histories::History script(const std::string& header, const std::vector<Call>& calls) {
  histories::ReadResult read = histories::read_history_text(script_text(header, calls));
  for (const auto& finding : read.findings) INFO(finding.rule << ": " << finding.message);
  REQUIRE(read.ok);
  return std::move(read.history);
}

}  // namespace kasauti::tests
