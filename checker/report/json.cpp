// --report json: for programs. One object a file, one a line; the fields of DESIGN §12 stay as they are.

#include <nlohmann/json.hpp>

#include "checker/report/faults.hpp"
#include "checker/report/reporter.hpp"

namespace kasauti::checker::report {

namespace {

using nlohmann::ordered_json;

ordered_json value_json(const histories::History& h, histories::ValueId id) {
  return ordered_json::parse(h.values.to_json(id), nullptr, false);
}

ordered_json operation_json(const histories::History& h, OpId op) {
  ordered_json out;
  out["line"] = h.completed_line[op] != 0 ? h.completed_line[op] : h.invoked_line[op];
  out["invoked_line"] = h.invoked_line[op];
  out["process"] = value_json(h, h.process_name[h.process[op]]);
  out["f"] = histories::name_of(h.header.object, h.function[op]);
  if (h.key_name[h.key[op]] != histories::no_value) out["key"] = value_json(h, h.key_name[h.key[op]]);
  out["value"] = value_json(h, h.result[op] != histories::no_value ? h.result[op] : h.argument[op]);
  if (h.flag[op] != histories::Flag::absent) out["result"] = h.flag[op] == histories::Flag::yes;
  static constexpr const char* outcomes[] = {"ok", "fail", "info"};
  out["type"] = outcomes[static_cast<std::size_t>(h.outcome[op])];
  if (h.sessions_given) out["session"] = value_json(h, h.session_name[h.session[op]]);
  if (!h.node.empty() && h.node[op] != histories::no_value) out["node"] = value_json(h, h.node[op]);
  return out;
}

ordered_json model_json(const run::ModelResult& model) {
  const Judgement& judgement = model.judgement;
  ordered_json out;
  out["model"] = checker::name_of(judgement.model);
  out["verdict"] = checker::name_of(judgement.verdict);
  out["cause"] = judgement.cause == Cause::none ? ordered_json(nullptr) : ordered_json(checker::name_of(judgement.cause));
  out["implied_by"] = model.implied_by ? ordered_json(checker::name_of(*model.implied_by)) : ordered_json(nullptr);
  out["certificate"] = run::name_of(model.certified);
  if (!judgement.detail.empty()) out["detail"] = judgement.detail;
  if (!judgement.methods.empty()) out["methods"] = judgement.methods;
  return out;
}

ordered_json anomaly_json(const histories::History& h, const Anomaly& anomaly) {
  ordered_json out;
  out["name"] = anomaly.name;
  out["models"] = ordered_json::array();
  for (const Model model : anomaly.models) out["models"].push_back(checker::name_of(model));
  out["count"] = anomaly.count;
  out["at_risk"] = anomaly.at_risk;
  out["sessions"] = anomaly.sessions;
  out["operations"] = ordered_json::array();
  for (const OpId op : anomaly.operations) out["operations"].push_back(operation_json(h, op));
  out["reason"] = anomaly.reason;
  const histories::Fault* fault = nearest_fault(h, anomaly.operations);
  if (fault != nullptr) {
    out["nearest_fault"] = {{"f", fault->name}, {"value", value_json(h, fault->value)}, {"line", fault->line}, {"time", fault->time}};
  }
  return out;
}

}  // namespace

void write_json(const run::Result& result, const ReportOptions&, std::string& out) {
  const histories::History& h = result.read.history;
  ordered_json whole;
  whole["kasauti"] = 1;
  whole["file"] = result.file;
  whole["sha256"] = result.read.sha256;
  whole["operations"] = result.bad_input ? 0 : h.size();
  whole["verdict"] = result.bad_input ? ordered_json(nullptr) : ordered_json(checker::name_of(result.verdict));
  whole["models"] = ordered_json::array();
  whole["anomalies"] = ordered_json::array();
  for (const run::ModelResult& model : result.models) {
    whole["models"].push_back(model_json(model));
    for (const Anomaly& anomaly : model.judgement.anomalies) whole["anomalies"].push_back(anomaly_json(h, anomaly));
  }
  whole["lint"] = ordered_json::array();
  for (const histories::Finding& found : result.read.findings) {
    whole["lint"].push_back(ordered_json{{"rule", found.rule}, {"line", found.line}, {"column", found.column}, {"message", found.message}});
  }
  whole["passes"] = ordered_json::array();
  for (const run::Pass& pass : result.passes) {
    whole["passes"].push_back(ordered_json{{"name", pass.name}, {"seconds", pass.seconds}});
  }
  whole["peak_bytes"] = result.peak_bytes;
  out += whole.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  out += '\n';
}

}  // namespace kasauti::checker::report
