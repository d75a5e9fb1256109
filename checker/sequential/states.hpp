#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/objects/specification.hpp"

namespace kasauti::checker::sequential {

/// The states of one object that a search has met, each under a number. Not thread-safe: one for each search.
class States {
 public:
  explicit States(const objects::Specification& specification) : specification_{specification} {
    initial_ = intern(specification.initial());
  }

  [[nodiscard]] std::uint32_t initial() const { return initial_; }

  /// The states after `operation` in `state`; valid until the next call.
  [[nodiscard]] const std::vector<std::uint32_t>& after(std::uint32_t state, const objects::Operation& operation) {
    scratch_.clear();
    numbers_.clear();
    specification_.step(states_[state], operation, scratch_);
    for (auto& next : scratch_) numbers_.push_back(intern(next));
    return numbers_;
  }

 private:
  std::uint32_t intern(const objects::State& state) {
    std::uint64_t hash = state.size();
    for (const std::uint32_t word : state) hash = (hash ^ word) * 0x9e3779b97f4a7c15U, hash ^= hash >> 29;
    for (;; ++hash) {
      const auto [entry, inserted] = number_of_.try_emplace(hash, static_cast<std::uint32_t>(states_.size()));
      if (inserted) states_.push_back(state);
      if (states_[entry->second] == state) return entry->second;
    }
  }

  const objects::Specification& specification_;
  std::vector<objects::State> states_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> number_of_;  // by hash; on a clash the next hash is tried
  std::vector<objects::State> scratch_;
  std::vector<std::uint32_t> numbers_;
  std::uint32_t initial_ = 0;
};

}  // namespace kasauti::checker::sequential
