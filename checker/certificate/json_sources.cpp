// The proofs about open reads, and about elements, as JSON. The initial value, as a source, is null.

#include <nlohmann/json.hpp>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

namespace {

using nlohmann::json;

json source_json(OpId source) { return source == AssumedSource::initial ? json(nullptr) : json(source); }

OpId source_from(const json& value) { return value.is_null() ? AssumedSource::initial : value.get<OpId>(); }

/// Reads into the alternative whose own JSON bears the same name.
template <std::size_t Index = 0, class... Kinds>
bool read_alternative(const json& value, std::variant<Kinds...>& into) {
  if constexpr (Index == sizeof...(Kinds)) {
    return false;
  } else {
    using Kind = std::variant_alternative_t<Index, std::variant<Kinds...>>;
    static const json kind = to_json_proof(Kind{})["kind"];
    if (value.at("kind") != kind) return read_alternative<Index + 1>(value, into);
    return from_json_proof(value, into.template emplace<Kind>());
  }
}

json any_json(const auto& alternatives) {
  return std::visit([](const auto& proof) { return to_json_proof(proof); }, alternatives);
}

}  // namespace

json to_json_proof(const AssumingSources& proof) {
  json sources = json::array();
  for (const AssumedSource& each : proof.sources) sources.push_back({each.read, source_json(each.source)});
  return {{"kind", "assuming-sources"}, {"sources", std::move(sources)}, {"witness", any_json(proof.witness)}};
}

bool from_json_proof(const json& value, AssumingSources& proof) {
  for (const json& entry : value.at("sources"))
    proof.sources.push_back({entry.at(0).get<OpId>(), source_from(entry.at(1))});
  return read_alternative(value.at("witness"), proof.witness);
}

json to_json_proof(const EverySource& proof) {
  json nodes = json::array();
  for (const EverySource::Node& node : proof.nodes) {
    json branches = json::array();
    for (const EverySource::Branch& branch : node.branches) {
      branches.push_back(
          {{"source", source_json(branch.source)}, {branch.to_leaf ? "leaf" : "node", branch.number}});
    }
    nodes.push_back({{"read", node.read}, {"branches", std::move(branches)}});
  }
  json leaves = json::array();
  for (const auto& leaf : proof.leaves) leaves.push_back(any_json(leaf));
  return {{"kind", "every-source"}, {"nodes", std::move(nodes)}, {"leaves", std::move(leaves)}};
}

bool from_json_proof(const json& value, EverySource& proof) {
  for (const json& entry : value.at("nodes")) {
    EverySource::Node& node = proof.nodes.emplace_back();
    node.read = entry.at("read").get<OpId>();
    for (const json& each : entry.at("branches")) {
      const bool leaf = each.contains("leaf");
      const auto number = each.at(leaf ? "leaf" : "node").get<std::uint32_t>();
      node.branches.push_back({source_from(each.at("source")), leaf, number});
    }
  }
  for (const json& entry : value.at("leaves")) {
    if (!read_alternative(entry, proof.leaves.emplace_back())) return false;
  }
  return true;
}

json to_json_proof(const ByElements& proof) {
  return {{"kind", "by-elements"}, {"registers", any_json(proof.registers)}};
}

bool from_json_proof(const json& value, ByElements& proof) {
  return read_alternative(value.at("registers"), proof.registers);
}

}  // namespace kasauti::checker::certificate
