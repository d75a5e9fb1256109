#pragma once

#include <simdjson.h>

#include "histories/value.hpp"

namespace kasauti::histories::formats {

/// Interns a JSON value as simdjson walks over it. DEPTH_ERROR beyond deepest_nesting.
simdjson::error_code intern(simdjson::ondemand::value& value, ValueTable& values, ValueId& id, int depth = 0);

}  // namespace kasauti::histories::formats
