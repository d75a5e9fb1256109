#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "recorder/client.hpp"
#include "recorder/uri.hpp"

namespace kasauti::recorder {

/// What a store needs to know of the run, beside its URI.
struct OpenOptions {
  std::size_t clients = 1;
  std::uint64_t seed = 1;
};

/// A store, or what is wrong with its URI or its address, to be shown to the user.
struct Opened {
  std::unique_ptr<Store> store;
  std::string problem;
};

/// A kind of store: the adapter's row in the table that the program is given.
struct StoreRow {
  std::string_view scheme;
  std::string_view summary;
  std::string_view example;
  /// Opens the store, and makes sure that it answers.
  Opened (*open)(const Uri& uri, const OpenOptions& options);
};

/// Opens the store that the URI names, by the row of its scheme.
[[nodiscard]] Opened open_store(std::string_view uri, std::span<const StoreRow> stores, const OpenOptions& options);

}  // namespace kasauti::recorder
