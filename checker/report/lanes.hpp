#pragma once

#include <string>
#include <vector>

#include "histories/history.hpp"

namespace kasauti::checker::report {

/// The operations as a table in the order of their events, one column a process: where each began, ended, and what it
/// returned, with the lines of the file. At most `most_rows` events are shown; how many are left out is said.
[[nodiscard]] std::string lanes(const histories::History& history, std::vector<histories::OpId> operations,
                                std::size_t most_rows = 60);

/// The display width of UTF-8 text: its code points.
[[nodiscard]] std::size_t width_of(const std::string& text);

}  // namespace kasauti::checker::report
