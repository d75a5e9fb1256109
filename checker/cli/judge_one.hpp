#pragma once

#include <optional>

#include "checker/cli/commands.hpp"
#include "checker/cli/exit_status.hpp"
#include "checker/run/run.hpp"

namespace kasauti::checker::cli {

/// The options of `minimize` and `explain`: those of `check` that say what is judged, and within which limits.
void add_judging_options(CLI::App& command, CheckArguments& arguments);

/// One history, judged; what minimize and explain begin with.
struct Judged {
  run::Options options;
  run::Result result;
  ExitStatus status = exit_bad_input;            ///< as check would exit

  /// The first violated model, if any, that was judged itself and not settled by another one.
  [[nodiscard]] const run::ModelResult* violated() const;
};

/// Judges the arguments' one file. nullopt if there is nothing to go on with: bad usage, bad input, an internal error,
/// all of which are told on standard error; `status` says how to exit then. Judging may take this share of the time.
[[nodiscard]] std::optional<Judged> judge_one(const CheckArguments& arguments, ExitStatus& status, double share = 1);

}  // namespace kasauti::checker::cli
