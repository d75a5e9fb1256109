// Fetch-and-adds, and additions to counters, of which some are left out.
//
// Question: which fetch-and-adds of positive numbers may be left out, and how do the others change? In a witness what
// the object holds only grows, so each call stands where what it returned tells: those that returned less before it,
// those that returned more behind it. So
// - the calls that returned most may go: without them the order is a prefix of the witness;
// - the calls that returned least may go, if what the least of the others returned becomes the initial value: the
//   order is what follows in the witness once that was reached;
// - a call g that returned just what its predecessor f left behind follows f at once, for until then nothing else can
//   have been added. So g may go if f adds its amount too: f takes effect where it did, for both;
// - a call of unknown outcome that adds more than lies between the initial value and the greatest answer left comes
//   after all of them or not at all, and may go.
// An addition to a counter may go if no read can stand behind it in any witness: if with it, and with all that may
// have been taken away, the counter is above what any read returned; or below, with all that may have been added.
// That takes sums that do not overflow. Real-time and session order of what is left are as before: linearizable and
// sequential. Cost O(n log n). Tested by brute force: tests/minimize/rewritten.cpp.

#include <algorithm>

#include "checker/minimize/projections.hpp"

namespace kasauti::checker::minimize {

namespace {

using histories::no_value;
using histories::Outcome;

constexpr std::int64_t largest = std::int64_t{1} << 60U;

}  // namespace

void Projection::find_additions() {
  const auto& values = history_.values;
  std::int64_t sum = 0;
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.outcome[op] == Outcome::fail) continue;
    const std::int64_t amount = values.integer(history_.argument[op]);
    if (amount <= 0 || amount > largest || (sum += amount) > largest) return;
    if (!history_.ok(op)) continue;
    const histories::ValueId result = history_.result[op];
    if (!values.is_integer(result) || values.integer(result) > largest || values.integer(result) < -largest) return;
    additions_.push_back(op);
  }
  if (history_.key_count() != 1) return;
  std::ranges::sort(additions_, {}, [&](OpId op) { return std::pair{values.integer(history_.result[op]), op}; });
  of_ = Of::additions;
  part_count_ = additions_.size();
}

void Projection::find_unseen() {
  const auto& values = history_.values;
  std::int64_t least = largest, most = -largest;  // of what reads returned
  std::int64_t rises = 0, falls = 0;
  std::int64_t initial = values.is_integer(history_.header.initial) ? values.integer(history_.header.initial) : 0;
  std::vector<std::pair<std::int64_t, OpId>> adds;
  bool fits = history_.key_count() == 1 && initial <= largest && initial >= -largest;
  for (OpId op = 0; op < history_.size() && fits; ++op) {
    if (history_.outcome[op] == Outcome::fail) continue;
    if (history_.function[op] == histories::Function::read) {
      if (!history_.ok(op)) continue;
      fits = values.is_integer(history_.result[op]);
      if (!fits) return;
      least = std::min(least, values.integer(history_.result[op]));
      most = std::max(most, values.integer(history_.result[op]));
      continue;
    }
    const bool one = history_.function[op] == histories::Function::increment;
    adds.emplace_back(one ? 1 : values.integer(history_.argument[op]), op);
    const std::int64_t amount = adds.back().first;
    fits = amount <= largest && amount >= -largest && (rises += std::max<std::int64_t>(amount, 0)) <= largest &&
           (falls += std::min<std::int64_t>(amount, 0)) >= -largest;
  }
  if (!fits) return;
  of_ = Of::unseen;
  for (const auto& [amount, op] : adds) {
    const bool unseen = amount >= 0 ? initial + amount + falls > most : initial + amount + rises < least;
    if (unseen) additions_.push_back(op);
  }
  part_count_ = additions_.size();
}

void Projection::keep_unseen(const std::vector<bool>& kept, std::vector<bool>& gone) const {
  for (std::size_t i = 0; i < kept.size(); ++i) gone[additions_[i]] = !kept[i];
}

void Projection::keep_additions(const std::vector<bool>& kept, History& edited, std::vector<bool>& gone) const {
  const auto& values = history_.values;
  const auto first = std::ranges::find(kept, true) - kept.begin();
  const auto last = std::ranges::find(kept.rbegin(), kept.rend(), true).base() - kept.begin();  // one behind it
  if (first == std::ssize(kept)) return gone.assign(gone.size(), true);
  const auto at = [&](std::ptrdiff_t i) { return additions_[static_cast<std::size_t>(i)]; };
  const auto returned = [&](std::ptrdiff_t i) { return values.integer(history_.result[at(i)]); };
  const auto amount_of = [&](OpId op) { return values.integer(history_.argument[op]); };
  if (first != 0) edited.header.initial = history_.result[at(first)];
  for (std::ptrdiff_t i = 0; i < std::ssize(kept); ++i) {
    if (i < first || i >= last) gone[at(i)] = true;
  }
  OpId before = at(first);
  std::int64_t amount = amount_of(before);  // with those that were taken together with it
  const auto settle = [&] {
    if (amount == amount_of(before)) return;
    edited.argument[before] = edited.values.intern_integer(amount);
  };
  for (std::ptrdiff_t i = first + 1; i < last; ++i) {
    const OpId op = at(i);
    const bool follows = values.integer(history_.result[before]) + amount == returned(i);
    if (!kept[static_cast<std::size_t>(i)] && follows) {
      gone[op] = true;
      amount += amount_of(op);
      continue;
    }
    settle();
    before = op;
    amount = amount_of(op);
  }
  settle();
  const bool plain = first == 0 && values.is_integer(history_.header.initial);
  const std::int64_t begins_at = first != 0 ? returned(first) : plain ? values.integer(history_.header.initial) : 0;
  const std::int64_t range = returned(last - 1) - begins_at;
  for (OpId op = 0; op < history_.size(); ++op) {
    if (history_.outcome[op] == Outcome::info && amount_of(op) > range) gone[op] = true;
  }
}

}  // namespace kasauti::checker::minimize
