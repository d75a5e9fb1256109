// The methods that judge one component, from the cheapest to the one that is exact (sequential.cpp has the overview).

#include "checker/sequential/part.hpp"

#include <utility>

#include <tbb/task_arena.h>

#include "checker/sequential/demand.hpp"
#include "checker/sequential/frontier.hpp"
#include "checker/sequential/lists.hpp"
#include "checker/sequential/proof.hpp"
#include "checker/sequential/saturation.hpp"
#include "checker/sequential/window.hpp"

namespace kasauti::checker::sequential {

namespace {

class PartJudge {
 public:
  PartJudge(const Problem& problem, const objects::Specification& specification, const Options& options, Effort effort,
            histories::Budget& budget)
      : problem_{problem}, specification_{specification}, options_{options}, effort_{effort}, budget_{budget},
        threads_{problem.operation.size() >= options.parallel_from ? options.threads : 1} {}

  Part run() {
    if (problem_.thin_air != histories::no_operation) {
      refute(By::thin_air);
      part_.thin_air = problem_.thin_air;
    } else if (effort_ == Effort::read) {
      lists();
    } else if (options_.engine == Engine::search) {
      search(nullptr);
    } else {
      if (effort_ == Effort::little) demand();
      if (part_.verdict == Verdict::unknown && !budget_.stopped()) saturate_and_search();
    }
    return std::move(part_);
  }

 private:
  void refute(By by) {
    part_.verdict = Verdict::violated;
    part_.by = by;
  }

  void lists() {
    ListResult result = order_lists(problem_, budget_);
    if (result.outcome == Listed::cycle) {
      refute(By::lists);
      part_.cycle = std::move(result.cycle);
      part_.cycle_told = true;
    } else if (result.outcome == Listed::order) {
      part_.verdict = Verdict::holds;
      part_.by = By::lists;
      part_.order = std::move(result.order);
    }
  }

  void demand() {
    if (!sources_known(problem_)) return;
    DemandResult result;
    // Isolated, or a thread that waits for the others would begin with another component meanwhile.
    tbb::this_task_arena::isolate([&] {
      result = order_by_demand(problem_, threads_, budget_);
    });
    if (result.outcome == Demanded::circle) look_around(result.progress);
    if (result.outcome != Demanded::order) return;
    part_.verdict = Verdict::holds;
    part_.by = By::demand;
    part_.visited = result.conflicts;
    part_.order = std::move(result.order);
  }

  /// A circle is mostly near the place where it showed, and clocks for all are dear.
  void look_around(const std::vector<std::uint32_t>& progress) {
    for (const std::uint32_t reach : {32U, 256U}) {
      if (budget_.stopped() || problem_.size() < 4 * problem_.lanes() * reach) return;
      const Problem part = window(problem_, progress, reach);
      Saturation saturation{part, budget_};
      if (saturation.run(true) == Saturated::cyclic) return refute_by_cycle(part, saturation);
    }
  }

  void saturate_and_search() {
    Saturation saturation{problem_, budget_};
    Saturated saturated = saturation.run(false);
    if (saturated == Saturated::consistent && saturation.fits()) saturated = saturation.run(true);
    if (saturated == Saturated::exhausted) return;
    if (saturated == Saturated::consistent) return search(&saturation);
    refute_by_cycle(problem_, saturation);
  }

  void refute_by_cycle(const Problem& problem, const Saturation& saturation) {
    refute(By::saturation);
    if (auto proof = prove_cycle(problem, saturation, budget_)) {
      part_.cycle = std::move(*proof);
      part_.cycle_told = true;
    }
  }

  void search(const Saturation* forced) {
    FrontierResult result;
    if (effort_ == Effort::little) {
      result = try_frontiers(problem_, specification_, forced, options_.first_retreats, budget_);
    } else {
      tbb::this_task_arena::isolate([&] {
        result = search_frontiers(problem_, specification_, forced, options_.threads, budget_);
      });
    }
    part_.by = By::search;
    part_.visited = result.visited;
    part_.placed = result.deepest;
    if (result.found == Found::exhausted) return;
    part_.verdict = result.found == Found::order ? Verdict::holds : Verdict::violated;
    part_.order = std::move(result.order);
  }

  const Problem& problem_;
  const objects::Specification& specification_;
  const Options& options_;
  Effort effort_;
  histories::Budget& budget_;
  unsigned threads_;
  Part part_;
};

}  // namespace

Part judge_part(const Problem& problem, const objects::Specification& specification, const Options& options,
                Effort effort, histories::Budget& budget) {
  return PartJudge{problem, specification, options, effort, budget}.run();
}

}  // namespace kasauti::checker::sequential
