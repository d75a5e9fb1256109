// The JSON form of the proofs about staleness and convergence. The initial value is written as null.

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

using histories::no_operation;
using nlohmann::json;

namespace {

json sources_json(const std::vector<ReadSources::Entry>& entries) {
  json list = json::array();
  for (const ReadSources::Entry& entry : entries) {
    list.push_back({entry.observer, entry.source == no_operation ? json(nullptr) : json(entry.source)});
  }
  return list;
}

bool read_sources(const json& list, std::vector<ReadSources::Entry>& entries) {
  for (const json& pair : list) {
    if (!pair.is_array() || pair.size() != 2) return false;
    entries.push_back({pair[0].get<OpId>(), pair[1].is_null() ? no_operation : pair[1].get<OpId>()});
  }
  return true;
}

}  // namespace

json to_json_proof(const ReadSources& proof) { return {{"kind", "read-sources"}, {"sources", sources_json(proof.entries)}}; }
bool from_json_proof(const json& value, ReadSources& proof) { return read_sources(value.at("sources"), proof.entries); }

json to_json_proof(const StaleObservation& proof) { return {{"kind", "stale-observation"}, {"observer", proof.observer}}; }
bool from_json_proof(const json& value, StaleObservation& proof) {
  proof.observer = value.at("observer").get<OpId>();
  return true;
}

json to_json_proof(const FinalSources& proof) { return {{"kind", "final-sources"}, {"sources", sources_json(proof.entries)}}; }
bool from_json_proof(const json& value, FinalSources& proof) { return read_sources(value.at("sources"), proof.entries); }

json to_json_proof(const FinalClash& proof) {
  return {{"kind", "final-clash"}, {"first", proof.first}, {"second", proof.second}};
}
bool from_json_proof(const json& value, FinalClash& proof) {
  proof.first = value.at("first").get<OpId>();
  proof.second = value.at("second").get<OpId>();
  return true;
}

json to_json_proof(const FinalLoss& proof) { return {{"kind", "final-loss"}, {"read", proof.read}}; }
bool from_json_proof(const json& value, FinalLoss& proof) {
  proof.read = value.at("read").get<OpId>();
  return true;
}

}  // namespace kasauti::checker::certificate
