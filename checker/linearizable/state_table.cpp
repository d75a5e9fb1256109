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

std::span<const StateId> StateTable::after(StateId state, std::uint32_t kind) {
  const std::uint64_t question = std::uint64_t{state} << 32U | kind;
  if (base_ != nullptr && state < begin_) {
    const auto known = base_->rows_.find(question);
    if (known != base_->rows_.end()) return {base_->successors_.data() + known->second.begin, known->second.count};
  }
  const auto [entry, inserted] = rows_.try_emplace(question);
  if (inserted) {
    scratch_.clear();
    specification_.step(this->state(state), kinds_[kind], scratch_);
    const auto begin = static_cast<std::uint32_t>(successors_.size());
    for (objects::State& next : scratch_) {
      const std::uint64_t hash = boost::hash_range(next.begin(), next.end());
      const StateId id = intern(hash, std::move(next));
      if (std::find(successors_.begin() + begin, successors_.end(), id) == successors_.end()) successors_.push_back(id);
    }
    entry->second = {begin, static_cast<std::uint32_t>(successors_.size()) - begin};
  }
  return {successors_.data() + entry->second.begin, entry->second.count};
}

std::vector<StateId> StateTable::take_in(StateTable&& part) {
  std::vector<StateId> here;
  here.reserve(part.states_.size());
  for (objects::State& state : part.states_) {
    const std::uint64_t hash = boost::hash_range(state.begin(), state.end());
    here.push_back(intern(hash, std::move(state)));
  }
  const auto renamed = [&](StateId id) { return id < part.begin_ ? id : here[id - part.begin_]; };
  for (const auto& [question, row] : part.rows_) {
    const auto [entry, inserted] =
        rows_.try_emplace(std::uint64_t{renamed(static_cast<StateId>(question >> 32U))} << 32U | (question & UINT32_MAX));
    if (!inserted) continue;
    entry->second = {static_cast<std::uint32_t>(successors_.size()), row.count};
    for (std::uint32_t i = 0; i < row.count; ++i) successors_.push_back(renamed(part.successors_[row.begin + i]));
  }
  return here;
}

}  // namespace kasauti::checker::linearizable
