// The store's own versions as an order of the writes.
//
// Question: in which order did the store itself put the writes of a key? An etcd revision or a write time answers it,
// if the history shows that the versions are what they claim to be. On a key they decide if every acknowledged write
// and every read of a written value carries an integer; a write and all reads of it carry the same one; no two writes
// share one; a read of the initial value that carries one carries a smaller one than every write; and nothing depends
// on which of several equal writes a read of the key returned. A write of
// unknown outcome has no completion, so it takes its version from its readers. A compare-and-set carries the version
// of what it wrote, and says nothing of what it found. Otherwise the key is judged by any order that fits, and the
// judgement says so.
//
// Cost: O(n log n). Sound: whatever order is taken, a verdict says relative to which. Tested by
// tests/sessions/versions.cpp against brute force.

#include "checker/sessions/versions.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace kasauti::checker::sessions {

using causal::Conflict;
using causal::Relations;
using causal::initial_write;
using histories::Budget;
using histories::Function;
using histories::History;

Versions::Versions(const Relations& relations, Budget& budget) : history_{&relations.history()} {
  if (history_->version.empty() || budget.stopped()) return;
  of_.assign(history_->size(), 0);
  known_.assign(history_->size(), false);
  written_.assign(history_->key_count(), false);
  decides_.assign(history_->key_count(), true);
  distrust_open(relations);
  gather(relations, budget);
  compare(relations);
  sum_up(*history_);
}

void Versions::distrust(KeyId key, std::string why) {
  decides_[key] = false;
  if (problem_.empty()) problem_ = std::move(why);
}

// Whether versions decide must not depend on what an open read is taken to have returned.
void Versions::distrust_open(const Relations& relations) {
  const History& h = *history_;
  const causal::Sources& sources = relations.sources();
  std::vector<bool> unknown_write(h.key_count(), false);
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.outcome[op] == histories::Outcome::info && sources.written(op) != histories::no_value)
      unknown_write[h.key[op]] = true;
  }
  for (OpId op = 0; op < h.size(); ++op) {
    if (h.outcome[op] == histories::Outcome::fail || !sources.observes(op) || !decides_[h.key[op]]) continue;
    const bool open = sources.refused(op) ? unknown_write[h.key[op]] : sources.only(op) == causal::several_writes;
    if (open) distrust(h.key[op], sources.why_open(op));
  }
}

void Versions::give(OpId write, OpId by) {
  const History& h = *history_;
  if (!h.values.is_integer(h.version[by])) {
    if (decides_[h.key[by]]) distrust(h.key[by], h.describe(by) + " carries no integer version");
    return;
  }
  const std::int64_t version = h.values.integer(h.version[by]);
  if (known_[write] && of_[write] != version && decides_[h.key[by]]) {
    distrust(h.key[by], fmt::format("{} carries version {}, but what it read was written as version {}",
                                    h.describe(by), version, of_[write]));
  }
  of_[write] = version;
  known_[write] = true;
}

void Versions::gather(const Relations& relations, Budget& budget) {
  const History& h = *history_;
  std::uint32_t spent = 0;
  for (OpId op = 0; op < h.size(); ++op) {
    if (!budget.spend(spent)) return;
    if (relations.writes(op)) {
      written_[h.key[op]] = true;
      sorted_.push_back(op);
      if (h.ok(op)) give(op, op);
    }
  }
  for (OpId op = 0; op < h.size(); ++op) {
    if (!budget.spend(spent)) return;
    const bool plain = relations.reads(op) && h.function[op] == Function::read;
    if (plain && relations.has_source_write(op)) give(relations.source(op), op);
  }
  for (const OpId write : sorted_) {
    if (!known_[write] && decides_[h.key[write]])
      distrust(h.key[write], "nobody says which version " + h.describe(write) + " has");
  }
}

void Versions::compare(const Relations& relations) {
  const History& h = *history_;
  std::erase_if(sorted_, [&](OpId write) { return !decides_[h.key[write]]; });
  std::ranges::sort(sorted_, {}, [&](OpId write) { return std::tuple{h.key[write], of_[write], write}; });
  std::vector<OpId> oldest(h.key_count(), histories::no_operation);
  for (std::size_t i = 0; i < sorted_.size(); ++i) {
    const OpId write = sorted_[i];
    const bool first = i == 0 || h.key[sorted_[i - 1]] != h.key[write];
    if (first) oldest[h.key[write]] = write;
    if (!first && of_[sorted_[i - 1]] == of_[write] && decides_[h.key[write]])
      distrust(h.key[write], fmt::format("{} and {} share a version", h.describe(sorted_[i - 1]), h.describe(write)));
  }
  for (OpId op = 0; op < h.size(); ++op) {
    const bool of_initial = relations.reads(op) && relations.source(op) == initial_write;
    if (!of_initial || h.function[op] != Function::read || !h.values.is_integer(h.version[op])) continue;
    const OpId write = oldest[h.key[op]];
    if (write == histories::no_operation || !decides_[h.key[op]]) continue;
    if (h.values.integer(h.version[op]) >= of_[write])
      distrust(h.key[op], h.describe(op) + " returned the initial value, but as a version of a write's age");
  }
  std::erase_if(sorted_, [&](OpId write) { return !decides_[h.key[write]]; });
}

void Versions::sum_up(const History& history) {
  std::size_t others = 0;
  for (KeyId key = 0; key < history.key_count(); ++key) {
    if (!written_[key]) continue;
    ++(decides_[key] ? deciding_ : others);
  }
  if (deciding_ != 0)
    note_ = fmt::format("writes ordered by the store's versions on {} of {} keys", deciding_, deciding_ + others);
  if (others == 0) return;
  if (deciding_ == 0) note_ = "the store's versions are not used";
  note_ += fmt::format("{} any order: {}", deciding_ == 0 ? ", but" : ", the others by", problem_);
}

std::vector<Conflict> Versions::order() const {
  std::vector<Conflict> edges;
  for (std::size_t i = 1; i < sorted_.size(); ++i) {
    if (history_->key[sorted_[i - 1]] == history_->key[sorted_[i]])
      edges.push_back({sorted_[i - 1], sorted_[i], histories::no_operation});
  }
  return edges;
}

bool versions_decide(const History& history) {
  if (history.version.empty() || !causal::unsupported(history).empty()) return false;
  Budget unlimited;
  const causal::Sources sources{history};
  return Versions{Relations{sources, {}, unlimited}, unlimited}.any();
}

}  // namespace kasauti::checker::sessions
