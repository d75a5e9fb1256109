// k-atomicity of one key, exactly, for any k: is there an order of its values in which every read is among the last k?
//
// Each value has a span (spans.hpp). An order has to respect real time: A comes before B if A was visible before B
// begun. A read invoked at s stands behind every value visible before s; so once A is placed, every value visible
// before A's latest read has to follow within k - 1 places: it waits, with a deadline. Deadlines grow with `visible`,
// since the latest read so far only grows; so what waits is the front of the list of what is left.
//
// The algorithm is the limited backtracking of Golab, Hurwitz and Li ("On the k-atomicity-verification problem", ICDCS
// 2013: LBT, for k = 2), in mirror image and for any k. Where nothing waits, an epoch ends, and its choice is final:
// what is left is the history without some values and all their reads, which is k-atomic if the whole is. At the start
// of an epoch each value that may come next is tried, by turns and each to twice the depth of the turn before, so that
// a long failure does not hide a short success. With k = 2 one value at most waits and has to come next: there is
// nothing to choose inside an epoch. With k > 2 there may be; values with an early latest read are tried first, states
// from which nothing leads on are remembered (by a hash of 128 bits), and an order is given up once the i-th value that
// waits is due before i places have passed.
//
// Sound and complete, but for the step limit; and no answer rests on it alone: of an order the verifier counts the
// versions, of a "no" it tries every order of a few values. Cost: O(n log n + c·n) for k ≤ 2, c the greatest number of
// values that overlap; for larger k exponential in an epoch at worst, and rarely more than n placements in practice.
// Test: tests/staleness/versions.cpp, against all orders of small histories.

#include "checker/staleness/order_search.hpp"

#include <algorithm>
#include <numeric>

namespace kasauti::checker::staleness {

namespace {

constexpr std::uint64_t first_limit = 64;
constexpr std::uint64_t walked_in_a_step = 16;

std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::pair<std::uint64_t, std::uint64_t> toggled(std::pair<std::uint64_t, std::uint64_t> hash, std::uint64_t value) {
  return {hash.first ^ mixed(2 * value), hash.second ^ mixed(2 * value + 1)};
}

}  // namespace

OrderSearch::OrderSearch(std::span<const Span> spans, std::uint64_t k, histories::Budget& budget)
    : spans_{spans}, k_{k}, budget_{budget}, end_{static_cast<Index>(spans.size())},
      next_(end_ + 1), previous_(end_ + 1), later_(end_ + 1), earlier_(end_ + 1),
      placed_(end_, false), deadline_(end_, 0), seen_(end_, false) {
  for (Index i = 0; i <= end_; ++i) {
    next_[i] = i == end_ ? 0 : i + 1;
    previous_[i] = i == 0 ? end_ : i - 1;
  }
  std::vector<Index> by_begun(end_);
  std::iota(by_begun.begin(), by_begun.end(), 0);
  std::ranges::sort(by_begun, {}, [&](Index i) { return spans_[i].begun; });
  Index before = end_;
  for (const Index i : by_begun) {
    later_[before] = i;
    earlier_[i] = before;
    before = i;
  }
  later_[before] = end_;
  earlier_[end_] = before;
}

OrderSearch::Answer OrderSearch::run(std::uint64_t most_steps) {
  while (next_[end_] != end_) {
    const Answer answer = epoch(most_steps);
    if (answer != Answer::yes) return answer;
  }
  return Answer::yes;
}

std::vector<std::uint32_t> OrderSearch::order() const {
  std::vector<std::uint32_t> clusters;
  clusters.reserve(order_.size());
  for (const Index i : order_) clusters.push_back(spans_[i].cluster);
  return clusters;
}

std::vector<std::uint32_t> OrderSearch::looked_at() const {
  std::vector<std::uint32_t> values = seen_list_;
  std::ranges::sort(values);
  return values;
}

OrderSearch::Answer OrderSearch::epoch(std::uint64_t most_steps) {
  for (const Index i : seen_list_) seen_[i] = false;
  seen_list_.clear();
  dead_.clear();
  hash_ = {};
  std::vector<Index> roots = candidates();
  for (std::uint64_t limit = first_limit; !roots.empty(); limit *= 2) {
    for (Index& root : roots) {
      const Answer answer = from(root, limit, most_steps);
      if (answer == Answer::yes) return answer;
      if (budget_.stopped() || steps_ >= most_steps) return Answer::gave_up;
      if (answer == Answer::no) root = end_;
    }
    std::erase(roots, end_);
  }
  return Answer::no;
}

// Leaves nothing placed unless the answer is yes.
OrderSearch::Answer OrderSearch::from(Index root, std::uint64_t limit, std::uint64_t most_steps) {
  const std::uint64_t stop = std::min(most_steps, steps_ + limit);
  if (!descend(root)) return Answer::no;
  while (!frames_.empty()) {
    if (waiting_ == 0) {
      frames_.clear();
      return Answer::yes;
    }
    Frame& top = frames_.back();
    const bool out = steps_ >= stop || !budget_.spend(polled_);
    if (!out && top.next < top.candidates.size()) {
      descend(top.candidates[top.next++]);
      continue;
    }
    if (!out && k_ > 2) dead_.insert(state());
    if (!out) {
      take_back(top);
      frames_.pop_back();
      continue;
    }
    while (!frames_.empty()) {
      take_back(frames_.back());
      frames_.pop_back();
    }
    return Answer::gave_up;
  }
  return Answer::no;
}

// Places a value and opens what may follow, unless nothing can.
bool OrderSearch::descend(Index value) {
  ++steps_;
  Frame frame{value, frontier_, waiting_, hash_, {}};
  if (!place(value, frame)) return false;
  if (k_ > 2 && waiting_ != 0 && dead_.contains(state())) {
    take_back(frame);
    return false;
  }
  if (waiting_ != 0) frame.candidates = candidates();
  frames_.push_back(std::move(frame));
  return true;
}

bool OrderSearch::place(Index value, Frame& frame) {
  const auto see = [this](Index i) {
    if (seen_[i]) return;
    seen_[i] = true;
    seen_list_.push_back(i);
  };
  see(value);
  if (too_many_wait(value)) return false;
  next_[previous_[value]] = next_[value];
  previous_[next_[value]] = previous_[value];
  later_[earlier_[value]] = later_[value];
  earlier_[later_[value]] = earlier_[value];
  placed_[value] = true;
  if (value < frontier_) --waiting_;
  order_.push_back(value);
  hash_ = toggled(hash_, value);
  for (; frontier_ < end_ && spans_[frontier_].visible < spans_[value].latest; ++frontier_) {
    if (placed_[frontier_]) continue;
    see(frontier_);
    deadline_[frontier_] = order_.size() + k_ - 2;  // the number of the last place that will do, from 0
    if (++waiting_ < k_) continue;
    take_back(frame);
    return false;
  }
  return true;
}

void OrderSearch::take_back(const Frame& frame) {
  const Index value = frame.value;
  next_[previous_[value]] = value;
  previous_[next_[value]] = value;
  later_[earlier_[value]] = value;
  earlier_[later_[value]] = value;
  placed_[value] = false;
  order_.pop_back();
  frontier_ = frame.frontier;
  waiting_ = frame.pending;
  hash_ = frame.placed;
}

// Whether one that waits would be too late if this value went first. Those behind it in the list move up as it goes.
bool OrderSearch::too_many_wait(Index value) {
  const std::uint64_t first = order_.size() + 1;
  std::uint64_t place = first;
  bool late = false;
  for (Index i = next_[end_]; !late && i < frontier_ && i < value; i = next_[i], ++place) late = deadline_[i] < place;
  steps_ += (place - first) / walked_in_a_step;
  return late;
}

// What no other value has to precede, those that are read for the shortest time first. If the first that waits is due
// now, it alone.
std::vector<OrderSearch::Index> OrderSearch::candidates() const {
  const Index head = next_[end_];
  if (head == end_) return {};
  if (head < frontier_ && deadline_[head] == order_.size()) return {head};
  std::vector<Index> found;
  for (Index i = later_[end_]; i != end_ && spans_[i].begun < spans_[head].visible; i = later_[i]) found.push_back(i);
  std::ranges::sort(found, {}, [&](Index i) { return std::pair{spans_[i].latest, i}; });
  return found;
}

// What was placed in this epoch, and when what waits is due.
OrderSearch::Key OrderSearch::state() const {
  Key key = hash_;
  for (Index i = next_[end_]; i < frontier_; i = next_[i]) {
    key.first = mixed(key.first ^ (deadline_[i] - order_.size()));
    key.second = mixed(key.second + (deadline_[i] - order_.size()));
  }
  return key;
}

}  // namespace kasauti::checker::staleness
