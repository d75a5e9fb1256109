#pragma once

#include <string_view>

namespace kasauti::histories::formats {

/// Where a text stops being UTF-8 (RFC 3629); null if it never does.
[[nodiscard]] const char* first_invalid_utf8(std::string_view text);

}  // namespace kasauti::histories::formats
