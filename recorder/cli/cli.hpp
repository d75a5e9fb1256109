#pragma once

#include <span>

#include "recorder/stores.hpp"

namespace kasauti::recorder::cli {

/// `kasauti-record`, with the stores it was built with. The exit status: 0 recorded, 254 bad usage or a store that
/// cannot be reached, 255 the history could not be written, or a defect.
[[nodiscard]] int run(int argc, char** argv, std::span<const StoreRow> stores);

}  // namespace kasauti::recorder::cli
