// The JSON form of the proofs in register_proofs.hpp. Operations are written as their numbers.

#include <algorithm>
#include <iterator>
#include <string_view>

#include <nlohmann/json.hpp>

#include "checker/certificate/proofs.hpp"

namespace kasauti::checker::certificate {

using nlohmann::json;

namespace {

constexpr std::string_view faults[] = {"rootless", "fork", "inverted", "initial-again", "crossing", "refused"};

}  // namespace

json to_json_proof(const ChainClash& proof) {
  return {{"kind", "chain-clash"},
          {"key", proof.key},
          {"fault", faults[static_cast<std::size_t>(proof.fault)]},
          {"operations", proof.operations}};
}

bool from_json_proof(const json& value, ChainClash& proof) {
  const auto fault = std::ranges::find(faults, value.at("fault").get<std::string>());
  if (fault == std::end(faults)) return false;
  proof.fault = static_cast<ChainFault>(fault - std::begin(faults));
  proof.key = value.at("key").get<KeyId>();
  proof.operations = value.at("operations").get<std::vector<OpId>>();
  return true;
}

}  // namespace kasauti::checker::certificate
