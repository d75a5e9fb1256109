#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checker/run/run.hpp"

namespace kasauti::checker::report {

struct ReportOptions {
  bool stats = false;  ///< time and memory of each pass, and which method decided what
};

/// A kind of report: one file of this folder each, and one row in reporters().
///
/// `write` appends the report of one file to `out`. The same result gives the same bytes, but for times and memory.
struct Reporter {
  std::string_view name;
  std::string_view summary;
  void (*write)(const run::Result& result, const ReportOptions& options, std::string& out);
};

[[nodiscard]] const std::vector<Reporter>& reporters();
/// Null if there is no such reporter.
[[nodiscard]] const Reporter* reporter_named(std::string_view name);

void write_text(const run::Result& result, const ReportOptions& options, std::string& out);
void write_json(const run::Result& result, const ReportOptions& options, std::string& out);

}  // namespace kasauti::checker::report
