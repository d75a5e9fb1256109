#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kasauti::recorder {

/// Appends `text` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD and two hexadecimal digits.
void append_json_text(std::string& out, std::string_view text);

/// Appends the decimal digits.
void append_integer(std::string& out, std::int64_t integer);

}  // namespace kasauti::recorder
