#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kasauti::checker::cli {

/// "60s", "500ms", "2m", "1h", or a plain number of seconds. Nullopt if it is none of these, or not positive.
[[nodiscard]] std::optional<double> seconds_from(std::string_view text);

/// "8G", "500M", "64K", with or without iB or B behind it (powers of 1024), or a plain number of bytes.
[[nodiscard]] std::optional<std::uint64_t> bytes_from(std::string_view text);

/// "1%" or "0.01", between 0 and 1.
[[nodiscard]] std::optional<double> share_from(std::string_view text);

}  // namespace kasauti::checker::cli
