#pragma once

#include <string>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::report {

/// The last fault that began before the last of these operations did, or else the first one after it; null if none was
/// recorded. The declared end of faults ("final") is none.
[[nodiscard]] const histories::Fault* nearest_fault(const histories::History& history,
                                                    const std::vector<histories::OpId>& operations);

/// From the beginning of a fault to its end: `start-X` to `stop-X`, or what Jepsen calls them.
struct FaultWindow {
  std::string name;
  histories::Rank begin = 0, end = histories::never;  ///< events from begin up to before end are within
  std::int64_t begin_time = 0, end_time = 0;          ///< ns; 0 where the history has no times
  std::uint64_t count = 0;                            ///< set by count_within()
};
/// In the order of their beginnings. A fault without an end lasts to the end of the history.
[[nodiscard]] std::vector<FaultWindow> fault_windows(const histories::History& history);

/// Counts the operations that ran, in part at least, within each window; returns how many ran within any.
std::uint64_t count_within(const histories::History& history, const std::vector<histories::OpId>& operations,
                           std::vector<FaultWindow>& windows);

/// `partition 12.4–18 s`; without times only the name.
[[nodiscard]] std::string describe(const histories::History& history, const FaultWindow& window);

/// `partition "n1" at 12.4 s (line 93)`.
[[nodiscard]] std::string describe(const histories::History& history, const histories::Fault& fault);

}  // namespace kasauti::checker::report
