#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/verdict.hpp"
#include "histories/history.hpp"

namespace kasauti::checker::causal {

using histories::OpId;
using histories::no_operation;

/// The source of a read that returned the initial value.
inline constexpr OpId initial_write = no_operation - 1;
/// In place of a source: more than one is possible. Such a read is *open*.
inline constexpr OpId several_writes = no_operation - 2;

/// Which writes may have written what an operation found, in a history of registers or of a map (sources.cpp).
///
/// An operation that found a value may have it from every write of that value to its key that did not fail, or from
/// the initial value; a refused compare-and-set, which found another value than its old one, from every other write.
class Sources {
 public:
  /// O(n), and O(n log n) where some compare-and-set was refused.
  explicit Sources(const History& history);

  [[nodiscard]] const History& history() const { return *history_; }
  /// The key's value that an operation wrote or returned; no_value if it did not.
  [[nodiscard]] histories::ValueId written(OpId op) const;
  [[nodiscard]] histories::ValueId returned(OpId op) const;
  [[nodiscard]] bool refused(OpId op) const;
  /// It found something: a read, or a compare-and-set. Meant for operations that happened.
  [[nodiscard]] bool observes(OpId op) const { return returned(op) != histories::no_value || refused(op); }

  /// The only possible source of an operation that observes; initial_write; several_writes; or no_operation: none.
  [[nodiscard]] OpId only(OpId op) const;

  /// Makes possible() work: O(n log n), once.
  void list();
  /// All possible sources, writes in the order of their values, then of invocation; initial_write comes first.
  [[nodiscard]] std::vector<OpId> possible(OpId op) const;
  /// Their number, without a list. O(log n).
  [[nodiscard]] std::size_t possible_count(OpId op) const;
  [[nodiscard]] bool possible(OpId op, OpId source) const;

  /// In words, which writes an open read may have read.
  [[nodiscard]] std::string why_open(OpId op) const;

 private:
  struct Entry {
    histories::KeyId key;
    histories::ValueId value;
    OpId op;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };
  /// Positions in `listed_`.
  struct Range {
    std::size_t begin, end;
  };

  [[nodiscard]] histories::ValueId told(OpId op) const;
  [[nodiscard]] Range of_value(histories::KeyId key, histories::ValueId value) const;
  [[nodiscard]] Range of_key(histories::KeyId key) const;
  [[nodiscard]] OpId only_listed(OpId op) const;

  const History* history_;
  histories::ValueId absent_;
  std::vector<OpId> by_value_;  // the only write of a value over all keys, or several_writes
  boost::unordered_flat_map<std::uint64_t, OpId> by_key_and_value_;
  std::vector<Entry> listed_;   // every write that did not fail, if list() was called
  bool is_listed_ = false;
};

/// Why the causal family and the session guarantees don't apply to this history, or empty if they do.
[[nodiscard]] std::string unsupported(const History& history);

}  // namespace kasauti::checker::causal
