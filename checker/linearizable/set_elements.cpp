// What each call on a set says of its elements, once for the engine that orders them (set_reads.cpp).
//
// An element that was added once is out, then in, then out for good, so that it is known by one add, one removal and
// by what found it in between. Two things can be wrong already: something found what nobody added, or two calls
// removed it. O(n) and the sizes of different reads. Covered by tests/containers.

#include "checker/linearizable/set_elements.hpp"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "checker/linearizable/contents.hpp"

namespace kasauti::checker::linearizable {

namespace {

using histories::Flag;
using histories::Function;
using histories::ValueId;

/// A longer circle is left out of the anomaly's list of operations, not out of the proof.
constexpr std::size_t most_shown = 20;

constexpr std::ptrdiff_t most_told = 4;

std::string_view words_of(SetReason reason) {
  switch (reason) {
    case SetReason::real_time: return "for it completed before that began";
    case SetReason::seen: return "which found what it added";
    case SetReason::kept: return "which removed what it found";
    case SetReason::not_yet: return "which added what it did not find";
    case SetReason::gone: return "which did not find what it removed";
    case SetReason::nobody: return "for nobody added what it found";
  }
  return {};
}

class Collector {
 public:
  Collector(const History& history, std::span<const OpId> operations) : history_{history}, operations_{operations} {}

  std::optional<SetCalls> collect() {
    calls_.calls.resize(operations_.size());
    calls_.changes.resize(operations_.size(), Element::none);
    for (std::uint32_t place = 0; place < operations_.size(); ++place) {
      if (changes(place) && !change(place)) return std::nullopt;
    }
    for (std::uint32_t place = 0; place < operations_.size() && !calls_.clash; ++place) {
      if (!changes(place)) observe(place);
      else if (calls_.changes[place] != Element::none) settle(place);
    }
    if (!calls_.clash && twice_) clash_twice();
    return std::move(calls_);
  }

 private:
  bool changes(std::uint32_t place) const {
    const OpId op = operations_[place];
    const Function f = history_.function[op];
    return (f == Function::add || f == Function::remove) && !(history_.ok(op) && history_.flag[op] == Flag::no);
  }
  ElementId element_of(ValueId value) {
    const auto next = static_cast<ElementId>(calls_.elements.size());
    const auto [entry, inserted] = ids_.try_emplace(value, next);
    if (inserted) calls_.elements.emplace_back();
    return entry->second;
  }

  void clash(OpId op, std::string reason) {
    calls_.clash = refuted("set", {SetCycle{history_.key[op], {{op, op, SetReason::nobody}}}}, "ThinAirRead", {op},
                           std::move(reason));
  }

  void clash_twice() {
    const Element& element = calls_.elements[calls_.changes[*twice_]];
    const OpId first = operations_[element.removal], second = operations_[*twice_];
    const std::vector<OpId> all{operations_[element.add], first, second};
    calls_.clash = refuted("set", {ValuesCore{history_.key[first], all}}, "RemovedTwice", all,
                           fmt::format("{} and {} removed an element that was added once", history_.describe(first),
                                       history_.describe(second)));
  }

  // Notes an add or removal. False where an element was added twice.
  bool change(std::uint32_t place) {
    const OpId op = operations_[place];
    const ElementId id = element_of(history_.argument[op]);
    calls_.changes[place] = id;
    Element& element = calls_.elements[id];
    if (history_.function[op] == Function::add) {
      if (element.add != Element::none) return false;
      element.add = place;
      return true;
    }
    if (element.removal == Element::none) {
      element.removal = place;
      return true;
    }
    const OpId other = operations_[element.removal];
    if (history_.ok(op) && history_.ok(other)) {
      twice_ = place;
    } else if (history_.ok(op)) {
      element.removal = place;
      element.one_removal = true;
    } else if (!history_.ok(other)) {
      element.one_removal = false;
    }
    return true;
  }

  void found(ElementId id, std::uint32_t place) {
    const OpId op = operations_[place];
    Element& element = calls_.elements[id];
    if (element.add == Element::none) {
      clash(op, fmt::format("{} found what nobody added", history_.describe(op)));
      return;
    }
    if (history_.completed[op] < element.first_end) {
      element.first_end = history_.completed[op];
      element.first_found = place;
    }
    element.last_begin = history_.invoked[op];
    element.last_found = place;
  }

  // Of an add or removal of known outcome: when the element was there.
  void settle(std::uint32_t place) {
    const OpId op = operations_[place];
    const ElementId id = calls_.changes[place];
    if (!history_.ok(op)) return;
    if (history_.function[op] == Function::remove) return found(id, place);
    Element& element = calls_.elements[id];
    if (history_.completed[op] < element.first_end) {
      element.first_end = history_.completed[op];
      element.first_found = place;
    }
  }

  void observe(std::uint32_t place) {
    const OpId op = operations_[place];
    Observation& observation = calls_.calls[place];
    observation.observes = true;
    if (history_.function[op] != Function::read) {
      observation.first = element_of(history_.argument[op]);
      const bool no = history_.flag[op] == Flag::no;
      observation.found = (history_.function[op] == Function::add) == no;
      if (observation.found) found(observation.first, place);
      return;
    }
    observation.whole = true;
    const auto [entry, inserted] = reads_.try_emplace(history_.result[op], observation);
    if (inserted && history_.values.is_list(history_.result[op])) {
      entry->second.first = static_cast<std::uint32_t>(calls_.members.size());
      std::vector<ElementId> read;
      for (const ValueId value : history_.values.elements(history_.result[op])) read.push_back(element_of(value));
      std::ranges::sort(read);
      read.erase(std::ranges::unique(read).begin(), read.end());
      entry->second.count = static_cast<std::uint32_t>(read.size());
      calls_.members.insert(calls_.members.end(), read.begin(), read.end());
    }
    observation = entry->second;
    for (const ElementId id : calls_.read(observation)) found(id, place);
  }

  const History& history_;
  std::span<const OpId> operations_;
  SetCalls calls_;
  boost::unordered_flat_map<ValueId, ElementId> ids_;
  boost::unordered_flat_map<ValueId, Observation> reads_;
  std::optional<std::uint32_t> twice_;  // a removal of what another call removed too
};

}  // namespace

std::optional<SetCalls> set_calls_of(const History& history, std::span<const OpId> operations) {
  if (history.ties_in_process || begins_with_something(history)) return std::nullopt;
  return Collector{history, operations}.collect();
}

KeyAnswer set_cycle(const History& history, std::vector<SetEdge> edges) {
  std::vector<OpId> shown;
  std::string reason;
  for (const SetEdge& edge : edges) {
    for (const OpId each : {edge.from, edge.to, edge.evidence}) {
      if (each != histories::no_operation && shown.size() < most_shown) shown.push_back(each);
    }
    if (&edge - edges.data() >= most_told) continue;
    reason += fmt::format("{}{} comes before {}, {}", reason.empty() ? "" : "; ", history.describe(edge.from),
                          history.describe(edge.to), words_of(edge.reason));
  }
  if (std::ssize(edges) > most_told) reason += "; and so on, in a circle";
  const bool lost = std::ranges::any_of(edges, [](const SetEdge& edge) { return edge.reason == SetReason::not_yet; });
  SetCycle proof{history.key[edges[0].from], std::move(edges)};
  return refuted("set with reads", {std::move(proof)}, lost ? "LostElement" : "WrongMembership", std::move(shown),
                 std::move(reason));
}

}  // namespace kasauti::checker::linearizable
