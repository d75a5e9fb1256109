// Objects whose answers say in which order things happened: lists read whole, sets that only grow, fetch-and-add,
// unique ids.
//
// Every operation gets a level, such that one of a lower level must come before one of a higher level in any legal
// order, and any order by levels is legal:
//  - list, values appended once: the longest read gives the order of the appends; a read of length k stands between
//    the k-th append and the next; what was never read comes last, or (unknown outcome) is left out. Every read must
//    be a prefix of the longest;
//  - set of adds and whole reads only: reads are ordered by size, each must include those before; an add stands
//    before the first read that has its element;
//  - fetch-and-add of positive numbers: by the value returned; from one to the next it must have grown by just what
//    was added. Adds of unknown outcome fill gaps, those of one amount the earliest begun first;
//  - ids: any order, if they differ.
//
// Levels are taken in order, each operation as early as possible. If one had completed by then, some operation of a
// lower level began after its completion: two operations, and the read that ordered them, are the refutation.
//
// O(n log n) plus the size of the lists and sets read. Exact where it applies, but for gaps in fetch-and-add that
// operations of unknown outcome and different amounts might fill. Covered by tests/containers against brute force.

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"
#include "checker/linearizable/levels.hpp"
#include "checker/linearizable/unfinished.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;
using histories::never;
using histories::no_operation;
using histories::Rank;
using histories::ValueId;

constexpr std::string_view method = "known order";

KeyAnswer clash(const History& history, OpId a, OpId b, OpId evidence, std::string_view anomaly, std::string reason) {
  std::vector<OpId> operations{a};
  for (const OpId op : {b, evidence}) {
    if (op != no_operation) operations.push_back(op);
  }
  return refuted(method, {OrderClash{history.key[a], a, b, evidence}}, anomaly, std::move(operations),
                 std::move(reason));
}

/// `evidence_of` gives the read that shows that additions of this level come before those of higher ones.
template <class Evidence>
KeyAnswer by_levels(const History& history, std::vector<Leveled> operations, const Evidence& evidence_of) {
  LevelOrder order = order_levels(history, std::move(operations));
  if (order.later != no_operation) {
    return clash(history, order.earlier, order.later, evidence_of(order.level), "OutOfOrder",
                 fmt::format("{} must come before {}, which completed before it began", history.describe(order.earlier),
                             history.describe(order.later)));
  }
  KeyAnswer answer;
  answer.witness = std::move(order.witness);
  answer.verdict = Verdict::holds;
  answer.method = method;
  return answer;
}

/// What the engines for lists and sets share: the additions by value, and the reads.
struct Growth {
  boost::unordered_flat_map<ValueId, OpId> adds;
  std::vector<OpId> reads;  ///< by size, then by what was read, so that equal ones stand together
};

std::span<const ValueId> elements(const History& history, OpId read) {
  const ValueId result = history.result[read];
  if (!history.values.is_list(result)) return {};
  return history.values.elements(result);
}

std::optional<Growth> growth_of(const History& history, std::span<const OpId> operations, Function adds) {
  if (history.ties_in_process || begins_with_something(history)) return std::nullopt;
  Growth growth;
  for (const OpId op : operations) {
    if (history.function[op] == Function::read) {
      growth.reads.push_back(op);
    } else if (history.function[op] != adds || history.flag[op] != histories::Flag::absent ||
               !growth.adds.try_emplace(history.argument[op], op).second) {
      return std::nullopt;
    }
  }
  std::ranges::sort(growth.reads, {}, [&](OpId read) {
    return std::tuple{elements(history, read).size(), history.result[read], read};
  });
  return growth;
}

bool reads_the_same(const History& history, OpId a, OpId b) {
  return history.result[a] == history.result[b] ||
         (elements(history, a).empty() && elements(history, b).empty());
}

KeyAnswer never_added(const History& history, OpId read, ValueId value) {
  return clash(history, read, no_operation, no_operation, "ThinAirRead",
               fmt::format("{} contains {}, which nobody added, or contains it twice", history.describe(read),
                           history.values.to_json(value)));
}

// The levels of the adds, once those that were read have theirs.
void add_adds(const History& history, const Growth& growth,
              const boost::unordered_flat_map<ValueId, std::uint32_t>& level_of, std::uint32_t last_level,
              std::vector<Leveled>& leveled) {
  for (const auto& [value, op] : growth.adds) {
    const auto entry = level_of.find(value);
    if (entry != level_of.end()) {
      leveled.push_back({entry->second, op});
    } else if (history.ok(op)) {
      leveled.push_back({last_level, op});
    }
  }
}

}  // namespace

std::optional<KeyAnswer> decide_list(const History& history, std::span<const OpId> operations, Budget& budget) {
  const auto growth = growth_of(history, operations, Function::append);
  if (!growth || !budget.poll()) return std::nullopt;
  const OpId longest = growth->reads.empty() ? no_operation : growth->reads.back();
  boost::unordered_flat_map<ValueId, std::uint32_t> level_of;
  std::vector<Leveled> leveled;
  const auto whole = longest == no_operation ? std::span<const ValueId>{} : elements(history, longest);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const bool first = level_of.try_emplace(whole[i], static_cast<std::uint32_t>(2 * i + 1)).second;
    if (!first || !growth->adds.contains(whole[i])) return never_added(history, longest, whole[i]);
  }
  std::uint32_t local = 0;
  for (std::size_t i = 0; i < growth->reads.size(); ++i) {
    const OpId read = growth->reads[i];
    const auto here = elements(history, read);
    const bool new_list = i == 0 || !reads_the_same(history, growth->reads[i - 1], read);
    if (!budget.spend(local, new_list ? static_cast<std::uint32_t>(1 + here.size() / 8) : 1)) return std::nullopt;
    if (new_list && !std::ranges::equal(here, whole.first(here.size()))) {
      return clash(history, read, longest, no_operation, "IncompatibleReads",
                   fmt::format("{} is no prefix of {}", history.describe(read), history.describe(longest)));
    }
    leveled.push_back({static_cast<std::uint32_t>(2 * here.size()), read});
  }
  add_adds(history, *growth, level_of, static_cast<std::uint32_t>(2 * whole.size() + 1), leveled);
  return by_levels(history, std::move(leveled), [&](std::uint32_t) { return longest; });
}

std::optional<KeyAnswer> decide_growing_set(const History& history, std::span<const OpId> operations, Budget& budget) {
  const auto growth = growth_of(history, operations, Function::add);
  if (!growth || growth->reads.empty() || !budget.poll()) return std::nullopt;
  boost::unordered_flat_map<ValueId, std::uint32_t> level_of;
  std::vector<Leveled> leveled;
  boost::unordered_flat_map<ValueId, std::uint32_t> seen_at;  // the level of the last read that had the value
  std::vector<OpId> first_read;                               // by half of its level
  std::uint32_t level = 0, local = 0;
  for (std::size_t i = 0; i < growth->reads.size(); ++i) {
    const OpId read = growth->reads[i];
    if (i == 0 || !reads_the_same(history, growth->reads[i - 1], read)) {
      const auto here = elements(history, read);
      if (!budget.spend(local, static_cast<std::uint32_t>(1 + here.size() / 8))) return std::nullopt;
      const std::size_t known = level_of.size();
      level += 2;
      first_read.push_back(read);
      std::size_t old = 0;
      for (const ValueId value : here) {
        const auto [entry, inserted] = level_of.try_emplace(value, level - 1);
        std::uint32_t& seen = seen_at.try_emplace(value, 0).first->second;
        if (seen == level) return std::nullopt;  // an element printed twice: sizes say nothing then
        seen = level;
        if (inserted && !growth->adds.contains(value)) return never_added(history, read, value);
        old += inserted ? 0 : 1;
      }
      if (old != known) {
        return clash(history, growth->reads[i - 1], read, no_operation, "IncompatibleReads",
                     fmt::format("{} and {}: neither set includes the other, and nothing was removed",
                                 history.describe(growth->reads[i - 1]), history.describe(read)));
      }
    }
    leveled.push_back({level, read});
  }
  add_adds(history, *growth, level_of, level + 1, leveled);
  return by_levels(history, std::move(leveled), [&](std::uint32_t of) {
    return first_read[std::min<std::size_t>(of / 2, first_read.size() - 1)];
  });
}

std::optional<KeyAnswer> decide_ids(const History& history, std::span<const OpId> operations, Budget& budget) {
  if (begins_with_something(history)) return std::nullopt;
  boost::unordered_flat_map<ValueId, OpId> given;
  KeyAnswer answer;
  std::uint32_t local = 0;
  for (const OpId op : operations) {
    if (!budget.spend(local)) return std::nullopt;
    if (!history.ok(op)) continue;
    const auto [entry, inserted] = given.try_emplace(history.result[op], op);
    if (!inserted) {
      return clash(history, entry->second, op, no_operation, "DuplicateId",
                   fmt::format("{} and {} returned the same id", history.describe(entry->second),
                               history.describe(op)));
    }
    answer.witness.push_back(op);
  }
  answer.verdict = Verdict::holds;
  answer.method = method;
  return answer;
}

std::optional<KeyAnswer> decide_fetch_add(const History& history, std::span<const OpId> operations, Budget& budget) {
  constexpr std::int64_t largest = std::int64_t{1} << 61;
  struct Added {
    std::int64_t before, amount;
    OpId operation;
  };
  if (history.ties_in_process || !budget.poll()) return std::nullopt;
  const auto& values = history.values;
  std::int64_t expected = values.is_integer(history.header.initial) ? values.integer(history.header.initial) : 0;
  std::vector<Added> known;
  for (const OpId op : operations) {
    const std::int64_t amount = values.integer(history.argument[op]);
    if (amount <= 0 || amount > largest) return std::nullopt;
    if (!history.ok(op)) continue;
    known.push_back({values.integer(history.result[op]), amount, op});
    if (known.back().before > largest || known.back().before < -largest) return std::nullopt;
  }
  Unfinished unfinished{history, operations};
  std::ranges::sort(known, {}, [](const Added& added) { return std::pair{added.before, added.operation}; });
  // What comes before a known one comes before all behind it, too, and has begun when the first of them completes.
  std::vector<Rank> ends(known.size() + 1, never);
  for (std::size_t i = known.size(); i-- > 0;) ends[i] = std::min(ends[i + 1], history.completed[known[i].operation]);
  std::vector<Leveled> leveled;
  const auto place = [&](OpId op) { leveled.push_back({static_cast<std::uint32_t>(leveled.size()), op}); };
  for (std::size_t i = 0; i < known.size(); ++i) {
    const Added& added = known[i];
    if (added.before < expected) {
      const OpId earlier = i == 0 ? no_operation : known[i - 1].operation;
      return clash(history, added.operation, earlier, no_operation, "LostUpdate",
                   fmt::format("{} returned less than had been added already", history.describe(added.operation)));
    }
    const std::int64_t gap = added.before - expected;
    if (gap != 0 && unfinished.empty()) {
      return clash(history, added.operation, no_operation, no_operation, "ThinAirRead",
                   fmt::format("{} returned a value to which no additions lead", history.describe(added.operation)));
    }
    if (gap != 0) {
      if (gap > Unfinished::largest_sum || !unfinished.sums(gap, ends[i])[static_cast<std::size_t>(gap)]) return std::nullopt;
      unfinished.use(gap, place);
    }
    place(added.operation);
    expected = added.before + added.amount;
  }
  KeyAnswer answer = by_levels(history, std::move(leveled), [](std::uint32_t) { return no_operation; });
  if (answer.verdict == Verdict::violated) {
    const auto& proof = std::get<OrderClash>(answer.refutation.proof);
    if (!history.ok(proof.a) || !history.ok(proof.b)) return std::nullopt;
  }
  return answer;
}

}  // namespace kasauti::checker::linearizable
