#pragma once

#include <optional>

#include "checker/verdict.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::sequential {

/// Orders that respect even real time, for the whole history (sequential) or each key; nullopt if none was found with
/// little effort, which proves nothing. See real_time.cpp.
[[nodiscard]] std::optional<Orders> orders_in_real_time(const histories::History& history, Model model,
                                                        unsigned threads, histories::Budget& budget);

}  // namespace kasauti::checker::sequential
