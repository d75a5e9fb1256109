// The JSON form of the proofs in container_proofs.hpp. Operations are written as their numbers.

#include <algorithm>
#include <iterator>
#include <string_view>

#include <nlohmann/json.hpp>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

using nlohmann::json;

namespace {

constexpr std::string_view set_reasons[] = {"real-time", "seen", "kept", "not-yet", "gone", "nobody"};

}  // namespace

json to_json_proof(const ValuesCore& proof) {
  return {{"kind", "values-core"}, {"key", proof.key}, {"operations", proof.operations}};
}

bool from_json_proof(const json& value, ValuesCore& proof) {
  proof.key = value.at("key").get<KeyId>();
  proof.operations = value.at("operations").get<std::vector<OpId>>();
  return true;
}

json to_json_proof(const AlwaysThere& proof) {
  return {{"kind", "always-there"}, {"removal", proof.removal}, {"adds", proof.adds}};
}

bool from_json_proof(const json& value, AlwaysThere& proof) {
  proof.removal = value.at("removal").get<OpId>();
  proof.adds = value.at("adds").get<std::vector<OpId>>();
  return true;
}

json to_json_proof(const NoBottom& proof) {
  return {{"kind", "no-bottom"}, {"key", proof.key}, {"pushes", proof.pushes}};
}

bool from_json_proof(const json& value, NoBottom& proof) {
  proof.key = value.at("key").get<KeyId>();
  proof.pushes = value.at("pushes").get<std::vector<OpId>>();
  return true;
}

json to_json_proof(const Outnumbered& proof) {
  json lost = json::array();
  for (const auto& [add, because] : proof.lost) lost.push_back({{"add", add}, {"because", because}});
  return {{"kind", "outnumbered"}, {"key", proof.key}, {"lost", std::move(lost)}};
}

bool from_json_proof(const json& value, Outnumbered& proof) {
  proof.key = value.at("key").get<KeyId>();
  for (const json& entry : value.at("lost")) {
    proof.lost.push_back({entry.at("add").get<OpId>(), entry.at("because").get<OpId>()});
  }
  return true;
}

json to_json_proof(const OrderClash& proof) {
  return {{"kind", "order-clash"}, {"key", proof.key}, {"a", proof.a}, {"b", proof.b}, {"evidence", proof.evidence}};
}

bool from_json_proof(const json& value, OrderClash& proof) {
  proof = {value.at("key").get<KeyId>(), value.at("a").get<OpId>(), value.at("b").get<OpId>(),
           value.at("evidence").get<OpId>()};
  return true;
}

json to_json_proof(const OutOfBounds& proof) {
  return {{"kind", "out-of-bounds"}, {"read", proof.read}, {"since", proof.since}};
}

bool from_json_proof(const json& value, OutOfBounds& proof) {
  proof = {value.at("read").get<OpId>(), value.at("since").get<OpId>()};
  return true;
}

json to_json_proof(const TooManyHeld& proof) {
  return {{"kind", "too-many-held"}, {"until", proof.until}, {"since", proof.since}};
}

bool from_json_proof(const json& value, TooManyHeld& proof) {
  proof = {value.at("until").get<OpId>(), value.at("since").get<OpId>()};
  return true;
}

json to_json_proof(const ConcatenationClash& proof) {
  json edges = json::array();
  for (const auto& [from, to] : proof.edges) edges.push_back({{"from", from}, {"to", to}});
  return {{"kind", "concatenation-clash"}, {"key", proof.key}, {"reads", proof.reads}, {"edges", std::move(edges)},
          {"before", proof.before}};
}

bool from_json_proof(const json& value, ConcatenationClash& proof) {
  proof.key = value.at("key").get<KeyId>();
  proof.reads = value.at("reads").get<std::vector<OpId>>();
  proof.before = value.at("before").get<OpId>();
  for (const json& edge : value.at("edges")) proof.edges.push_back({edge.at("from").get<OpId>(), edge.at("to").get<OpId>()});
  return true;
}

json to_json_proof(const SetCycle& proof) {
  json edges = json::array();
  for (const SetEdge& edge : proof.edges) {
    edges.push_back({{"from", edge.from},
                     {"to", edge.to},
                     {"reason", set_reasons[static_cast<std::size_t>(edge.reason)]},
                     {"evidence", edge.evidence}});
  }
  return {{"kind", "set-cycle"}, {"key", proof.key}, {"edges", std::move(edges)}};
}

bool from_json_proof(const json& value, SetCycle& proof) {
  proof.key = value.at("key").get<KeyId>();
  for (const json& entry : value.at("edges")) {
    const auto reason = std::ranges::find(set_reasons, entry.at("reason").get<std::string>());
    if (reason == std::end(set_reasons)) return false;
    proof.edges.push_back({entry.at("from").get<OpId>(), entry.at("to").get<OpId>(),
                           static_cast<SetReason>(reason - std::begin(set_reasons)),
                           entry.at("evidence").get<OpId>()});
  }
  return true;
}

json to_json_proof(const FalseRefusal& proof) {
  return {{"kind", "false-refusal"}, {"refused", proof.refused}, {"since", proof.since}};
}

bool from_json_proof(const json& value, FalseRefusal& proof) {
  proof = {value.at("refused").get<OpId>(), value.at("since").get<OpId>()};
  return true;
}

}  // namespace kasauti::checker::certificate
