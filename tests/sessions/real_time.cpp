// Anomalies relative to the real-time order of the writes: they are told, and change no verdict.

#include <set>

#include "tests/sessions/visible.hpp"
#include "tests/support/judge_causal.hpp"
#include "tests/support/litmus.hpp"
#include "tests/support/litmus_table.hpp"
#include "tests/support/small_histories.hpp"

using namespace kasauti;
using checker::Anomaly;
using checker::Model;
using checker::Verdict;
using histories::OpId;

namespace {

constexpr Model with_sources[] = {Model::read_your_writes, Model::monotonic_reads, Model::session};

std::vector<Anomaly> relative(const checker::Judgement& judgement) {
  std::vector<Anomaly> found;
  for (const Anomaly& anomaly : judgement.anomalies) {
    if (anomaly.relative) found.push_back(anomaly);
  }
  return found;
}

std::uint64_t counted(const checker::Judgement& judgement, std::string_view name) {
  for (const Anomaly& anomaly : relative(judgement)) {
    if (anomaly.name == name) return anomaly.count;
  }
  return 0;
}

/// The reads that returned a write that had completed before a visible one began.
std::set<OpId> late_reads(const histories::History& h, const tests::Visible& visible) {
  std::set<OpId> late;
  for (OpId r = 0; r < h.size(); ++r) {
    if (!visible.reads[r] || visible.source[r] == tests::Visible::initial) continue;
    for (OpId w = 0; w < h.size(); ++w) {
      if (visible.sees[r][w] && h.completed[visible.source[r]] < h.invoked[w]) late.insert(r);
    }
  }
  return late;
}

/// 1 if the history was compared: only where the guarantee holds is every late read one that no verdict tells of.
int compare(const histories::History& h) {
  const tests::Visible own{h, Model::read_your_writes};
  const tests::Visible read{h, Model::monotonic_reads};
  const tests::Visible closed{h, Model::session};
  if (!own.explained) return 0;
  const std::set<OpId> late_own = late_reads(h, own);
  const std::set<OpId> late_read = late_reads(h, read);
  INFO(tests::told(h));
  const auto ryw = tests::judge(h, Model::read_your_writes);
  if (ryw.verdict == Verdict::holds && counted(ryw, "ReadYourWrites") != late_own.size()) {
    FAIL("read your writes: " << counted(ryw, "ReadYourWrites") << " for " << late_own.size());
  }
  const auto mr = tests::judge(h, Model::monotonic_reads);
  if (mr.verdict == Verdict::holds && counted(mr, "MonotonicReads") != late_read.size()) {
    FAIL("monotonic reads: " << counted(mr, "MonotonicReads") << " for " << late_read.size());
  }
  const auto all = tests::judge(h, Model::session);
  if (all.verdict != Verdict::holds) return 0;
  std::set<OpId> rest = late_reads(h, closed);
  for (const OpId op : late_own) rest.erase(op);
  for (const OpId op : late_read) rest.erase(op);
  const bool same = counted(all, "ReadYourWrites") == late_own.size() &&
                    counted(all, "MonotonicReads") == late_read.size() && counted(all, "WriteCORead") == rest.size();
  if (!same) FAIL("closed visibility: " << counted(all, "WriteCORead") << " for " << rest.size());
  return rest.empty() && late_own.empty() && late_read.empty() ? 0 : 1;
}

}  // namespace

TEST_CASE("litmus table: violated only under the real-time order of the writes") {
  int cells = 0;
  for (const tests::LitmusRow& row : tests::litmus_table) {
    const histories::History history = tests::litmus(row.history);
    for (std::size_t column = 0; column < row.verdicts.size(); ++column) {
      const auto model = checker::model_named(tests::litmus_columns[column]);
      if (std::ranges::find(with_sources, *model) == std::end(with_sources) || row.verdicts[column] == '-') continue;
      INFO(row.id << " " << row.history << " " << tests::litmus_columns[column]);
      const auto judgement = tests::judge(history, *model);
      CHECK(judgement.verdict == Verdict::holds);
      CHECK(relative(judgement).empty() == (row.verdicts[column] != 't'));
      cells += row.verdicts[column] == 't' ? 1 : 0;
    }
  }
  CHECK(cells == 8);
}

TEST_CASE("a value that went back in real time is told with its base, its operations and its reason") {
  const auto own = tests::litmus("p1:w(x,1) w(x,2) r(x)->1 r(x)->1 r(x)->2 r(y)->0; p2:w(x,3) r(x)->1; p3:r(x)->1");
  const auto judgement = tests::judge(own, Model::read_your_writes);
  CHECK(judgement.verdict == Verdict::violated);  // p1 reads 2 after 1: the reads of 1 before that are formally fine
  const auto held = tests::judge(tests::litmus("p1:w(x,1) w(x,2) r(x)->1 r(x)->1 r(y)->0; p2:w(x,3) r(x)->1"),
                                 Model::read_your_writes);
  REQUIRE(held.verdict == Verdict::holds);
  REQUIRE(held.anomalies.size() == 1);
  const Anomaly& anomaly = held.anomalies.front();
  CHECK(anomaly.name == "ReadYourWrites");
  CHECK(anomaly.models.empty());
  CHECK(anomaly.count == 3);
  CHECK(anomaly.at_risk == 3);
  CHECK(anomaly.sessions == 2);
  CHECK(anomaly.operations == std::vector<OpId>{0, 1, 2});
  CHECK(anomaly.reason.starts_with("relative to the real-time order of the writes"));
}

TEST_CASE("overlapping writes have no real-time order") {
  CHECK(relative(tests::judge(tests::litmus("p1:w(x,1) // p2:w(x,2) r(x)->1"), Model::read_your_writes)).empty());
  CHECK(relative(tests::judge(tests::litmus("p1:w(x,1)?; p2:w(x,2) r(x)->1"), Model::read_your_writes)).empty());
  const auto unknown = tests::litmus("p1:w(x,1); p2:w(x,2)?; p3:r(x)->2 r(x)->1");
  CHECK(relative(tests::judge(unknown, Model::monotonic_reads)).size() == 1);
}

TEST_CASE("late reads of every small history, by the definition") {
  int with_late_reads = 0;
  for (std::uint32_t n = 2; n <= 4; ++n) {
    for (const std::uint32_t overlap : {0U, 1U}) {
      tests::every_small_history(n, 3, n <= 3, [&](const auto& ops) {
        with_late_reads += compare(tests::small_history(ops, overlap));
      });
    }
  }
  CHECK(with_late_reads > 20);
}
