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

/// A number; an object of two where it is only enclosed; null where there is none.
ordered_json measure_json(const Measure& measure) {
  if (!measure.bounded) return nullptr;
  if (measure.at_least == measure.at_most) return measure.at_least;
  return {{"at_least", measure.at_least}, {"at_most", measure.at_most}};
}

ordered_json model_json(const run::ModelResult& model) {
  const Judgement& judgement = model.judgement;
  ordered_json out;
  out["model"] = checker::name_of(judgement.model);
  out["verdict"] = checker::name_of(judgement.verdict);
  out["cause"] = judgement.cause == Cause::none ? ordered_json(nullptr) : ordered_json(checker::name_of(judgement.cause));
  out["implied_by"] = model.implied_by ? ordered_json(checker::name_of(*model.implied_by)) : ordered_json(nullptr);
  out["certificate"] = run::name_of(model.certified);
  const char* const figure = judgement.model == Model::k_atomic ? "least_k" : "least_delta_ns";
  if (judgement.measure) out[figure] = measure_json(*judgement.measure);
  if (!judgement.detail.empty()) out["detail"] = judgement.detail;
  if (!judgement.methods.empty()) out["methods"] = judgement.methods;
  return out;
}

void add_fault_windows(const histories::History& h, const Anomaly& anomaly, ordered_json& out) {
  auto windows = fault_windows(h);
  if (windows.empty() || anomaly.occurrences.empty()) return;
  out["within_faults"] = count_within(h, anomaly.occurrences, windows);
  out["fault_windows"] = ordered_json::array();
  for (const FaultWindow& window : windows) {
    if (window.count == 0) continue;
    out["fault_windows"].push_back(
        {{"fault", window.name}, {"from", window.begin_time}, {"to", window.end_time}, {"count", window.count}});
  }
}

ordered_json anomaly_json(const histories::History& h, const Anomaly& anomaly) {
  ordered_json out;
  out["name"] = anomaly.name;
  out["models"] = ordered_json::array();
  for (const Model model : anomaly.models) out["models"].push_back(checker::name_of(model));
  if (anomaly.relative) out["relative_to"] = "real-time order of the writes";
  out["count"] = anomaly.count;
  out["at_risk"] = anomaly.at_risk;
  out["sessions"] = anomaly.sessions;
  out["operations"] = ordered_json::array();
  for (const OpId op : anomaly.operations) out["operations"].push_back(operation_json(h, op));
  if (!anomaly.smallest.empty()) {
    out["smallest"] = ordered_json::array();
    for (const OpId op : anomaly.smallest) out["smallest"].push_back(operation_json(h, op));
  }
  out["reason"] = anomaly.reason;
  add_fault_windows(h, anomaly, out);
  const histories::Fault* fault = nearest_fault(h, anomaly.operations);
  if (fault != nullptr) {
    out["nearest_fault"] = {{"f", fault->name}, {"value", value_json(h, fault->value)}, {"line", fault->line}, {"time", fault->time}};
  }
  return out;
}

ordered_json finding_json(const histories::Finding& found) {
  return {{"rule", found.rule}, {"line", found.line}, {"column", found.column}, {"message", found.message}};
}

ordered_json names_json(const std::vector<Model>& named) {
  ordered_json out = ordered_json::array();
  for (const Model model : named) out.push_back(checker::name_of(model));
  return out;
}

ordered_json class_json(const histories::History& h, const run::ClassResult& each) {
  ordered_json out;
  out["class"] = each.name;
  out["selects"] = each.selects;
  out["declared"] = ordered_json::array();
  for (const std::string& level : each.declared) out["declared"].push_back(ordered_json::parse(level, nullptr, false));
  out["promised"] = each.promised ? ordered_json(checker::name_of(*each.promised)) : ordered_json(nullptr);
  if (each.most_versions) out["max_staleness"]["versions"] = *each.most_versions;
  if (each.most_nanoseconds) out["max_staleness"]["seconds"] = static_cast<double>(*each.most_nanoseconds) / 1e9;
  if (!each.demanded.empty()) out["demands"] = ordered_json::parse(each.demanded, nullptr, false);
  if (each.tolerate > 0) out["tolerate"] = each.tolerate;
  out["verdict"] = checker::name_of(each.verdict);
  out["cause"] = each.cause == Cause::none ? ordered_json(nullptr) : ordered_json(checker::name_of(each.cause));
  out["certificate"] = run::name_of(each.certified);
  out["tolerated"] = each.tolerated;
  out["observed"] = names_json(each.observed);
  if (each.versions) out["least_k"] = measure_json(*each.versions);
  if (each.nanoseconds) out["least_delta_ns"] = measure_json(*each.nanoseconds);
  out["undecided"] = names_json(each.undecided);
  out["operations"] = each.operations;
  out["weakened"] = each.weakened;
  if (!each.detail.empty()) out["detail"] = each.detail;
  out["anomalies"] = ordered_json::array();
  for (const Anomaly& anomaly : each.anomalies) out["anomalies"].push_back(anomaly_json(h, anomaly));
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
  if (!result.classes.empty()) {
    whole["policy_lint"] = ordered_json::array();
    for (const histories::Finding& found : result.policy_findings) whole["policy_lint"].push_back(finding_json(found));
    whole["policy"] = ordered_json::array();
    for (const run::ClassResult& each : result.classes) whole["policy"].push_back(class_json(h, each));
    whole["uncovered"] = result.uncovered;
  }
  whole["lint"] = ordered_json::array();
  for (const histories::Finding& found : result.read.findings) {
    whole["lint"].push_back(finding_json(found));
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
