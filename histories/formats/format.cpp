#include "histories/formats/format.hpp"

namespace kasauti::histories::formats {

const std::vector<Format>& formats() {
  static const std::vector<Format> table = {
      {"jsonl", "native JSON Lines, one event a line (histories/FORMAT.md)", true, sniff_json_lines, open_json_lines,
       write_json_lines},
      {"json", "one JSON array of Jepsen's op maps", false, sniff_json, open_json, nullptr},
      {"jepsen-log", "Jepsen's text log", true, sniff_jepsen_log, open_jepsen_log, nullptr},
      {"edn", "Jepsen's op maps in EDN, one after the other or in one vector", false, sniff_edn, open_edn, write_edn},
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
