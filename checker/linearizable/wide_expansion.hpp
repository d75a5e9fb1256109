#pragma once

// Wide layers, by several threads. The unexpanded configurations of a layer are divided into parts whose number does
// not depend on the threads. Each part is expanded by itself, with tables of its own on top of the common ones, into
// candidates; then the common tables take in what the parts have found out, part by part, and the candidates enter the
// layers as if they had come one after the other (wide_insertion.hpp). The outcome is that of one thread, to the last
// number.

#include <optional>
#include <span>
#include <vector>

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "checker/linearizable/moves.hpp"
#include "checker/linearizable/step_tree.hpp"
#include "checker/linearizable/wide_insertion.hpp"
#include "histories/budget.hpp"

namespace kasauti::checker::linearizable {

template <unsigned Words>
class WideExpansion {
 public:
  using Layer = linearizable::Layer<Words>;

  /// `wide`: see SearchOptions; a part has at least its 32nd.
  WideExpansion(const Facts& facts, const OpenCalls<Words>& open, Tables& tables, std::size_t wide,
                histories::Budget& budget)
      : facts_{facts}, open_{open}, tables_{tables}, budget_{budget},
        fewest_in_part_{std::max<std::size_t>(1, wide / 32)} {}

  /// Expands the configurations [from, to) of `closure` into itself and `next`, and tells `record(parent, child, step)`
  /// of those that are admitted, for their last step's number. How many were expanded; nullopt when out of budget.
  template <class Record>
  std::optional<std::uint64_t> expand(Layer& closure, Layer& next, std::size_t from, std::size_t to,
                                      std::uint32_t ending, std::uint32_t event, const Record& record);

 private:
  static constexpr std::size_t parts_at_most = 64;

  struct Part {
    Arrivals<Words> pending, finished;
    std::optional<Tables> tables;
    std::vector<StateId> states;        // what the common tables call the part's own states and multisets
    std::vector<std::uint32_t> used;
    std::uint64_t expanded = 0;
    std::uint32_t polled = 0;           // the budget's counter: parts are too small to begin at 0 each time
  };
  struct Sink {
    Part& part;
    std::uint32_t parent;
    void pending(const Configuration<Words>& c, Step step) { add(part.pending, c, step); }
    void finished(const Configuration<Words>& c, Step step) { add(part.finished, c, step); }
    void add(Arrivals<Words>& to, const Configuration<Words>& c, Step step) {
      to.items.push_back({c, step});
      to.items.back().to.node = parent;
    }
  };

  template <class Work>
  static void each(std::size_t count, const Work& work) {
    // Isolated, for a thread that waits here must not begin upon another key.
    tbb::this_task_arena::isolate([&] { tbb::parallel_for(std::size_t{0}, count, work); });
  }
  bool expand_part(Part& part, const Layer& closure, std::size_t from, std::size_t to, std::uint32_t ending,
                   std::uint32_t event);
  void take_in(std::size_t parts);
  void rename(Part& part, Arrivals<Words>& arrivals, std::uint32_t first_state, std::uint32_t first_used);
  template <class Record>
  bool enter(Layer& layer, Layer& closure, std::span<Arrivals<Words>* const> arrivals, const Record& record);

  const Facts& facts_;
  const OpenCalls<Words>& open_;
  Tables& tables_;
  histories::Budget& budget_;
  std::size_t fewest_in_part_;
  std::vector<Part> parts_{parts_at_most};
  WideInsertion<Words> insertion_;
};

template <unsigned Words>
template <class Record>
std::optional<std::uint64_t> WideExpansion<Words>::expand(Layer& closure, Layer& next, std::size_t from,
                                                          std::size_t to, std::uint32_t ending, std::uint32_t event,
                                                          const Record& record) {
  const std::size_t size = std::max(fewest_in_part_, (to - from + parts_at_most - 1) / parts_at_most);
  const std::size_t count = (to - from + size - 1) / size;
  each(count, [&](std::size_t i) {
    const std::size_t begin = from + i * size;
    expand_part(parts_[i], closure, begin, std::min(begin + size, to), ending, event);
  });
  if (budget_.stopped()) return std::nullopt;
  const std::uint32_t first_state = tables_.states.size();
  const std::uint32_t first_used = tables_.used.size();
  take_in(count);
  std::vector<Arrivals<Words>*> pending, finished;
  std::uint64_t expanded = 0;
  for (std::size_t i = 0; i < count; ++i) {
    pending.push_back(&parts_[i].pending);
    finished.push_back(&parts_[i].finished);
    expanded += parts_[i].expanded;
  }
  each(count, [&](std::size_t i) {
    rename(parts_[i], parts_[i].pending, first_state, first_used);
    rename(parts_[i], parts_[i].finished, first_state, first_used);
  });
  // The step that led to a configuration is recorded while the one it came from is still at its place.
  if (!enter(next, closure, finished, record) || !enter(closure, closure, pending, record)) return std::nullopt;
  return expanded;
}

template <unsigned Words>
bool WideExpansion<Words>::expand_part(Part& part, const Layer& closure, std::size_t from, std::size_t to,
                                       std::uint32_t ending, std::uint32_t event) {
  part.pending.items.clear();
  part.finished.items.clear();
  part.tables.emplace(&tables_);
  part.expanded = 0;
  Moves<Words> moves{facts_, open_, *part.tables};
  for (std::size_t i = from; i < to; ++i) {
    const Configuration<Words>& c = closure.items()[i];
    if (closure.died_before(c)) continue;
    Sink sink{part, static_cast<std::uint32_t>(i)};
    if (c.used.has(ending)) {
      sink.finished(Moves<Words>::finished(c, ending), {});
      continue;
    }
    if (!budget_.step(part.polled) || !budget_.spend(part.polled, open_.weight())) return false;
    ++part.expanded;
    moves.from(c, ending, event, sink);
  }
  return true;
}

template <unsigned Words>
void WideExpansion<Words>::take_in(std::size_t parts) {
  for (std::size_t i = 0; i < parts; ++i) {
    Part& part = parts_[i];
    part.states = tables_.states.take_in(std::move(part.tables->states));
    part.used = tables_.used.take_in(part.tables->used);
    part.tables.reset();
  }
}

template <unsigned Words>
void WideExpansion<Words>::rename(Part& part, Arrivals<Words>& arrivals, std::uint32_t first_state,
                                  std::uint32_t first_used) {
  if (part.states.empty() && part.used.empty()) return;
  for (Candidate<Words>& each : arrivals.items) {
    if (each.to.state >= first_state) each.to.state = part.states[each.to.state - first_state];
    if (each.to.unknown >= first_used) each.to.unknown = part.used[each.to.unknown - first_used];
  }
}

template <unsigned Words>
template <class Record>
bool WideExpansion<Words>::enter(Layer& layer, Layer& closure, std::span<Arrivals<Words>* const> arrivals,
                                 const Record& record) {
  const Rules<Words> rules{open_.masks(), tables_.used, facts_.dominance};
  std::size_t arriving = 0;
  for (const auto* part : arrivals) arriving += part->items.size();
  if (arriving == 0) return true;
  if (!budget_.may_allocate(layer.growth(arriving / 4))) return false;
  WideInsertion<Words>::prepare(layer, arriving, rules);
  each(arrivals.size(), [&](std::size_t i) { WideInsertion<Words>::divide(layer, *arrivals[i], rules); });
  each(shards, [&](std::size_t shard) { insertion_.admit(layer, arrivals, static_cast<std::uint32_t>(shard), rules); });
  std::size_t size = layer.items().size();
  for (Arrivals<Words>* part : arrivals) {
    for (std::size_t i = 0; i < part->items.size(); ++i) {
      if (part->place[i] == none) continue;
      Candidate<Words>& candidate = part->items[i];
      candidate.to.node = record(closure.items()[candidate.to.node], candidate.to, candidate.step);
      part->place[i] = static_cast<std::uint32_t>(size++);
    }
  }
  if (!budget_.may_allocate(layer.growth(size - layer.items().size()))) return false;
  WideInsertion<Words>::resize(layer, size);
  each(shards, [&](std::size_t shard) { insertion_.settle(layer, static_cast<std::uint32_t>(shard)); });
  return true;
}

}  // namespace kasauti::checker::linearizable
