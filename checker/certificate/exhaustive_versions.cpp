// The verifier's search for an order in which no read is more than k versions old: depth first over the set of calls
// placed and the last k values, each pair visited once.
//
// A read that may come next and whose value is among the last k is placed at once: it changes nothing, and waiting
// could only make it older. A value that drops out of the last k while one of its reads is still to come leads nowhere.
// Cost: exponential in the number of writes that overlap, within `steps`.

#include "checker/certificate/exhaustive_versions.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace kasauti::checker::certificate {

namespace {

using Versions = std::vector<histories::ValueId>;

class Search {
 public:
  Search(const History& history, const std::vector<VersionCall>& calls, std::uint64_t k, std::uint64_t steps,
         histories::Budget* budget)
      : calls_{calls}, k_{k}, steps_{steps}, budget_{budget}, before_(calls.size(), 0) {
    for (std::size_t a = 0; a < calls.size(); ++a) {
      for (std::size_t b = 0; b < calls.size(); ++b) {
        if (history.completed[calls[a].operation] < history.invoked[calls[b].operation]) before_[b] |= bit(a);
      }
    }
  }

  Exhaustive from(std::uint64_t placed, Versions versions) {
    place_reads(placed, versions);
    if (placed == all()) return Exhaustive::some_order;
    if (lost(placed, versions) || !seen_.emplace(placed, versions).second) return Exhaustive::no_order;
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (!calls_[i].write || !may_come(i, placed)) continue;
      if (steps_ == 0 || (budget_ != nullptr && !budget_->spend(polled_, 4))) return Exhaustive::gave_up;
      --steps_;
      Versions next = versions;
      next.push_back(calls_[i].value);
      if (next.size() > k_) next.erase(next.begin());
      const Exhaustive answer = from(placed | bit(i), std::move(next));
      if (answer != Exhaustive::no_order) return answer;
    }
    return Exhaustive::no_order;
  }

 private:
  static std::uint64_t bit(std::size_t i) { return std::uint64_t{1} << i; }
  [[nodiscard]] std::uint64_t all() const { return calls_.size() == 64 ? ~std::uint64_t{0} : bit(calls_.size()) - 1; }

  [[nodiscard]] bool may_come(std::size_t i, std::uint64_t placed) const {
    return (placed & bit(i)) == 0 && (before_[i] & ~placed) == 0;
  }

  static bool among(const Versions& versions, histories::ValueId value) {
    return std::ranges::find(versions, value) != versions.end();
  }

  void place_reads(std::uint64_t& placed, const Versions& versions) const {
    for (bool again = true; again;) {
      again = false;
      for (std::size_t i = 0; i < calls_.size(); ++i) {
        if (calls_[i].write || !may_come(i, placed) || !among(versions, calls_[i].value)) continue;
        placed |= bit(i);
        again = true;
      }
    }
  }

  // A read is left whose value was written, and is no longer among the last k.
  [[nodiscard]] bool lost(std::uint64_t placed, const Versions& versions) const {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if ((placed & bit(i)) != 0 || calls_[i].write || among(versions, calls_[i].value)) continue;
      const auto its_write = std::ranges::find_if(
          calls_, [&](const VersionCall& call) { return call.write && call.value == calls_[i].value; });
      if (its_write == calls_.end() || (placed & bit(static_cast<std::size_t>(its_write - calls_.begin()))) != 0) {
        return true;
      }
    }
    return false;
  }

  const std::vector<VersionCall>& calls_;
  std::uint64_t k_;
  std::uint64_t steps_;
  histories::Budget* budget_;
  std::uint32_t polled_ = 0;
  std::vector<std::uint64_t> before_;
  std::set<std::pair<std::uint64_t, Versions>> seen_;
};

}  // namespace

Exhaustive try_every_version(const History& history, const std::vector<VersionCall>& calls, histories::ValueId initial,
                             std::uint64_t k, std::uint64_t steps, histories::Budget* budget) {
  if (calls.size() > 64 || k == 0) return Exhaustive::gave_up;
  return Search{history, calls, k, steps, budget}.from(0, {initial});
}

}  // namespace kasauti::checker::certificate
