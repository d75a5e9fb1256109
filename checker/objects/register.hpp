#pragma once

#include <memory>

#include "checker/objects/specification.hpp"

namespace kasauti::checker::objects {

/// A register, a compare-and-set register, or one key of a map.
[[nodiscard]] std::unique_ptr<Specification> make_register(const Header& header, const ValueTable& values);

}  // namespace kasauti::checker::objects
