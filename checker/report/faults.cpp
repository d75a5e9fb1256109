#include "checker/report/faults.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace kasauti::checker::report {

using histories::Fault;
using histories::History;

const Fault* nearest_fault(const History& history, const std::vector<histories::OpId>& operations) {
  if (history.faults.empty() || operations.empty()) return nullptr;
  histories::Rank last = 0;
  for (const histories::OpId op : operations) last = std::max(last, history.invoked[op]);
  const Fault* nearest = nullptr;
  for (const Fault& fault : history.faults) {
    if (fault.name == "final" || (nearest != nullptr && fault.rank > last)) continue;
    nearest = &fault;
  }
  return nearest;
}

namespace {

/// What a fault that begins is called, if this is the beginning of one; `ends` is set if it is the end of one.
std::string name_of_window(std::string_view event, bool& ends) {
  static constexpr std::pair<std::string_view, bool> words[] = {
      {"start-", false}, {"stop-", true}, {"heal-", true}, {"resume-", true}, {"restart-", true}};
  static constexpr std::pair<std::string_view, std::string_view> pairs[] = {
      {"stop", "fault"}, {"heal", "fault"}, {"resume", "pause"}, {"restart", "kill"}, {"recover", "fault"}};
  ends = false;
  for (const auto& [prefix, end] : words) {
    if (!event.starts_with(prefix)) continue;
    ends = end;
    return std::string{event.substr(prefix.size())};
  }
  for (const auto& [word, name] : pairs) {
    if (event != word) continue;
    ends = true;
    return std::string{name};
  }
  return event == "start" ? "fault" : std::string{event};
}

}  // namespace

std::vector<FaultWindow> fault_windows(const History& history) {
  std::vector<FaultWindow> windows;
  const std::int64_t last = history.invoked_time.empty() ? 0 : history.invoked_time.back();
  for (const Fault& fault : history.faults) {
    if (fault.name == "final") continue;
    bool ends = false;
    const std::string name = name_of_window(fault.name, ends);
    const auto open = std::ranges::find_if(
        windows, [&](const FaultWindow& w) { return w.name == name && w.end == histories::never; });
    if (ends && open != windows.end()) {
      open->end = fault.rank;
      open->end_time = fault.time;
    } else if (!ends && open == windows.end()) {
      windows.push_back({name, fault.rank, histories::never, fault.time, std::max(last, fault.time), 0});
    }
  }
  return windows;
}

std::uint64_t count_within(const History& history, const std::vector<histories::OpId>& operations,
                           std::vector<FaultWindow>& windows) {
  std::uint64_t within_any = 0;
  for (const histories::OpId op : operations) {
    bool within = false;
    for (FaultWindow& window : windows) {
      if (history.invoked[op] >= window.end || history.completed[op] < window.begin) continue;
      ++window.count;
      within = true;
    }
    within_any += within ? 1 : 0;
  }
  return within_any;
}

std::string describe(const History& history, const FaultWindow& window) {
  if (history.invoked_time.empty()) return window.name;
  return fmt::format("{} {:.6g}–{:.6g} s", window.name, static_cast<double>(window.begin_time) / 1e9,
                     static_cast<double>(window.end_time) / 1e9);
}

std::string describe(const History& history, const Fault& fault) {
  std::string text = fault.name;
  if (fault.value != histories::no_value && fault.value != histories::null_value) text += " " + history.values.to_json(fault.value);
  if (!history.invoked_time.empty()) text += fmt::format(" at {:.6g} s", static_cast<double>(fault.time) / 1e9);
  return text + fmt::format(" (line {})", fault.line);
}

}  // namespace kasauti::checker::report
