#pragma once

#include "recorder/stores.hpp"

namespace kasauti::adapters::redis {

/// The row of `redis:` in the table of stores:
/// `redis://HOST:PORT[,HOST:PORT…]?replica=HOST:PORT&read=primary|replica|any&wait=N&timeout=1s`. The first host is
/// the primary. `wait`: writes are acknowledged when so many replicas have them (WAIT).
[[nodiscard]] recorder::Opened open_redis(const recorder::Uri& uri, const recorder::OpenOptions& options);

}  // namespace kasauti::adapters::redis
