#pragma once

#include "recorder/stores.hpp"

namespace kasauti::adapters::sim {

/// The row of `sim:` in the table of stores: replicas, links, clocks and clients simulated in virtual time.
/// `sim:BASE?bug=ID` with the bases and bugs of bases.hpp; the seed decides everything.
[[nodiscard]] recorder::Opened open_sim(const recorder::Uri& uri, const recorder::OpenOptions& options);

}  // namespace kasauti::adapters::sim
