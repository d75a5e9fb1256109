// Why a view is contradictory: the log of a second run, turned into links that the verifier can check.
//
// Each event of the log says why a write must come before an own operation, by pointing to an earlier event; so paths
// end. While a proof is put together, a derived link carries the number of its event; the events that are needed are
// then gathered, sorted, and numbered anew.

#include "checker/causal/saturation.hpp"

#include <algorithm>

namespace kasauti::checker::causal {

using histories::SessionId;

namespace {

/// Adds a link; session order is transitive, so that a run of it becomes one.
void append(std::vector<Link>& path, const Link& link) {
  if (!path.empty() && path.back().force == Force::session_order && link.force == Force::session_order) {
    path.back().to = link.to;
  } else {
    path.push_back(link);
  }
}

}  // namespace

Link Saturation::base_link(Slot from, Slot to) const {
  const bool source = relations_.source(id(to)) == id(from);
  const bool session = relations_.history().session_precedes(id(from), id(to));
  return {id(from), id(to), source && !session ? Force::reads_from : Force::session_order, 0};
}

/// From the operation of an event to the own operation before which it must come.
void Saturation::follow(std::uint32_t event, std::vector<Link>& path) const {
  while (true) {
    const Event& why = events_[event];
    if (why.read != no_operation) {
      const Slot target = why.own_target != no_operation ? why.own_target : events_[why.via].op;
      append(path, {id(why.op), id(target), Force::derived, event});
      if (why.own_target != no_operation) return;
    } else if (why.via == no_event) {
      append(path, {id(why.op), id(own_[why.by - 1]), Force::reads_from, 0});
      return;
    } else {
      append(path, base_link(why.op, events_[why.via].op));
    }
    event = why.via;
  }
}

/// From a write to an own read by which it was delivered: along its event, or, if it is an own write, along the
/// session.
std::vector<Link> Saturation::path_to_read(Slot write, std::uint32_t event, Index read) const {
  std::vector<Link> path;
  OpId reached = id(write);
  if (!own(write)) {
    follow(event, path);
    reached = path.back().to;
  }
  const OpId end = id(own_[read - 1]);
  if (reached != end) append(path, {reached, end, Force::session_order, 0});
  return path;
}

/// An event for an order that the last state of the run derives: `write` before `target`, the source of own read
/// `read`.
std::uint32_t Saturation::derive(Slot write, Slot target, Index read) {
  const std::uint32_t earlier = own(write) ? no_event : event_of_[write];
  events_.push_back({write, 0, no_event, earlier, own_[read - 1], target});
  return static_cast<std::uint32_t>(events_.size() - 1);
}

std::vector<Link> Saturation::clash_path() {
  std::vector<Link> path;
  const Slot op = clash_.op;
  switch (clash_.kind) {
    case Clash::Kind::initial: return path_to_read(op, own(op) ? no_event : event_of_[op], clash_.read);
    case Clash::Kind::own_future:
      path.push_back({id(op), id(own_[clash_.read - 1]), Force::reads_from, 0});
      break;
    case Clash::Kind::own_needed:
      path.push_back(base_link(op, clash_.target));
      follow(clash_.event, path);
      break;
    case Clash::Kind::own_overwritten:
      path.push_back({id(op), id(clash_.target), Force::derived, derive(op, clash_.target, clash_.read)});
      if (!own(clash_.target)) follow(event_of_[clash_.target], path);
      break;
    default:
      for (std::size_t i = 0; i < cycle_.size(); ++i) {
        const Slot from = cycle_[i];
        const Slot to = cycle_[(i + 1) % cycle_.size()];
        if (hint_after_[from] == to) {
          const Run* next = next_other_run(from, phase(from));
          const Index read = next->first >= phase(from) ? next->first : next->last;
          path.push_back({id(from), id(to), Force::derived, derive(from, to, read)});
        } else {
          append(path, base_link(from, to));
        }
      }
      return path;
  }
  // The own operation is the one that the path must come back to: later in the session than where it arrived.
  if (path.back().to != id(op)) append(path, {path.back().to, id(op), Force::session_order, 0});
  return path;
}

ForcedOrder Saturation::explain(std::span<const OpId> own, bool& initial) {
  logging_ = true;
  (void)judge(own);
  logging_ = false;
  ForcedOrder proof;
  if (exhausted_) return proof;
  initial = clash_.kind == Clash::Kind::initial;
  proof.session = relations_.history().session[own.front()];
  proof.end = clash_path();

  std::vector<std::uint32_t> needed;
  std::vector<std::vector<Link>> paths(events_.size());
  std::vector<bool> met(events_.size(), false);
  const auto meet = [&](const std::vector<Link>& path) {
    for (const Link& link : path) {
      if (link.force != Force::derived || met[link.derived]) continue;
      met[link.derived] = true;
      needed.push_back(link.derived);
    }
  };
  meet(proof.end);
  for (std::size_t i = 0; i < needed.size(); ++i) {
    const Event why = events_[needed[i]];
    paths[needed[i]] = path_to_read(why.op, why.earlier, own_index_[why.read]);
    meet(paths[needed[i]]);
  }
  std::ranges::sort(needed);
  const auto renumber = [&](std::vector<Link>& path) {
    for (Link& link : path) {
      if (link.force != Force::derived) continue;
      link.derived = static_cast<std::uint32_t>(std::ranges::lower_bound(needed, link.derived) - needed.begin());
    }
  };
  renumber(proof.end);
  for (const std::uint32_t event : needed) {
    renumber(paths[event]);
    proof.derived.push_back({id(events_[event].read), std::move(paths[event])});
  }
  return proof;
}

}  // namespace kasauti::checker::causal
