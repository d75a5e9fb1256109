// The warnings: what a history that is in order shows all the same (DESIGN §3).
//
// Question: which findings should stand beside a verdict? Each rule is one pass over the columns. Values written and
// values observed are compared as (key, value) pairs in a hash set, so the rules that need them cost O(n) on average;
// overlapping calls of a session are found in order of invocation with the session's open call. The rules speak of
// what can be told by looking at values: for strings that grow by `append`, and for objects whose results are
// computed (counters, banks), nothing is said of unwritten reads. Covered by histories/corpus/lint, one file a rule,
// and tests/histories/test_lint.cpp.

#include "histories/lint.hpp"

#include <algorithm>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include "histories/builder.hpp"
#include "histories/shapes.hpp"

namespace kasauti::histories {

namespace {

using enum Function;

/// A value under a key, as one word.
std::uint64_t pair_of(KeyId key, ValueId value) { return std::uint64_t{key} << 32U | value; }

bool is_writer(Function function) {
  switch (function) {
    case write: case cas: case append: case add: case enqueue: case push: case insert: case put: return true;
    default: return false;
  }
}

bool changes(Function function) {
  switch (function) {
    case read: case contains: case read_all: return false;
    default: return true;
  }
}

bool observes(const History& h, OpId op) {
  if (!h.ok(op)) return false;
  switch (h.function[op]) {
    case cas: case contains: case book: case acquire: return true;
    case txn: {
      for (const ValueId step : h.values.elements(h.argument[op])) {
        if (h.values.text(h.values.elements(step)[0]) == "r") return true;
      }
      return false;
    }
    default: return h.result[op] != no_value || h.flag[op] != Flag::absent;
  }
}

class Linter {
 public:
  explicit Linter(const History& history) : h_{history} {}

  std::vector<Finding> run() {
    unwritten_reads();
    duplicate_writes();
    session_overlaps();
    processes_after_info();
    concurrency();
    observations();
    return std::move(findings_);
  }

 private:
  /// At the operation's first or last line.
  void warn(std::string_view rule, std::uint32_t line, std::string message) {
    if (++count_ <= HistoryBuilder::finding_limit) findings_.push_back(finding(rule, line, 1, std::move(message)));
  }
  void end_of_rule(std::string_view rule) {
    if (count_ > HistoryBuilder::finding_limit) {
      const std::size_t more = count_ - HistoryBuilder::finding_limit;
      findings_.push_back(finding(rule, 0, 0, fmt::format("and {} more of these", more)));
    }
    count_ = 0;
  }

  /// What an operation writes: of a cas its new value.
  [[nodiscard]] ValueId written(OpId op) const {
    if (h_.function[op] != cas) return h_.argument[op];
    return h_.values.is_list(h_.argument[op]) ? h_.values.elements(h_.argument[op])[1] : no_value;
  }
  [[nodiscard]] bool writes_values() const {
    switch (h_.header.object) {
      case ObjectKind::reg: case ObjectKind::cas_register: case ObjectKind::kv: case ObjectKind::list:
      case ObjectKind::set: case ObjectKind::queue: case ObjectKind::stack: case ObjectKind::priority_queue:
      case ObjectKind::bag: return true;
      default: return false;
    }
  }
  [[nodiscard]] bool is_container() const {
    return h_.header.object == ObjectKind::list || h_.header.object == ObjectKind::set;
  }

  // Failed writes did not happen, refused ones neither; a read of their value is a read of what nobody wrote.
  [[nodiscard]] boost::unordered_flat_map<std::uint64_t, OpId> writers() const {
    boost::unordered_flat_map<std::uint64_t, OpId> first;
    for (OpId op = 0; op < h_.size(); ++op) {
      if (!is_writer(h_.function[op]) || h_.outcome[op] == Outcome::fail || h_.flag[op] == Flag::no) continue;
      if (written(op) != no_value) first.try_emplace(pair_of(h_.key[op], written(op)), op);
    }
    return first;
  }

  void unwritten_reads() {
    const bool grows = std::ranges::find(h_.function, append) != h_.function.end() &&
        h_.header.object == ObjectKind::kv;
    if (!writes_values() || grows) return;
    const auto writer = writers();
    const auto check = [&](OpId op, ValueId value) {
      if (value == no_value || value == null_value || value == h_.header.initial) return true;
      if (writer.contains(pair_of(h_.key[op], value))) return true;
      warn("unwritten-read", h_.completed_line[op],
           fmt::format("{}: nobody wrote {}", h_.describe_call(op), h_.values.to_json(value).substr(0, 60)));
      return false;
    };
    for (OpId op = 0; op < h_.size(); ++op) {
      if (!h_.ok(op) || h_.result[op] == no_value) continue;
      if (!is_container() || !h_.values.is_list(h_.result[op])) {
        check(op, h_.result[op]);
        continue;
      }
      const auto elements = h_.values.elements(h_.result[op]);
      (void)std::ranges::all_of(elements, [&](ValueId element) { return check(op, element); });
    }
    end_of_rule("unwritten-read");
  }

  void duplicate_writes() {
    if (!writes_values()) return;
    boost::unordered_flat_map<std::uint64_t, OpId> first;
    for (OpId op = 0; op < h_.size(); ++op) {
      if (!is_writer(h_.function[op]) || h_.outcome[op] == Outcome::fail || h_.flag[op] == Flag::no) continue;
      const ValueId value = written(op);
      if (value == no_value) continue;
      const bool is_initial = value == h_.header.initial && !is_container();
      const auto [entry, inserted] = first.try_emplace(pair_of(h_.key[op], value), op);
      if (inserted && !is_initial) continue;
      warn("duplicate-write", h_.invoked_line[op],
           inserted ? fmt::format("{}: {} is the initial value", h_.describe_call(op),
               h_.values.to_json(value).substr(0, 60))
                    : fmt::format("{}: line {} wrote {} too", h_.describe_call(op), h_.invoked_line[entry->second],
                                  h_.values.to_json(value).substr(0, 60)));
    }
    end_of_rule("duplicate-write");
  }

  // A call of unknown outcome is over when its client says so, or when its process goes on; what its session does
  // then does not overlap it, although its effect may come later.
  void session_overlaps() {
    if (!h_.sessions_given) return;
    std::vector<OpId> open(h_.session_name.size(), no_operation);
    for (OpId op = 0; op < h_.size(); ++op) {
      OpId& last = open[h_.session[op]];
      const bool other_process = last != no_operation && h_.process[last] != h_.process[op];
      if (other_process && h_.completed[last] != never && h_.completed[last] > h_.invoked[op]) {
        warn("session-overlap", h_.invoked_line[op],
             fmt::format("session {} calls {} while its call of line {} is open",
                         h_.values.to_json(h_.session_name[h_.session[op]]), h_.describe_call(op),
                         h_.invoked_line[last]));
      }
      // The call that stays open longest is the one that later calls overlap.
      if (h_.completed[op] == never) continue;
      if (last == no_operation || h_.completed[op] > h_.completed[last]) last = op;
    }
    end_of_rule("session-overlap");
  }

  void processes_after_info() {
    std::vector<OpId> unknown(h_.process_name.size(), no_operation);
    for (OpId op = 0; op < h_.size(); ++op) {
      OpId& last = unknown[h_.process[op]];
      if (last != no_operation) {
        warn("process-after-info", h_.invoked_line[op],
             fmt::format("process {} goes on after its call of line {}, whose outcome is unknown; a thread that does "
                         "so goes on as a new process",
                         h_.values.to_json(h_.process_name[h_.process[op]]), h_.invoked_line[last]));
      }
      last = h_.outcome[op] == Outcome::info ? op : no_operation;
    }
    end_of_rule("process-after-info");
  }

  void concurrency() {
    if (h_.size() < 2) return;
    Rank open_until = 0;
    for (OpId op = 0; op < h_.size(); ++op) {
      if (op != 0 && h_.invoked[op] < open_until) return;
      open_until = std::max(open_until, h_.completed[op]);
    }
    findings_.push_back(finding("no-concurrency", 0, 0,
                                fmt::format("no two of the {} operations overlap: weak evidence", h_.size())));
  }

  // A read at risk is one that some change to its key may have come before: one invoked before the read completed.
  void observations() {
    if (is_vacuous(h_)) {
      findings_.push_back(finding("vacuous", 0, 0,
          "no completed operation returned anything: no verdict can be drawn from this"));
      return;
    }
    std::vector<Rank> first_change(h_.key_count(), never);
    for (OpId op = 0; op < h_.size(); ++op) {
      if (!changes(h_.function[op]) || h_.outcome[op] == Outcome::fail) continue;
      first_change[h_.key[op]] = std::min(first_change[h_.key[op]], h_.invoked[op]);
    }
    for (OpId op = 0; op < h_.size(); ++op) {
      if (observes(h_, op) && (changes(h_.function[op]) || first_change[h_.key[op]] < h_.completed[op])) return;
    }
    findings_.push_back(finding("no-observation-at-risk", 0, 0,
        "no completed read that a write could have changed: weak evidence"));
  }

  const History& h_;
  std::vector<Finding> findings_;
  std::size_t count_ = 0;
};

}  // namespace

std::vector<Finding> lint(const History& history) { return Linter{history}.run(); }

bool is_vacuous(const History& history) {
  for (OpId op = 0; op < history.size(); ++op) {
    if (observes(history, op)) return false;
  }
  return true;
}

}  // namespace kasauti::histories
