// Why these proofs prove how stale a history of registers is.
//
// Not (k-1)-atomic. Where each value that was read has one possible writer, an order of the operations tells how many
// versions old each read is. (1) Take a read of the value of w. A write x that was invoked after w or a read of its
// value had completed stands behind w; and if x or a read of its value had completed when our read was invoked, x
// stands before our read. So m such writes make the read m + 1 versions old in every order. (2) An order of the whole
// history stays one when reads are left out, or writes with all their reads, and no read gets older by it; so
// operations among which every read has its write, and which have no order, refute the whole. (3) A read that completed
// before its write was invoked can't stand behind it, and no k will do.
//
// k-atomic: the order is given. It must hold every `ok` operation of every key, and each read has to be among the last
// k versions where it stands.
//
// Time: the same with the invocations of reads moved back. An order in which each read returns the last version is
// atomic; there the operations on one value stand together, so that of two values each of which comes before the other
// neither can.

#include <algorithm>
#include <span>

#include "checker/certificate/exhaustive_versions.hpp"
#include "checker/certificate/proofs.hpp"
#include "checker/certificate/reads_from.hpp"

namespace kasauti::checker::certificate {

namespace {

using histories::Function;
using histories::no_operation;
using histories::Outcome;
using histories::Rank;

constexpr OpId initial = ReadsFrom::initial;

class Measured {
 public:
  explicit Measured(const Claim& claim) : claim_{claim}, h_{claim.history}, reads_from_{h_} {}

  [[nodiscard]] std::string problem() const {
    const bool refutes = claim_.verdict == Verdict::violated && claim_.model == Model::linearizable;
    if (!refutes) return "it says how stale a register is";
    if (!h_.header.specification.empty()) return "the object is no register or map";
    return reads_from_.problem();
  }

  [[nodiscard]] bool in_range(OpId op) const { return op < h_.size(); }
  [[nodiscard]] bool is_read(OpId op) const {
    if (!in_range(op) || !h_.ok(op) || h_.function[op] != Function::read) return false;
    return reads_from_.has_writer(op) || reads_from_.writer(op) == initial;
  }
  [[nodiscard]] bool is_write(OpId op) const {
    const bool kind = in_range(op) && (h_.function[op] == Function::write || h_.function[op] == Function::remove);
    return kind && h_.outcome[op] != Outcome::fail;
  }
  /// The write of the value that it wrote or returned; initial for the initial value, no_operation for anything else.
  [[nodiscard]] OpId value_of(OpId op) const {
    if (is_write(op)) return op;
    return is_read(op) ? reads_from_.writer(op) : no_operation;
  }

  /// By write, the least completion among it and the reads of its value; what is never read may be left out.
  [[nodiscard]] std::vector<Rank> visible() const {
    std::vector<Rank> least = h_.completed;
    for (OpId op = 0; op < h_.size(); ++op) {
      if (!is_read(op) || reads_from_.writer(op) == initial) continue;
      Rank& its = least[reads_from_.writer(op)];
      its = std::min(its, h_.completed[op]);
    }
    return least;
  }

  /// Whether `orders` hold each `ok` operation once, key by key and in real time; `begun` tells an operation's
  /// invocation, `ended` its completion, and `among` whether a read of a value that is so many versions old is in
  /// order.
  template <class Begun, class Ended>
  Verification replay(const std::vector<std::vector<OpId>>& orders, std::uint64_t most, Begun begun,
                      Ended ended) const {
    std::vector<bool> seen(h_.size(), false);
    std::vector<bool> has_order(h_.key_count(), false);
    std::vector<std::uint64_t> number(h_.size(), 0);  // of each write in its order, from 1
    for (const auto& order : orders) {
      if (order.empty()) continue;
      if (!in_range(order.front()) || has_order[h_.key[order.front()]]) return refuse("two orders of one key");
      const KeyId key = h_.key[order.front()];
      has_order[key] = true;
      if (Verification bad = replay_key(order, key, most, begun, ended, seen, number); !bad.accepted) return bad;
    }
    for (OpId op = 0; op < h_.size(); ++op) {
      if (h_.ok(op) && !seen[op]) return refuse(h_.describe(op) + " is missing");
    }
    return accept();
  }

  Verification check_core(const std::vector<OpId>& core, std::uint64_t k) const {
    std::vector<VersionCall> calls;
    std::vector<OpId> sorted = core;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end()) return refuse("an operation is in the core twice");
    const auto has = [&](OpId op) { return std::ranges::binary_search(sorted, op); };
    for (const OpId op : core) {
      if (value_of(op) == no_operation) return refuse("the core has more than reads and writes of known origin");
      if (h_.key[op] != h_.key[core.front()]) return refuse("the core is of several keys");
      if (!reads_from_.happened(op)) return refuse(h_.describe(op) + " may never have happened");
      if (is_read(op) && value_of(op) != initial && !has(value_of(op))) {
        return refuse("the core lacks the write of " + h_.describe(op));
      }
      // What a write of unknown outcome was read by makes it certain only if it is there.
      if (is_write(op) && !h_.ok(op) &&
          std::ranges::none_of(core, [&](OpId read) { return is_read(read) && value_of(read) == op; })) {
        return refuse("the core lacks what shows that " + h_.describe(op) + " happened");
      }
      const OpId its = value_of(op);
      calls.push_back({op, is_write(op), its == initial ? histories::no_value : its});
    }
    switch (try_every_version(h_, calls, histories::no_value, k, claim_.steps, claim_.budget)) {
      case Exhaustive::no_order: return accept();
      case Exhaustive::some_order: return refuse("the core has an order");
      case Exhaustive::gave_up: return {false, false, "the core has too many orders to try"};
    }
    return refuse("");
  }

  const History& history() const { return h_; }

 private:
  template <class Begun, class Ended>
  Verification replay_key(const std::vector<OpId>& order, KeyId key, std::uint64_t most, Begun begun, Ended ended,
                          std::vector<bool>& seen, std::vector<std::uint64_t>& number) const {
    auto latest = begun(order.front());
    std::uint64_t written = 0;
    std::uint32_t polled = 0;
    for (const OpId op : order) {
      if (!claim_.may_go_on(polled)) return out_of_budget();
      if (value_of(op) == no_operation) return refuse("an order has more than reads and writes of known origin");
      if (h_.key[op] != key || seen[op]) return refuse(h_.describe(op) + " is not of this key, or there twice");
      seen[op] = true;
      if (ended(op) < latest) return refuse(h_.describe(op) + " stands behind one that began after it had ended");
      latest = std::max(latest, begun(op));
      if (is_write(op)) {
        number[op] = ++written;
        continue;
      }
      const OpId from = value_of(op);
      if (from != initial && number[from] == 0) return refuse(h_.describe(op) + " stands before its write");
      if (written - (from == initial ? 0 : number[from]) >= most) return refuse(h_.describe(op) + " is too old there");
    }
    return accept();
  }

  const Claim& claim_;
  const History& h_;
  ReadsFrom reads_from_;
};

Verification check_between(const Measured& measured, const StaleVersions& proof) {
  const History& h = measured.history();
  if (!measured.is_read(proof.read)) return refuse("the stale read is none");
  const OpId write = measured.value_of(proof.read);
  if (proof.between.empty()) {
    const bool future = write != initial && h.completed[proof.read] < h.invoked[write] && proof.at_most == 0;
    return future ? accept() : refuse("the read did not end before its write began");
  }
  const std::vector<Rank> visible = measured.visible();
  std::vector<OpId> between = proof.between;
  std::ranges::sort(between);
  if (std::ranges::adjacent_find(between) != between.end()) return refuse("a write is counted twice");
  if (proof.at_least < 2 || between.size() < proof.at_least - 1) return refuse("there are too few writes between");
  for (const OpId op : between) {
    if (!measured.is_write(op) || h.key[op] != h.key[proof.read]) {
      return refuse("what lies between is no write of the key");
    }
    const bool behind = write == initial || visible[write] < h.invoked[op];
    if (op == write || !behind || visible[op] >= h.invoked[proof.read]) {
      return refuse(h.describe(op) + " does not lie between");
    }
  }
  return accept();
}

struct Value {
  OpId write = no_operation;
  std::int64_t first = INT64_MIN;  // its least completion
  std::int64_t last = INT64_MIN;   // its greatest invocation
};

/// When it had certainly taken effect; what nobody knows the end of never ends.
std::int64_t end_of(const History& h, OpId op) { return h.ok(op) ? h.completed_time[op] : INT64_MAX; }

/// False if the two operations are not of one value.
bool take_extent(const Measured& measured, const StaleTime::Extent& extent, std::int64_t shift, Value& value) {
  const History& h = measured.history();
  value.write = measured.value_of(extent.last);
  if (value.write == no_operation) return false;
  const bool of_initial = extent.first == no_operation;
  if (of_initial ? value.write != initial : measured.value_of(extent.first) != value.write) return false;
  if (!of_initial) value.first = end_of(h, extent.first);
  const std::int64_t invoked = h.invoked_time[extent.last];
  value.last = measured.is_write(extent.last) ? invoked : invoked < INT64_MIN + shift ? INT64_MIN : invoked - shift;
  return true;
}

}  // namespace

Verification check_proof(const Claim& claim, const StaleVersions& proof) {
  const Measured measured{claim};
  if (std::string problem = measured.problem(); !problem.empty()) return refuse(std::move(problem));
  if (proof.at_least < 2) return refuse("1-atomic is what every history is at least");
  const Verification lower = proof.core.empty() ? check_between(measured, proof)
                                                : measured.check_core(proof.core, proof.at_least - 1);
  if (!lower.accepted || proof.at_most == 0) return lower;
  if (proof.at_most < proof.at_least) return refuse("the greatest k is below the least");
  const History& h = claim.history;
  return measured.replay(
      proof.orders, proof.at_most, [&](OpId op) { return h.invoked[op]; }, [&](OpId op) { return h.completed[op]; });
}

Verification check_proof(const Claim& claim, const StaleTime& proof) {
  const Measured measured{claim};
  const History& h = claim.history;
  if (std::string problem = measured.problem(); !problem.empty()) return refuse(std::move(problem));
  if (h.invoked_time.empty()) return refuse("the history has no times");
  if (proof.nanoseconds < 1) return refuse("no history is stale by less than nothing");
  Value one, other;
  const std::int64_t below = proof.nanoseconds - 1;
  if (!take_extent(measured, proof.one, below, one) || !take_extent(measured, proof.other, below, other)) {
    return refuse("the operations that clash are not of one value each");
  }
  const OpId here = proof.one.last;
  const OpId there = proof.other.last;
  if (h.key[here] != h.key[there] || one.write == other.write) return refuse("it takes two values of one key");
  const bool each_before_the_other = one.first < other.last && other.first < one.last;
  if (!each_before_the_other) return refuse("the two values need not come before each other");
  const auto begun = [&](OpId op) {
    const std::int64_t invoked = h.invoked_time[op];
    if (measured.is_write(op)) return invoked;
    return invoked < INT64_MIN + proof.nanoseconds ? INT64_MIN : invoked - proof.nanoseconds;
  };
  return measured.replay(proof.orders, 1, begun, [&](OpId op) { return end_of(h, op); });
}

}  // namespace kasauti::checker::certificate
