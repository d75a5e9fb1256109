// A sum from few different amounts, each there so many times: the bounded knapsack, amount by amount.

#include "checker/linearizable/unfinished.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace kasauti::checker::linearizable {

using histories::OpId;

Unfinished::Unfinished(const histories::History& history, std::span<const OpId> operations) : history_{history} {
  std::map<std::int64_t, std::vector<OpId>> by_amount;
  for (const OpId op : operations) {
    if (!history.ok(op)) by_amount[history.values.integer(history.argument[op])].push_back(op);
  }
  for (auto& [amount, calls] : by_amount) waiting_.push_back({amount, std::move(calls)});
}

const std::vector<bool>& Unfinished::sums(std::int64_t most, histories::Rank end) {
  for (Amount& each : waiting_) {
    while (each.begun < each.calls.size() && history_.invoked[each.calls[each.begun]] < end) ++each.begun;
  }
  const auto size = static_cast<std::size_t>(std::clamp<std::int64_t>(most, 0, largest_sum)) + 1;
  makes_.assign(1, std::vector<bool>(size, false));
  makes_[0][0] = true;
  std::vector<std::size_t> used(size);  // of the amount at hand, the fewest that make a sum
  for (const Amount& each : waiting_) {
    makes_.push_back(makes_.back());
    std::vector<bool>& sums = makes_.back();
    std::ranges::fill(used, 0);
    for (auto sum = static_cast<std::size_t>(each.amount); sum < size; ++sum) {
      const std::size_t before = sum - static_cast<std::size_t>(each.amount);
      if (sums[sum] || !sums[before] || used[before] == each.available()) continue;
      sums[sum] = true;
      used[sum] = used[before] + 1;
    }
  }
  return makes_.back();
}

void Unfinished::use(std::int64_t sum, const std::function<void(OpId)>& place) {
  auto left = static_cast<std::size_t>(sum);
  for (std::size_t kind = waiting_.size(); kind-- > 0;) {
    Amount& each = waiting_[kind];
    const auto amount = static_cast<std::size_t>(each.amount);
    std::size_t count = std::min(each.available(), left / amount);
    while (!makes_[kind][left - count * amount]) --count;
    left -= count * amount;
    for (; count > 0; --count) place(each.calls[each.taken++]);
  }
}

}  // namespace kasauti::checker::linearizable
