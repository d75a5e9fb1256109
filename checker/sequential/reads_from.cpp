#include "checker/sequential/reads_from.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include "checker/sequential/problem.hpp"

namespace kasauti::checker::sequential {

namespace {

using histories::Flag;
using histories::Function;
using histories::no_operation;
using histories::no_value;
using histories::null_value;
using histories::ObjectKind;
using histories::Outcome;

/// What is known of one value of one key.
struct Value {
  std::uint32_t writer = no_node;  ///< the first possible one
  std::uint32_t writers = 0;       ///< all possible ones, the initial value included
  bool observed = false;           ///< by an operation that happened
  bool wanted = false;             ///< by one that may have happened
};

class Analysis {
 public:
  Analysis(const History& history, std::span<const OpId> operations, std::span<const std::uint32_t> local_key,
           std::uint32_t key_count, histories::Budget& budget)
      : history_{history}, budget_{budget}, opaque_(key_count, 0), keeps_unread_(key_count, 0) {
    const auto& header = history.header;
    const bool empty_is_absent = history.values.is_string(header.initial) && history.values.text(header.initial).empty();
    absent_ = empty_is_absent ? header.initial : null_value;
    result_.accesses.reserve(operations.size());
    for (const OpId op : operations) {
      if (!budget_.spend(spent_)) return;
      Access access;
      access.operation = op;
      access.key = local_key[history.key[op]];
      access.optional = history.outcome[op] == Outcome::info;
      if (is_register(header)) describe(access);
      result_.accesses.push_back(access);
    }
  }

  ReadsFrom run() {
    if (!is_register(history_.header)) return std::move(result_);
    collect();
    settle();
    for (Access& access : result_.accesses) {
      if (!budget_.spend(spent_)) break;
      resolve(access);
    }
    return std::move(result_);
  }

 private:
  void describe(Access& access) {
    const OpId op = access.operation;
    switch (history_.function[op]) {
      case Function::read: access.observed = history_.result[op]; return;
      case Function::write: access.written = history_.argument[op]; return;
      case Function::remove: access.written = absent_; return;
      case Function::cas: {
        if (history_.ok(op) && history_.flag[op] == Flag::no) {
          keeps_unread_[access.key] = 1;
          return;
        }
        const auto pair = history_.values.elements(history_.argument[op]);
        access.observed = pair[0];
        access.written = pair[1];
        return;
      }
      default: opaque_[access.key] = keeps_unread_[access.key] = 1; return;
    }
  }

  Value& value(std::uint32_t key, ValueId id) {
    const auto [entry, inserted] = values_.try_emplace(std::uint64_t{key} << 32 | id);
    if (inserted && id == history_.header.initial) entry->second = {from_initial, 1, false, false};
    return entry->second;
  }

  void collect() {
    values_.reserve(result_.accesses.size());
    for (std::uint32_t i = 0; i < result_.accesses.size(); ++i) {
      if (!budget_.spend(spent_, 2)) return;
      const Access& access = result_.accesses[i];
      if (access.observed != no_value) {
        Value& seen = value(access.key, access.observed);
        seen.wanted = true;
        seen.observed |= !access.optional;
      }
      if (access.written == no_value) continue;
      Value& made = value(access.key, access.written);
      if (made.writers++ == 0) made.writer = i;
    }
  }

  /// An operation of unknown outcome happened if an operation that happened observed its value and it is the only
  /// writer; and then, if it is a compare-and-set, it observed a value itself.
  void settle() {
    std::vector<std::uint32_t> pending;
    const auto consider = [&](const Value& seen) {
      if (seen.observed && seen.writers == 1 && seen.writer < from_anyone && result_.accesses[seen.writer].optional) {
        pending.push_back(seen.writer);
      }
    };
    for (const Access& access : result_.accesses) {
      if (access.optional && access.written != no_value && opaque_[access.key] == 0) {
        consider(value(access.key, access.written));
      }
    }
    while (!pending.empty()) {
      Access& access = result_.accesses[pending.back()];
      pending.pop_back();
      if (!access.optional) continue;
      access.optional = false;
      if (access.observed == no_value) continue;
      Value& seen = value(access.key, access.observed);
      seen.observed = true;
      consider(seen);
    }
  }

  void resolve(Access& access) {
    if (access.optional) {
      access.dropped = keeps_unread_[access.key] == 0 && access.written != no_value &&
                       !value(access.key, access.written).wanted;
      if (access.observed != no_value) access.source = from_anyone;
      return;
    }
    if (access.observed == no_value) return;
    const Value& seen = value(access.key, access.observed);
    access.source = seen.writers == 1 && opaque_[access.key] == 0 ? seen.writer : from_anyone;
    // One of unknown outcome that observed thin air is left to the search: it did not return the value itself.
    const bool completed = history_.ok(access.operation);
    if (seen.writers == 0 && opaque_[access.key] == 0 && completed && result_.thin_air == no_operation) {
      result_.thin_air = access.operation;
    }
  }

  const History& history_;
  histories::Budget& budget_;
  std::uint32_t spent_ = 0;
  ReadsFrom result_;
  ValueId absent_ = null_value;
  std::vector<std::uint8_t> opaque_;        // values may come from appends
  std::vector<std::uint8_t> keeps_unread_;  // someone observes what the value is not
  boost::unordered_flat_map<std::uint64_t, Value> values_;
};

}  // namespace

bool is_register(const histories::Header& header) {
  const ObjectKind object = header.object;
  const bool kind = object == ObjectKind::reg || object == ObjectKind::cas_register || object == ObjectKind::kv;
  return kind && header.specification.empty();
}

ReadsFrom reads_from(const History& history, std::span<const OpId> operations,
                     std::span<const std::uint32_t> local_key, std::uint32_t key_count, histories::Budget& budget) {
  return Analysis{history, operations, local_key, key_count, budget}.run();
}

}  // namespace kasauti::checker::sequential
