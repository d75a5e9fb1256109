#pragma once

#include <string>

#include "checker/run/run.hpp"

namespace kasauti::checker::report {

/// The classes of a policy as a table: the levels that were declared, what was promised, what was observed, side by
/// side. Nothing where no policy was asked for.
void class_table(const run::Result& result, std::string& out);

}  // namespace kasauti::checker::report
