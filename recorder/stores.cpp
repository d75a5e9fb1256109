#include "recorder/stores.hpp"

namespace kasauti::recorder {

std::string_view name_of(Action action) {
  switch (action) {
    case Action::read: return "read";
    case Action::write: return "write";
    case Action::cas: return "cas";
  }
  return "?";
}

Opened open_store(std::string_view uri, std::span<const StoreRow> stores, const OpenOptions& options) {
  std::string problem;
  const auto parsed = parse_uri(uri, problem);
  if (!parsed) return {nullptr, problem};
  std::string schemes;
  for (const StoreRow& row : stores) {
    if (row.scheme == parsed->scheme) return row.open(*parsed, options);
    schemes += (schemes.empty() ? "" : ", ") + std::string{row.scheme} + ":";
  }
  return {nullptr, "there is no adapter for \"" + parsed->scheme + ":\"; there are " + schemes};
}

}  // namespace kasauti::recorder
