#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "checker/linearizable/contents.hpp"

// The two trees of the stack's engine: over time, and over the values by the end of their push. Every operation is
// O(log n).

namespace kasauti::checker::linearizable {

/// How many zones cover each stretch of time.
class CoverTree {
 public:
  explicit CoverTree(std::size_t size) : leaves_{std::bit_ceil(std::max<std::size_t>(size, 1))} {
    least_.assign(2 * leaves_, 0);
    added_.assign(2 * leaves_, 0);
  }

  void add(std::size_t from, std::size_t to, std::int32_t by) {
    if (from < to) add(1, 0, leaves_, from, to, by);
  }
  /// The first stretch of [from, to) in no zone, or `to`.
  std::size_t first_free(std::size_t from, std::size_t to) const { return first_free(1, 0, leaves_, from, to, 0); }

 private:
  void add(std::size_t node, std::size_t begin, std::size_t end, std::size_t from, std::size_t to, std::int32_t by) {
    if (to <= begin || end <= from) return;
    if (from <= begin && end <= to) {
      least_[node] += by;
      added_[node] += by;
      return;
    }
    const std::size_t middle = (begin + end) / 2;
    add(2 * node, begin, middle, from, to, by);
    add(2 * node + 1, middle, end, from, to, by);
    least_[node] = added_[node] + std::min(least_[2 * node], least_[2 * node + 1]);
  }
  std::size_t first_free(std::size_t node, std::size_t begin, std::size_t end, std::size_t from, std::size_t to,
                         std::int32_t above) const {
    if (to <= begin || end <= from || least_[node] + above > 0) return to;
    if (end - begin == 1) return begin;
    const std::size_t middle = (begin + end) / 2;
    const std::size_t left = first_free(2 * node, begin, middle, from, to, above + added_[node]);
    return left != to ? left : first_free(2 * node + 1, middle, end, from, to, above + added_[node]);
  }

  std::size_t leaves_;
  std::vector<std::int32_t> least_, added_;
};

/// The values left, by the end of their push.
class ValueTree {
 public:
  struct Bounds {
    Place first_push = UINT32_MAX;  ///< the earliest beginning of a push
    Place last_pop_end = 0, last_pop_begin = 0;
  };

  explicit ValueTree(const std::vector<Bounds>& values)
      : leaves_{std::bit_ceil(std::max<std::size_t>(values.size(), 1))} {
    nodes_.resize(2 * leaves_);
    std::ranges::copy(values, nodes_.begin() + static_cast<std::ptrdiff_t>(leaves_));
    for (std::size_t node = leaves_; node-- > 1;) pull(node);
  }

  void remove(std::size_t value) {
    std::size_t node = leaves_ + value;
    nodes_[node] = {};
    while (node > 1) pull(node /= 2);
  }
  [[nodiscard]] Place last_pop_begin(std::size_t from, std::size_t to) const {
    Place last = 0;
    for (from += leaves_, to += leaves_; from < to; from /= 2, to /= 2) {
      if (from % 2 == 1) last = std::max(last, nodes_[from++].last_pop_begin);
      if (to % 2 == 1) last = std::max(last, nodes_[--to].last_pop_begin);
    }
    return last;
  }
  /// A value of [from, to) whose push began before `push` and whose pop ended after `pop`, or `to`.
  [[nodiscard]] std::size_t outermost(std::size_t from, std::size_t to, Place push, Place pop) const {
    return outermost(1, 0, leaves_, from, to, push, pop);
  }
  /// The first value left in [from, to), or `to`.
  [[nodiscard]] std::size_t first(std::size_t from, std::size_t to) const {
    return outermost(1, 0, leaves_, from, to, UINT32_MAX, 0);
  }

 private:
  void pull(std::size_t node) {
    const Bounds& left = nodes_[2 * node];
    const Bounds& right = nodes_[2 * node + 1];
    nodes_[node] = {std::min(left.first_push, right.first_push), std::max(left.last_pop_end, right.last_pop_end),
                    std::max(left.last_pop_begin, right.last_pop_begin)};
  }
  std::size_t outermost(std::size_t node, std::size_t begin, std::size_t end, std::size_t from, std::size_t to,
                        Place push,
                        Place pop) const {
    if (to <= begin || end <= from || nodes_[node].first_push >= push || nodes_[node].last_pop_end <= pop) return to;
    if (end - begin == 1) return begin;
    const std::size_t middle = (begin + end) / 2;
    const std::size_t left = outermost(2 * node, begin, middle, from, to, push, pop);
    return left != to ? left : outermost(2 * node + 1, middle, end, from, to, push, pop);
  }

  std::size_t leaves_;
  std::vector<Bounds> nodes_;
};

}  // namespace kasauti::checker::linearizable
