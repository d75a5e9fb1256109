#include "checker/report/faults.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kasauti::checker::report {

using histories::Fault;
using histories::History;

const Fault* nearest_fault(const History& history, const std::vector<histories::OpId>& operations) {
  if (history.faults.empty() || operations.empty()) return nullptr;
  histories::Rank last = 0;
  for (const histories::OpId op : operations) last = std::max(last, history.invoked[op]);
  const Fault* nearest = &history.faults.front();
  for (const Fault& fault : history.faults) {
    if (fault.rank <= last) nearest = &fault;
  }
  return nearest;
}

std::string describe(const History& history, const Fault& fault) {
  std::string text = fault.name;
  if (fault.value != histories::no_value && fault.value != histories::null_value) text += " " + history.values.to_json(fault.value);
  if (!history.invoked_time.empty()) text += fmt::format(" at {:.6g} s", static_cast<double>(fault.time) / 1e9);
  return text + fmt::format(" (line {})", fault.line);
}

}  // namespace kasauti::checker::report
