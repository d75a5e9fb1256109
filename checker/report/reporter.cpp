#include "checker/report/reporter.hpp"

namespace kasauti::checker::report {

const std::vector<Reporter>& reporters() {
  static const std::vector<Reporter> table = {
      {"text", "verdict, anomalies in words, the operations that clash as a table", write_text},
      {"json", "one object a file, one a line (DESIGN §12)", write_json},
  };
  return table;
}

const Reporter* reporter_named(std::string_view name) {
  for (const Reporter& reporter : reporters()) {
    if (reporter.name == name) return &reporter;
  }
  return nullptr;
}

}  // namespace kasauti::checker::report
