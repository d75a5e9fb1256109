#include "checker/linearizable/state_table.hpp"

#include <algorithm>
#include <utility>

#include <boost/container_hash/hash.hpp>

namespace kasauti::checker::linearizable {

// States whose hashes are equal stand at the next hash that was free.
const StateId* StateTable::find(std::uint64_t hash, const objects::State& state) const {
  for (;; ++hash) {
    const auto entry = by_hash_.find(hash);
    if (entry == by_hash_.end()) return nullptr;
    if (states_[entry->second - begin_] == state) return &entry->second;
  }
}

StateId StateTable::intern(const objects::State& state) {
  return intern(boost::hash_range(state.begin(), state.end()), state);
}

StateId StateTable::intern(std::uint64_t hash, objects::State state) {
  if (base_ != nullptr) {
    if (const StateId* known = base_->find(hash, state)) return *known;
  }
  for (;; ++hash) {
    const auto [entry, inserted] = by_hash_.try_emplace(hash, size());
    if (inserted) states_.push_back(std::move(state));
    if (inserted || states_[entry->second - begin_] == state) return entry->second;
  }
}

// The answer to a question that was asked of this table before; null if it was not.
const StateTable::Row* StateTable::known(StateId state, std::uint32_t kind) const {
  if (state < few_states && kinds_.size() <= few_kinds) {
    const std::size_t index = state * kinds_.size() + kind;
    return index < first_rows_.size() && first_rows_[index].count != UINT32_MAX ? &first_rows_[index] : nullptr;
  }
  const auto row = rows_.find(std::uint64_t{state} << 32U | kind);
  return row == rows_.end() ? nullptr : &row->second;
}

StateTable::Row& StateTable::row(StateId state, std::uint32_t kind) {
  if (state >= few_states || kinds_.size() > few_kinds) return rows_[std::uint64_t{state} << 32U | kind];
  const std::size_t index = state * kinds_.size() + kind;
  if (index >= first_rows_.size()) first_rows_.resize((state + std::size_t{1}) * kinds_.size());
  return first_rows_[index];
}

std::span<const StateId> StateTable::after(StateId state, std::uint32_t kind) {
  if (base_ != nullptr && state < begin_) {
    if (const Row* there = base_->known(state, kind)) return {base_->successors_.data() + there->begin, there->count};
  }
  Row& here = row(state, kind);
  if (here.count == UINT32_MAX) {
    scratch_.clear();
    specification_.step(this->state(state), kinds_[kind], scratch_);
    here.begin = static_cast<std::uint32_t>(successors_.size());
    for (objects::State& next : scratch_) {
      const std::uint64_t hash = boost::hash_range(next.begin(), next.end());
      const StateId id = intern(hash, std::move(next));
      const auto same = std::find(successors_.begin() + here.begin, successors_.end(), id);
      if (same == successors_.end()) successors_.push_back(id);
    }
    here.count = static_cast<std::uint32_t>(successors_.size()) - here.begin;
  }
  return {successors_.data() + here.begin, here.count};
}

std::vector<StateId> StateTable::take_in(StateTable&& part) {
  std::vector<StateId> here;
  here.reserve(part.states_.size());
  for (objects::State& state : part.states_) {
    const std::uint64_t hash = boost::hash_range(state.begin(), state.end());
    here.push_back(intern(hash, std::move(state)));
  }
  const auto renamed = [&](StateId id) { return id < part.begin_ ? id : here[id - part.begin_]; };
  const auto add = [&](StateId state, std::uint32_t kind, const Row& answer) {
    if (answer.count == UINT32_MAX) return;
    Row& there = row(renamed(state), kind);
    if (there.count != UINT32_MAX) return;
    there = {static_cast<std::uint32_t>(successors_.size()), answer.count};
    for (std::uint32_t i = 0; i < answer.count; ++i) successors_.push_back(renamed(part.successors_[answer.begin + i]));
  };
  for (std::size_t i = 0; i < part.first_rows_.size(); ++i) {
    add(static_cast<StateId>(i / kinds_.size()), static_cast<std::uint32_t>(i % kinds_.size()), part.first_rows_[i]);
  }
  for (const auto& [question, answer] : part.rows_) {
    add(static_cast<StateId>(question >> 32U), static_cast<std::uint32_t>(question & UINT32_MAX), answer);
  }
  return here;
}

}  // namespace kasauti::checker::linearizable
