#pragma once

#include <memory>

#include "checker/objects/specification.hpp"

namespace kasauti::checker::objects {

/// Replays from `state` by keeping every state that step() gives. `specification` must outlive it.
[[nodiscard]] std::unique_ptr<Replayer> stepping_replayer(const Specification& specification, State state);

}  // namespace kasauti::checker::objects
