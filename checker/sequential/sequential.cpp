// Sequential consistency, and that of every key alone.
//
// Is there one order of all operations, legal for the object, in which every session's operations keep their order
// (Lamport 1979)? Unlike linearizability it is not local: each key may have such an order where the whole has none.
//
//   components of sessions that share keys  (components.cpp)   judged one by one
//     → reads-from and lanes                (problem.cpp)      who read what; thin air refutes
//     → lists that are read whole           (lists.cpp)        an order is a witness, a cycle refutes
//     → an order built by demand            (demand.cpp)       an order is a witness
//     → the forced order                    (saturation.cpp)   a cycle refutes
//     → a search along it                   (frontier.cpp)     an order is a witness, none refutes
// an order in real time                     (real_time.cpp)    is a witness; asked for first where there are no registers,
//                                                              else before a long search
//
// A first pass over all components lets the search go back a few times only: that decides most, and a component that
// the forced order refutes spares the others a long search. A second one searches what is left. Deciding is
// NP-complete; all parts poll the budget. The components of each pass are spread over threads, and within a component
// demand and search are; which component the verdict names, and which order, does not depend on that. Tests:
// tests/sequential.

#include "checker/sequential/sequential.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "checker/certificate/verify.hpp"
#include "checker/objects/specification.hpp"
#include "checker/sequential/components.hpp"
#include "checker/sequential/explain.hpp"
#include "checker/sequential/part.hpp"
#include "checker/sequential/problem.hpp"
#include "checker/sequential/reads_from.hpp"
#include "checker/sequential/real_time.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::Budget;
using histories::Exhausted;
using histories::KeyId;
using histories::no_operation;

/// What the verifier may spend on a core before the proof says that it rests on the search alone.
constexpr std::uint64_t core_steps = 100'000;
/// Components are often too small to look at the clock on their own account.
constexpr std::size_t components_between_polls = 8;
/// The most keys of a core from which single ones are tried to be left out.
constexpr std::size_t core_keys = 12;

class Check {
 public:
  Check(const History& history, Model model, const Options& options, Budget& budget)
      : history_{history}, model_{model}, options_{options}, budget_{budget} {}

  Judgement run() {
    const auto specification = objects::make_specification(history_.header, history_.values);
    if (!specification) {
      return unknown(model_, Cause::unsupported,
                     fmt::format("no specification of {} to search with", name_of(history_.header.object)));
    }
    const bool split = objects::splits_by_key(history_.header.object);
    if (model_ == Model::per_key_sequential && !split) {
      return unknown(model_, Cause::unsupported,
                     fmt::format("operations of {} span keys", name_of(history_.header.object)));
    }
    if (!budget_.may_allocate(history_.size() * 64)) return ran_out(0, 0);
    components_ = model_ == Model::sequential ? connected_components(history_, split) : key_components(history_);
    parts_.resize(components_.size());
    in_arena([&] { judge_all(*specification); });
    if (real_time_) return in_real_time();
    return conclude();
  }

 private:
  /// Runs the work with as many threads as are asked for.
  template <class Work>
  void in_arena(const Work& work) {
    if (options_.threads <= 1) return work();
    tbb::task_arena arena{std::min(static_cast<int>(options_.threads), tbb::info::default_concurrency())};
    arena.execute(work);
  }

  void judge_all(const objects::Specification& specification) {
    if (history_.header.object == histories::ObjectKind::list && options_.engine == Engine::automatic) {
      judge(open(), specification, Effort::read);
      if (decided()) return;
    }
    if (!is_register(history_.header) && try_real_time()) return;
    judge(open(), specification, Effort::little);
    if (decided()) return;
    if (is_register(history_.header) && try_real_time()) return;
    judge(open(), specification, Effort::all);
  }

  [[nodiscard]] bool decided() const {
    return first(Verdict::violated) != parts_.size() || first(Verdict::unknown) == parts_.size();
  }

  [[nodiscard]] std::vector<std::size_t> open() const {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (parts_[i].verdict == Verdict::unknown) open.push_back(i);
    }
    return open;
  }

  void judge(const std::vector<std::size_t>& which, const objects::Specification& specification, Effort effort) {
    std::atomic<std::size_t> refuted{parts_.size()};
    const auto one = [&](std::size_t i) {
      const std::size_t component = which[i];
      const bool spare = effort == Effort::all && refuted.load() < component;
      if (spare || budget_.stopped() || (component % components_between_polls == 0 && !budget_.poll())) return;
      const Problem problem = make_problem(history_, components_.of(component), components_.local_key,
                                           components_.key_count[component], budget_);
      if (budget_.stopped()) return;
      parts_[component] = judge_part(problem, specification, options_, effort, budget_);
      if (parts_[component].verdict != Verdict::violated) return;
      std::size_t lowest = refuted.load();
      while (component < lowest && !refuted.compare_exchange_weak(lowest, component)) {
      }
    };
    if (options_.threads <= 1 || which.size() <= 1) {
      for (std::size_t i = 0; i < which.size(); ++i) one(i);
    } else {
      tbb::parallel_for(std::size_t{0}, which.size(), one);
    }
  }

  /// Whether the history is linearizable, as far as a little effort tells.
  bool try_real_time() {
    if (options_.engine == Engine::search) return false;
    real_time_ = orders_in_real_time(history_, model_, options_.threads, budget_);
    return real_time_.has_value();
  }

  Judgement in_real_time() {
    Judgement judgement = holds(model_, {std::move(*real_time_)});
    judgement.methods.push_back("an order in real time");
    return judgement;
  }

  [[nodiscard]] std::size_t first(Verdict verdict) const {
    return static_cast<std::size_t>(std::ranges::find(parts_, verdict, &Part::verdict) - parts_.begin());
  }

  Judgement conclude() {
    Judgement judgement;
    if (const std::size_t component = first(Verdict::violated); component < parts_.size()) {
      judgement = refuted(component);
    } else if (first(Verdict::unknown) < parts_.size()) {
      std::size_t decided = 0;
      std::size_t placed = 0;
      for (const Part& part : parts_) {
        if (part.verdict == Verdict::holds) ++decided;
        placed += part.verdict == Verdict::holds ? part.order.size() : part.placed;
      }
      judgement = ran_out(decided, placed);
    } else {
      judgement = witnessed();
    }
    tell_methods(judgement);
    return judgement;
  }

  Judgement witnessed() {
    Orders proof;
    if (model_ == Model::sequential) {
      Order whole;
      for (Part& part : parts_) whole.operations.insert(whole.operations.end(), part.order.begin(), part.order.end());
      proof.orders.push_back(std::move(whole));
    } else {
      for (std::size_t i = 0; i < parts_.size(); ++i) {
        const OpId any = components_.of(i).front();
        proof.orders.push_back({Scope::key, history_.key[any], std::move(parts_[i].order)});
      }
    }
    return holds(model_, {std::move(proof)});
  }

  Judgement refuted(std::size_t component) {
    Certificate certificate;
    std::vector<Anomaly> anomalies{tell(component, certificate)};
    for (std::size_t i = component + 1; i < parts_.size(); ++i) {
      if (parts_[i].verdict != Verdict::violated || parts_[i].by == By::search) continue;
      // Of each kind the first is told, the others are counted.
      const auto kind = [&](const Anomaly& anomaly) {
        if (parts_[i].by == By::thin_air) return anomaly.name == "ThinAirRead" || anomaly.name == "FailedWriteRead";
        return anomaly.name == (parts_[i].cycle_told ? name_of_cycle(parts_[i].cycle) : "NotSequential");
      };
      const auto same = std::ranges::find_if(anomalies, kind);
      if (same != anomalies.end()) {
        ++same->count;
        continue;
      }
      Certificate other;
      anomalies.push_back(tell(i, other));
    }
    return violated(model_, std::move(certificate), std::move(anomalies));
  }

  Anomaly tell(std::size_t component, Certificate& certificate) {
    Part& part = parts_[component];
    if (part.by == By::thin_air) {
      certificate.proof = ThinAir{part.thin_air};
      return explain_thin_air(history_, model_, part.thin_air);
    }
    if (part.cycle_told) {
      Anomaly anomaly = explain_cycle(history_, model_, part.cycle);
      certificate.proof = std::move(part.cycle);
      return anomaly;
    }
    std::vector<KeyId> keys = keys_of(component);
    if (part.by == By::search) {
      certificate = core_of(keys);
    } else {
      certificate.proof = SearchAlone{keys.front()};
    }
    return explain_search(history_, model_, keys, part.visited);
  }

  [[nodiscard]] std::vector<KeyId> keys_of(std::size_t component) const {
    std::vector<KeyId> keys;
    for (const OpId op : components_.of(component)) keys.push_back(history_.key[op]);
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
  }

  /// As few keys as still have no order, as far as the verifier's own search can tell; else the search's word alone.
  Certificate core_of(std::vector<KeyId>& keys) const {
    const auto convinces = [&](const std::vector<KeyId>& some) {
      return !budget_.stopped() && verify(history_, model_, Verdict::violated, {KeysCore{some}}, core_steps).accepted;
    };
    if (!objects::splits_by_key(history_.header.object) || !convinces(keys)) return {SearchAlone{keys.front()}};
    for (std::size_t i = 0; keys.size() > 1 && keys.size() <= core_keys && i < keys.size();) {
      std::vector<KeyId> fewer = keys;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (convinces(fewer)) {
        keys = std::move(fewer);
      } else {
        ++i;
      }
    }
    return {KeysCore{keys}};
  }

  [[nodiscard]] Judgement ran_out(std::size_t decided, std::size_t placed) const {
    Cause cause = Cause::time;
    std::string_view option = "--timeout";
    if (budget_.exhausted() == Exhausted::memory) cause = Cause::memory, option = "--memory";
    if (budget_.exhausted() == Exhausted::steps) cause = Cause::steps, option = "--steps";
    return unknown(model_, cause,
                   fmt::format("{} of {} independent parts decided, an order found for up to {} of {} operations; raise {}",
                               decided, parts_.size(), placed, components_.operations.size(), option));
  }

  void tell_methods(Judgement& judgement) const {
    const auto tell = [&](By by, std::string_view name) {
      std::size_t count = 0;
      std::uint64_t visited = 0;
      for (const Part& part : parts_) {
        if (part.by == by && part.verdict != Verdict::unknown) ++count;
        if (part.by == by) visited += part.visited;
      }
      if (count == 0 && visited == 0) return;
      judgement.methods.push_back(fmt::format("{}: {} parts", name, count));
      if (by == By::demand) judgement.methods.back() += fmt::format(", {} conflicts", visited);
      if (by == By::search) judgement.methods.back() += fmt::format(", {} choices", visited);
    };
    tell(By::thin_air, "thin air");
    tell(By::lists, "order of the lists");
    tell(By::demand, "order by demand");
    tell(By::saturation, "forced order");
    tell(By::search, "frontier search");
  }

  const History& history_;
  Model model_;
  const Options& options_;
  Budget& budget_;
  Components components_;
  std::vector<Part> parts_;
  std::optional<Orders> real_time_;
};

}  // namespace

Judgement check_sequential(const History& history, const Options& options, Budget& budget) {
  return Check{history, Model::sequential, options, budget}.run();
}

Judgement check_per_key_sequential(const History& history, const Options& options, Budget& budget) {
  return Check{history, Model::per_key_sequential, options, budget}.run();
}

}  // namespace kasauti::checker::sequential
