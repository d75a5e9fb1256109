#pragma once

#include "checker/staleness/staleness.hpp"

namespace kasauti::checker::staleness {

/// Regular or safe registers; see regular.cpp.
[[nodiscard]] Judgement check_regular(const History& history, Model which, histories::Budget& budget);

}  // namespace kasauti::checker::staleness
