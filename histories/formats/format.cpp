#include "histories/formats/format.hpp"

namespace kasauti::histories::formats {

const std::vector<Format>& formats() {
  static const std::vector<Format> table = {
      {"jsonl", "native JSON Lines, one event a line (histories/FORMAT.md)", sniff_json_lines, read_json_lines, write_json_lines},
  };
  return table;
}

const Format* format_named(std::string_view name) {
  for (const Format& format : formats()) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

}  // namespace kasauti::histories::formats
