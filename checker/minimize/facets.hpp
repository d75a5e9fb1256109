#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "histories/history.hpp"

namespace kasauti::checker::minimize {

using histories::History;
using histories::KeyId;
using histories::OpId;
using histories::ValueId;

/// One thing that an operation did to a key, or saw of it.
struct Facet {
  enum class Kind : std::uint8_t {
    equal,    ///< wrote this value; saw that value
    differs,  ///< saw that it was not this value (a refused compare-and-set)
    any,      ///< wrote something that depends on more than the operation; saw what any write may have changed
  };
  OpId op = histories::no_operation;
  KeyId key = 0;
  ValueId value = histories::no_value;
  Kind kind = Kind::equal;
};

/// What the operations of a history did and saw, indexed from both sides.
///
/// A failed operation did and saw nothing; one of unknown outcome saw nothing unless what it did depends on what was
/// there. Keys are those of the history; of transactions, those inside them.
class Facets {
 public:
  /// With `vague_writes` every write counts as `any`, since what a read returns may depend on any write it overlaps.
  Facets(const History& history, bool vague_writes);

  [[nodiscard]] std::span<const Facet> writes(OpId op) const { return part(writes_, write_begin_, op); }
  [[nodiscard]] std::span<const Facet> observations(OpId op) const {
    return part(observations_, observation_begin_, op);
  }
  /// Whether the object's values live and die as a whole: leaving out one operation that adds or removes a value
  /// leaves out all of them (queue, stack, priority queue, bag, set).
  [[nodiscard]] bool whole_values() const { return whole_values_; }
  /// The key of a write that certainly happened and whose effect does not depend on what was there.
  [[nodiscard]] bool overwrites(OpId op, const Facet& wrote) const;

  /// Legal in every state, whatever it leaves behind: it may be put at the end of any legal order.
  [[nodiscard]] bool always_legal(OpId op) const;

  /// How many pairs of a write and an observation a closure may have to look at.
  [[nodiscard]] std::uint64_t pairs() const;

  /// Calls `visit` with each observation that may match the write, or write of the same value; and the other way round.
  template <class Visit>
  void visit_observers(const Facet& wrote, const Visit& visit) const {
    if (wrote.kind == Facet::Kind::any) return all(key_observers_, wrote.key, observations_, visit);
    all(value_observers_, bucket(wrote.key, wrote.value), observations_, visit);
    all(vague_observers_, wrote.key, observations_, visit);
  }
  template <class Visit>
  void visit_writers(const Facet& saw, const Visit& visit) const {
    if (saw.kind != Facet::Kind::equal) return all(key_writers_, saw.key, writes_, visit);
    all(value_writers_, bucket(saw.key, saw.value), writes_, visit);
    all(vague_writers_, saw.key, writes_, visit);
  }
  template <class Visit>
  void visit_same_value(const Facet& wrote, const Visit& visit) const {
    if (wrote.kind == Facet::Kind::equal) all(value_writers_, bucket(wrote.key, wrote.value), writes_, visit);
  }

 private:
  using Lists = boost::unordered_flat_map<std::uint64_t, std::vector<std::uint32_t>>;

  static std::uint64_t bucket(KeyId key, ValueId value) { return static_cast<std::uint64_t>(key) << 32U | value; }
  static std::span<const Facet> part(const std::vector<Facet>& facets, const std::vector<std::uint32_t>& begin,
                                     OpId op) {
    return {facets.data() + begin[op], facets.data() + begin[op + 1]};
  }
  template <class Visit>
  static void all(const Lists& lists, std::uint64_t which, const std::vector<Facet>& facets, const Visit& visit) {
    if (const auto found = lists.find(which); found != lists.end()) {
      for (const std::uint32_t facet : found->second) visit(facets[facet]);
    }
  }

  void add(OpId op);
  void add_register(OpId op);
  void add_element(OpId op);
  void add_container(OpId op);
  void add_transaction(OpId op);
  void count_unclaimed();
  void wrote(OpId op, KeyId key, ValueId value, Facet::Kind kind = Facet::Kind::equal);
  void saw(OpId op, KeyId key, ValueId value, Facet::Kind kind = Facet::Kind::equal);
  void build_index();
  KeyId inner_key(ValueId key);

  const History& history_;
  bool vague_writes_;
  bool whole_values_ = false;
  bool opaque_ = false;                       ///< nothing is known of how its operations depend on each other
  std::vector<std::int64_t> unclaimed_;       ///< by key of a container: values that no `ok` removal accounts for
  std::vector<Facet> writes_, observations_;
  std::vector<std::uint32_t> write_begin_, observation_begin_;
  Lists value_writers_, vague_writers_, key_writers_, value_observers_, vague_observers_, key_observers_;
  boost::unordered_flat_map<ValueId, KeyId> inner_keys_;
};

}  // namespace kasauti::checker::minimize
