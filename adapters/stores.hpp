#pragma once

#include <span>

#include "recorder/stores.hpp"

namespace kasauti::adapters {

/// Every store that there is an adapter for.
[[nodiscard]] std::span<const recorder::StoreRow> stores();

}  // namespace kasauti::adapters
