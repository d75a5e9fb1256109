#pragma once

// Small histories made directly as columns, fast enough to try very many of them.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::tests {

using histories::Flag;
using histories::Function;
using histories::History;
using histories::ObjectKind;
using histories::OpId;
using histories::Outcome;
using histories::ValueId;

/// A call without its interval.
struct Made {
  Function function = Function::read;
  ValueId argument = histories::no_value;
  ValueId result = histories::no_value;
  Flag flag = Flag::absent;
  Outcome outcome = Outcome::ok;
};

/// An interval as places among all events; every event has a place of its own.
struct Interval {
  std::uint32_t begin, end;
};

/// Intervals of `calls` random calls, at most `width` open at a time.
inline std::vector<Interval> random_intervals(std::size_t calls, std::size_t width, std::mt19937& random) {
  std::vector<Interval> intervals;
  std::vector<std::size_t> open;
  for (std::uint32_t place = 0; place < 2 * calls; ++place) {
    const bool can_begin = intervals.size() < calls && open.size() < width;
    if (can_begin && (open.empty() || random() % 2 == 0)) {
      open.push_back(intervals.size());
      intervals.push_back({place, 0});
    } else {
      const std::size_t which = random() % open.size();
      intervals[open[which]].end = place;
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
    }
  }
  return intervals;
}

/// Every way in which `calls` calls can overlap: as the order of their beginnings and ends, calls numbered as they
/// begin.
inline std::vector<std::vector<Interval>> all_intervals(std::size_t calls) {
  std::vector<std::vector<Interval>> all;
  std::vector<Interval> now;
  std::vector<std::size_t> open;
  const std::function<void(std::uint32_t)> go = [&](std::uint32_t place) {
    if (place == 2 * calls) {
      all.push_back(now);
      return;
    }
    if (now.size() < calls) {
      open.push_back(now.size());
      now.push_back({place, 0});
      go(place + 1);
      now.pop_back();
      open.pop_back();
    }
    for (std::size_t i = 0; i < open.size(); ++i) {
      const std::size_t call = open[i];
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
      now[call].end = place;
      go(place + 1);
      open.insert(open.begin() + static_cast<std::ptrdiff_t>(i), call);
    }
  };
  go(0);
  return all;
}

/// A history of calls of as many processes, on one key. Calls of unknown outcome never end.
inline History make_history(ObjectKind object, const histories::ValueTable& values, const std::vector<Made>& calls,
                            const std::vector<Interval>& intervals) {
  History h;
  h.header.object = object;
  h.values = values;
  h.key_name = {histories::no_value};
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const Made& call = calls[i];
    const bool ok = call.outcome == Outcome::ok;
    h.function.push_back(call.function);
    h.outcome.push_back(call.outcome);
    h.process.push_back(static_cast<std::uint32_t>(i));
    h.session.push_back(static_cast<std::uint32_t>(i));
    h.process_name.push_back(histories::null_value);
    h.session_name.push_back(histories::null_value);
    h.key.push_back(0);
    h.argument.push_back(call.argument);
    h.result.push_back(ok ? call.result : histories::no_value);
    h.flag.push_back(ok ? call.flag : Flag::absent);
    h.invoked.push_back(intervals[i].begin);
    h.completed.push_back(call.outcome == Outcome::info ? histories::never : intervals[i].end);
    h.invoked_line.push_back(2 * intervals[i].begin + 1);
    h.completed_line.push_back(2 * intervals[i].end + 1);
  }
  return h;
}

}  // namespace kasauti::tests
