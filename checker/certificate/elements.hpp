#pragma once

#include <string>

#include "histories/history.hpp"

namespace kasauti::checker::certificate {

using histories::History;

/// The verifier's own telling of a set or a list as a map with a register for each element (verify_elements.cpp).
/// Empty, with the problem, if it can't be told so.
[[nodiscard]] History registers_of(const History& history, std::string& problem);

}  // namespace kasauti::checker::certificate
