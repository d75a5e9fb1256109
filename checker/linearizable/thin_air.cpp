// A read of what nobody wrote: one proof, two names. Where a write of the value failed, the store or its adapter said
// "failed" of something that took effect, which is worth telling apart from a value out of nowhere.
//
// Covered by tests/linearizable (proofs).

#include "checker/linearizable/thin_air.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kasauti::checker::linearizable {

namespace {

using histories::Function;

// A failed write of the value to the same key; no_operation if there is none.
OpId failed_writer(const History& history, OpId read) {
  for (OpId op = 0; op < history.size(); ++op) {
    const bool wrote = history.function[op] == Function::write && history.argument[op] == history.result[read];
    if (wrote && history.key[op] == history.key[read] && history.outcome[op] == histories::Outcome::fail) return op;
  }
  return histories::no_operation;
}

}  // namespace

KeyAnswer unwritten_read(const History& history, OpId read, std::string_view method) {
  KeyAnswer answer;
  answer.verdict = Verdict::violated;
  answer.method = method;
  answer.refutation = {ThinAir{read}};
  answer.anomaly.models = {Model::linearizable};
  const OpId failed = failed_writer(history, read);
  if (failed == histories::no_operation) {
    answer.anomaly.name = "ThinAirRead";
    answer.anomaly.operations = {read};
    answer.anomaly.reason = fmt::format("{} returned {}, which no write of this key wrote", history.describe(read),
                                        history.values.to_json(history.result[read]));
  } else {
    answer.anomaly.name = "FailedWriteRead";
    answer.anomaly.operations = {std::min(read, failed), std::max(read, failed)};
    answer.anomaly.reason = fmt::format("{} returned the value of a write that failed: {}", history.describe(read),
                                        history.describe(failed));
  }
  return answer;
}

}  // namespace kasauti::checker::linearizable
