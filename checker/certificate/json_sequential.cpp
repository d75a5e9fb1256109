// The JSON form of the proofs about sequential consistency.

#include <array>
#include <string>
#include <string_view>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 6> kinds_of_facts = {"session-order", "reads-from", "overwritten",
                                                           "overwrites",    "listed",     "unlisted"};

}  // namespace

json to_json_proof(const ForcedCycle& proof) {
  json facts = json::array();
  for (const ForcedFact& fact : proof.facts) {
    json entry = {{"from", fact.from}, {"to", fact.to}, {"by", kinds_of_facts[static_cast<std::size_t>(fact.by)]}};
    if (fact.read != histories::no_operation) entry["read"] = fact.read;
    if (!fact.path.empty()) entry["path"] = fact.path;
    facts.push_back(std::move(entry));
  }
  return {{"kind", "forced-cycle"}, {"facts", std::move(facts)}, {"cycle", proof.cycle}};
}

bool from_json_proof(const json& value, ForcedCycle& proof) {
  for (const json& entry : value.at("facts")) {
    ForcedFact fact;
    fact.from = entry.at("from").get<OpId>();
    fact.to = entry.at("to").get<OpId>();
    const auto by = entry.at("by").get<std::string>();
    std::size_t kind = 0;
    while (kind < kinds_of_facts.size() && kinds_of_facts[kind] != by) ++kind;
    if (kind == kinds_of_facts.size()) return false;
    fact.by = static_cast<ForcedBy>(kind);
    if (entry.contains("read")) fact.read = entry["read"].get<OpId>();
    if (entry.contains("path")) fact.path = entry["path"].get<std::vector<std::uint32_t>>();
    proof.facts.push_back(std::move(fact));
  }
  proof.cycle = value.at("cycle").get<std::vector<std::uint32_t>>();
  return true;
}

json to_json_proof(const KeysCore& proof) { return {{"kind", "keys-core"}, {"keys", proof.keys}}; }

bool from_json_proof(const json& value, KeysCore& proof) {
  proof.keys = value.at("keys").get<std::vector<KeyId>>();
  return true;
}

}  // namespace kasauti::checker::certificate
