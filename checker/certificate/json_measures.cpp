// The JSON form of the proofs of how stale a history is.

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

using histories::no_operation;
using nlohmann::json;

namespace {

json operation_json(OpId op) { return op == no_operation ? json(nullptr) : json(op); }
OpId operation_in(const json& value) { return value.is_null() ? no_operation : value.get<OpId>(); }

json extent_json(const StaleTime::Extent& extent) {
  return {{"first", operation_json(extent.first)}, {"last", operation_json(extent.last)}};
}

StaleTime::Extent extent_in(const json& value) {
  return {operation_in(value.at("first")), operation_in(value.at("last"))};
}

}  // namespace

json to_json_proof(const StaleVersions& proof) {
  return {{"kind", "stale-versions"}, {"at-least", proof.at_least},           {"at-most", proof.at_most},
          {"orders", proof.orders},   {"read", operation_json(proof.read)},   {"between", proof.between},
          {"core", proof.core}};
}

bool from_json_proof(const json& value, StaleVersions& proof) {
  proof.at_least = value.at("at-least").get<std::uint64_t>();
  proof.at_most = value.at("at-most").get<std::uint64_t>();
  proof.orders = value.at("orders").get<std::vector<std::vector<OpId>>>();
  proof.read = operation_in(value.at("read"));
  proof.between = value.at("between").get<std::vector<OpId>>();
  proof.core = value.at("core").get<std::vector<OpId>>();
  return true;
}

json to_json_proof(const StaleTime& proof) {
  return {{"kind", "stale-time"}, {"nanoseconds", proof.nanoseconds}, {"orders", proof.orders},
          {"one", extent_json(proof.one)}, {"other", extent_json(proof.other)}};
}

bool from_json_proof(const json& value, StaleTime& proof) {
  proof.nanoseconds = value.at("nanoseconds").get<std::int64_t>();
  proof.orders = value.at("orders").get<std::vector<std::vector<OpId>>>();
  proof.one = extent_in(value.at("one"));
  proof.other = extent_in(value.at("other"));
  return true;
}

}  // namespace kasauti::checker::certificate
