// The sound steps of minimisation.
//
// Question: which operations D of a history may be left out, so that what is left holds for the model whenever the
// whole did? Then a smaller history that is violated is a counterexample as good as the whole. (DESIGN §6: leaving out
// a write makes its readers illegal, so not every smaller history that fails says something.)
//
// Linearizable, sequential: take a witness of the whole and leave D out of it. The real-time or session order of the
// rest is respected as before. It is legal if no operation o that stays had seen anything that some d of D did. So D is
// closed: whoever may have seen d goes with it. o cannot have seen what d did
// - if facets.cpp says that they have nothing to do with each other: another key, another value;
// - or if o precedes d in every witness;
// - or if a write w that certainly happened lies between, d before w before o in every witness, whatever became of w:
//   then o's key was last written by w or later. (This is what makes registers with few values small.)
// A whole key, a value with all its readers, and a single read are instances. Failed operations never happened.
//
// One thing more is asked for the reader's sake: an operation that saw a written value keeps at least one write of it,
// or goes. Else a stale read would become one of a value that nobody wrote, which is violated for another reason than
// the whole.
//
// Regular registers, causal models, PRAM, session guarantees: with values that were written once, d's readers are
// exactly those that returned its value, and they go; nothing is derived from the order. What is left has less to
// respect: fewer reads, fewer orders between operations. Safe registers: a read that overlaps no write is bound, so all
// that overlap d go, too. k-atomic and Δ-atomic as verdicts are linearizability. Convergence: final reads of the value
// go with it, and what remains was legal beside more writes.
//
// Weakening to `info`: every witness of the whole is one of the weakened history, whose operation may take effect and
// may have returned anything. It is not used for convergence, which asks what became of acknowledged writes. Prefixes:
// linearizability alone is closed under them; the calls open at the cut become `info`.
//
// Cost: a closure visits every pair of operations that may depend on each other at most once. Tested by brute force
// over all small histories of every object and model: tests/minimize/sound.cpp.

#include "checker/minimize/steps.hpp"

#include <algorithm>

namespace kasauti::checker::minimize {

namespace {

using histories::Fate;
using histories::never;
using histories::Rank;

std::uint64_t place_of(KeyId key, std::uint32_t session) { return static_cast<std::uint64_t>(key) << 32U | session; }

}  // namespace

Steps::Before Steps::before_of(Model model) {
  switch (model) {
    case Model::linearizable:
    case Model::k_atomic:
    case Model::delta_atomic: return Before::real_time;
    case Model::sequential:
    case Model::per_key_sequential: return Before::session;
    default: return Before::nothing;
  }
}

Steps::Steps(const History& history, Model model)
    : history_{history}, model_{model}, before_{before_of(model)}, facets_{history, model == Model::safe} {
  if (before_ != Before::nothing) index_overwriters();
  count_sources();
}

void Steps::count_sources() {
  for (OpId op = 0; op < history_.size(); ++op) {
    for (const Facet& wrote : facets_.writes(op)) {
      if (wrote.kind != Facet::Kind::equal || wrote.value == history_.header.initial) continue;
      ++sources_[place_of(wrote.key, wrote.value)];
    }
  }
}

// Whether somebody wrote what was seen, so that it may not become a value that nobody wrote.
bool Steps::has_source(const Facet& saw) const {
  return saw.kind == Facet::Kind::equal && sources_.contains(place_of(saw.key, saw.value));
}

// The last write of the value that began before it was seen, or else the first one.
OpId Steps::source_for(const Facet& saw) const {
  OpId source = histories::no_operation;
  facets_.visit_writers(saw, [&](const Facet& wrote) {
    if (wrote.kind != Facet::Kind::equal || wrote.op == saw.op) return;
    const bool in_time = history_.invoked[wrote.op] < history_.completed[saw.op];
    if (source == histories::no_operation || in_time) source = wrote.op;
  });
  return source;
}

void Steps::index_overwriters() {
  struct Write {
    std::uint64_t place;
    Rank completed, invoked;
  };
  std::vector<Write> writes;
  for (OpId op = 0; op < history_.size(); ++op) {
    for (const Facet& wrote : facets_.writes(op)) {
      if (!facets_.overwrites(op, wrote)) continue;
      const std::uint32_t session = before_ == Before::session ? history_.session[op] : 0;
      writes.push_back({place_of(wrote.key, session), history_.completed[op], history_.invoked[op]});
    }
  }
  std::ranges::sort(writes, {}, &Write::completed);
  for (const Write& write : writes) {
    Overwriters& at = overwriters_[write.place];
    at.completed.push_back(write.completed);
    const Rank latest = at.latest_invoked.empty() ? 0 : at.latest_invoked.back();
    at.latest_invoked.push_back(std::max(latest, write.invoked));
  }
}

bool Steps::precedes(OpId a, OpId b) const {
  switch (before_) {
    case Before::real_time: return history_.precedes(a, b);
    case Before::session: return history_.session_precedes(a, b);
    case Before::nothing: return false;
  }
  return false;
}

// Whether a definite write of the key lies between the two in every witness. By ranks alone, which is less than
// precedes() where stamps of a process tie, and so on the safe side.
bool Steps::overwritten(OpId write, OpId before, KeyId key) const {
  if (before_ == Before::nothing || history_.completed[write] == never) return false;
  if (before_ == Before::session && history_.session[write] != history_.session[before]) return false;
  const auto found = overwriters_.find(place_of(key, before_ == Before::session ? history_.session[before] : 0));
  if (found == overwriters_.end()) return false;
  const Overwriters& at = found->second;
  const auto after = std::ranges::lower_bound(at.completed, history_.invoked[before]) - at.completed.begin();
  return after > 0 && at.latest_invoked[static_cast<std::size_t>(after - 1)] > history_.completed[write];
}

bool Steps::overlap(OpId a, OpId b) const {
  return history_.completed[a] > history_.invoked[b] && history_.completed[b] > history_.invoked[a];
}

bool Steps::forces(OpId gone, const Facet& wrote, OpId other, const Facet& saw) const {
  if (gone == other) return false;
  const bool same = wrote.value == saw.value;
  if (model_ == Model::safe) return saw.kind != Facet::Kind::equal || same || overlap(gone, other);
  if (wrote.kind == Facet::Kind::equal && saw.kind == Facet::Kind::equal && !same) return false;
  if (wrote.kind == Facet::Kind::equal && saw.kind == Facet::Kind::differs && same) return false;
  return !precedes(other, gone) && !overwritten(gone, other, wrote.key);
}

void Steps::close_dropped(std::vector<bool>& dropped, std::span<const OpId> seed) const {
  std::vector<OpId> work;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> gone_sources;
  const auto drop = [&](OpId op) {
    if (dropped[op]) return;
    dropped[op] = true;
    work.push_back(op);
  };
  for (const OpId op : seed) drop(op);
  while (!work.empty()) {
    const OpId gone = work.back();
    work.pop_back();
    std::uint32_t looked_at = 1;
    for (const Facet& wrote : facets_.writes(gone)) {
      const std::uint64_t value = place_of(wrote.key, wrote.value);
      const auto sources = sources_.find(value);
      const bool counted = wrote.kind == Facet::Kind::equal && sources != sources_.end();
      const bool last = counted && ++gone_sources[value] == sources->second;
      facets_.visit_observers(wrote, [&](const Facet& saw) {
        ++looked_at;
        const bool loses_source = last && saw.kind == Facet::Kind::equal;
        if (!dropped[saw.op] && (loses_source || forces(gone, wrote, saw.op, saw))) drop(saw.op);
      });
      if (facets_.whole_values()) facets_.visit_same_value(wrote, [&](const Facet& other) { drop(other.op); });
    }
    if (!may_go_on(looked_at)) return;
  }
}

bool Steps::may_go_on(std::uint32_t units) const { return budget_ == nullptr || budget_->spend(polled_, units); }

void Steps::close_kept(std::vector<bool>& kept, std::span<const OpId> seed) const {
  std::vector<OpId> work;
  const auto keep = [&](OpId op) {
    if (kept[op]) return;
    kept[op] = true;
    work.push_back(op);
  };
  for (const OpId op : seed) keep(op);
  while (!work.empty()) {
    const OpId stays = work.back();
    work.pop_back();
    std::uint32_t looked_at = 1;
    for (const Facet& saw : facets_.observations(stays)) {
      bool source = !has_source(saw);
      facets_.visit_writers(saw, [&](const Facet& wrote) {
        ++looked_at;
        if (!kept[wrote.op] && forces(wrote.op, wrote, stays, saw)) keep(wrote.op);
        source |= kept[wrote.op] && wrote.kind == Facet::Kind::equal && wrote.value == saw.value;
      });
      if (source) continue;
      if (const OpId write = source_for(saw); write != histories::no_operation) keep(write);
    }
    if (!may_go_on(looked_at)) return;
    if (!facets_.whole_values()) continue;
    for (const Facet& wrote : facets_.writes(stays)) {
      facets_.visit_same_value(wrote, [&](const Facet& other) { keep(other.op); });
    }
  }
}

bool Steps::weakens(OpId op) const { return model_ != Model::convergent && history_.ok(op) && !only_observes(op); }

std::vector<Fate> Steps::prefix(Rank end) const {
  std::vector<Fate> fates(history_.size(), Fate::kept);
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.invoked[op] >= end) fates[op] = Fate::gone;
    else if (history_.ok(op) && history_.completed[op] >= end) fates[op] = weakens(op) ? Fate::weakened : Fate::gone;
  }
  keep_sources(fates);
  return fates;
}

// A value that was seen before the cut and written only behind it goes on having its write. That is sound: an operation
// that is legal everywhere may stand at the end of a witness of the prefix, and one of unknown outcome need not be in
// it.
void Steps::keep_sources(std::vector<Fate>& fates) const {
  const std::vector<Fate> cut = fates;
  const auto leave = [&](OpId op) {
    if (op == histories::no_operation || fates[op] != Fate::gone) return;
    fates[op] = !history_.ok(op) || facets_.always_legal(op) ? Fate::kept : Fate::weakened;
  };
  for (OpId op = 0; op < history_.size(); ++op) {
    if (cut[op] != Fate::kept || !history_.ok(op)) continue;
    for (const Facet& saw : facets_.observations(op)) {
      bool source = !has_source(saw);
      std::uint32_t looked_at = 1;
      facets_.visit_writers(saw, [&](const Facet& wrote) {
        ++looked_at;
        source |= cut[wrote.op] != Fate::gone && wrote.value == saw.value;
      });
      if (!may_go_on(looked_at)) return;
      if (!source) leave(source_for(saw));
    }
    if (!facets_.whole_values() || facets_.always_legal(op)) continue;
    for (const Facet& wrote : facets_.writes(op)) {
      bool source = false;
      facets_.visit_same_value(wrote, [&](const Facet& other) {
        source |= other.op != op && cut[other.op] != Fate::gone;
      });
      if (source) continue;
      facets_.visit_same_value(wrote, [&](const Facet& other) {
        if (other.op != op) leave(other.op);
      });
    }
  }
}

}  // namespace kasauti::checker::minimize
