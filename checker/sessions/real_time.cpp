// What only the real-time order of the writes shows, with closed visibility.
//
// Question: which reads returned w1, although a write w2 of the key that began after w1 had completed was visible to
// them? No verdict rests on it, as a guarantee may take any order of the writes; but where clocks are right a user
// sees the value go back. Visible in the closed reading is what causally precedes the read. Reads for which the
// session's own writes or earlier reads show it are known from guarantees.cpp; those found here see w2 by way of
// another write only, so that the anomaly is WriteCORead with real time in place of causal order between w1 and w2.
//
// Method: clocks along a causal order; of the visible writes of a chain the last one began last. Writes of unknown
// outcome stand in no chain: their readers stand in for them, and for each prefix of those the write that began last
// is kept. Cost: O(n·k). Sound and complete. Tested by tests/sessions/real_time.cpp against the definition.

#include "checker/sessions/real_time.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "checker/causal/clocks.hpp"

namespace kasauti::checker::sessions {

using causal::Clocks;
using causal::KeyTable;
using causal::Outcome;
using causal::Relations;
using histories::Budget;
using histories::History;
using histories::OpId;
using histories::no_operation;

namespace {

class LateReads {
 public:
  explicit LateReads(const Relations& relations)
      : relations_{relations}, h_{relations.history()}, clocks_{relations, false},
        writes_{relations, KeyTable::Content::writes}, foreign_{relations, KeyTable::Content::foreign_reads} {
    for (histories::KeyId key = 0; key < h_.key_count(); ++key) {
      for (const KeyTable::Group& group : foreign_.groups(key)) {
        latest_foreign_.resize(group.end, no_operation);
        for (std::uint32_t i = group.begin; i < group.end; ++i) {
          latest_foreign_[i] = i == group.begin ? foreign_.write(i) : later(latest_foreign_[i - 1], foreign_.write(i));
        }
      }
    }
  }

  /// The visible write that began last, for a read that returned what somebody wrote. To be called along the order.
  OpId visit(OpId op) {
    const auto clock = clocks_.enter(op);
    OpId newest = no_operation;
    if (h_.ok(op) && relations_.has_source_write(op)) {
      for (KeyTable::Group& group : writes_.groups(h_.key[op])) {
        const std::uint32_t end = writes_.end_within(group, clock[group.chain]);
        if (end > group.begin) newest = later(newest, writes_.write(end - 1));
      }
      for (KeyTable::Group& group : foreign_.groups(h_.key[op])) {
        const std::uint32_t end = foreign_.end_within(group, clock[group.chain]);
        if (end > group.begin) newest = later(newest, latest_foreign_[end - 1]);
      }
    }
    clocks_.leave(op);
    return newest;
  }

 private:
  [[nodiscard]] OpId later(OpId a, OpId b) const {
    return a == no_operation || h_.invoked[a] < h_.invoked[b] ? b : a;
  }

  const Relations& relations_;
  const History& h_;
  Clocks clocks_;
  KeyTable writes_, foreign_;
  std::vector<OpId> latest_foreign_;
};

}  // namespace

void tell_late(const History& history, const LateRead& late, Anomaly& anomaly) {
  for (const OpId op : {late.older, late.newer, late.seen_by, late.read}) {
    if (op != no_operation) anomaly.operations.push_back(op);
  }
  std::ranges::sort(anomaly.operations);
  anomaly.operations.erase(std::ranges::unique(anomaly.operations).begin(), anomaly.operations.end());
  std::string visible = "that had to be visible to it";
  if (late.seen_by != no_operation) {
    visible = fmt::format("{} had returned it", history.describe(late.seen_by));
  } else if (history.session[late.newer] == history.session[late.read]) {
    visible = "that is an earlier write of its session";
  }
  anomaly.reason = fmt::format(
      "relative to the real-time order of the writes: {} returned what {} wrote, although {} began after that had "
      "completed, and {}",
      history.describe(late.read), history.describe(late.older), history.describe(late.newer), visible);
}

void add_late_closed(const Relations& relations, const std::vector<OpId>& order, const std::vector<bool>& known,
                     Outcome& outcome, Budget& budget) {
  const History& h = relations.history();
  LateReads reads{relations};
  std::vector<OpId> found;
  LateRead shown;
  const auto units = static_cast<std::uint32_t>(1 + relations.chain_count() / 16);
  std::uint32_t spent = 0;
  for (const OpId op : order) {
    if (!budget.spend(spent, units)) return;
    const OpId newest = reads.visit(op);
    if (newest == no_operation || known[op]) continue;
    const OpId source = relations.source(op);
    if (h.completed[source] >= h.invoked[newest]) continue;
    found.push_back(op);
    const auto span = [](const LateRead& late) { return late.read - std::min(late.older, late.read); };
    const LateRead late{source, newest, no_operation, op};
    if (shown.read == no_operation || std::pair{span(late), op} < std::pair{span(shown), shown.read}) shown = late;
  }
  if (found.empty()) return;
  Anomaly anomaly;
  anomaly.name = "WriteCORead";
  anomaly.count = found.size();
  anomaly.at_risk = relations.read_count();
  anomaly.sessions = causal::session_count(h, found);
  tell_late(h, shown, anomaly);
  anomaly.occurrences = std::move(found);
  outcome.add_relative(std::move(anomaly));
}

}  // namespace kasauti::checker::sessions
