#include "histories/formats/utf8.hpp"

#include <simdjson.h>

namespace kasauti::histories::formats {

namespace {

/// The bytes of the character that begins here, 0 if none does.
std::size_t character_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&byte](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continues(1)) return 0;
  if (first < 0xE0) return 2;
  // Overlong forms, surrogates and what lies beyond U+10FFFF are told by the second byte.
  const unsigned second = byte(1);
  if (!continues(2) || (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
  if (first < 0xF0) return 3;
  if (!continues(3) || (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return 4;
}

}  // namespace

const char* first_invalid_utf8(std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) return nullptr;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return text.data();
    text.remove_prefix(length);
  }
  return nullptr;
}

}  // namespace kasauti::histories::formats
