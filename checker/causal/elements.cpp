// Sets and append lists for models that are about reads and writes.
//
// A set is a map with a register for each element of each key: it holds whether the element is as it was at first, or
// was added, or removed. So `add` writes; an `ok` remove, or an add that says whether the element was new, reads and
// writes at once, as a compare-and-set; where it changed nothing it only reads, as `contains` does. A read of the whole
// reads every register of its key twice, one after the other. In one order of events, between the rounds all registers
// held what was returned at the same time, as each read names one write, which comes once; in a causal past, the
// second round knows all that the first one returned. So two rounds say as much as one read at one moment, and a model
// holds for the set iff it holds for the registers. Equal elements that are added or removed several times are equal
// values of a register (cases.cpp).
//
// A list keeps the order of its elements too, which registers don't show; so they only refute. Where no violation is
// found the verdict is unknown. That an element was appended twice is no difference to its being there.
//
// Calls of one session must not overlap, as the parts of one could come between those of another. Tested by
// tests/causal/elements.cpp against brute force on the set itself.

#include "checker/causal/elements.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace kasauti::checker::causal {

using histories::Flag;
using histories::Function;
using histories::History;
using histories::KeyId;
using histories::ObjectKind;
using histories::OpId;
using histories::Outcome;
using histories::ValueId;

namespace {

constexpr std::size_t most_accesses = 20'000'000;

class Telling {
 public:
  explicit Telling(const History& history) : h_{history} {}

  Elements run() {
    if (overlap()) {
      told_.problem = "calls of one session overlap, and the object is read element by element";
      return std::move(told_);
    }
    list_elements();
    if (accesses() > most_accesses) {
      told_.problem = fmt::format("reads of the whole make more than {} accesses to elements", most_accesses);
      return std::move(told_);
    }
    begin();
    for (OpId op = 0; op < h_.size(); ++op) tell(op);
    return std::move(told_);
  }

 private:
  using Element = std::pair<KeyId, ValueId>;

  [[nodiscard]] bool overlap() const {
    if (h_.ties_in_process) return true;
    std::vector<histories::Rank> last(h_.session_name.size(), 0);
    for (OpId op = 0; op < h_.size(); ++op) {
      histories::Rank& end = last[h_.session[op]];
      if (end > h_.invoked[op]) return true;
      if (h_.completed[op] != histories::never) end = std::max(end, h_.completed[op]);
    }
    return false;
  }

  [[nodiscard]] std::span<const ValueId> members(ValueId list) const {
    return h_.values.is_list(list) ? h_.values.elements(list) : std::span<const ValueId>{};
  }
  [[nodiscard]] bool reads_whole(OpId op) const { return h_.function[op] == Function::read && h_.ok(op); }
  [[nodiscard]] bool at_first(ValueId element) const {
    return std::ranges::find(members(h_.header.initial), element) != members(h_.header.initial).end();
  }

  void list_elements() {
    for (OpId op = 0; op < h_.size(); ++op) {
      if (reads_whole(op)) {
        for (const ValueId element : members(h_.result[op])) elements_.emplace_back(h_.key[op], element);
      } else if (h_.function[op] != Function::read) {
        elements_.emplace_back(h_.key[op], h_.argument[op]);
      }
    }
    for (KeyId key = 0; key < h_.key_count(); ++key) {
      for (const ValueId element : members(h_.header.initial)) elements_.emplace_back(key, element);
    }
    std::ranges::sort(elements_);
    elements_.erase(std::ranges::unique(elements_).begin(), elements_.end());
    first_.assign(h_.key_count() + 1, 0);
    for (const auto& [key, element] : elements_) ++first_[key + 1];
    for (std::size_t key = 0; key < h_.key_count(); ++key) first_[key + 1] += first_[key];
  }

  [[nodiscard]] std::size_t accesses() const {
    std::size_t count = 0;
    for (OpId op = 0; op < h_.size(); ++op) {
      count += reads_whole(op) ? 2 * (first_[h_.key[op] + 1] - first_[h_.key[op]]) : 1;
    }
    return count;
  }

  void begin() {
    History& r = told_.registers;
    r.values = h_.values;
    r.header.given = true;
    r.header.object = ObjectKind::kv;
    r.header.initial = r.values.intern_string("as at first");
    r.process_name = h_.process_name;
    r.session_name = h_.session_name;
    added_ = r.values.intern_string("added");
    removed_ = r.values.intern_string("removed");
    for (const auto& [key, element] : elements_) {
      const ValueId name = h_.key_name[key];
      const std::array both{name == histories::no_value ? histories::null_value : name, element};
      r.key_name.push_back(r.values.intern_list(both));
    }
  }

  /// What the register of an element holds when the element is a member, or is none.
  [[nodiscard]] ValueId state(std::size_t element, bool member) const {
    if (at_first(elements_[element].second) == member) return told_.registers.header.initial;
    return member ? added_ : removed_;
  }

  void access(OpId op, Function function, std::size_t element, ValueId value) {
    History& r = told_.registers;
    const auto place = static_cast<histories::Rank>(2 * told_.origin.size());
    told_.origin.push_back(op);
    r.function.push_back(function);
    r.outcome.push_back(h_.outcome[op]);
    r.process.push_back(h_.process[op]);
    r.session.push_back(h_.session[op]);
    r.key.push_back(static_cast<KeyId>(element));
    r.argument.push_back(function == Function::read ? histories::no_value : value);
    r.result.push_back(function == Function::read ? value : histories::no_value);
    r.flag.push_back(Flag::absent);
    r.invoked.push_back(place);
    r.completed.push_back(h_.outcome[op] == Outcome::info ? histories::never : place + 1);
    r.invoked_line.push_back(h_.invoked_line[op]);
    r.completed_line.push_back(h_.completed_line[op]);
  }

  void tell(OpId op) {
    if (h_.function[op] == Function::read) {
      if (reads_whole(op)) tell_whole(op);
      return;
    }
    const Element wanted{h_.key[op], h_.argument[op]};
    const auto element = static_cast<std::size_t>(std::ranges::lower_bound(elements_, wanted) - elements_.begin());
    const Flag flag = h_.flag[op];
    switch (h_.function[op]) {
      case Function::append: return access(op, Function::write, element, state(element, true));
      case Function::add:
        if (flag == Flag::absent) return access(op, Function::write, element, state(element, true));
        if (flag == Flag::yes) return change(op, element, true);
        return access(op, Function::read, element, state(element, true));
      case Function::remove:
        if (flag != Flag::no) return change(op, element, false);
        return access(op, Function::read, element, state(element, false));
      case Function::contains:
        if (h_.ok(op)) access(op, Function::read, element, state(element, flag != Flag::no));
        return;
      default: return;
    }
  }

  /// The element was no member, or was one, and now is the other.
  void change(OpId op, std::size_t element, bool member) {
    const std::array both{state(element, !member), state(element, member)};
    access(op, Function::cas, element, told_.registers.values.intern_list(both));
  }

  void tell_whole(OpId op) {
    std::vector<ValueId> found(members(h_.result[op]).begin(), members(h_.result[op]).end());
    std::ranges::sort(found);
    for (int round = 0; round < 2; ++round) {
      for (std::size_t element = first_[h_.key[op]]; element < first_[h_.key[op] + 1]; ++element) {
        const bool member = std::ranges::binary_search(found, elements_[element].second);
        access(op, Function::read, element, state(element, member));
      }
    }
  }

  const History& h_;
  Elements told_;
  std::vector<Element> elements_;    // the registers
  std::vector<std::size_t> first_;   // by key
  ValueId added_ = histories::no_value, removed_ = histories::no_value;
};

Certificate wrapped(Certificate certificate) {
  ByElements proof;
  bool fits = false;
  std::visit(
      [&](auto& inner) {
        if constexpr (requires { proof.registers = std::move(inner); }) {
          proof.registers = std::move(inner);
          fits = true;
        }
      },
      certificate.proof);
  if (fits) return {std::move(proof)};
  return certificate;
}

}  // namespace

bool has_elements(const History& history) {
  return history.header.object == ObjectKind::set || history.header.object == ObjectKind::list;
}

Elements told_by_elements(const History& history) { return Telling{history}.run(); }

Judgement of_the_whole(const History& history, const Elements& elements, Judgement judgement) {
  // The registers' order of events is made up, and says nothing of real time.
  std::erase_if(judgement.anomalies, [](const Anomaly& anomaly) { return anomaly.relative; });
  for (Anomaly& anomaly : judgement.anomalies) {
    for (OpId& op : anomaly.operations) op = elements.origin[op];
    std::ranges::sort(anomaly.operations);
    anomaly.operations.erase(std::ranges::unique(anomaly.operations).begin(), anomaly.operations.end());
  }
  if (judgement.verdict == Verdict::holds && history.header.object == ObjectKind::list) {
    return unknown(judgement.model, Cause::unsupported,
                   "which elements the lists had is in keeping with this model; in which order, it does not judge");
  }
  judgement.certificate = wrapped(std::move(judgement.certificate));
  return judgement;
}

}  // namespace kasauti::checker::causal
