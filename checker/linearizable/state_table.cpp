#include "checker/linearizable/state_table.hpp"

#include <algorithm>

#include <boost/container_hash/hash.hpp>

namespace kasauti::checker::linearizable {

StateId StateTable::intern(const objects::State& state) {
  for (std::uint64_t hash = boost::hash_range(state.begin(), state.end());; ++hash) {
    const auto [entry, inserted] = by_hash_.try_emplace(hash, static_cast<StateId>(states_.size()));
    if (inserted) states_.push_back(state);
    if (inserted || states_[entry->second] == state) return entry->second;
  }
}

std::span<const StateId> StateTable::after(StateId state, std::uint32_t kind) {
  const auto [entry, inserted] = rows_.try_emplace(std::uint64_t{state} << 32U | kind);
  if (inserted) {
    scratch_.clear();
    specification_.step(states_[state], kinds_[kind], scratch_);
    const auto begin = static_cast<std::uint32_t>(successors_.size());
    for (const objects::State& next : scratch_) {
      const StateId id = intern(next);
      if (std::find(successors_.begin() + begin, successors_.end(), id) == successors_.end()) successors_.push_back(id);
    }
    entry->second = {begin, static_cast<std::uint32_t>(successors_.size()) - begin};
  }
  return {successors_.data() + entry->second.begin, entry->second.count};
}

}  // namespace kasauti::checker::linearizable
