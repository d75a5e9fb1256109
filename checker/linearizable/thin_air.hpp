#pragma once

#include <string_view>

#include "checker/linearizable/answer.hpp"

namespace kasauti::checker::linearizable {

/// The refutation of a key in which `read` returned a value that no successful or unknown write can have left: from
/// thin air, or from a write that failed. O(n) in the history.
[[nodiscard]] KeyAnswer unwritten_read(const History& history, OpId read, std::string_view method);

}  // namespace kasauti::checker::linearizable
