// Counters: bounds for every read, and an exact answer where all additions are alike.
//
// A read lies between what had been added for certain before it, with all negative additions that may have been, and
// the same with all positive ones. One outside is a refutation; so is one that differs by more or less than that from
// the last read that had completed before it.
//
// Where every addition is the same positive number (inc, add 1), additions are as good as each other and reads come
// in the order of their values. Between the reads of one value and those of the next, a gap, exactly so many
// additions take effect as the values say, at moments after all reads of smaller values began and before any of
// greater ones completed; behind the last reads as many as are left. An addition fits the gaps that its interval
// meets, which are consecutive, so taking for one gap after the other those that complete first is exact; additions
// of unknown outcome complete last, and may be left over. If one that had to be in by then is left over, more
// additions lie between two reads (or between the start and one) than their values differ by, which is a refutation.
//
// O(n log n). No answer where a refutation would need more than two reads; other additions: bounds only. Covered by
// tests/containers against brute force.

#include <algorithm>
#include <functional>
#include <queue>

#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::never;
using histories::no_operation;
using histories::Rank;

constexpr std::string_view method = "counter";
constexpr std::int64_t largest = std::int64_t{1} << 60;

struct Read {
  std::int64_t value;
  OpId operation;
};

class Counter {
 public:
  Counter(const History& history, std::span<const OpId> operations) : history_{history} {
    const auto& values = history.values;
    initial_ = values.is_integer(history.header.initial) ? values.integer(history.header.initial) : 0;
    usable_ = std::abs(initial_) <= largest && !history.ties_in_process;
    std::int64_t sum = 0;
    for (const OpId op : operations) {
      if (history.function[op] == Function::read) {
        reads_.push_back({values.integer(history.result[op]), op});
        usable_ = usable_ && std::abs(reads_.back().value / 2) <= largest;
        continue;
      }
      adds_.push_back(op);
      const std::int64_t amount = amount_of(op);
      usable_ = usable_ && amount > -largest && amount < largest && (sum += std::abs(amount)) <= largest;
    }
  }

  std::optional<KeyAnswer> decide(Budget& budget) {
    if (!usable_) return std::nullopt;
    if (auto refutation = check_bounds()) return refutation;
    const bool alike = std::ranges::all_of(adds_, [&](OpId op) { return amount_of(op) == amount_of(adds_[0]); });
    if (!alike || (!adds_.empty() && amount_of(adds_[0]) <= 0)) return check_since_reads(budget);
    return fill_gaps(adds_.empty() ? 1 : amount_of(adds_[0]));
  }

 private:
  std::int64_t amount_of(OpId op) const {
    return history_.function[op] == Function::increment ? 1 : history_.values.integer(history_.argument[op]);
  }
  std::optional<KeyAnswer> check_bounds() const;
  std::optional<KeyAnswer> check_since_reads(Budget& budget) const;
  std::optional<KeyAnswer> fill_gaps(std::int64_t amount);
  std::optional<KeyAnswer> too_many(OpId late, std::int64_t late_value, std::int64_t amount) const;
  KeyAnswer out_of_bounds(OpId read, OpId since) const;

  const History& history_;
  std::int64_t initial_ = 0;
  bool usable_ = true;
  std::vector<Read> reads_;
  std::vector<OpId> adds_;  ///< in order of invocation
};

KeyAnswer Counter::out_of_bounds(OpId read, OpId since) const {
  std::vector<OpId> operations{read};
  if (since != no_operation) operations.push_back(since);
  return refuted(method, {OutOfBounds{read, since}}, "LostUpdate", std::move(operations),
                 fmt::format("{}, which the additions since {} can't have made", history_.describe(read),
                             since == no_operation ? "the start" : history_.describe(since)));
}

std::optional<KeyAnswer> Counter::check_bounds() const {
  struct Sums {
    Rank rank;
    std::int64_t positive, negative;
  };
  const auto sums = [&](const std::vector<Rank>& ranks) {
    std::vector<Sums> sorted;
    for (std::size_t i = 0; i < adds_.size(); ++i) {
      const std::int64_t amount = amount_of(adds_[i]);
      if (ranks[adds_[i]] == never) continue;
      sorted.push_back({ranks[adds_[i]], std::max<std::int64_t>(amount, 0), std::min<std::int64_t>(amount, 0)});
    }
    std::ranges::sort(sorted, {}, &Sums::rank);
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      sorted[i].positive += sorted[i - 1].positive;
      sorted[i].negative += sorted[i - 1].negative;
    }
    return sorted;
  };
  const auto before = [](const std::vector<Sums>& sorted, Rank rank) {
    const auto place = std::ranges::lower_bound(sorted, rank, {}, &Sums::rank);
    return place == sorted.begin() ? Sums{0, 0, 0} : *std::prev(place);
  };
  const auto begun = sums(history_.invoked), done = sums(history_.completed);
  for (const Read& read : reads_) {
    const Sums sure = before(done, history_.invoked[read.operation]);
    const Sums possible = before(begun, history_.completed[read.operation]);
    const std::int64_t seen = read.value - initial_;
    if (seen < sure.positive + possible.negative || seen > sure.negative + possible.positive) {
      return out_of_bounds(read.operation, no_operation);
    }
  }
  return std::nullopt;
}

// The same, counted from the last read that had completed: what is uncertain of the additions before it no longer
// matters, but for those of unknown outcome. Goes back from each read to the first addition that may be open at the
// other.
std::optional<KeyAnswer> Counter::check_since_reads(Budget& budget) const {
  std::vector<Rank> latest_end(adds_.size(), 0);  // of the additions of known outcome up to here
  std::vector<std::int64_t> unknown_gains(adds_.size() + 1, 0), unknown_losses(adds_.size() + 1, 0);
  for (std::size_t i = 0; i < adds_.size(); ++i) {
    const bool known = history_.ok(adds_[i]);
    const std::int64_t amount = known ? 0 : amount_of(adds_[i]);
    unknown_gains[i + 1] = unknown_gains[i] + std::max<std::int64_t>(amount, 0);
    unknown_losses[i + 1] = unknown_losses[i] + std::min<std::int64_t>(amount, 0);
    latest_end[i] = std::max(i == 0 ? 0 : latest_end[i - 1], known ? history_.completed[adds_[i]] : 0);
  }
  std::vector<Read> by_end = reads_;
  std::ranges::sort(by_end, {}, [&](const Read& read) { return history_.completed[read.operation]; });
  std::size_t ended = 0;
  std::uint32_t local = 0;
  for (const Read& read : reads_) {
    const Rank begin = history_.invoked[read.operation], end = history_.completed[read.operation];
    while (history_.completed[by_end[ended].operation] < begin) ++ended;
    if (ended == 0) continue;
    const Read& since = by_end[ended - 1];
    const Rank since_begin = history_.invoked[since.operation], since_end = history_.completed[since.operation];
    const auto begun = std::ranges::lower_bound(adds_, end, {}, [&](OpId op) { return history_.invoked[op]; });
    auto i = static_cast<std::size_t>(begun - adds_.begin());
    std::int64_t least = unknown_losses[i], most = unknown_gains[i];
    while (i-- > 0 && latest_end[i] > since_begin) {
      if (!budget.spend(local)) return std::nullopt;
      const OpId op = adds_[i];
      if (!history_.ok(op) || history_.completed[op] < since_begin) continue;
      const std::int64_t amount = amount_of(op);
      const bool sure = history_.completed[op] < begin && history_.invoked[op] > since_end;
      if (sure || amount < 0) least += amount;
      if (sure || amount > 0) most += amount;
    }
    const std::int64_t difference = read.value - since.value;
    if (difference < least || difference > most) return out_of_bounds(read.operation, since.operation);
  }
  return std::nullopt;
}

// Some read `late` began when more additions had been made since another read than the two differ by.
std::optional<KeyAnswer> Counter::too_many(OpId late, std::int64_t late_value, std::int64_t amount) const {
  std::vector<Rank> begun;  // of additions completed before it
  for (const OpId op : adds_) {
    if (history_.completed[op] < history_.invoked[late]) begun.push_back(history_.invoked[op]);
  }
  std::ranges::sort(begun);
  for (const Read& read : reads_) {
    const Rank end = history_.completed[read.operation];
    if (end > history_.invoked[late]) continue;
    const auto since = begun.end() - std::ranges::upper_bound(begun, end);
    if (since * amount > late_value - read.value) return out_of_bounds(late, read.operation);
  }
  return std::nullopt;
}

std::optional<KeyAnswer> Counter::fill_gaps(std::int64_t amount) {
  std::ranges::sort(reads_, {}, [&](const Read& read) {
    return std::pair{read.value, history_.invoked[read.operation]};
  });
  std::vector<Rank> ends(reads_.size() + 1, never);  // the first completion of this read and those behind it
  for (std::size_t i = reads_.size(); i-- > 0;) {
    ends[i] = std::min(ends[i + 1], history_.completed[reads_[i].operation]);
  }
  using Entry = std::pair<Rank, OpId>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> waiting;
  KeyAnswer answer;
  Rank now = 0;
  OpId latest_read = no_operation;
  std::int64_t latest_value = initial_;
  const auto place = [&](OpId op) {
    now = std::max(now, history_.invoked[op]);
    answer.witness.push_back(op);
    return now < history_.completed[op];
  };
  std::size_t next_add = 0;
  std::int64_t value = initial_;
  for (std::size_t from = 0; from <= reads_.size();) {
    for (; next_add < adds_.size() && history_.invoked[adds_[next_add]] < ends[from]; ++next_add) {
      waiting.emplace(history_.completed[adds_[next_add]], adds_[next_add]);
    }
    const bool last = from == reads_.size();
    if (!last && (reads_[from].value - value) % amount != 0) return std::nullopt;
    std::vector<OpId> taken;
    for (; !waiting.empty() && (last || value != reads_[from].value); value += amount) {
      if (last && waiting.top().first == never) break;
      taken.push_back(waiting.top().second);
      waiting.pop();
    }
    if (!last && value != reads_[from].value) return std::nullopt;
    std::ranges::sort(taken);
    for (const OpId op : taken) {
      if (!place(op)) return std::nullopt;
    }
    if (last) break;
    for (; from < reads_.size() && reads_[from].value == value; ++from) {
      const OpId read = reads_[from].operation;
      if (latest_read == no_operation || history_.invoked[read] > history_.invoked[latest_read]) {
        latest_read = read;
        latest_value = value;
      }
      if (!place(read)) return too_many(latest_read, latest_value, amount);
    }
    if (!waiting.empty() && waiting.top().first < history_.invoked[latest_read]) {
      return too_many(latest_read, latest_value, amount);
    }
  }
  answer.verdict = Verdict::holds;
  answer.method = method;
  return answer;
}

}  // namespace

std::optional<KeyAnswer> decide_counter(const History& history, std::span<const OpId> operations, Budget& budget) {
  if (!budget.may_allocate(operations.size() * 64)) return std::nullopt;
  return Counter{history, operations}.decide(budget);
}

}  // namespace kasauti::checker::linearizable
